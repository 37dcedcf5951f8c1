"""Queues in memory: what was asked for, in order, to be worked off by a test."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class MemoryQueues:
    """All requests of a run and of its documents."""

    chunks: list[tuple[str, int]] = field(default_factory=list)
    closes: list[str] = field(default_factory=list)
    batches: list[tuple[str, int]] = field(default_factory=list)
    renders: list[str] = field(default_factory=list)
    compares: list[tuple[str, str, int]] = field(default_factory=list)

    def rate_chunks(self, run_id: str, chunks: Sequence[int]) -> None:
        self.chunks += [(run_id, chunk) for chunk in chunks]

    def close_run(self, run_id: str) -> None:
        self.closes.append(run_id)

    def issue_batches(self, run_id: str, batches: Sequence[tuple[int, str]]) -> None:
        self.batches += [(run_id, number) for number, _ in batches]

    def compare_chunk(self, run_id: str, against: str, chunk: int) -> None:
        self.compares.append((run_id, against, chunk))

    def render(self, document_ids: Sequence[str]) -> None:
        self.renders += document_ids
