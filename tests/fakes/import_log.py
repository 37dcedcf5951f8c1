"""The log of imports in memory."""

from dataclasses import dataclass, field

from kwit.intake.findings import ImportResult


@dataclass
class MemoryImports:
    """The results of imports by the hash of the file."""

    results: dict[str, ImportResult] = field(default_factory=dict)

    def find(self, content_hash: str) -> ImportResult | None:
        return self.results.get(content_hash)

    def record(self, result: ImportResult) -> None:
        self.results[result.content_hash] = result
