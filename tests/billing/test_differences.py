"""Differences of bills are explained by causes that add up to the grosz."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kwit.billing.bill import bill_contract
from kwit.billing.content import BillContent, parse_content
from kwit.billing.differences import Cause, Explained, explain_difference
from kwit.kernel.money import ZERO
from kwit.tariffs.price_list import PriceList
from tests.billing.memory_case import Company
from tests.rating.cases import all_lists

LAWS = frozenset({"levies-pl"})
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def bills(
    *states: tuple[date, str], lists: dict[str, list[PriceList]] | None = None, **changes: object
) -> list[BillContent]:
    one = Company()
    one.price_lists.added.update(lists or {})
    one.add("U/1", states=states, **changes)
    drafts, _ = bill_contract(
        case=one.case(), billed_to=None, billing=one.billing(date(2026, 5, 2)), readings=one.readings
    )
    return [parse_content(draft.content) for draft in drafts]


def march(kwh: str = "1100", **changes: object) -> BillContent:
    return bills((MARCH, "1000"), (APRIL, kwh), **changes)[0]  # type: ignore[arg-type]  # terms by name


def raised(code: str, by: str = "0.01") -> dict[str, list[PriceList]]:
    """Return a list in which every price is higher, as a new version of its own."""
    changed = []
    for one in all_lists()[code]:
        charges = tuple(
            replace(
                charge,
                prices=tuple(replace(price, amount=price.amount + Decimal(by)) for price in charge.prices),
            )
            for charge in one.charges
        )
        name = f"{code} {by} {one.window.start}".encode().hex().ljust(64, "0")[:64]
        changed.append(replace(one, charges=charges, content_hash=name))
    return {code: changed}


def explained(before: BillContent | None, after: BillContent | None) -> Explained:
    found = explain_difference(before=before, after=after, laws=LAWS)
    assert sum((part.net for part in found.parts), ZERO) == found.net
    assert sum((part.vat for part in found.parts), ZERO) == found.vat
    assert sum(found.by_cause().values(), ZERO) == found.gross
    return found


def test_equal_bills_differ_by_nothing() -> None:
    assert explained(march(), march()).parts == ()


def test_another_reading_is_use_alone_whatever_the_prices_did_inside_the_period() -> None:
    found = explained(march(), march("1088"))
    assert set(found.by_cause()) == {Cause.USAGE}
    assert found.net < 0
    energy = [part for part in found.parts if part.charge == "energy"]
    assert sum((part.quantity_after - part.quantity_before for part in energy), Decimal(0)) == -12


def test_another_price_is_price_and_a_levy_is_law() -> None:
    assert set(explained(march(), march(lists=raised("jasna-energia"))).by_cause()) == {Cause.PRICE}
    assert set(explained(march(), march(lists=raised("levies-pl"))).by_cause()) == {Cause.LAW}


def test_use_and_price_at_once_are_told_apart() -> None:
    found = explained(march(), march("1200", lists=raised("jasna-energia")))
    assert set(found.by_cause()) == {Cause.USAGE, Cause.PRICE}
    alone = explained(march(), march("1200"))
    assert abs(found.by_cause()[Cause.USAGE] - alone.by_cause()[Cause.USAGE]) <= Decimal("0.05")


def test_another_group_is_the_contract() -> None:
    found = explained(march(), march(group="G11", contracted_kw=Decimal(12)))
    assert set(found.by_cause()) <= {Cause.CONTRACT}


def test_a_bill_that_comes_or_goes_is_the_contract() -> None:
    one = march()
    assert explained(None, one).by_cause() == {Cause.CONTRACT: one.gross}
    assert explained(one, None).by_cause() == {Cause.CONTRACT: -one.gross}


def test_a_shorter_month_of_the_same_use_a_day_is_the_calendar() -> None:
    first, second = bills((MARCH, "1000"), (APRIL, "1031"), (MAY, "1061"))
    causes = explained(first, second).by_cause()
    # The use of a day is the same, so what is left of it is the rounding of the calendar's part.
    assert abs(causes.get(Cause.USAGE, ZERO)) <= Decimal("0.10")
    assert causes[Cause.CALENDAR] < 0


def test_vat_rounded_another_way_is_the_settings() -> None:
    one = march()
    other = one.model_copy(
        update={
            "vat": one.vat + Decimal("0.01"),
            "gross": one.gross + Decimal("0.01"),
            "settings_version": "s2",
        }
    )
    assert explained(one, other).by_cause() == {Cause.SETTINGS: Decimal("0.01")}


def test_a_line_that_differs_with_equal_inputs_is_the_engine() -> None:
    one = march()
    line = one.lines[0].model_copy(update={"net": one.lines[0].net + Decimal("0.02")})
    other = one.model_copy(
        update={
            "lines": (line, *one.lines[1:]),
            "net": one.net + Decimal("0.02"),
            "gross": one.gross + Decimal("0.02"),
        }
    )
    assert set(explained(one, other).by_cause()) == {Cause.ENGINE}


@given(
    first=st.integers(0, 9_000),
    second=st.integers(0, 9_000),
    own=st.sampled_from(["0", "0.0137", "-0.2"]),
    levy=st.sampled_from(["0", "0.51"]),
)
def test_the_parts_always_add_up(first: int, second: int, own: str, levy: str) -> None:
    lists = raised("jasna-energia", own) | raised("levies-pl", levy)
    explained(march(str(1000 + first)), march(str(1000 + second), lists=lists))


@given(st.lists(st.integers(0, 3000), min_size=2, max_size=2))
def test_the_parts_of_two_months_always_add_up(uses: list[int]) -> None:
    first, second = bills((MARCH, "1000"), (APRIL, str(1000 + uses[0])), (MAY, str(1000 + sum(uses))))
    explained(first, second)
