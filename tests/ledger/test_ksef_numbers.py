"""Numbers of KSeF told to the finance system: each once, and the same rows again after a crash."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from kwit.documents.ksef_numbers import KsefNumber
from kwit.ledger.ksef_numbers import export_ksef_numbers
from tests.crash import Crash
from tests.fakes.filings import MemoryFilings

DAY = date(2026, 4, 9)
AT = datetime(2026, 4, 8, 12, tzinfo=UTC)


def number(ordinal: int, *, name: str = "") -> KsefNumber:
    given = f"5265877635-20260408-{ordinal:012X}-AF"
    return KsefNumber(f"d{ordinal}", name or f"FV/{ordinal}", date(2026, 4, 8), given, AT, "online")


@dataclass
class Files:
    written: dict[str, bytes] = field(default_factory=dict)
    crash: bool = False

    def put(self, key: str, content: bytes, content_type: str) -> None:
        assert content_type == "text/csv"
        self.written[key] = content
        if self.crash:
            raise Crash


def store(*numbers: KsefNumber) -> MemoryFilings:
    return MemoryFilings(numbers={one.document_id: one for one in numbers})


def test_new_numbers_are_told_once() -> None:
    filings, files = store(number(2), number(1)), Files()
    told = export_ksef_numbers(day=DAY, store=filings, files=files)
    assert told.numbers == 2
    assert export_ksef_numbers(day=DAY, store=filings, files=files).numbers == 0
    ((key, content),) = files.written.items()
    assert key == told.key
    rows = content.decode("utf-8-sig").splitlines()
    assert rows[0] == "numer;data_wystawienia;numer_ksef;nadany;tryb"
    assert [row.split(";")[0] for row in rows[1:]] == ["FV/1", "FV/2"]
    assert rows[1].split(";")[2:] == [number(1).ksef_number, "2026-04-08T12:00:00+00:00", "online"]


def test_a_crash_before_they_are_marked_writes_the_same_file_again() -> None:
    filings, files = store(number(1)), Files(crash=True)
    with pytest.raises(Crash):
        export_ksef_numbers(day=DAY, store=filings, files=files)
    files.crash = False
    assert export_ksef_numbers(day=DAY, store=filings, files=files).numbers == 1
    assert len(files.written) == 1


def test_a_number_that_a_spreadsheet_would_compute_is_marked_as_text() -> None:
    filings, files = store(number(1, name="=1+1")), Files()
    export_ksef_numbers(day=DAY, store=filings, files=files)
    assert b"\n'=1+1;" in next(iter(files.written.values()))
