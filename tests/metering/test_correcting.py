"""Changes behind invoices become tasks: what changed, from what to what, whose invoices it touches."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kwit.kernel.time import DateRange
from kwit.metering.correcting import CorrectionDesk
from kwit.metering.readings import EstimationMethod, IntervalDay, RegisterReading, Standing
from kwit.metering.tasks import Cause, CorrectionTask, task_sentence
from tests.fakes.tasks import MemoryInvoiced, MemoryTasks
from tests.metering.estimation.points import KNOWN, PPE, day_of, state

JANUARY, FEBRUARY, MARCH, APRIL, MAY = (date(2026, month, 1) for month in (1, 2, 3, 4, 5))
BILLED = [("U/1", DateRange(FEBRUARY, APRIL))]


def tasks_of(
    new: Sequence[RegisterReading],
    known: Sequence[RegisterReading],
    billed: Sequence[tuple[str, DateRange]] = BILLED,
) -> Sequence[CorrectionTask]:
    tasks = MemoryTasks()
    desk = CorrectionDesk(MemoryInvoiced({PPE: billed}), tasks)
    desk.states(PPE, [replace(one, known_at=KNOWN + timedelta(days=9)) for one in new], known=known)
    desk.file()
    return tasks.open_tasks()


def estimate(day: date, kwh: str) -> RegisterReading:
    return replace(state(day, kwh, kind="estimated"), standing=Standing(EstimationMethod.DAILY_AVERAGE))


KNOWN_STATES = [state(FEBRUARY, "100"), state(MARCH, "200"), state(APRIL, "300")]


class TestStates:
    def test_a_changed_one_touches_the_invoices_on_both_sides(self) -> None:
        (task,) = tasks_of([state(MARCH, "210")], KNOWN_STATES)
        assert (task.cause, task.start, task.end) == (Cause.CHANGED_AFTER_INVOICE, FEBRUARY, APRIL)
        assert (task.before_wh, task.after_wh) == (200_000, 210_000)

    @pytest.mark.parametrize(("day", "start", "end"), [(FEBRUARY, FEBRUARY, MARCH), (APRIL, MARCH, APRIL)])
    def test_a_changed_end_of_what_is_invoiced_touches_one(self, day: date, start: date, end: date) -> None:
        (task,) = tasks_of([state(day, "250")], KNOWN_STATES)
        assert (task.start, task.end) == (start, end)

    def test_one_inside_an_invoiced_period_comes_late(self) -> None:
        (task,) = tasks_of([state(date(2026, 3, 10), "240")], KNOWN_STATES)
        assert (task.cause, task.before_wh, task.start, task.end) == (Cause.LATE_READING, None, MARCH, APRIL)

    @pytest.mark.parametrize("day", [JANUARY, MAY])
    def test_one_outside_of_invoices_makes_no_task(self, day: date) -> None:
        assert list(tasks_of([state(day, "999")], [*KNOWN_STATES, state(day, "5")])) == []

    def test_the_same_figure_from_another_source_makes_no_task(self) -> None:
        assert list(tasks_of([state(MARCH, "200", kind="remote")], KNOWN_STATES)) == []

    def test_a_held_one_waits(self) -> None:
        held = replace(state(MARCH, "210"), standing=Standing(held=("spike",)))
        assert list(tasks_of([held], KNOWN_STATES)) == []

    def test_without_an_invoice_nobody_is_asked_for_unchanged_readings(self) -> None:
        invoiced = MemoryInvoiced({PPE: BILLED})
        CorrectionDesk(invoiced, MemoryTasks()).states(PPE, [state(MARCH, "200")], known=KNOWN_STATES)
        assert invoiced.asked == 0

    def test_each_contract_of_the_point_has_its_own(self) -> None:
        both = [*BILLED, ("S/1", DateRange(JANUARY, MARCH))]
        tasks = tasks_of([state(MARCH, "210")], KNOWN_STATES, both)
        assert sorted((one.contract_no, one.start, one.end) for one in tasks) == [
            ("S/1", FEBRUARY, MARCH), ("U/1", FEBRUARY, APRIL)]  # fmt: skip


class TestAfterAnEstimate:
    known = (state(FEBRUARY, "100"), state(MARCH, "200"), estimate(APRIL, "310"))

    def test_the_reading_of_that_midnight_replaces_it(self) -> None:
        (task,) = tasks_of([state(APRIL, "300")], self.known)
        assert (task.cause, task.before_wh, task.after_wh) == (Cause.ACTUAL_AFTER_ESTIMATE, 310_000, 300_000)

    def test_the_next_reading_tells_what_it_should_have_been(self) -> None:
        (task,) = tasks_of([state(MAY, "322")], self.known)
        assert (task.cause, task.boundary, task.start, task.end) == (
            Cause.ACTUAL_AFTER_ESTIMATE, APRIL, MARCH, APRIL)  # fmt: skip
        assert (task.before_wh, task.after_wh) == (310_000, 262_000)

    def test_the_one_after_that_makes_no_task_more(self) -> None:
        assert list(tasks_of([state(date(2026, 6, 1), "400")], [*self.known, state(MAY, "322")])) == []

    def test_an_estimate_after_it_is_no_reading(self) -> None:
        assert list(tasks_of([estimate(MAY, "400")], self.known)) == []

    def test_an_estimate_that_was_right_makes_no_task(self) -> None:
        assert list(tasks_of([state(MAY, "422")], [state(MARCH, "200"), estimate(APRIL, "312.820")])) == []
        assert len(tasks_of([state(MAY, "422")], [state(MARCH, "200"), estimate(APRIL, "312.821")])) == 1


class TestDays:
    def tasks(self, new: Sequence[IntervalDay], known: Sequence[IntervalDay]) -> Sequence[CorrectionTask]:
        tasks = MemoryTasks()
        desk = CorrectionDesk(MemoryInvoiced({PPE: BILLED}), tasks)
        desk.days(PPE, [replace(one, known_at=KNOWN + timedelta(days=9)) for one in new], known=known)
        desk.file()
        return tasks.open_tasks()

    def test_that_changed_make_one_task_of_a_register(self) -> None:
        days = [date(2026, 3, 9), date(2026, 3, 11)]
        (task,) = self.tasks([day_of(day, 600) for day in days], [day_of(day, 500) for day in days])
        assert (task.cause, task.start, task.end) == (Cause.CHANGED_AFTER_INVOICE, days[0], date(2026, 3, 12))
        assert (task.before_wh, task.after_wh) == (24_000, 28_800)

    def test_measured_after_an_estimate_say_so(self) -> None:
        guess = replace(day_of(MARCH), standing=Standing(EstimationMethod.PROXY_DAY))
        (task,) = self.tasks([day_of(MARCH, 600)], [guess])
        assert task.cause is Cause.ACTUAL_AFTER_ESTIMATE

    def test_new_or_not_invoiced_make_none(self) -> None:
        assert list(self.tasks([day_of(MARCH)], [])) == []
        assert list(self.tasks([day_of(APRIL, 600)], [day_of(APRIL)])) == []


def test_every_cause_has_its_sentence() -> None:
    for cause in Cause:
        assert task_sentence(cause).endswith(".")
