"""Interest for delay is counted by the day, split at changes of the rate, each part rounded once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.billing.interest import NotLateError, falls_due, interest_of, interest_row
from kwit.billing.note_content import InterestRow
from kwit.kernel.money import GROSZ, total
from kwit.tariffs.holidays import statutory_holidays
from kwit.tariffs.interest import INTEREST_LAWS, InterestLaw, RateUnknownError, interest_table

TABLE, HOLIDAYS = interest_table(), statutory_holidays()
AMOUNTS = st.decimals(min_value="0.01", max_value="9999999.99", places=2)
LATE = st.tuples(st.dates(date(2022, 1, 10), date(2026, 6, 20)), st.integers(0, 900))
LAWS = st.sampled_from(INTEREST_LAWS)


def row(
    due: date, last: date, *, principal: Decimal = Decimal("1000.00"), law: InterestLaw = "civil_code"
) -> InterestRow:
    return interest_row(
        invoice="FV/1", principal=principal, due_date=due, paid_on=last, last_day=last, law=law,
        table=TABLE, holidays=HOLIDAYS,
    )  # fmt: skip


class TestFallsDue:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            ("2026-01-23", "2026-01-23"),  # Friday
            ("2026-01-24", "2026-01-26"),  # Saturday
            ("2026-04-05", "2026-04-07"),  # Easter Sunday and Monday
            ("2026-05-01", "2026-05-04"),  # a holiday on Friday before the weekend with another
            ("2025-12-24", "2025-12-29"),  # Christmas since 2025, and the weekend behind it
        ],
    )
    def test_on_the_next_working_day(self, day: str, expected: str) -> None:
        assert falls_due(date.fromisoformat(day), holidays=HOLIDAYS) == date.fromisoformat(expected)


class TestRow:
    def test_counts_from_the_day_after_to_the_day_of_payment_both_included(self) -> None:
        one = row(date(2026, 1, 20), date(2026, 1, 21))
        assert [(part.start, part.days) for part in one.periods] == [(date(2026, 1, 21), 1)]

    def test_is_worked_out_by_hand(self) -> None:
        # 43 days at 9.50 %: 12345.67 × 0.095 × 43 / 365 = 138.168…; 16 days at 9.25 %: 50.059…
        one = row(date(2026, 1, 20), date(2026, 3, 20), principal=Decimal("12345.67"))
        assert [str(part.amount) for part in one.periods] == ["138.17", "50.06"]
        assert one.amount == Decimal("188.23")

    def test_is_halved_up(self) -> None:
        # 36.50 × 0.10 × 1 / 365 = 0.01 exactly; half of it is rounded up.
        assert interest_of(principal=Decimal("36.50"), rate=Decimal("0.10"), days=1) == GROSZ
        assert interest_of(principal=Decimal("18.25"), rate=Decimal("0.10"), days=1) == GROSZ
        assert interest_of(principal=Decimal("18.24"), rate=Decimal("0.10"), days=1) == 0

    def test_of_a_payment_in_time_is_refused_also_on_the_working_day_after_a_saturday(self) -> None:
        with pytest.raises(NotLateError) as caught:
            row(date(2026, 1, 24), date(2026, 1, 26))
        assert caught.value.fell_due == date(2026, 1, 26)
        assert row(date(2026, 1, 24), date(2026, 1, 27)).periods[0].days == 1

    def test_beyond_the_known_rates_is_refused(self) -> None:
        with pytest.raises(RateUnknownError):
            row(date(2026, 6, 1), date(2026, 8, 1))

    @given(late=LATE, principal=AMOUNTS, law=LAWS)
    def test_adds_up_its_periods_over_all_days_of_delay(
        self, late: tuple[date, int], principal: Decimal, law: InterestLaw
    ) -> None:
        due, days = late
        fell_due = falls_due(due, holidays=HOLIDAYS)
        last = min(fell_due + timedelta(days=days + 1), date(2026, 7, 1))
        one = row(due, last, principal=principal, law=law)
        assert one.amount == total(part.amount for part in one.periods)
        assert sum(part.days for part in one.periods) == (last - fell_due).days
        assert (one.periods[0].start, one.periods[-1].end) == (
            fell_due + timedelta(days=1), last + timedelta(days=1),
        )  # fmt: skip

    @given(late=LATE, cut=st.floats(0, 1), principal=AMOUNTS, law=LAWS)
    def test_paid_up_to_a_day_and_on_from_it_differs_by_half_a_grosz_a_part_at_most(
        self, late: tuple[date, int], cut: float, principal: Decimal, law: InterestLaw
    ) -> None:
        due, days = late
        fell_due = falls_due(due, holidays=HOLIDAYS)
        last = min(fell_due + timedelta(days=days + 1), date(2026, 7, 1))
        middle = fell_due + timedelta(days=int(cut * (last - fell_due).days))
        whole = row(due, last, principal=principal, law=law)
        spans = [
            part
            for start, end in ((fell_due, middle), (middle, last))
            if start < end
            for part in TABLE.spans(law, start=start + timedelta(days=1), end=end + timedelta(days=1))
        ]
        parts = total(
            interest_of(principal=principal, rate=one.rate, days=(one.end - one.start).days) for one in spans
        )
        assert abs(parts - whole.amount) <= GROSZ * (len(spans) - len(whole.periods) + 1)

    @given(late=LATE, principal=AMOUNTS, law=LAWS)
    def test_is_never_less_for_a_day_more(
        self, late: tuple[date, int], principal: Decimal, law: InterestLaw
    ) -> None:
        due, days = late
        last = min(falls_due(due, holidays=HOLIDAYS) + timedelta(days=days + 1), date(2026, 6, 30))
        if last > falls_due(due, holidays=HOLIDAYS):
            after = row(due, last + timedelta(days=1), principal=principal, law=law)
            assert after.amount >= row(due, last, principal=principal, law=law).amount
