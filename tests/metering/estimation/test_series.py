"""Values that nobody measured are estimated by each method as its rule says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import Period, day_minutes, interval_starts, local_clock
from kwit.metering.estimation.filling import Difference, Filled, fill
from kwit.metering.estimation.load_profile import LoadProfile
from kwit.metering.readings import EstimationMethod, IntervalDay, RegisterReading, Standing
from kwit.metering.usage import current_days, usage_of
from tests.metering.estimation.points import (
    PPE,
    RUN,
    day_of,
    days_of,
    group,
    history,
    register,
    rules,
    state,
)

MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)
METER = register(minutes=60)


def filled(
    days: Sequence[IntervalDay],
    *methods: str,
    start: date = MONDAY,
    count: int = 1,
    states: Sequence[RegisterReading] = (),
    series_days: int = 7,
    profile: LoadProfile | None = None,
    difference: Difference | None = None,
) -> Filled:
    return fill(
        ppe=PPE,
        period=Period(start, start + timedelta(days=count)),
        history=history(states, days, registers=[METER]),
        rules=rules(*methods, series_days=series_days, profile=profile),
        known_at=RUN,
        difference=difference,
    )


def made(found: Filled) -> list[IntervalDay]:
    assert found.refusals == []
    return [one for one in found.made if isinstance(one, IntervalDay)]


def with_missing(day: IntervalDay, *indexes: int) -> IntervalDay:
    """Make values of a day unknown: they stand as zero."""
    values = tuple(0 if index in indexes else wh for index, wh in enumerate(day.values_wh))
    unknown = frozenset(indexes)
    return replace(day, values_wh=values, estimated=unknown, missing=unknown)


def ramp(day: date) -> IntervalDay:
    return day_of(day, values_wh=tuple(100 * hour for hour in range(day_minutes(day) // 60)))


class TestInterpolation:
    def test_draws_a_line_over_a_short_gap(self) -> None:
        (day,) = made(filled([with_missing(ramp(MONDAY), 5, 6, 7)], "interpolation"))
        assert day.values_wh == ramp(MONDAY).values_wh
        assert (day.estimated, day.missing, day.standing) == (
            frozenset({5, 6, 7}), frozenset(), Standing(EstimationMethod.INTERPOLATION))  # fmt: skip

    def test_leaves_long_gaps_and_those_at_the_ends_to_others(self) -> None:
        for unknown in ((5, 6, 7, 8), (0,), (23,)):
            found = filled([with_missing(ramp(MONDAY), *unknown)], "interpolation")
            assert [one.code for one in found.refusals] == ["no_method"]

    def test_several_gaps_of_a_day_are_filled_each(self) -> None:
        (day,) = made(filled([with_missing(ramp(MONDAY), 2, 9, 10)], "interpolation"))
        assert day.values_wh == ramp(MONDAY).values_wh


class TestProxyDay:
    def test_takes_the_same_weekday_of_the_week_before(self) -> None:
        weeks = [day_of(MONDAY - timedelta(weeks=back), 100 * back) for back in (1, 2)]
        (day,) = made(filled(weeks, "proxy_day"))
        assert day.values_wh == (100,) * 24
        assert day.estimated == frozenset(range(24))

    def test_goes_back_over_days_that_were_not_measured(self) -> None:
        one, two = (day_of(MONDAY - timedelta(weeks=back), 100 * back) for back in (1, 2))
        held = replace(one, standing=Standing(held=("spike",)))
        reckoned = replace(one, standing=Standing(EstimationMethod.PROXY_DAY))
        for unsound in (with_missing(one, 3), held, reckoned):
            (day,) = made(filled([unsound, two], "proxy_day"))
            assert day.values_wh == (200,) * 24

    def test_fills_only_what_is_missing(self) -> None:
        days = [day_of(MONDAY - timedelta(weeks=1), 7), with_missing(day_of(MONDAY, 500), 0, 1, 2, 3, 4)]
        (day,) = made(filled(days, "interpolation", "proxy_day"))
        assert day.values_wh == (7,) * 5 + (500,) * 19
        assert day.standing.method is EstimationMethod.PROXY_DAY

    def test_follows_the_clock_into_spring_and_autumn(self) -> None:
        for moved in (date(2026, 3, 29), date(2026, 10, 25)):
            week = ramp(moved - timedelta(weeks=1))
            (day,) = made(filled([week], "proxy_day", start=moved))
            hours = [local_clock(start).hour for start in interval_starts(moved, minutes=60)]
            assert [wh // 100 for wh in day.values_wh] == hours

    def test_a_day_after_spring_takes_the_hour_it_lacks_from_the_one_before(self) -> None:
        spring = date(2026, 3, 29)
        values = [100 * local_clock(start).hour for start in interval_starts(spring, minutes=60)]
        (day,) = made(filled([day_of(spring, values_wh=tuple(values))], "proxy_day", start=date(2026, 4, 5)))
        assert [wh // 100 for wh in day.values_wh[:4]] == [0, 1, 1, 3]

    def test_the_previous_year_is_the_same_weekday(self) -> None:
        (day,) = made(filled([day_of(MONDAY - timedelta(weeks=52), 42)], "previous_year"))
        assert day.values_wh == (42,) * 24


class TestProfile:
    def test_spreads_what_the_weeks_before_used(self) -> None:
        profile = group()
        before = [
            day_of(day, values_wh=tuple(profile.of_day(day, minutes=60)))
            for day in (MONDAY - timedelta(days=back) for back in range(1, 29))
        ]
        (day,) = made(filled(before, "load_profile", profile=profile))
        assert list(day.values_wh) == profile.of_day(MONDAY, minutes=60)

    def test_without_weeks_before_cannot(self) -> None:
        assert [one.code for one in filled([], "load_profile", profile=group()).refusals] == ["no_method"]


class TestRegister:
    def test_tells_the_sum_to_the_watt_hour(self) -> None:
        states = [state(MONDAY, "0"), state(MONDAY + timedelta(days=3), "100")]
        days = [day_of(MONDAY, 500), with_missing(day_of(TUESDAY, 700), 4)]
        found = made(filled(days, "from_register", count=3, states=states, profile=group()))
        known = 24 * 500 + 23 * 700
        assert [one.day for one in found] == [TUESDAY, TUESDAY + timedelta(days=1)]
        unknown = [found[0].values_wh[4], *found[1].values_wh]
        assert sum(unknown) == 100_000 - known
        assert len(set(unknown)) > 10

    def test_that_moved_less_than_the_series_tells_nothing(self) -> None:
        states = [state(MONDAY, "0"), state(MONDAY + timedelta(days=2), "1")]
        found = filled([day_of(MONDAY, 500)], "from_register", count=2, states=states)
        assert [one.code for one in found.refusals] == ["no_method"]


class TestDifference:
    def test_is_taken_hour_by_hour(self) -> None:
        whole = history(days=[day_of(MONDAY, 900)], registers=[METER])
        part = history(days=[ramp(MONDAY)], registers=[METER])
        small = replace(ramp(MONDAY), values_wh=tuple(wh // 3 for wh in ramp(MONDAY).values_wh))
        (day,) = made(
            filled(
                [], "subtractive", difference=Difference(whole, [history(days=[small], registers=[METER])])
            )
        )
        assert day.values_wh == tuple(900 - wh for wh in small.values_wh)
        found = filled([], "subtractive", difference=Difference(whole, [part]))
        assert [one.code for one in found.refusals] == ["no_method"], "energy is never negative"


class TestBounds:
    def test_more_days_than_allowed_are_refused(self) -> None:
        week = days_of(MONDAY - timedelta(weeks=1), 7)
        found = filled(week, "proxy_day", count=3, series_days=2)
        assert (found.made, [one.code for one in found.refusals]) == ([], ["prolonged_estimation"])
        assert len(made(filled(week, "proxy_day", count=3, series_days=3))) == 3

    def test_days_estimated_before_count_too(self) -> None:
        week = days_of(MONDAY - timedelta(weeks=1), 7)
        (first,) = made(filled(week, "proxy_day"))
        found = filled([*week, first], "proxy_day", count=2, series_days=1)
        assert [one.code for one in found.refusals] == ["prolonged_estimation"]

    def test_a_whole_period_needs_nothing(self) -> None:
        assert filled(days_of(MONDAY, 2), "proxy_day", count=2) == Filled()

    def test_what_is_measured_later_replaces_the_estimate(self) -> None:
        week = days_of(MONDAY - timedelta(weeks=1), 1)
        (guess,) = made(filled(week, "proxy_day"))
        late = replace(day_of(MONDAY, 321), known_at=RUN - timedelta(days=1))
        assert current_days([guess, late]) == [late]

    def test_a_day_withdrawn_is_estimated_anew(self) -> None:
        known = day_of(MONDAY, 9)
        void = replace(known, known_at=RUN + timedelta(hours=1), standing=Standing(void=True))
        week = days_of(MONDAY - timedelta(weeks=1), 1)
        (guess,) = made(filled([*week, known, void], "proxy_day"))
        assert current_days([known, void, guess]) == [guess]

    def test_a_day_filled_is_billed_and_one_sent_again_with_holes_is_filled_again(self) -> None:
        holes = with_missing(day_of(MONDAY, 500), 3)
        (guess,) = made(filled([holes], "interpolation"))
        usage = usage_of(
            period=Period(MONDAY, TUESDAY), registers=[METER], readings=(), interval_days=[holes, guess]
        )
        assert (usage.problems, usage.wh("import")) == ((), 12_000)
        again = replace(with_missing(day_of(MONDAY, 600), 3), known_at=RUN + timedelta(days=1))
        assert current_days([holes, guess, again]) == [again]
        (second,) = made(filled([holes, guess, again], "interpolation"))
        assert current_days([holes, guess, again, second])[0].values_wh == (600,) * 24


@given(
    values=st.lists(st.integers(0, 5_000), min_size=72, max_size=72),
    unknown=st.sets(st.integers(0, 71), min_size=1),
    more=st.integers(0, 100_000),
)
def test_a_series_filled_from_its_register_moves_as_far_as_the_register(
    values: Sequence[int], unknown: set[int], more: int
) -> None:
    days = []
    for number in range(3):
        part = tuple(values[24 * number : 24 * number + 24])
        holes = [index - 24 * number for index in unknown if index // 24 == number]
        day = day_of(MONDAY + timedelta(days=number), values_wh=part)
        days.append(with_missing(day, *holes) if holes else day)
    moved = sum(sum(day.values_wh) for day in days) + more
    end = MONDAY + timedelta(days=3)
    states = [state(MONDAY, "0"), replace(state(end, "0"), state_wh=moved)]
    found = made(filled(days, "from_register", count=3, states=states, profile=group()))
    counting = current_days([*days, *found])
    assert sum(sum(day.values_wh) for day in counting) == moved
    assert all(not day.missing for day in counting)
