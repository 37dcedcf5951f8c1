"""Packages for the print house: each document in one, once, whatever a crash leaves behind."""

import contextlib
import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from kwit.delivery import printing
from kwit.delivery.ports import PrintPackage
from kwit.delivery.printing import PagesMissingError, pack_prints
from kwit.documents.document import Document
from tests.billing import samples
from tests.crash import Crash
from tests.fakes.deliveries import MemoryPrints

DAY = date(2026, 4, 8)
PDF = b"%PDF-1.7 /Type /Page\n /Type /Page\n"


def document(number: int) -> Document:
    return replace(samples.document(), document_id=f"d{number}", number=f"FV/2026/04/{number:06}")


@dataclass
class Files:
    """PDFs of documents, and what was written."""

    known: dict[str, tuple[Document, bytes]] = field(default_factory=dict)
    written: dict[str, list[bytes]] = field(default_factory=dict)
    crash: str = ""

    def pages(self, document_ids: Sequence[str]) -> Mapping[str, tuple[Document, bytes]]:
        return {one: self.known[one] for one in document_ids if one in self.known}

    def put(self, key: str, content: bytes, content_type: str) -> None:
        assert content_type == "application/zip"
        if self.crash == "before":
            raise Crash
        self.written.setdefault(key, []).append(content)
        if self.crash == "after":
            raise Crash


def shop(count: int) -> tuple[MemoryPrints, Files]:
    prints, files = MemoryPrints(), Files()
    for number in range(count):
        one = document(number)
        files.known[one.document_id] = (one, PDF)
        prints.want(one.document_id)
    return prints, files


def names(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_a_package_holds_the_pdfs_and_an_index() -> None:
    prints, files = shop(2)
    (printed,) = pack_prints(day=DAY, store=prints, files=files)
    (content,) = files.written[printed.key]
    assert names(content) == ["index.csv", "FV-2026-04-000000.pdf", "FV-2026-04-000001.pdf"]
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.read("FV-2026-04-000001.pdf") == PDF
    rows = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig")), delimiter=";"))
    assert [(row["lp"], row["numer"], row["strony"]) for row in rows] == [
        ("1", "FV/2026/04/000000", "2"),
        ("2", "FV/2026/04/000001", "2"),
    ]
    assert rows[0]["nazwa"] == document(0).read().payer.name


def test_nothing_wanted_makes_no_package() -> None:
    prints, files = shop(0)
    assert pack_prints(day=DAY, store=prints, files=files) == []


def test_many_documents_make_several_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST_DOCUMENTS", 2)
    prints, files = shop(5)
    printed = pack_prints(day=DAY, store=prints, files=files)
    assert sorted(one.documents for one in printed) == [1, 2, 2]
    packed = [name for content in files.written.values() for name in names(content[0]) if name != "index.csv"]
    assert sorted(packed) == [f"FV-2026-04-{number:06}.pdf" for number in range(5)]


@pytest.mark.parametrize("when", ["before", "after"])
def test_after_a_crash_the_same_package_is_written_with_the_same_bytes(when: str) -> None:
    prints, files = shop(2)
    files.crash = when
    with pytest.raises(Crash):
        pack_prints(day=DAY, store=prints, files=files)
    files.crash = ""
    late = document(7)
    files.known["d7"] = (late, PDF)
    prints.want("d7")
    pack_prints(day=date(2026, 4, 9), store=prints, files=files)
    assert sorted(len(set(contents)) for contents in files.written.values()) == [1, 1]
    held = [sorted(names(contents[-1])) for contents in files.written.values()]
    assert sorted(map(len, held)) == [2, 3]


@pytest.mark.parametrize("step", ["bind", "take_off", "mark_written"])
def test_a_crash_at_any_step_packs_each_document_once(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prints, files = shop(2)
    whole = getattr(prints, step)

    def dies(package: PrintPackage) -> None:
        whole(package)
        raise Crash

    monkeypatch.setattr(prints, step, dies)
    with pytest.raises(Crash):
        pack_prints(day=DAY, store=prints, files=files)
    monkeypatch.setattr(prints, step, whole)
    pack_prints(day=DAY, store=prints, files=files)
    assert len(files.written) == 1
    assert prints.waiting() == prints.wanted() == []


def test_a_document_without_pages_holds_its_package_up_by_name() -> None:
    prints, files = shop(1)
    files.known.clear()
    with pytest.raises(PagesMissingError, match="d0"):
        pack_prints(day=DAY, store=prints, files=files)
    assert len(prints.waiting()) == 1


def test_a_document_without_pages_holds_up_no_other_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST_DOCUMENTS", 1)
    prints, files = shop(3)
    del files.known["d0"]
    for _ in range(2):
        with pytest.raises(PagesMissingError, match="d0"):
            pack_prints(day=DAY, store=prints, files=files)
    assert len(files.written) == 2
    assert [one.document_ids for one in prints.waiting()] == [("d0",)]


def test_of_many_packages_some_are_written_whenever_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list too long for one invocation gets shorter by each: what is bound is written before more is bound."""
    monkeypatch.setattr(printing, "MOST_DOCUMENTS", 1)
    prints, files = shop(6)
    whole, left = prints.take_off, [0]

    def stopped(package: PrintPackage) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Crash
        whole(package)

    monkeypatch.setattr(prints, "take_off", stopped)
    for _ in range(4):
        left[0] = 3
        with contextlib.suppress(Crash):
            pack_prints(day=DAY, store=prints, files=files)
    assert len(files.written) == 6
