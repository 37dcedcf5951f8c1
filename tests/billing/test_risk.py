"""The risk of a draft: coded reasons, points from the settings, and the threshold that makes it wait."""

from datetime import date
from typing import Any

import pytest

from kwit.billing.bill import bill_contract
from kwit.billing.drafts import Draft, Hold, HoldCode
from kwit.registry.company import HoldSettings
from tests.billing.memory_case import Company

YEAR_AGO, APRIL_AGO = date(2025, 3, 1), date(2025, 4, 1)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def drafted(*states: tuple[date, str], **limits: Any) -> tuple[Draft, list[Hold]]:
    one = Company()
    one.settings.change(holds=HoldSettings(**limits))
    one.add("U/1", states=states)
    drafts, holds = bill_contract(
        case=one.case(), billed_to=None, billing=one.billing(date(2026, 4, 2)), readings=one.readings
    )
    (draft,) = drafts
    return draft, holds


def codes(draft: Draft) -> set[HoldCode]:
    return {reason.code for reason in draft.reasons}


def test_an_ordinary_first_bill_carries_little_risk() -> None:
    draft, holds = drafted((MARCH, "1000"), (APRIL, "1100"))
    assert (codes(draft), draft.risk, holds) == ({HoldCode.NEW_CONTRACT}, 10, [])


@pytest.mark.parametrize(
    ("used", "code"), [("1400", HoldCode.USE_ABOVE_HISTORY), ("1025", HoldCode.USE_BELOW_HISTORY)]
)
def test_use_far_from_that_of_a_year_before_is_named(used: str, code: HoldCode) -> None:
    draft, _ = drafted((YEAR_AGO, "0"), (APRIL_AGO, "100"), (MARCH, "1000"), (APRIL, used))
    assert code in codes(draft)


def test_use_near_that_of_a_year_before_is_not() -> None:
    draft, _ = drafted((YEAR_AGO, "0"), (APRIL_AGO, "100"), (MARCH, "1000"), (APRIL, "1120"))
    assert codes(draft) == {HoldCode.NEW_CONTRACT}


def test_no_use_at_all_is_named() -> None:
    draft, _ = drafted((MARCH, "1000"), (APRIL, "1000"))
    assert HoldCode.ZERO_USE in codes(draft)


def test_small_reasons_together_reach_the_threshold() -> None:
    draft, holds = drafted((MARCH, "1000"), (APRIL, "1000"), hold_from=20)
    assert draft.risk == 20
    assert [hold.code for hold in holds] == [HoldCode.RISK_HIGH]


def test_a_reason_without_points_counts_for_nothing() -> None:
    draft, _ = drafted((MARCH, "1000"), (APRIL, "1000"), points={"zero_use": 0, "new_contract": 0})
    assert draft.reasons == ()


def test_a_threshold_over_a_hundred_holds_nothing() -> None:
    _, holds = drafted((MARCH, "1000"), (APRIL, "9000"), kwh_per_day_over=1, hold_from=101)
    assert holds == []


def test_the_risk_never_passes_a_hundred() -> None:
    draft, _ = drafted((MARCH, "1000"), (APRIL, "1100"), points={"new_contract": 100}, kwh_per_day_over=1)
    assert draft.risk == 100
