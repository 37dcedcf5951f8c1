"""Export postings in packages: a block of documents belongs to one package, once, and is never sent again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from kwit.documents.document import Document, NumberBlock
from kwit.kernel.identifiers import deterministic_id
from kwit.kernel.money import total
from kwit.ledger.postings import postings_csv, postings_of

MOST_BLOCKS = 40
LOOK_BACK_DAYS = 45


class DocumentsMissingError(LookupError):
    """A block's documents are not all kept yet; carries the run, the batch and how many are missing."""

    def __init__(self, run_id: str, batch: int, missing: int) -> None:
        super().__init__(f"{missing} documents of batch {batch} of {run_id} are not kept yet")
        self.run_id = run_id
        self.batch = batch
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Package:
    """A package of postings (paczka dekretów): the blocks it holds, by run and batch."""

    package_id: str
    day: date
    blocks: tuple[tuple[str, int], ...]


class PackageStore(Protocol):
    """Which blocks have gone out in which package."""

    def unpacked_blocks(self, day: date) -> Sequence[NumberBlock]:
        """Return the blocks of a day that belong to no package yet, in order."""
        ...

    def waiting_packages(self, day: date) -> Sequence[Package]:
        """Return the packages of a day that are bound but not marked as written, in order."""
        ...

    def mark_written(self, package: Package) -> None:
        """Mark a package as written; from then on it is never written again."""
        ...

    def claim(self, package: Package) -> bool:
        """Bind blocks to a package, all or none; False when one of them is bound already."""
        ...

    def block(self, run_id: str, batch: int, *, issue_date: date) -> NumberBlock | None:
        """Return a block."""
        ...

    def documents_of_block(self, block: NumberBlock) -> Sequence[Document]:
        """Return the documents of a block that are kept already, in order."""
        ...


class ExportFiles(Protocol):
    """Where exports are put."""

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Write a file; the same bytes again change nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Exported:
    """A package as written."""

    key: str
    documents: int
    debit: Decimal


def export_postings(
    *, day: date, store: PackageStore, files: ExportFiles, accounts: Mapping[str, str]
) -> list[Exported]:
    """Write the packages of the documents issued up to a day: bind what is not yet bound, then write it.

    Documents may be issued after the export of their own day (a run that waited for approval), so the last
    `LOOK_BACK_DAYS` days are looked at. A package written and marked is never touched again; one that a crash
    left unmarked is written once more, with the same bytes. Raises DocumentsMissingError while issuing is
    still under way, AccountMissingError.
    """
    exported: list[Exported] = []
    for back in range(LOOK_BACK_DAYS, -1, -1):
        issued = day - timedelta(days=back)
        _bind(issued, store)
        for package in store.waiting_packages(issued):
            exported.append(_write(package, store, files, accounts))
            store.mark_written(package)
    return exported


def _bind(day: date, store: PackageStore) -> None:
    """Bind every block of a day that belongs to no package, some dozens to a package."""
    while blocks := store.unpacked_blocks(day)[:MOST_BLOCKS]:
        names = tuple((block.run_id, block.batch) for block in blocks)
        package_id = deterministic_id("package", *(f"{run_id}#{batch}" for run_id, batch in names))[:12]
        store.claim(Package(package_id, day, names))


def _write(
    package: Package, store: PackageStore, files: ExportFiles, accounts: Mapping[str, str]
) -> Exported:
    documents: list[Document] = []
    for run_id, batch in package.blocks:
        block = store.block(run_id, batch, issue_date=package.day)
        found = store.documents_of_block(block) if block else []
        expected = len(block.entries) if block else 0
        if block is None or len(found) < expected:
            raise DocumentsMissingError(run_id, batch, expected - len(found))
        documents += found
    rows = [row for one in documents for row in postings_of(document=one, accounts=accounts)]
    key = f"exports/postings-{package.day.isoformat()}-{package.package_id}.csv"
    files.put(key, postings_csv(rows), "text/csv")
    return Exported(key, len(documents), total(row.debit for row in rows))
