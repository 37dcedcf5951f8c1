"""A party holds a point on the days that its contracts cover."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import DateRange
from kwit.registry.holding import days_held
from kwit.registry.records import Contract
from tests.billing.memory_case import contract

START, MOVE, END = date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1)


def of(party: str, starts: date, ends: date | None = None, *, no: str = "U/1") -> Contract:
    made = contract()
    return replace(
        made, contract_no=no, party_id=party, payer_id="K-9", starts=starts, ends=ends, valid_from=starts
    )


class TestDaysHeld:
    def test_are_those_of_the_contract(self) -> None:
        assert days_held([of("K-1", START)], party_id="K-1") == (DateRange(START),)
        assert days_held([of("K-1", START, END)], party_id="K-1") == (DateRange(START, END),)

    def test_are_none_of_who_only_pays_or_is_a_stranger(self) -> None:
        assert days_held([of("K-1", START)], party_id="K-9") == ()
        assert days_held([of("K-1", START)], party_id="K-2") == ()
        assert days_held([], party_id="K-1") == ()

    def test_pass_to_who_takes_the_contract_over(self) -> None:
        first = of("K-1", START)
        taken = replace(first, party_id="K-2", valid_from=MOVE)
        assert days_held([taken, first], party_id="K-1") == (DateRange(START, MOVE),)
        assert days_held([first, taken], party_id="K-2") == (DateRange(MOVE),)

    def test_of_one_tenant_are_not_those_of_the_next(self) -> None:
        versions = [of("K-1", START, MOVE), of("K-2", MOVE, no="U/2")]
        assert days_held(versions, party_id="K-1") == (DateRange(START, MOVE),)
        assert days_held(versions, party_id="K-2") == (DateRange(MOVE),)

    def test_of_contracts_that_touch_are_one_span(self) -> None:
        sale, again = of("K-1", START, MOVE), of("K-1", MOVE, END, no="U/2")
        assert days_held([again, sale], party_id="K-1") == (DateRange(START, END),)
        longer = of("K-1", START, no="U/3")
        assert days_held([again, sale, longer], party_id="K-1") == (DateRange(START),)

    def test_end_where_a_version_ends_the_contract(self) -> None:
        first = of("K-1", START)
        ended = replace(first, ends=END, valid_from=MOVE)
        assert days_held([first, ended], party_id="K-1") == (DateRange(START, END),)


_DAYS = [date(2025, month, 1) for month in range(1, 13)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["K-1", "K-2"]), st.sampled_from(_DAYS), st.none() | st.sampled_from(_DAYS)
        ),
        max_size=6,
    )
)
def test_a_day_is_held_exactly_when_a_contract_of_the_party_covers_it(
    told: list[tuple[str, date, date | None]],
) -> None:
    sound = [(who, start, end) for who, start, end in told if end is None or start < end]
    versions = [of(who, start, end, no=f"U/{i}") for i, (who, start, end) in enumerate(sound)]
    held = days_held(versions, party_id="K-1")
    for day in _DAYS:
        covered = any(who == "K-1" and day in DateRange(start, end) for who, start, end in sound)
        assert any(day in span for span in held) == covered
    assert all(one.end is not None and one.end < two.start for one, two in pairwise(held))
