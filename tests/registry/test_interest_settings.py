"""Rates of interest that a company tells are exact, dated and sourced."""

import pytest
from pydantic import ValidationError

from kwit.registry.interest_settings import InterestRateSettings

TOLD = {
    "law": "civil_code", "valid_from": "2026-09-10", "percent": "9.00", "known_to": "2026-12-31", "source": "RPP",
}  # fmt: skip


def test_a_rate_is_kept_as_written() -> None:
    assert str(InterestRateSettings.model_validate(TOLD).percent) == "9.00"


@pytest.mark.parametrize(
    "wrong",
    [
        {"law": "usury"}, {"percent": 9.0}, {"percent": "101"}, {"percent": "-1"}, {"source": ""},
        {"known_to": "2026-09-10"},
    ],
)  # fmt: skip
def test_one_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        InterestRateSettings.model_validate(TOLD | wrong)
