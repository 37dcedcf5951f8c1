"""A bill rests on estimates only where the settings allow them, and keeps them where the next one finds them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from kwit.billing.bill import bill_contract
from kwit.billing.certificate import content_faults
from kwit.billing.chunks import rate_chunk
from kwit.billing.content import BillContent, parse_content
from kwit.billing.drafts import Draft, DraftRef, Hold, HoldCode
from kwit.billing.runs import plan_run
from kwit.metering.readings import (
    EstimationMethod,
    IntervalDay,
    Reading,
    ReadingKind,
    RegisterReading,
    Standing,
)
from kwit.metering.usage import current_states
from kwit.registry.company import EstimationSettings, SumSettings
from kwit.registry.records import Quantity, Register
from kwit.tariffs.holidays import statutory_holidays
from tests.billing.memory_case import Company, contract, meter, party, point, state
from tests.fakes.reading_store import MemoryReadings
from tests.rating.test_series import month

FEBRUARY, MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (2, 3, 4, 5, 6))
LATE = date(2026, 4, 20)
ALLOWED = EstimationSettings(methods=("previous_year", "daily_average"), after_days=10, at_most=2)


def company_with(
    states: Sequence[tuple[date, str]], allowed: EstimationSettings | None = ALLOWED, **changes: object
) -> Company:
    company = Company()
    company.add("U/1", states=states, **changes)
    allow(company, allowed)
    return company


def allow(company: Company, allowed: EstimationSettings | None) -> None:
    profiles = dict(company.settings.settings.profiles)
    profiles["standard"] = profiles["standard"].model_copy(update={"estimation": allowed})
    company.settings.change(profiles=profiles)


def bill(
    company: Company, *, on: date = LATE, billed_to: date | None = None
) -> tuple[list[Draft], list[Hold]]:
    return bill_contract(
        case=company.case(on=on), billed_to=billed_to, billing=company.billing(on), readings=company.readings
    )


def contents(drafts: Iterable[Draft]) -> list[BillContent]:
    return [parse_content(draft.content) for draft in drafts]


def reckoned(company: Company) -> list[RegisterReading]:
    return [one for one in company.readings.registers("PPE-U/1") if one.reckoned]


def faults(draft: Draft) -> list[str]:
    ref = DraftRef(
        draft.document_id, 0, draft.contract_no, draft.start, draft.end, draft.content_hash, draft.net,
        draft.vat, draft.gross, draft.wh_read, draft.kwh_billed,
    )  # fmt: skip
    return content_faults(parse_content(draft.content), ref)


class TestAllowed:
    def test_the_bill_says_how_it_was_estimated(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        (draft,), holds = bill(company)
        (content,) = contents([draft])
        assert holds == []
        assert (draft.wh_read, draft.kwh_billed) == (310_000, 310)
        last = content.usage[0].last
        assert last is not None
        assert (last.kind, last.method, last.kwh) == ("estimated", "daily_average", Decimal("1310.000"))
        assert last.source.startswith("szacowanie: daily_average")
        assert faults(draft) == []

    def test_the_same_period_of_the_year_before_comes_first(self) -> None:
        states = [
            (date(2025, 3, 1), "0"),
            (APRIL.replace(year=2025), "186"),
            (FEBRUARY, "720"),
            (MARCH, "1000"),
        ]
        (content,) = contents(bill(company_with(states))[0])
        assert content.usage[0].wh == 186_000

    def test_only_after_the_days_that_are_waited(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        for day, drafts in ((APRIL, 0), (date(2026, 4, 10), 0), (date(2026, 4, 11), 1)):
            made, holds = bill(company, on=day)
            assert (len(made), len(holds)) == (drafts, 1 - drafts)
            assert all(hold.code is HoldCode.READING_MISSING for hold in holds)
            assert len(reckoned(company)) == drafts

    def test_not_without_settings(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")], None)
        drafts, (hold,) = bill(company, on=date(2026, 12, 1))
        assert (drafts, hold.code, reckoned(company)) == ([], HoldCode.READING_MISSING, [])

    def test_not_over_a_doubt(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        company.readings.put(
            [replace(state("U/1", APRIL, "9000"), standing=Standing(held=("use_above_history",)))]
        )
        drafts, (hold,) = bill(company)
        assert (drafts, hold.code, reckoned(company)) == ([], HoldCode.READING_HELD, [])

    def test_a_method_that_cannot_says_so(self) -> None:
        drafts, (hold,) = bill(company_with([(MARCH, "1000")]))
        assert drafts == []
        assert hold.code is HoldCode.READING_MISSING
        assert "not estimated, no_method: L-U/1/1.8.0 at 2026-04-01" in hold.detail

    def test_a_reading_near_the_end_goes_before_an_estimate_made_earlier(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        bill(company)
        company.readings.put([state("U/1", date(2026, 4, 2), "1400")])
        (content,) = contents(bill(company)[0])
        assert (content.end, content.usage[0].wh) == (date(2026, 4, 2), 400_000)

    def test_a_load_profile_nobody_has_is_an_error_of_the_settings(self) -> None:
        wrong = ALLOWED.model_copy(update={"load_profile": "G99"})
        with pytest.raises(LookupError, match="G99"):
            bill(company_with([(FEBRUARY, "720"), (MARCH, "1000")], wrong))

    def test_a_group_without_a_load_profile_does_without(self) -> None:
        allowed = ALLOWED.model_copy(update={"methods": ("load_profile", "daily_average")})
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")], allowed, group="G13s")
        _, (hold,) = bill(company)
        assert hold.code is HoldCode.RATING_PROBLEM, "the estimate was made; the group has no rates"
        (content,) = contents(bill(company_with([(FEBRUARY, "720"), (MARCH, "1000")], allowed))[0])
        assert content.usage[0].last is not None
        assert content.usage[0].last.method == "load_profile"


class TestInARow:
    def test_periods_are_estimated_up_to_the_limit(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        drafts, (hold,) = bill(company, on=date(2026, 6, 20))
        assert [(one.start, one.end) for one in drafts] == [(MARCH, APRIL), (APRIL, MAY)]
        assert (hold.code, hold.start, hold.end) == (HoldCode.PROLONGED_ESTIMATION, MAY, JUNE)
        assert [one.boundary for one in reckoned(company)] == [APRIL, MAY]

    def test_a_later_run_counts_what_earlier_ones_estimated(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        bill(company, on=LATE)
        bill(company, on=date(2026, 5, 20), billed_to=APRIL)
        drafts, (hold,) = bill(company, on=date(2026, 6, 20), billed_to=MAY)
        assert (drafts, hold.code) == ([], HoldCode.PROLONGED_ESTIMATION)

    def test_the_next_period_starts_from_the_estimate(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        first, _ = bill(company)
        company.readings.put([state("U/1", MAY, "1700")])
        second, holds = bill(company, on=MAY, billed_to=APRIL)
        assert holds == []
        assert first[0].wh_read + second[0].wh_read == 700_000
        (content,) = contents(second)
        assert content.usage[0].first is not None
        assert content.usage[0].first.method == "daily_average"

    def test_a_reading_below_the_estimate_waits_for_a_correction(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        bill(company)
        company.readings.put([state("U/1", MAY, "1200")])
        drafts, (hold,) = bill(company, on=MAY, billed_to=APRIL)
        assert (drafts, hold.code) == ([], HoldCode.ESTIMATE_ABOVE_READING)


@dataclass
class RacingReadings(MemoryReadings):
    """A store in which another attempt keeps its estimate a moment earlier."""

    earlier: list[Reading] = field(default_factory=list)

    def keep_first(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        if self.earlier:
            super().keep_first(self.earlier)
            self.earlier = []
        return super().keep_first(readings)


class TestAgain:
    def test_gives_the_same_bytes_and_keeps_nothing_more(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        first = bill(company)
        kept = dict(company.readings.items)
        assert bill(company) == first
        assert company.readings.items == kept

    def test_a_run_of_another_day_uses_the_estimate_that_stands(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        first, _ = bill(company)
        # A year before that was not known at first would tell another figure.
        company.readings.put([state("U/1", date(2025, 3, 1), "0"), state("U/1", date(2025, 4, 1), "186")])
        again, _ = bill(company, on=LATE + timedelta(days=1))
        assert [one.wh_read for one in again] == [one.wh_read for one in first]
        assert len(reckoned(company)) == 1

    def test_an_attempt_that_comes_second_bills_what_the_first_one_kept(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        bill(company)
        (own,) = reckoned(company)
        racing = RacingReadings(earlier=[replace(own, state_wh=own.state_wh + 5_000)])
        racing.put([state("U/1", FEBRUARY, "720"), state("U/1", MARCH, "1000")])
        company.readings = racing
        (draft,), holds = bill(company)
        assert (holds, draft.wh_read) == ([], 315_000)
        assert [one.state_wh for one in reckoned(company)] == [1_315_000]
        assert faults(draft) == []

    def test_a_held_draft_keeps_the_estimate_it_rests_on_so_that_it_can_be_released(self) -> None:
        company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
        limits = company.settings.settings.holds.model_copy(update={"gross_over": Decimal("1.00")})
        company.settings.change(holds=limits)
        (draft,), (hold,) = bill(company)
        assert (hold.code, hold.document_id) == (HoldCode.AMOUNT_HIGH, draft.document_id)
        assert len(reckoned(company)) == 1

    def test_a_chunk_that_breaks_off_after_the_estimate_ends_with_the_same_draft(self) -> None:
        drafts = []
        for breaks in (False, True):
            company = company_with([(FEBRUARY, "720"), (MARCH, "1000")])
            plan_run(business_date=LATE, stores=company.stores, queue=company.queues)
            run_id = f"{LATE.isoformat()}-daily"
            if breaks:
                bill(company)
            result = rate_chunk(
                run_id=run_id,
                chunk=0,
                stores=company.stores,
                queue=company.queues,
                holidays=statutory_holidays(),
            )
            (ref,) = result.drafts
            drafts.append(ref.content_hash)
        assert drafts[0] == drafts[1]


class TestSeries:
    def company(self, days: Sequence[IntervalDay], allowed: EstimationSettings) -> Company:
        company = Company()
        registers = (Register("A+", "all", Quantity.IMPORT),)
        company.registry.put([
            contract(group="C12a", annual_kwh=None, contracted_kw=Decimal(20)),
            party(), point(), meter(registers=registers, interval_minutes=15),
        ])  # fmt: skip
        company.readings.put([replace(day, ppe="PPE-U/1") for day in days])
        allow(company, allowed)
        return company

    def test_a_day_is_told_by_a_proxy_and_the_bill_says_so(self) -> None:
        days = month()
        allowed = EstimationSettings(methods=("proxy_day",))
        company = self.company(days[:-1], allowed)
        (draft,), holds = bill(company)
        (content,) = contents([draft])
        assert holds == []
        span = content.usage[0]
        assert (span.series_days, span.estimated_days, span.methods) == (31, 1, ("proxy_day",))
        assert faults(draft) == []
        assert bill(company) == ([draft], [])

    def test_the_year_before_is_looked_up(self) -> None:
        days = month()
        year = replace(days[-1], day=days[-1].day - timedelta(weeks=52))
        allowed = EstimationSettings(methods=("previous_year",))
        (draft,), _ = bill(self.company([*days[:-1], year], allowed))
        (content,) = contents([draft])
        assert content.usage[0].methods == ("previous_year",)
        assert draft.wh_read == sum(sum(day.values_wh) for day in days)

    def test_too_many_days_wait(self) -> None:
        allowed = EstimationSettings(methods=("proxy_day",), series_days=2)
        drafts, (hold,) = bill(self.company(month()[:-3], allowed))
        assert (drafts, hold.code) == ([], HoldCode.PROLONGED_ESTIMATION)


def test_a_point_is_reckoned_from_others() -> None:
    allowed = EstimationSettings(methods=("subtractive",), after_days=0)
    company = company_with([(MARCH, "0")], allowed)
    for no, kwh in (("W", "900"), ("P", "250")):
        company.registry.put([point(no), meter(no)])
        company.readings.put([state(no, MARCH, "0"), state(no, APRIL, kwh)])
    sums = (SumSettings(point="PPE-U/1", whole="PPE-W", parts=("PPE-P",)),)
    company.settings.change(sums=sums)
    plan_run(business_date=APRIL, stores=company.stores, queue=company.queues)
    result = rate_chunk(
        run_id="2026-04-01-daily",
        chunk=0,
        stores=company.stores,
        queue=company.queues,
        holidays=statutory_holidays(),
    )
    assert [draft.wh_read for draft in result.drafts] == [650_000]
    (made,) = reckoned(company)
    assert (made.kind, made.standing.method) == (ReadingKind.ESTIMATED, EstimationMethod.SUBTRACTIVE)
    assert current_states([made]) == [made]
