"""A place where states and series are dropped and judged by rules that a test may change."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from kwit.intake.findings import ImportResult, Severity
from kwit.metering.importing import import_readings
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.readings import RegisterReading
from kwit.metering.validation.rules import RULES, PointTerms, Policy, Rule, RuleCode
from tests.fakes.import_log import MemoryImports
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.intake.files import dropped, table_text

PPE = "590543000000001232"
KNOWN = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
HEAD = ["PPE", "Nr licznika", "Data odczytu", "Rejestr", "Stan", "Jednostka", "Rodzaj odczytu"]
ONE = (PlacedRegister("1.8.0", "all"),)
ZONES = (PlacedRegister("1.8.1", "day"), PlacedRegister("1.8.2", "night"))


@dataclass
class Terms:
    """The same terms for every point and day; a test may change them."""

    same: PointTerms = field(default_factory=PointTerms)

    def terms(self, ppe: str, *, on: date) -> PointTerms:
        return self.same

    def change(self, code: RuleCode, severity: Severity | None, **thresholds: str) -> None:
        told = {name: Decimal(value) for name, value in thresholds.items()}
        rule = Rule(severity, {**self.same.policy.rules[code].thresholds, **told})
        self.same = PointTerms(
            Policy({**self.same.policy.rules, code: rule}), self.same.contracted_kw, self.same.active
        )


@dataclass
class Checker:
    """A point with meters, where files are dropped one after the other."""

    meters: Sequence[PlacedMeter] = field(
        default_factory=lambda: (PlacedMeter("L1", date(2024, 1, 1), None, ONE),)
    )
    terms: Terms = field(default_factory=Terms)
    store: MemoryReadings = field(default_factory=MemoryReadings)
    imports: MemoryImports = field(default_factory=MemoryImports)

    def drop(self, content: str | bytes, *, at: datetime = KNOWN, name: str = f"{PPE}.csv") -> ImportResult:
        return import_readings(
            file=dropped(content, name=name),
            directory=MemoryDirectory({PPE: self.meters}),
            store=self.store,
            imports=self.imports,
            known_at=at,
            terms=self.terms,
        )

    def states(self, *rows: tuple[str, ...], at: datetime = KNOWN, name: str = f"{PPE}.csv") -> ImportResult:
        """Drop rows of day, state and, where told, register, meter, unit and kind."""
        table = [HEAD]
        for day, state, *more in rows:
            register, meter, unit, kind = (*more, *("1.8.0", "L1", "", "")[len(more) :])
            table.append([PPE, meter, day, register, state, unit, kind])
        return self.drop(table_text(table), at=at, name=name)

    def stored(self) -> dict[tuple[str, date], RegisterReading]:
        return {(one.register, one.boundary): one for one in self.store.registers(PPE)}

    def held(self) -> dict[date, tuple[str, ...]]:
        """Return the codes of held states by their midnight."""
        return {one.boundary: one.standing.held for one in self.store.registers(PPE) if one.standing.held}


def rules_of(result: ImportResult) -> list[tuple[str, str]]:
    """List code and severity of the findings that rules made."""
    names = {str(code) for code in RULES}
    return [(one.code, str(one.severity)) for one in result.findings if one.code in names]
