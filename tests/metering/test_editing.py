"""A person corrects, withdraws or accepts a reading; the original stays as a version."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from kwit.intake.findings import ImportResult
from kwit.kernel.time import DateRange, Period
from kwit.metering.correcting import CorrectionDesk
from kwit.metering.importing import import_readings
from kwit.metering.ports import PlacedMeter
from kwit.metering.readings import Edit, EstimationMethod, ReadingKind, RegisterReading, Standing
from kwit.metering.tasks import Cause
from kwit.metering.usage import current_days, current_states
from tests.fakes.import_log import MemoryImports
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.fakes.tasks import MemoryInvoiced, MemoryTasks
from tests.intake.files import dropped, table_text, workbook
from tests.metering.estimation.points import day_of, state
from tests.metering.validation.office import KNOWN, ONE, PPE

HEAD = ["PPE", "Nr licznika", "Data odczytu", "Rejestr", "Nowy stan", "Działanie", "Powód", "Autor"]
LATER = KNOWN + timedelta(days=2)
FEBRUARY, MARCH, APRIL = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
EDIT = Edit("pomyłka inkasenta", "A. Nowak")


@dataclass
class EditOffice:
    """A point whose readings a person edits, with invoices up to 1 April when there are any."""

    minutes: int | None = None
    store: MemoryReadings = field(default_factory=MemoryReadings)
    imports: MemoryImports = field(default_factory=MemoryImports)
    tasks: MemoryTasks = field(default_factory=MemoryTasks)
    invoiced: MemoryInvoiced = field(default_factory=MemoryInvoiced)

    def drop(self, content: str | bytes, *, hours: int = 0) -> ImportResult:
        return import_readings(
            file=dropped(content, name="korekty.csv"),
            directory=MemoryDirectory(
                {PPE: [PlacedMeter("L1", date(2024, 1, 1), None, ONE, interval_minutes=self.minutes)]}
            ),
            store=self.store,
            imports=self.imports,
            known_at=LATER + timedelta(hours=hours),
            desk=CorrectionDesk(self.invoiced, self.tasks),
        )

    def edit(self, *rows: tuple[str, str, str], hours: int = 0) -> ImportResult:
        """Drop rows of day, new state and action."""
        table = [HEAD]
        for day, new, action in rows:
            table.append([PPE, "L1", day, "1.8.0", new, action, EDIT.reason, EDIT.author])
        return self.drop(table_text(table), hours=hours)

    def current(self) -> dict[date, RegisterReading]:
        return {one.boundary: one for one in current_states(self.store.registers(PPE))}


def reading(day: date, kwh: int, **more: object) -> RegisterReading:
    return replace(state(day, str(kwh)), **more)  # type: ignore[arg-type]


@pytest.fixture
def office() -> EditOffice:
    made = EditOffice()
    made.store.put(
        [reading(FEBRUARY, 100), reading(MARCH, 900), reading(APRIL, 500, standing=Standing(held=("spike",)))]
    )
    return made


def codes(result: ImportResult) -> list[str]:
    return [one.code for one in result.findings]


class TestCorrecting:
    def test_makes_a_version_with_its_reason_and_keeps_the_first(self, office: EditOffice) -> None:
        result = office.edit(("2026-03-01 00:00", "300", ""))
        assert (codes(result), result.accepted) == (["changed_value"], 1)
        march = office.current()[MARCH]
        assert (march.state_wh, march.kind, march.standing) == (
            300_000,
            ReadingKind.ACTUAL,
            Standing(edit=EDIT),
        )
        assert (march.source.file, march.source.row) == ("korekty.csv", 2)
        assert len([one for one in office.store.registers(PPE) if one.boundary == MARCH]) == 2

    def test_may_add_a_reading_nobody_sent(self, office: EditOffice) -> None:
        assert office.edit(("2026-02-14", "200", "popraw")).accepted == 1
        assert office.current()[date(2026, 2, 15)].state_wh == 200_000

    def test_keeps_the_order_of_states(self, office: EditOffice) -> None:
        result = office.edit(("2026-03-01 00:00", "99", ""))
        assert (codes(result), result.rejected) == (["reading_before_last"], 1)
        assert office.current()[MARCH].state_wh == 900_000

    def test_two_that_follow_each_other_go_in_together(self, office: EditOffice) -> None:
        result = office.edit(("2026-03-01 00:00", "50", ""), ("2026-02-01 00:00", "10", ""))
        assert (result.accepted, result.rejected) == (2, 0)

    def test_twice_changes_nothing_more(self, office: EditOffice) -> None:
        office.edit(("2026-03-01 00:00", "300", ""), ("2026-02-01 00:00", "", "void"))
        items = dict(office.store.items)
        again = office.edit(
            ("2026-03-01 00:00", "300", ""),
            ("2026-02-01 00:00", "", "void"),
            ("2026-01-31", "x", ""),
            hours=1,
        )
        assert (again.accepted, again.duplicate, again.rejected) == (0, 2, 1)
        assert office.store.items == items

    def test_different_wishes_for_one_reading_both_stay_out(self, office: EditOffice) -> None:
        result = office.edit(("2026-03-01 00:00", "300", ""), ("2026-03-01 00:00", "", "unieważnij"))
        assert (codes(result), result.rejected) == (["duplicate_in_file", "duplicate_in_file"], 2)

    def test_in_a_sheet_called_readings_is_still_an_edit(self, office: EditOffice) -> None:
        row = [PPE, "L1", "2026-03-01 00:00", "1.8.0", "300", "popraw", "powód", "autor"]
        office.drop(workbook({"Odczyty": [HEAD, row]}))
        assert office.current()[MARCH].standing.edit == Edit("powód", "autor")

    @pytest.mark.parametrize(
        ("cells", "code"),
        [
            (["", "", "powód", "autor"], "missing_value"),
            (["300", "", "", "autor"], "missing_value"),
            (["300", "", "powód", ""], "missing_value"),
            (["300", "zgadnij", "powód", "autor"], "bad_action"),
            (["", "popraw", "powód", "autor"], "missing_value"),
        ],
    )
    def test_that_is_not_whole_is_refused(self, office: EditOffice, cells: list[str], code: str) -> None:
        result = office.drop(table_text([HEAD, [PPE, "L1", "2026-03-01 00:00", "1.8.0", *cells]]))
        assert (codes(result), result.rejected) == ([code], 1)


class TestAccepting:
    def test_lets_a_held_reading_be_used(self, office: EditOffice) -> None:
        result = office.edit(("2026-03-31", "", "zaakceptuj"))
        assert (codes(result), result.accepted) == ([], 1)
        april = office.current()[APRIL]
        assert (april.state_wh, april.standing) == (500_000, Standing(edit=EDIT))

    @pytest.mark.parametrize("day", ["2026-03-01 00:00", "2026-01-05"])
    def test_needs_a_held_reading(self, office: EditOffice, day: str) -> None:
        assert codes(office.edit((day, "", "zaakceptuj"))) == ["nothing_to_accept"]


class TestWithdrawing:
    def test_leaves_nothing_at_that_midnight(self, office: EditOffice) -> None:
        assert office.edit(("2026-03-01 00:00", "", "unieważnij")).accepted == 1
        assert set(office.current()) == {FEBRUARY, APRIL}
        assert len(office.store.registers(PPE)) == 4

    def test_takes_an_estimate_of_kwit_too(self, office: EditOffice) -> None:
        estimate = reading(
            date(2026, 5, 1), 700, kind=ReadingKind.ESTIMATED, known_at=LATER - timedelta(hours=1),
            standing=Standing(EstimationMethod.DAILY_AVERAGE),
        )  # fmt: skip
        office.store.put([estimate])
        later = office.drop(
            table_text([HEAD, [PPE, "L1", "2026-05-01 00:00", "1.8.0", "", "void", "x", "y"]]), hours=24 * 40
        )
        assert (codes(later), date(2026, 5, 1) in office.current()) == ([], False)

    def test_needs_a_reading(self, office: EditOffice) -> None:
        assert codes(office.edit(("2026-01-05", "", "unieważnij"))) == ["nothing_to_void"]

    def test_makes_room_for_a_lower_state_in_the_same_file(self, office: EditOffice) -> None:
        result = office.edit(("2026-03-01 00:00", "", "void"), ("2026-03-15 00:00", "200", "popraw"))
        assert (result.accepted, result.rejected) == (2, 0)


class TestDays:
    @pytest.fixture
    def series(self) -> EditOffice:
        made = EditOffice(minutes=60)
        held = Standing(held=("spike",))
        made.store.put([day_of(date(2026, 3, 9)), day_of(date(2026, 3, 10), 900, standing=held)])
        return made

    def days(self, office: EditOffice) -> dict[date, Standing]:
        period = Period(date(2026, 3, 1), APRIL)
        return {one.day: one.standing for one in current_days(office.store.intervals(PPE, period=period))}

    def test_of_a_series_are_accepted(self, series: EditOffice) -> None:
        assert series.edit(("2026-03-10", "", "zaakceptuj")).accepted == 1
        assert self.days(series)[date(2026, 3, 10)] == Standing(edit=EDIT)

    def test_of_a_series_are_withdrawn_and_make_a_task(self, series: EditOffice) -> None:
        series.invoiced.billed[PPE] = [("U/1", DateRange(MARCH, APRIL))]
        assert series.edit(("2026-03-09", "", "unieważnij")).accepted == 1
        assert set(self.days(series)) == {date(2026, 3, 10)}
        (task,) = series.tasks.open_tasks()
        assert (task.cause, task.before_wh, task.after_wh) == (Cause.VOIDED_AFTER_INVOICE, 12_000, None)


class TestTasks:
    def test_an_edit_of_an_invoiced_reading_makes_one(self, office: EditOffice) -> None:
        office.invoiced.billed[PPE] = [("U/1", DateRange(FEBRUARY, MARCH))]
        office.edit(("2026-03-01 00:00", "300", ""))
        (task,) = office.tasks.open_tasks()
        assert (task.cause, task.contract_no, task.boundary, task.start, task.end) == (
            Cause.EDITED_AFTER_INVOICE, "U/1", MARCH, FEBRUARY, MARCH)  # fmt: skip
        assert (task.before_wh, task.after_wh) == (900_000, 300_000)

    def test_a_withdrawn_one_makes_one(self, office: EditOffice) -> None:
        office.invoiced.billed[PPE] = [("U/1", DateRange(FEBRUARY, MARCH))]
        office.edit(("2026-03-01 00:00", "", "void"))
        assert [(one.cause, one.after_wh) for one in office.tasks.open_tasks()] == [
            (Cause.VOIDED_AFTER_INVOICE, None)
        ]

    def test_an_edit_of_days_not_invoiced_makes_none(self, office: EditOffice) -> None:
        office.invoiced.billed[PPE] = [("U/1", DateRange(date(2026, 1, 1), FEBRUARY))]
        office.edit(("2026-03-01 00:00", "300", ""), ("2026-03-31", "", "zaakceptuj"))
        assert list(office.tasks.open_tasks()) == []

    def test_a_drop_that_came_twice_makes_no_second_one(self, office: EditOffice) -> None:
        office.invoiced.billed[PPE] = [("U/1", DateRange(FEBRUARY, MARCH))]
        office.edit(("2026-03-01 00:00", "300", ""))
        office.imports = MemoryImports()
        office.edit(("2026-03-01 00:00", "300", ""))
        assert len(office.tasks.open_tasks()) == 1
