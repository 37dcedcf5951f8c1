"""Number series of kinds and units."""

import pytest
from pydantic import ValidationError

from kwit.registry.company import CompanySettings
from tests.billing.company import company_settings


def with_series(**patterns: str) -> CompanySettings:
    raw = company_settings().model_dump(mode="json")
    raw["series"] = {kind: {"pattern": pattern} for kind, pattern in patterns.items()}
    return CompanySettings.model_validate(raw)


def test_a_kind_that_is_not_named_has_its_own_series_or_that_of_the_invoices() -> None:
    settings = with_series(invoice="FV/{year}/{number:06}")
    assert settings.series_of("correction").startswith("FK/")
    assert settings.series_of("note").startswith("NK/")
    assert settings.series_of("final") == "FV/{year}/{number:06}"


def test_the_unit_stands_where_the_pattern_says() -> None:
    settings = with_series(invoice="FV/{unit}/{year}/{number:06}", correction="KOR/{unit}/{year}/{number}")
    assert settings.series_of("invoice", unit="LUB") == "FV/LUB/{year}/{number:06}"
    assert settings.series_of("correction", unit="RZE") == "KOR/RZE/{year}/{number}"


def test_the_series_of_invoices_must_be_named() -> None:
    with pytest.raises(ValidationError, match="series of invoices"):
        with_series(correction="KOR/{year}/{number}")
