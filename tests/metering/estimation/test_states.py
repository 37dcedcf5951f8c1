"""A state that nobody read is estimated by each method as its rule says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import DateRange, Period
from kwit.metering.estimation.filling import Difference, Filled, fill
from kwit.metering.estimation.load_profile import LoadProfile
from kwit.metering.readings import (
    Edit,
    EstimationMethod,
    IntervalDay,
    ReadingKind,
    RegisterReading,
    Standing,
)
from kwit.metering.usage import MeteredRegister, usage_of
from tests.metering.estimation.points import (
    KNOWN,
    PPE,
    RUN,
    days_of,
    group,
    history,
    register,
    rules,
    state,
)

FEBRUARY, MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (2, 3, 4, 5, 6))
LAST_YEAR = [state(date(2025, 3, 1), "100"), state(date(2025, 4, 1), "410")]


def filled(
    states: Sequence[RegisterReading],
    *methods: str,
    start: date = MARCH,
    end: date = APRIL,
    days: Sequence[IntervalDay] = (),
    registers: Sequence[MeteredRegister] = (),
    at_most: int = 2,
    profile: LoadProfile | None = None,
    difference: Difference | None = None,
) -> Filled:
    return fill(
        ppe=PPE,
        period=Period(start, end),
        history=history(states, days, registers=registers),
        rules=rules(*methods, at_most=at_most, profile=profile),
        known_at=RUN,
        difference=difference,
    )


def estimate(found: Filled) -> RegisterReading:
    assert found.refusals == []
    (made,) = found.made
    assert isinstance(made, RegisterReading)
    return made


def refused(found: Filled) -> list[str]:
    assert found.made == []
    return [one.code for one in found.refusals]


class TestPreviousYear:
    def test_takes_the_use_of_the_same_days(self) -> None:
        made = estimate(filled([*LAST_YEAR, state(MARCH, "2000")], "previous_year"))
        assert (made.state_wh, made.boundary, made.kind) == (2_310_000, APRIL, ReadingKind.ESTIMATED)
        assert made.standing == Standing(EstimationMethod.PREVIOUS_YEAR)
        assert (made.known_at, made.source.file) == (RUN, "szacowanie: previous_year")

    def test_spreads_longer_stretches_by_days(self) -> None:
        states = [state(date(2025, 2, 1), "0"), state(date(2025, 5, 1), "890"), state(MARCH, "2000")]
        assert estimate(filled(states, "previous_year")).state_wh == 2_310_000

    def test_rests_on_readings_and_not_on_estimates(self) -> None:
        guessed = [LAST_YEAR[0], state(date(2025, 4, 1), "410", kind="estimated"), state(MARCH, "2000")]
        assert estimate(filled(guessed, "previous_year")).state_wh == 2_000_000 + 1_900_000 * 31 // 365 + 1

    def test_without_the_whole_of_them_gives_way_to_the_next_method(self) -> None:
        states = [state(date(2025, 3, 2), "0"), state(FEBRUARY, "1720"), state(MARCH, "2000")]
        assert refused(filled(states, "previous_year")) == ["no_method"]
        made = estimate(filled(states, "previous_year", "daily_average"))
        assert made.standing.method is EstimationMethod.DAILY_AVERAGE


class TestDailyAverage:
    def test_takes_the_days_of_the_period_before(self) -> None:
        states = [state(FEBRUARY, "720"), state(MARCH, "1000")]
        assert estimate(filled(states, "daily_average")).state_wh == 1_310_000

    def test_goes_back_until_the_stretch_is_as_long(self) -> None:
        states = [state(date(2026, 1, 1), "0"), state(FEBRUARY, "620"), state(MARCH, "900")]
        # 28 days of 10 kWh are fewer than the 31 of March, so January's 20 kWh a day count too.
        assert estimate(filled(states, "daily_average")).state_wh == 900_000 + 900_000 * 31 // 59

    def test_needs_a_week_of_history(self) -> None:
        assert refused(filled([state(date(2026, 2, 23), "0"), state(MARCH, "60")], "daily_average")) == [
            "no_method"
        ]


class TestLoadProfile:
    def test_regards_the_season(self) -> None:
        states = [state(date(2025, 12, 1), "0"), state(MARCH, "900")]
        made = estimate(filled(states, "load_profile", end=JUNE, profile=group()))
        flat = estimate(filled(states, "daily_average", end=JUNE))
        assert 0 < made.state_wh < flat.state_wh
        profile = group()
        winter, spring = (
            profile.of_period(Period(*days)) for days in ((date(2025, 12, 1), MARCH), (MARCH, JUNE))
        )
        assert abs((made.state_wh - 900_000) * winter - 900_000 * spring) <= winter

    def test_without_a_profile_cannot(self) -> None:
        states = [state(FEBRUARY, "720"), state(MARCH, "1000")]
        assert refused(filled(states, "load_profile")) == ["no_method"]


class TestInterpolation:
    def test_draws_a_line_between_two_readings(self) -> None:
        states = [state(MARCH, "1000"), state(MAY, "1610")]
        assert estimate(filled(states, "interpolation")).state_wh == 1_310_000

    def test_passes_zero_with_the_display(self) -> None:
        states = [state(MARCH, "999900"), state(MAY, "510")]
        assert estimate(filled(states, "interpolation")).state_wh == 210_000

    def test_needs_a_later_reading(self) -> None:
        assert refused(filled([state(MARCH, "1000")], "interpolation")) == ["no_method"]

    def test_no_method_may_contradict_a_later_reading(self) -> None:
        states = [*LAST_YEAR, state(MARCH, "2000"), state(MAY, "2100")]
        made = estimate(filled(states, "previous_year", "interpolation"))
        assert (made.state_wh, made.standing.method) == (
            2_000_000 + 100_000 * 31 // 61 + 1, EstimationMethod.INTERPOLATION)  # fmt: skip


class TestOtherSources:
    def test_a_series_tells_its_register(self) -> None:
        days = days_of(MARCH, 31)
        made = estimate(filled([state(MARCH, "1000")], "from_intervals", days=days))
        # March has 743 hours of half a kWh.
        assert made.state_wh == 1_371_500
        assert refused(filled([state(MARCH, "1000")], "from_intervals", days=days[:-1])) == ["no_method"]

    def test_other_points_tell_what_is_left(self) -> None:
        whole = history([state(MARCH, "0"), state(APRIL, "900")])
        part = history([state(MARCH, "0"), state(APRIL, "250")])
        difference = Difference(whole, [part, part])
        made = estimate(filled([state(MARCH, "0")], "subtractive", difference=difference))
        assert (made.state_wh, made.standing.method) == (400_000, EstimationMethod.SUBTRACTIVE)
        unread = Difference(whole, [part, history([state(MARCH, "0")])])
        assert refused(filled([state(MARCH, "0")], "subtractive", difference=unread)) == ["no_method"]

    def test_the_multiplier_is_taken_out(self) -> None:
        states = [state(FEBRUARY, "0"), state(MARCH, "28")]
        made = estimate(filled(states, "daily_average", registers=[register(multiplier=40)]))
        assert made.state_wh == 59_000


class TestBounds:
    def test_the_first_state_of_a_register_is_never_estimated(self) -> None:
        assert refused(filled([state(FEBRUARY, "0"), state(MAY, "100")], "interpolation")) == ["no_start"]

    def test_what_is_known_stays(self) -> None:
        known = [state(FEBRUARY, "0"), state(MARCH, "300"), state(APRIL, "600")]
        assert filled(known, "daily_average") == Filled()

    def test_more_guesses_in_a_row_than_allowed_are_refused(self) -> None:
        states = [
            state(date(2026, 1, 1), "0"), state(FEBRUARY, "310"),
            state(MARCH, "590", kind="estimated"),
        ]  # fmt: skip
        assert refused(filled(states, "daily_average", at_most=1)) == ["prolonged_estimation"]
        assert estimate(filled(states, "daily_average", at_most=2)).state_wh == 900_000

    def test_reckoning_from_measured_energy_is_no_guess(self) -> None:
        states = [state(MARCH, "0")]
        for month, day in enumerate((APRIL, MAY), start=1):
            reckoned = replace(
                state(day, f"{month}00", kind="estimated"), standing=Standing(EstimationMethod.SUBTRACTIVE)
            )
            states.append(reckoned)
        whole = history([state(MARCH, "0"), state(JUNE, "900")])
        part = history([state(MARCH, "0"), state(JUNE, "500")])
        found = filled(
            states, "subtractive", start=MAY, end=JUNE, at_most=1, difference=Difference(whole, [part])
        )
        assert estimate(found).state_wh == 400_000

    def test_an_estimate_goes_on_from_the_one_before_rather_than_back(self) -> None:
        high = replace(
            state(MARCH, "2000", kind="estimated"), standing=Standing(EstimationMethod.PREVIOUS_YEAR)
        )
        states = [state(date(2026, 1, 1), "0"), state(FEBRUARY, "310"), high]
        assert estimate(filled(states, "daily_average")).state_wh == 2_310_000

    def test_a_withdrawn_reading_is_estimated_anew(self) -> None:
        standing = Standing(void=True, edit=Edit("zły", "A. Nowak"))
        withdrawn = replace(state(APRIL, "9999"), known_at=RUN + timedelta(hours=9), standing=standing)
        states = [state(FEBRUARY, "720"), state(MARCH, "1000"), state(APRIL, "9999"), withdrawn]
        made = estimate(filled(states, "daily_average"))
        assert made.known_at == withdrawn.known_at + timedelta(microseconds=1)
        usage = usage_of(period=Period(MARCH, APRIL), registers=[register()], readings=[*states, made])
        assert usage.wh("import") == 310_000

    def test_the_last_state_of_a_meter_taken_away_is_estimated_and_the_first_of_the_next_is_not(self) -> None:
        exchange = date(2026, 3, 16)
        meters = [
            register(present=DateRange(date(2024, 1, 1), exchange)),
            register(meter_no="L2", present=DateRange(exchange)),
        ]
        states = [state(FEBRUARY, "720"), state(MARCH, "1000"), state(exchange, "0", meter_no="L2")]
        found = filled([*states, state(APRIL, "200", meter_no="L2")], "daily_average", registers=meters)
        assert (estimate(found).meter_no, estimate(found).state_wh) == ("L1", 1_150_000)
        unknown = filled([*states[:2], state(APRIL, "200", meter_no="L2")], "daily_average", registers=meters)
        assert [one.code for one in unknown.refusals] == ["no_start"]

    def test_each_zone_is_estimated_by_its_own_past(self) -> None:
        zones = [register("1.8.1", zone="day"), register("1.8.2", zone="night")]
        states = [
            state(FEBRUARY, "0", code="1.8.1"), state(MARCH, "280", code="1.8.1"),
            state(FEBRUARY, "0", code="1.8.2"), state(MARCH, "28", code="1.8.2"),
        ]  # fmt: skip
        made = filled(states, "daily_average", registers=zones).made
        assert {one.register: one.state_wh for one in made if isinstance(one, RegisterReading)} == {
            "1.8.1": 590_000, "1.8.2": 59_000}  # fmt: skip

    def test_the_place_of_an_estimate_does_not_depend_on_its_method(self) -> None:
        states = [*LAST_YEAR, state(FEBRUARY, "720"), state(MARCH, "1000")]
        by_year, by_day = (estimate(filled(states, name)) for name in ("previous_year", "daily_average"))
        assert by_year.source.content_hash == by_day.source.content_hash
        assert by_year.source.file != by_day.source.file


@given(
    start=st.integers(0, 900_000_000),
    before=st.integers(0, 3_000_000),
    cut=st.integers(1, 59),
    method=st.sampled_from(["daily_average", "load_profile", "previous_year"]),
    multiplier=st.sampled_from([1, 40, 7]),
)
def test_energy_estimated_in_parts_is_energy_estimated_in_one(
    start: int, before: int, cut: int, method: str, multiplier: int
) -> None:
    first = replace(state(date(2025, 1, 1), "0"), state_wh=start)
    last = replace(state(MARCH, "0"), state_wh=start + before)
    end, middle = MARCH + timedelta(days=60), MARCH + timedelta(days=cut)
    meter = [register(multiplier=multiplier)]
    whole = estimate(filled([first, last], method, end=end, registers=meter, profile=group()))
    part = estimate(filled([first, last], method, end=middle, registers=meter, profile=group()))
    rest = estimate(
        filled([first, last, part], method, start=middle, end=end, registers=meter, profile=group())
    )
    assert rest.state_wh == whole.state_wh


@pytest.mark.parametrize("method", ["daily_average", "load_profile"])
@given(before=st.integers(0, 10_000_000), taken=st.integers(0, 20_000_000))
def test_an_estimate_and_the_reading_after_it_add_up_to_what_was_read(
    method: str, before: int, taken: int
) -> None:
    states = [replace(state(FEBRUARY, "0"), state_wh=0), replace(state(MARCH, "0"), state_wh=before)]
    guess = estimate(filled(states, method, profile=group()))
    after = replace(state(MAY, "0"), state_wh=before + taken, known_at=KNOWN + timedelta(days=60))
    known = [*states, guess, after]
    months = [
        usage_of(period=period, registers=[register()], readings=known)
        for period in (Period(MARCH, APRIL), Period(APRIL, MAY))
    ]
    if guess.state_wh <= after.state_wh:
        assert sum(one.wh("import") for one in months) == taken
    else:
        # The reading shows that too much was billed: nothing is billed before somebody corrects it.
        assert [one.code for one in months[1].problems] == ["estimate_above_reading"]
    corrected = usage_of(period=Period(MARCH, MAY), registers=[register()], readings=known)
    assert (corrected.wh("import"), corrected.problems) == (taken, ())
