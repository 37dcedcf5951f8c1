"""What importing long files in parts needs, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kwit.intake.findings import ImportResult
from kwit.metering.long_files import CutFile, CutFileVanishedError


@dataclass
class MemoryCutFiles:
    """Cut files and which of their parts are in."""

    cuts: dict[str, CutFile] = field(default_factory=dict)
    done: set[tuple[str, int]] = field(default_factory=set)

    def begin(self, cut: CutFile) -> None:
        self.cuts.setdefault(cut.cut_id, cut)

    def find(self, cut_id: str) -> CutFile | None:
        cut = self.cuts.get(cut_id)
        return cut and replace(cut, done=sum(1 for one, _ in self.done if one == cut_id))

    def is_done(self, cut_id: str, part: int) -> bool:
        return (cut_id, part) in self.done

    def finish(self, cut_id: str, part: int) -> CutFile:
        if cut_id not in self.cuts:
            raise CutFileVanishedError(cut_id)
        self.done.add((cut_id, part))
        found = self.find(cut_id)
        assert found is not None
        return found


@dataclass
class MemoryWork:
    """Parts and results of parts."""

    parts: dict[tuple[str, int], bytes] = field(default_factory=dict)
    results: dict[tuple[str, int], ImportResult] = field(default_factory=dict)

    def put_part(self, cut_id: str, part: int, content: bytes) -> None:
        self.parts[cut_id, part] = content

    def part(self, cut_id: str, part: int) -> bytes:
        return self.parts[cut_id, part]

    def put_result(self, cut_id: str, part: int, result: ImportResult) -> None:
        self.results[cut_id, part] = result

    def result(self, cut_id: str, part: int) -> ImportResult:
        return self.results[cut_id, part]


@dataclass
class MemoryPartQueue:
    """Parts that were asked for."""

    asked: list[tuple[str, int]] = field(default_factory=list)

    def import_parts(self, cut_id: str, parts: Sequence[int]) -> None:
        self.asked += [(cut_id, part) for part in parts]
