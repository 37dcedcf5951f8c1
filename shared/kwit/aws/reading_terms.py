"""What imports of readings ask of the registry and of billing: the rules of a point, and what is invoiced."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from kwit.aws.registry_store import DynamoRegistry, DynamoSettings, SettingsMissingError
from kwit.aws.run_store import DynamoRuns
from kwit.billing.reading_rules import point_terms
from kwit.kernel.time import DateRange
from kwit.metering.validation.rules import PointTerms
from kwit.registry.company import CompanySettings
from kwit.registry.records import Contract, timeline


@dataclass(slots=True)
class RegistryTerms:
    """Answers from contracts and settings in force on `today`; one serves one file, each point asked for once."""

    registry: DynamoRegistry
    company: DynamoSettings
    today: date
    _settings: CompanySettings | None = None
    _asked: bool = False
    _point: str = ""
    _contracts: Sequence[Contract] = ()
    _known: dict[date, PointTerms] = field(default_factory=dict)

    def terms(self, ppe: str, *, on: date) -> PointTerms:
        """Return the terms of a point on a day; those of one point are kept until another is asked for."""
        if self._point != ppe:
            self._point, self._contracts, self._known = ppe, self.registry.contracts_at(ppe), {}
        if on not in self._known:
            settings = self._current()
            self._known[on] = point_terms(contracts=self._contracts, settings=settings, on=on)
        return self._known[on]

    def _current(self) -> CompanySettings | None:
        if not self._asked:
            self._asked = True
            try:
                self._settings, _ = self.company.current(on=self.today)
            except SettingsMissingError:
                # Readings may come before the first settings; the rules then stand at their defaults.
                self._settings = None
        return self._settings


@dataclass(frozen=True, slots=True)
class CursorInvoiced:
    """Tells from contracts and their billed-to days what is invoiced at a point."""

    registry: DynamoRegistry
    runs: DynamoRuns

    def invoiced(self, ppe: str) -> Sequence[tuple[str, DateRange]]:
        """Return, of each contract of a point with a bill, its number and the days that are billed."""
        found = []
        for number in sorted({one.contract_no for one in self.registry.contracts_at(ppe)}):
            billed_to = self.runs.billed_to(number)
            start = timeline(self.registry.contract(number))[0].billed_to
            if billed_to is not None and start < billed_to:
                found.append((number, DateRange(start, billed_to)))
        return found
