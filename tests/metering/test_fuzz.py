"""Every parser of readings, fed with spoiled files: it ends in a result, soon, and writes nothing half-way.

`make fuzz` runs the same properties on many more cases, drawn anew each time; docs/hostile.md states a run.
"""

import gzip
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kwit.intake.findings import ImportStatus
from kwit.intake.result_workbook import result_workbook
from kwit.metering.importing import import_readings
from kwit.metering.profile_files import (
    Profile,
    ProfileError,
    packaged_profiles,
    read_profile,
    unverified_day_file,
)
from tests.fakes.import_log import MemoryImports
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.fakes.remarks import MemoryRemarks
from tests.intake.files import dropped
from tests.metering.mutating import damaged, damaged_workbooks
from tests.test_sample_drops import KNOWN, Office

CASES = int(os.environ.get("FUZZ_CASES", "0"))
"""Cases of each parser when asked for; without, as many as any property has."""

SECONDS = 10
READINGS = Path(__file__).parents[2] / "events" / "inbox" / "readings"
PROFILES = Path(__file__).parents[2] / "shared" / "kwit" / "metering" / "profiles"

fuzz = settings(
    max_examples=CASES or settings().max_examples,
    derandomize=not CASES,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

_count: Counter[str] = Counter()
_slowest: dict[str, float] = {}


def seeds(*names: str) -> list[bytes]:
    return [(READINGS / name).read_bytes() for name in names]


@pytest.fixture(scope="module")
def directory() -> MemoryDirectory:
    return Office().directory


@pytest.fixture(autouse=True)
def _told(request: pytest.FixtureRequest) -> Iterator[None]:
    """Say how many cases a parser was given, and which took longest."""
    yield
    name = request.node.name
    print(f"{name}: {_count[name]} cases, the slowest {_slowest.get(name, 0.0):.2f} s")


def _measured(name: str, action: Callable[[], None]) -> None:
    # Of the processor: a run beside others is kept waiting now and then for longer than any case takes.
    began = time.process_time()
    action()
    took = time.process_time() - began
    _count[name] += 1
    _slowest[name] = max(took, _slowest.get(name, 0.0))
    assert took < SECONDS


def holds(
    content: bytes, directory: MemoryDirectory, *, name: str, profiles: Sequence[Profile] | None = None
) -> None:
    """Drop content, and check what must hold whatever it is."""
    store, imports, remarks = MemoryReadings(), MemoryImports(), MemoryRemarks()
    result = import_readings(
        file=dropped(content, name=name), directory=directory, store=store, imports=imports, known_at=KNOWN,
        profiles=profiles, remarks=remarks,
    )  # fmt: skip
    assert result.as_json().decode()
    assert result_workbook(result)
    assert imports.find(result.content_hash) == result
    assert store.puts <= 1
    assert len(store.items) <= result.accepted
    assert bool(store.items) is bool(store.puts)
    if result.status is ImportStatus.REJECTED:
        assert (store.puts, result.accepted) == (0, 0)
        assert result.findings
    if not result.accepted and not result.duplicate:
        assert result.findings


@fuzz
@given(content=damaged(seeds("odczyty-windows-1250.csv", "odczyty-z-bledami.csv")))
def test_csv_states(content: bytes, directory: MemoryDirectory) -> None:
    _measured("test_csv_states", lambda: holds(content, directory, name="odczyty.csv"))


@fuzz
@given(content=damaged_workbooks(seeds("odczyty-luty.xlsx")))
def test_workbooks(content: bytes, directory: MemoryDirectory) -> None:
    _measured("test_workbooks", lambda: holds(content, directory, name="odczyty.xlsx"))


def _with_checksum(content: bytes) -> bytes:
    """Write the checksum that fits, so that what stands above it is read."""
    profile = unverified_day_file()
    lines = content.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")[:-1]
    if len(lines) <= len(profile.header):
        return content
    checksum = profile.checksum.of(lines, header=len(profile.header)).encode()
    return b"\r\n".join((*lines, checksum)) + b"\r\n"


@fuzz
@given(content=damaged(seeds("590543000000001034_2026-03-29.txt")), fitting=st.booleans())
def test_day_files(content: bytes, fitting: bool, directory: MemoryDirectory) -> None:
    spoiled = _with_checksum(content) if fitting else content
    _measured("test_day_files", lambda: holds(spoiled, directory, name="doba.txt"))


@fuzz
@given(
    content=damaged(
        seeds(
            "590543000000001034_elicznik.csv", "590543000000001034_elicznik-2.csv", "enea_590543000000001034.csv",
            "godzinowe.csv",
        )
    )
)  # fmt: skip
def test_interval_tables(content: bytes, directory: MemoryDirectory) -> None:
    name = "590543000000001034.csv"
    _measured("test_interval_tables", lambda: holds(content, directory, name=name))


@fuzz
@given(content=damaged(seeds("spoldzielnia-2026-02-06.csv")))
def test_day_rows(content: bytes, directory: MemoryDirectory) -> None:
    _measured("test_day_rows", lambda: holds(content, directory, name="se.csv"))


@fuzz
@given(
    content=damaged([gzip.decompress(one) for one in seeds("akwizytor.jsonl.gz")]),
    packed=st.sampled_from(["no", "gzip", "damaged"]),
    place=st.integers(0, 400),
)
def test_json_lines(content: bytes, packed: str, place: int, directory: MemoryDirectory) -> None:
    if packed != "no":
        content = gzip.compress(content, mtime=0)
    if packed == "damaged":
        content = content[:place] + b"\x55" + content[place + 1 :]
    _measured("test_json_lines", lambda: holds(content, directory, name="partia.jsonl"))


@fuzz
@given(content=damaged(seeds("akwizytor.csv")))
def test_csv_batches(content: bytes, directory: MemoryDirectory) -> None:
    _measured("test_csv_batches", lambda: holds(content, directory, name="partia.csv"))


@fuzz
@given(content=damaged(seeds("trasa-2026-03.csv")))
def test_collectors_answers(content: bytes, directory: MemoryDirectory) -> None:
    _measured("test_collectors_answers", lambda: holds(content, directory, name="trasa.csv"))


def _read_with(content: bytes, directory: MemoryDirectory) -> None:
    """Read a profile; one that is sound must then read all samples without a fall."""
    profile, errors = _profile(content)
    assert (profile is None) is bool(errors)
    if profile is not None:
        others = [one for one in packaged_profiles() if one.name != profile.name]
        for path in SAMPLES:
            holds(path.read_bytes(), directory, name=path.name, profiles=[profile, *others])


def _profile(content: bytes) -> tuple[Profile | None, tuple[str, ...]]:
    try:
        return read_profile(content, name="p.yaml"), ()
    except ProfileError as error:
        return None, error.errors


SAMPLES = sorted(path for path in READINGS.iterdir() if path.suffix != ".gz")
OWN = sorted((READINGS.parent / "profiles").glob("*.yaml"))


@fuzz
@given(content=damaged([path.read_bytes() for path in (*sorted(PROFILES.glob("*.yaml")), *OWN)]))
def test_profiles(content: bytes, directory: MemoryDirectory) -> None:
    _measured("test_profiles", lambda: _read_with(content, directory))
