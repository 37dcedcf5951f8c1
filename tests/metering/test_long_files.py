"""A long file in parts gives the readings and the result of the same file in one go, at any crash and order."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import ImportResult
from kwit.kernel.identifiers import gs1_check_digit
from kwit.metering import importing
from kwit.metering.cutting import PartError, read_part
from kwit.metering.importing import import_readings
from kwit.metering.long_files import CutFileVanishedError, LongFiles
from kwit.metering.ports import PlacedMeter, PlacedRegister
from tests.crash import Crash
from tests.fakes.import_log import MemoryImports
from tests.fakes.long_files import MemoryCutFiles, MemoryPartQueue, MemoryWork
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.fakes.remarks import MemoryRemarks
from tests.intake.files import dropped, workbook

KNOWN = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
DAY = date(2026, 1, 31)
POINTS = [f"5905430000{n:07}" + str(gs1_check_digit(f"5905430000{n:07}")) for n in range(60)]
METERS = {
    ppe: [
        PlacedMeter(
            f"00{index:04}",
            date(2024, 1, 1),
            None,
            (PlacedRegister("1.8.0", "all"),),
            interval_minutes=60 if index < 40 else None,
        )
    ]
    for index, ppe in enumerate(POINTS)
    if index % 13
}


def directory() -> MemoryDirectory:
    return MemoryDirectory(METERS)


@pytest.fixture(autouse=True)
def _short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with small_parts(monkeypatch):
        pass


@contextmanager
def small_parts(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Call files long that are short, so that tests stay quick."""
    patch.setattr(importing, "LONG_BATCH", 10)
    patch.setattr(importing, "LONG_TABLE", 10)
    patch.setattr(importing, "_SHORT_BYTES", 100)
    yield


def line(ppe: str, values: list[object], *, day: date = DAY) -> str:
    told = {"ppe": ppe, "day": day.isoformat(), "minutes": 60, "quantity": "import", "values": values}
    return json.dumps(told)


def json_batch() -> bytes:
    """Write a batch with every way to go wrong, and points twice far apart."""
    chance = Random(4)
    lines = [line(ppe, [chance.randrange(900) for _ in range(24)]) for ppe in POINTS[:40]]
    lines += [
        "",
        lines[3],
        line(POINTS[5], [1] * 24),
        line(POINTS[6], [1] * 23),
        line(POINTS[7][:-1] + "x", [1] * 24),
    ]
    lines += ["{", '{"p\\u0070e": "' + POINTS[3] + '", "day": "2026-01-30"}', "x" * 20_001]
    spaced = line(f"{POINTS[8][:4]} {POINTS[8][4:]}", [1] * 24)
    return "\n".join([*lines, spaced, line(POINTS[50], [1] * 24)]).encode()


def csv_batch() -> bytes:
    lines = [";".join(["ppe", "day", "minutes", "quantity", *(f"v{n}" for n in range(1, 25))])]
    lines += [";".join([ppe, DAY.isoformat(), "60", "import", *["0.5"] * 24]) for ppe in POINTS[:30]]
    quoted = ";".join([f'"{POINTS[4]}"', DAY.isoformat(), "60", "import", *["0.6"] * 24])
    return ("\ufeff" + "\r\n".join([*lines, quoted, '"broken;1', lines[9]])).encode()


def states(*columns: str) -> bytes:
    """Write states as CSV with some rows that repeat, contradict or cannot be."""
    rows = []
    for index, ppe in enumerate(POINTS):
        meter = METERS[ppe][0].meter_no if ppe in METERS else "X"
        cells = {"Kod PPE": ppe, "Nr licznika": meter.lstrip("0") if index % 2 else meter}
        rows += [{**cells, "Data": f"{day}.12.2025", "Stan": f"{100 + 3 * day},5"} for day in (30, 31)]
    rows += [
        rows[11],
        {**rows[14], "Stan": "7"},
        {**rows[20], "Data": "31.02.2026"},
        {**rows[21], "Stan": "x"},
    ]
    if columns == ("Kod PPE", "Nr licznika"):
        rows = [{**row, ("Kod PPE" if n % 3 == 0 else "Nr licznika"): ""} for n, row in enumerate(rows)]
    heads = [*columns, "Data", "Stan"]
    return "\n".join([";".join(heads), *(";".join(row[one] for one in heads) for row in rows)]).encode()


def sheets() -> bytes:
    """Write a workbook of two sheets of states, numbers and dates as a spreadsheet keeps them."""
    one = [["Kod PPE", "Data", "Stan"], *([ppe, DAY, 100 + n] for n, ppe in enumerate(POINTS))]
    two = [["Kod PPE", "Data", "Stan"], *([ppe, DAY, 101] for ppe in POINTS[:5]), [POINTS[1], DAY, 101.25]]
    return workbook({"Odczyty": one, "Stany": two, "Inne": [["a"], ["b"]]})


def portal() -> bytes:
    """Write hours of several points as a portal does, one of them in an order of its own."""
    rows = ["Kod PPE;Data;Godzina;Zużycie kWh;Kierunek"]
    for ppe in POINTS[1:6]:
        rows += [f"{ppe};2026-01-31;{hour}:00;0,{hour:03};pobór" for hour in range(1, 25)]
    return "\n".join([*rows, rows[30], f"{POINTS[2]};2026-01-31;7:00;9;pobór"]).encode()


def answers() -> bytes:
    """Write a collector's answers: states, remarks instead of them or beside them, and doors nobody came to."""
    said = (("100", ""), ("", "1"), ("101", "11"), ("", "10"), ("", ""), ("", "77"))
    rows = [f"{ppe};2026-01-31;{';'.join(said[n % len(said)])}" for n, ppe in enumerate(POINTS)]
    return "\n".join(["PPE;Data odczytu;Stan;Kod uwagi", *rows, rows[1], rows[2]]).encode()


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "json lines": ("a.jsonl", json_batch),
    "json lines, gzip": ("a.jsonl.gz", lambda: gzip.compress(json_batch(), mtime=0)),
    "csv batch": ("a.csv", csv_batch),
    "states by point": ("a.csv", lambda: states("Kod PPE")),
    "states by meter": ("a.csv", lambda: states("Nr licznika")),
    "states by either": ("a.csv", lambda: states("Kod PPE", "Nr licznika")),
    "states, gzip": ("a.csv.gz", lambda: gzip.compress(states("Kod PPE"), mtime=0)),
    "workbook": ("a.xlsx", sheets),
    "portal": ("a.csv", portal),
    "collector": ("trasa.csv", answers),
}


@dataclass
class Office:
    """A system that imports long files in parts."""

    store: MemoryReadings = field(default_factory=MemoryReadings)
    imports: MemoryImports = field(default_factory=MemoryImports)
    cuts: MemoryCutFiles = field(default_factory=MemoryCutFiles)
    work: MemoryWork = field(default_factory=MemoryWork)
    queue: MemoryPartQueue = field(default_factory=MemoryPartQueue)
    remarks: MemoryRemarks = field(default_factory=MemoryRemarks)

    @property
    def long_files(self) -> LongFiles:
        return LongFiles(
            directory(), self.store, self.imports, self.cuts, self.work, self.queue, remarks=self.remarks
        )

    def drop(self, file: DroppedFile, at: datetime = KNOWN, *, chance: Random | None = None) -> ImportResult:
        """Drop a file and work its parts off, in any order, some twice, when there is chance."""
        result = self.long_files.start(file=file, drop=f"inbox/readings/{file.name}", known_at=at)
        asked, self.queue.asked = self.queue.asked, []
        if chance is not None:
            asked += [one for one in asked if chance.random() < 0.3]
            chance.shuffle(asked)
        for cut_id, part in asked:
            _, found = self.long_files.import_part(cut_id=cut_id, part=part)
            result = found or result
        assert result is not None
        return result


def in_one_go(
    file: DroppedFile,
    *,
    store: MemoryReadings,
    imports: MemoryImports,
    at: datetime = KNOWN,
    remarks: MemoryRemarks | None = None,
) -> ImportResult:
    return import_readings(
        file=file, directory=directory(), store=store, imports=imports, known_at=at, remarks=remarks
    )


class TestALongFile:
    @pytest.mark.parametrize("kind", FILES)
    def test_in_parts_is_as_in_one_go(self, kind: str) -> None:
        name, content = FILES[kind]
        file = dropped(content(), name=name)
        plain, imports, remarks, office = MemoryReadings(), MemoryImports(), MemoryRemarks(), Office()
        expected = in_one_go(file, store=plain, imports=imports, remarks=remarks)
        result = office.drop(file, chance=Random(7))
        assert len(office.cuts.done) > 1
        assert result.accepted > 4
        assert result == expected
        assert result.as_json() == expected.as_json()
        assert office.store.items == plain.items
        assert office.remarks.open_remarks() == remarks.open_remarks()
        assert office.imports.find(file.content_hash) == expected

    @pytest.mark.parametrize("kind", FILES)
    def test_dropped_again_is_known(self, kind: str) -> None:
        name, content = FILES[kind]
        file = dropped(content(), name=name)
        plain, imports, remarks, office = MemoryReadings(), MemoryImports(), MemoryRemarks(), Office()
        for at in (KNOWN, KNOWN, KNOWN + timedelta(days=1)):
            expected = in_one_go(file, store=plain, imports=imports, at=at, remarks=remarks)
            assert office.drop(file, at).as_json() == expected.as_json()
        assert office.store.items == plain.items

    def test_that_breaks_off_stores_nothing(self) -> None:
        file = dropped(gzip.compress(json_batch(), mtime=0)[:-9], name="a.gz")
        office = Office()
        result = office.drop(file)
        assert [finding.code for finding in result.findings] == ["bad_gzip"]
        assert office.store.items == {}
        assert office.queue.asked == []

    def test_without_a_queue_goes_in_as_a_whole(self) -> None:
        office = Office()
        alone = LongFiles(directory(), office.store, office.imports, office.cuts, office.work)
        result = alone.start(file=dropped(csv_batch(), name="a.csv"), drop="a.csv", known_at=KNOWN)
        assert result is not None
        assert office.cuts.cuts == {}


class TestAPart:
    def test_of_no_known_file_is_named(self) -> None:
        with pytest.raises(CutFileVanishedError, match="nobody"):
            Office().long_files.import_part(cut_id="nobody", part=1)

    @pytest.mark.parametrize(
        "head", ["{}", '{"kind":"tables","tables":[{"kind":"x","sheet":"","places":{},"headings":{}}]}']
    )
    def test_that_nobody_can_read_is_refused(self, head: str) -> None:
        with pytest.raises(PartError):
            read_part(gzip.compress(head.encode()), ())


def small_file(seed: int) -> DroppedFile:
    """Make one of a family of files: each repeats days of the others, corrects some, and some of them back."""
    chance = Random(seed)
    lines = [
        line(ppe, [Random(f"{seed} {ppe} {day}").randrange(2)] * 24, day=day)
        for ppe in chance.sample(POINTS[1:13], 8)
        for day in (DAY, DAY - timedelta(days=1))
    ]
    twice = [lines[0], line(POINTS[1 + seed], [99] * 24), line(POINTS[1 + seed], [98] * 24)]
    return dropped("\n".join([*lines, *twice]).encode(), name=f"{seed}.jsonl")


def at_of(seed: int) -> datetime:
    return KNOWN + timedelta(hours=seed)


class Dying:
    """Lets calls of a store through until a certain one, at which the process dies, before or after it."""

    def __init__(self, inner: object, fault: list[int], names: tuple[str, ...]) -> None:
        self._inner, self._fault, self._names = inner, fault, names

    def __getattr__(self, name: str) -> object:
        found = getattr(self._inner, name)
        if name not in self._names:
            return found

        def call(*args: object, **named: object) -> object:
            self._step()
            answer = found(*args, **named)
            self._step()
            return answer

        return call

    def _step(self) -> None:
        self._fault[0] -= 1
        if self._fault[0] == 0:
            raise Crash


WRITES = ("put", "record", "begin", "finish", "put_part", "put_result", "import_parts")


def work_off(office: Office, files: list[int], chance: Random) -> None:
    """Drop files and work the queue off in any order; processes die now and then, and messages come again."""
    waiting: list[tuple[str, int]] = [("drop", seed) for seed in files]
    while waiting:
        kind, number = waiting.pop(chance.randrange(len(waiting)))
        fault = [chance.randrange(1, 40)] if chance.random() < 0.6 else [0]
        parts: list[object] = [office.store, office.imports, office.cuts, office.work, office.queue]
        dying = [Dying(one, fault, WRITES) for one in parts]
        long_files = LongFiles(directory(), *dying)  # type: ignore[arg-type]
        try:
            if kind == "drop":
                name = f"inbox/{number}"
                long_files.start(file=small_file(number), drop=name, known_at=at_of(number))
            else:
                long_files.import_part(cut_id=kind, part=number)
        except Crash:
            waiting.append((kind, number))
        waiting += office.queue.asked
        office.queue.asked = []


class TestAnySetOfFiles:
    @settings(max_examples=40)
    @given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.integers(0, 10**6))
    def test_in_any_order_with_repeats_and_crashes_ends_the_same(self, files: list[int], seed: int) -> None:
        with pytest.MonkeyPatch.context() as patch, small_parts(patch):
            plain, imports = MemoryReadings(), MemoryImports()
            for number in sorted(set(files)):
                in_one_go(small_file(number), store=plain, imports=imports, at=at_of(number))
            office = Office()
            work_off(office, files, Random(seed))
        assert office.store.items == plain.items
