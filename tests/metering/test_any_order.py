"""Files in any order, repeated and with crashes in between, end in the same readings: in memory and in DynamoDB.

Values are corrected and corrected back, and files are dropped again later; what is known as of any instant must be
what it is when every file is handled once, in the order of the drops.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from kwit.aws.imports import DynamoImports
from kwit.aws.reading_store import DynamoReadings
from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import ImportResult
from kwit.intake.ports import ImportLog
from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange, Period
from kwit.metering.correcting import CorrectionDesk
from kwit.metering.importing import import_readings
from kwit.metering.packing_months import pack_shelf, shelf_of
from kwit.metering.ports import PlacedMeter, PlacedRegister, ReadingStore
from kwit.metering.readings import (
    Edit,
    EstimationMethod,
    IntervalDay,
    ReadingKind,
    RegisterReading,
    Standing,
)
from kwit.metering.tasks import Cause
from kwit.metering.usage import current_days, current_states
from kwit.metering.versions import last_word, words
from tests.crash import Crash, Fault, watched
from tests.fakes.import_log import MemoryImports
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.fakes.tasks import MemoryInvoiced, MemoryTasks
from tests.intake.files import dropped, table_text
from tests.moto_tables import make_tables, pretend_credentials

STATES, SERIES = "590543000000001232", "590543000000001249"
KNOWN = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
FIRST = date(2026, 3, 1)
MARCH = Period(FIRST, date(2026, 4, 1))
REGISTER = (PlacedRegister("1.8.0", "all"),)
DIRECTORY = MemoryDirectory(
    {
        STATES: [PlacedMeter("L1", date(2024, 1, 1), None, REGISTER)],
        SERIES: [PlacedMeter("L2", date(2024, 1, 1), None, REGISTER, interval_minutes=60)],
    }
)
PLACES = 8
"""Midnights, or days, that files speak of: enough that some files fill an item of their own in the store."""

INVOICED = {ppe: [("U/1", DateRange(FIRST, MARCH.end))] for ppe in (STATES, SERIES)}


@dataclass(frozen=True, order=True)
class Drop:
    """A file of the family, dropped `hour` hours after the first."""

    hour: int
    number: int

    @property
    def at(self) -> datetime:
        return KNOWN + timedelta(hours=self.hour)


@dataclass(frozen=True)
class Family:
    """Files by number; each says one of two values of some places, or has a row that nobody can read."""

    said: tuple[dict[int, int], ...]
    series: bool
    broken: frozenset[int]

    def file(self, number: int) -> DroppedFile:
        said, broken = self.said[number], number in self.broken
        if self.series:
            lines = [_line(place, value) for place, value in said.items()]
            return dropped("\n".join([*lines, f"#{number}"] if broken else lines), name="partia.jsonl")
        rows = [
            [STATES, (FIRST + timedelta(days=p)).isoformat(), str(1000 + 10 * p + v)] for p, v in said.items()
        ]
        rows += [[STATES, "2026-03-30", f"x{number}"]] if broken else []
        return dropped(table_text([["PPE", "Data", "Stan"], *rows]), name="odczyty.csv")


def _line(place: int, value: int) -> str:
    day = (FIRST + timedelta(days=place)).isoformat()
    values = [200 + (hour + value) % 5 for hour in range(24)]
    return json.dumps({"ppe": SERIES, "day": day, "minutes": 60, "quantity": "import", "values": values})


@st.composite
def families(draw: st.DrawFn) -> Family:
    one_file = st.dictionaries(st.integers(0, PLACES - 1), st.integers(0, 1), min_size=1, max_size=PLACES)
    said = draw(st.lists(one_file, min_size=2, max_size=5))
    return Family(tuple(said), draw(st.booleans()), draw(st.frozensets(st.integers(0, len(said) - 1))))


@st.composite
def dropped_files(draw: st.DrawFn) -> tuple[Family, list[Drop]]:
    """Draw files, each dropped at an hour of its own, some of them again later."""
    family = draw(families())
    hours = draw(st.permutations(range(2 * len(family.said))))
    again = draw(st.lists(st.integers(0, len(family.said) - 1), max_size=len(family.said), unique=True))
    numbers = [*range(len(family.said)), *again]
    return family, [Drop(hour, number) for hour, number in zip(hours, numbers, strict=False)]


def load(
    family: Family, drop: Drop, store: ReadingStore, imports: ImportLog, desk: CorrectionDesk | None = None
) -> ImportResult:
    file = family.file(drop.number)
    return import_readings(
        file=file, directory=DIRECTORY, store=store, imports=imports, known_at=drop.at, desk=desk
    )


def known(store: ReadingStore, drops: Sequence[Drop]) -> list[list[RegisterReading | IntervalDay]]:
    """Return what counts, with its origin, as of the instant of every drop."""
    found: list[list[RegisterReading | IntervalDay]] = []
    for drop in sorted(drops):
        states = current_states(store.registers(STATES, known_by=drop.at))
        days = current_days(store.intervals(SERIES, period=MARCH, known_by=drop.at))
        found.append([*states, *days])
    return found


def in_order(family: Family, drops: Sequence[Drop]) -> MemoryReadings:
    """Handle every drop once, in the order of the drops."""
    store, imports = MemoryReadings(), MemoryImports()
    for drop in sorted(drops):
        load(family, drop, store, imports)
    return store


@dataclass
class Dying:
    """Lets writes of a store through until a certain step, at which the process dies, before or after one."""

    inner: object
    steps: list[int] = field(default_factory=lambda: [0])

    def __getattr__(self, name: str) -> object:
        found: Callable[..., object] = getattr(self.inner, name)
        return self._dying(found) if name in {"put", "record"} else found

    def _dying(self, action: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object) -> object:
            self._step()
            answer = action(*args)
            self._step()
            return answer

        return call

    def _step(self) -> None:
        self.steps[0] -= 1
        if self.steps[0] == 0:
            raise Crash


def shuffled(drops: Sequence[Drop], chance: Random) -> list[Drop]:
    """Deliver every drop once or more, in any order."""
    deliveries = [*drops, *(one for one in drops if chance.random() < 0.4)]
    chance.shuffle(deliveries)
    return deliveries


class TestInMemory:
    @settings(max_examples=200)
    @given(dropped_files(), st.integers(0, 2**32))
    def test_any_order_repeats_and_crashes_end_the_same(
        self, given_files: tuple[Family, list[Drop]], seed: int
    ) -> None:
        (family, drops), chance = given_files, Random(seed)
        store, imports = MemoryReadings(), MemoryImports()
        waiting = shuffled(drops, chance)
        while waiting:
            drop = waiting.pop(chance.randrange(len(waiting)))
            steps = [chance.randrange(1, 6)]
            try:
                load(family, drop, Dying(store, steps), Dying(imports, steps))  # type: ignore[arg-type]
            except Crash:
                waiting.append(drop)
        expected = in_order(family, drops)
        assert known(store, drops) == known(expected, drops)
        if len({family.file(drop.number).content_hash for drop in drops}) == len(drops):
            assert store.items == expected.items

    @given(dropped_files())
    def test_the_same_files_again_write_nothing(self, given_files: tuple[Family, list[Drop]]) -> None:
        family, drops = given_files
        store, imports = MemoryReadings(), MemoryImports()
        for drop in sorted(drops):
            load(family, drop, store, imports)
        before = dict(store.items)
        puts = store.puts
        for drop in drops:
            result = load(family, Drop(drop.hour + 100, drop.number), store, imports)
            assert result.accepted == 0
        assert (store.items, store.puts) == (before, puts)


class TestInDynamoDb:
    @settings(max_examples=12, deadline=None)
    @given(dropped_files(), st.integers(0, 2**32))
    def test_any_order_repeats_crashes_and_packings_end_the_same(
        self, given_files: tuple[Family, list[Drop]], seed: int
    ) -> None:
        (family, drops), chance = given_files, Random(seed)
        with pytest.MonkeyPatch.context() as patch, mock_aws():
            pretend_credentials(patch)
            tables = make_tables(boto3.client("dynamodb"))
            store = DynamoReadings(tables["readings"])
            imports = DynamoImports(tables["registry"])
            waiting = shuffled(drops, chance)
            while waiting:
                drop = waiting.pop(chance.randrange(len(waiting)))
                fault = Fault(at=chance.randrange(8), when=chance.choice(["before", "after"]))
                try:
                    with watched(fault, store.table.client):
                        load(family, drop, store, imports)
                except Crash:
                    waiting.append(drop)
                if chance.random() < 0.3:
                    pack_shelf(month="2026-03", number=shelf_of(SERIES), shelves=store)
            assert known(store, drops) == known(in_order(family, drops), drops)


class TestCorrectedAndBack:
    @pytest.mark.parametrize("series", [False, True])
    @pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (2, 0, 1), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
    def test_stands_as_the_last_drop_said(self, order: tuple[int, ...], series: bool) -> None:
        family = Family(({1: 0}, {1: 1}, {1: 0, 2: 0}), series, frozenset())
        store, imports = MemoryReadings(), MemoryImports()
        for number in order:
            load(family, Drop(number, number), store, imports)
        drops = [Drop(number, number) for number in order]
        at_each = [one[0] for one in known(store, drops)]
        assert [one.known_at for one in at_each] == [drop.at for drop in sorted(drops)]
        assert store.items == in_order(family, drops).items

    @pytest.mark.parametrize("series", [False, True])
    def test_is_told_row_by_row_and_raises_a_task_where_what_counts_changes(self, series: bool) -> None:
        family = Family(({1: 0}, {1: 1}, {1: 0, 2: 0}), series, frozenset())
        told = {(0, 1, 2): [[], ["changed_value"], ["changed_value"]],
                (0, 2, 1): [[], ["duplicate_row"], ["older_value"]]}  # fmt: skip
        for order, expected in told.items():
            store, imports, tasks = MemoryReadings(), MemoryImports(), MemoryTasks()
            codes = []
            for number in order:
                desk = CorrectionDesk(MemoryInvoiced(INVOICED), tasks)
                found = load(family, Drop(number, number), store, imports, desk)
                codes.append([one.code for one in found.findings])
            assert codes == expected
            changes = [one for one in tasks.open_tasks() if one.cause is Cause.CHANGED_AFTER_INVOICE]
            assert len(changes) == (2 if order == (0, 1, 2) else 0)

    def test_is_held_for_what_the_known_one_is_held_for(self) -> None:
        store, imports = MemoryReadings(), MemoryImports()
        family = Family(({1: 0}, {1: 0, 2: 0}), False, frozenset())
        load(family, Drop(0, 0), store, imports)
        [(key, first)] = store.items.items()
        assert isinstance(first, RegisterReading)
        store.items[key] = replace(first, standing=Standing(held=("spike",)))
        load(family, Drop(1, 1), store, imports)
        again = [one for one in store.registers(STATES) if one.boundary == first.boundary]
        assert [one.standing.held for one in again] == [("spike",), ("spike",)]
        accepted = replace(
            first, known_at=KNOWN + timedelta(hours=2), standing=Standing(edit=Edit("tak", "AN"))
        )
        store.put([accepted])
        later = replace(first, known_at=KNOWN + timedelta(hours=3), source=Source("x.csv", "c" * 64, 2))
        assert current_states([*store.registers(STATES), later])[0] == accepted


class TestWords:
    """What counts is read off all versions together."""

    first = RegisterReading(
        STATES, "L1", "1.8.0", FIRST, 1000, ReadingKind.ACTUAL, KNOWN, Source("a.csv", "a" * 64, 2)
    )

    def after(self, hours: int, **other: object) -> RegisterReading:
        source = Source(f"{hours}.csv", f"{hours:064x}", 2)
        return replace(self.first, known_at=KNOWN + timedelta(hours=hours), source=source, **other)

    def test_said_again_are_those_of_the_file_that_said_them_first(self) -> None:
        assert words([self.after(2), self.after(1), self.first]) == [self.first]

    def test_said_after_another_one_are_new(self) -> None:
        changed, back = self.after(1, state_wh=7), self.after(2)
        assert words([back, self.first, changed]) == [self.first, changed, back]

    def test_of_a_file_dropped_again_are_not(self) -> None:
        changed = self.after(1, state_wh=7)
        dropped_again = replace(self.first, known_at=KNOWN + timedelta(hours=2))
        assert words([dropped_again, changed, self.first]) == [self.first, changed]

    def test_said_after_a_withdrawal_are_new(self) -> None:
        gone, back = self.after(1, standing=Standing(void=True)), self.after(2)
        assert words([self.first, gone, back]) == [self.first, gone, back]

    def test_of_a_person_follow_those_of_files_of_the_same_second(self) -> None:
        edit = replace(self.first, state_wh=7, source=Source("0.csv", "0" * 64, 2),
                       standing=Standing(edit=Edit("pomyłka", "AN")))  # fmt: skip
        assert last_word([edit, self.first]) is edit

    def test_that_are_incomplete_and_said_again_leave_the_estimate_in_force(self) -> None:
        values = (0, *[5] * 23)
        day = IntervalDay(
            SERIES, "1.8.0", FIRST, 60, values, KNOWN, self.first.source, missing=frozenset({0})
        )
        filled = replace(
            day, values_wh=(5,) * 24, missing=frozenset(), known_at=KNOWN + timedelta(hours=1),
            standing=Standing(EstimationMethod.INTERPOLATION),
        )  # fmt: skip
        again = replace(
            day, known_at=KNOWN + timedelta(hours=2), source=Source("b.csv", "b" * 64, 2), told_before=True
        )
        assert current_days([day, filled, again]) == [filled]
