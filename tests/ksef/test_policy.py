"""Which documents go to KSeF: by the buyer, the company's choice, the day and the kind."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kwit.ksef.policy import goes_to_ksef
from tests.billing import samples
from tests.billing.company import company_settings
from tests.documents import notes
from tests.ksef.office import firm_bill, ksef_settings

SINCE = ksef_settings().ksef.since  # type: ignore[union-attr]  # it is set there


@pytest.mark.parametrize(("households", "goes"), [(False, False), (True, True)])
def test_a_consumer_by_choice(households: bool, goes: bool) -> None:
    settings = ksef_settings(households=households)
    assert goes_to_ksef(document=samples.document(), settings=settings) is goes


@pytest.mark.parametrize(("day", "goes"), [(SINCE - timedelta(days=1), False), (SINCE, True)])
def test_a_firm_from_its_day_on(day: date, goes: bool) -> None:
    document = replace(firm_bill(), issue_date=day)
    assert goes_to_ksef(document=document, settings=ksef_settings()) is goes


def test_nothing_of_a_company_that_does_not_use_it() -> None:
    settings = company_settings().model_copy(update={"ksef": None})
    assert not goes_to_ksef(document=firm_bill(), settings=settings)


def test_a_note_never() -> None:
    assert not goes_to_ksef(document=notes.accounting(), settings=ksef_settings(households=True))
