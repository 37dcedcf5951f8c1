import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.schedules import Occurrence, Schedule, ScheduleError, occurrences, parse_cron

WARSAW = ZoneInfo("Europe/Warsaw")
YEAR = datetime(2025, 1, 1, tzinfo=UTC)


def daily(hour: int, minute: int = 0) -> Schedule:
    return Schedule(
        name="daily",
        cron=parse_cron(f"cron({minute} {hour} * * ? *)"),
        zone=WARSAW,
        queue_arn="arn:aws:sqs:eu-central-1:000000000000:queue",
        message='{"scheduled_time":"<aws.scheduler.scheduled-time>"}',
    )


def due(schedule: Schedule, since: datetime, until: datetime) -> list[datetime]:
    return [occurrence.at for occurrence in occurrences(schedule, since=since, until=until)]


class TestParseCron:
    def test_reads_numbers_lists_ranges_steps_and_stars(self):
        cron = parse_cron("cron(0/20 6-8,22 1,15 */6 ? *)")
        assert cron.minutes == (0, 20, 40)
        assert cron.hours == (6, 7, 8, 22)
        assert cron.days == (1, 15)
        assert cron.months == (1, 7)

    @pytest.mark.parametrize(
        "expression",
        [
            "rate(5 minutes)",
            "cron(0 5 * * *)",
            "cron(0 5 ? * MON *)",
            "cron(60 5 * * ? *)",
            "cron(x 5 * * ? *)",
        ],
    )
    def test_refuses_what_it_does_not_know_by_its_text(self, expression):
        with pytest.raises(ScheduleError, match=re.escape(expression)):
            parse_cron(expression)


class TestOccurrences:
    def test_follow_the_clock_of_their_zone_over_the_change_to_summer_time(self):
        found = due(daily(5), datetime(2026, 3, 28, tzinfo=WARSAW), datetime(2026, 3, 30, tzinfo=WARSAW))
        assert found == [datetime(2026, 3, 28, 4, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=UTC)]

    def test_skip_a_time_the_change_to_summer_time_skips(self):
        found = due(daily(2, 30), datetime(2026, 3, 29, tzinfo=WARSAW), datetime(2026, 3, 30, tzinfo=WARSAW))
        assert found == []

    def test_come_once_when_the_change_back_repeats_their_time(self):
        found = due(
            daily(2, 30), datetime(2026, 10, 25, tzinfo=WARSAW), datetime(2026, 10, 26, tzinfo=WARSAW)
        )
        assert found == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]

    def test_include_the_first_instant_and_exclude_the_last(self):
        at = datetime(2026, 1, 5, 5, tzinfo=WARSAW)
        assert due(daily(5), at, at + timedelta(days=1)) == [at]

    @given(
        start=st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: YEAR + timedelta(minutes=minutes)),
        cuts=st.lists(st.integers(0, 24 * 60 * 40), min_size=3, max_size=3).map(sorted),
    )
    def test_are_the_same_however_the_time_is_cut(self, start, cuts):
        first, middle, last = (start + timedelta(minutes=cut) for cut in cuts)
        schedule = daily(5)
        assert due(schedule, first, middle) + due(schedule, middle, last) == due(schedule, first, last)

    def test_put_their_instant_into_the_message_in_utc(self):
        occurrence = Occurrence(at=datetime(2026, 3, 29, 3, tzinfo=UTC), schedule=daily(5))
        assert occurrence.message == '{"scheduled_time":"2026-03-29T03:00:00Z"}'
