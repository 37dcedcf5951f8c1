"""Evidence in memory."""

from dataclasses import dataclass, field


@dataclass
class MemoryEvidence:
    """Evidence by its name."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def keep(self, name: str, content: bytes) -> None:
        assert self.kept.setdefault(name, content) == content, "one name, other bytes"

    def read(self, name: str) -> bytes | None:
        return self.kept.get(name)
