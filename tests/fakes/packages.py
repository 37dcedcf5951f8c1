"""Packages of postings and export files in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from kwit.documents.document import Document, NumberBlock
from kwit.ledger.export import Package
from tests.fakes.document_store import MemoryDocuments


@dataclass
class MemoryPackages:
    """Which blocks have gone out in which package."""

    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    kept: dict[tuple[date, str], Package] = field(default_factory=dict)
    written: set[tuple[date, str]] = field(default_factory=set)
    bound: dict[tuple[date, str, int], str] = field(default_factory=dict)

    def unpacked_blocks(self, day: date) -> Sequence[NumberBlock]:
        blocks = self.documents.blocks_of_day(day)
        return [one for one in blocks if (day, one.run_id, one.batch) not in self.bound]

    def waiting_packages(self, day: date) -> Sequence[Package]:
        return [self.kept[key] for key in sorted(self.kept) if key[0] == day and key not in self.written]

    def mark_written(self, package: Package) -> None:
        self.written.add((package.day, package.package_id))

    def claim(self, package: Package) -> bool:
        marks = [(package.day, *name) for name in package.blocks]
        if any(mark in self.bound for mark in marks) or (package.day, package.package_id) in self.kept:
            return False
        self.kept[package.day, package.package_id] = package
        self.bound.update(dict.fromkeys(marks, package.package_id))
        return True

    def block(self, run_id: str, batch: int, *, issue_date: date) -> NumberBlock | None:
        return self.documents.block(run_id, batch, issue_date=issue_date)

    def documents_of_block(self, block: NumberBlock) -> Sequence[Document]:
        return self.documents.documents_of(block.entries)


@dataclass
class MemoryFiles:
    """Files by key, and how often each was written."""

    files: dict[str, bytes] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    def put(self, key: str, content: bytes, content_type: str) -> None:
        self.writes.append(key)
        self.files[key] = content
