"""Checks of a row against its neighbours: the same key twice, what it refers to, what it overlaps."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date

from kwit.intake.repeats import of_same_drop
from kwit.kernel.time import DateRange, local_day
from kwit.registry.ports import RegistryStore
from kwit.registry.records import (
    Contract,
    ContractKind,
    Meter,
    MeteringPoint,
    Party,
    Version,
    in_force,
    timeline,
)
from kwit.registry.rows import Draft, Origin

_NOT_CONTENT = frozenset({"valid_from", "known_at", "source"})


def same_content(one: Version, other: Version) -> bool:
    """Tell whether two versions say the same, whenever they hold and wherever they come from."""
    return all(
        getattr(one, item.name) == getattr(other, item.name)
        for item in fields(one)
        if item.name not in _NOT_CONTENT
    )


@dataclass(slots=True)
class KnownRecords:
    """The store seen through what the file adds to it; asks the store once for each key."""

    store: RegistryStore
    origin: Origin
    _parties: dict[str, list[Party]] = field(default_factory=dict)
    _points: dict[str, list[MeteringPoint]] = field(default_factory=dict)
    _meters: dict[str, list[Meter]] = field(default_factory=dict)
    _at_point: dict[str, list[Meter]] = field(default_factory=dict)
    _contracts: dict[str, list[Contract]] = field(default_factory=dict)
    _contracts_at: dict[str, list[Contract]] = field(default_factory=dict)
    _on_account: dict[str, set[str]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Name the local day on which the file became known."""
        return local_day(self.origin.known_at)

    def _earlier(self, versions: Iterable[Version]) -> list[Version]:
        file, known_at = self.origin.file, self.origin.known_at
        return [v for v in versions if not of_same_drop(v.source, v.known_at, file=file, known_at=known_at)]

    def party(self, party_id: str) -> list[Party]:
        """Return the versions of a party, those of the file included."""
        if party_id not in self._parties:
            self._parties[party_id] = self._earlier(self.store.party(party_id))
        return self._parties[party_id]

    def point(self, ppe: str) -> list[MeteringPoint]:
        """Return the versions of a point, those of the file included."""
        if ppe not in self._points:
            self._points[ppe] = self._earlier(self.store.point(ppe))
        return self._points[ppe]

    def meter(self, meter_no: str) -> list[Meter]:
        """Return the versions of a meter at any point, those of the file included."""
        if meter_no not in self._meters:
            self._meters[meter_no] = self._earlier(self.store.meter(meter_no))
        return self._meters[meter_no]

    def meters_at(self, ppe: str) -> list[Meter]:
        """Return the versions of all meters of a point, those of the file included."""
        if ppe not in self._at_point:
            self._at_point[ppe] = self._earlier(self.store.meters(ppe))
        return self._at_point[ppe]

    def contract(self, contract_no: str) -> list[Contract]:
        """Return the versions of a contract, those of the file included."""
        if contract_no not in self._contracts:
            self._contracts[contract_no] = self._earlier(self.store.contract(contract_no))
        return self._contracts[contract_no]

    def contracts_on(self, collective: str) -> set[str]:
        """Return the numbers of the contracts that ever were on a collective account; the file adds its own."""
        if collective not in self._on_account:
            found = self._earlier(self.store.contracts_on(collective))
            self._on_account[collective] = {version.contract_no for version in found}
        return self._on_account[collective]

    def contracts_at(self, ppe: str) -> list[Contract]:
        """Return the versions of all contracts of a point, those of the file included."""
        if ppe not in self._contracts_at:
            self._contracts_at[ppe] = self._earlier(self.store.contracts_at(ppe))
        return self._contracts_at[ppe]


def reject_key_twice(drafts: Sequence[Draft[Version]]) -> None:
    """Reject rows of one file that name the same thing and day but say different things of it.

    Rows that say the same are one row; the later ones count as repeated.
    """
    first: dict[tuple[str, str, date | None], Draft[Version]] = {}
    clashing: dict[tuple[str, str, date | None], list[Draft[Version]]] = {}
    for draft in drafts:
        record = draft.record
        if record is None:
            continue
        key = (draft.key, draft.place, record.valid_from if draft.dated else None)
        earlier = first.setdefault(key, draft)
        if earlier is draft or earlier.record is None:
            continue
        if same_content(earlier.record, record) and not draft.parts:
            draft.repeated = True
        else:
            clashing.setdefault(key, [earlier]).append(draft)
    for group in clashing.values():
        numbers = ", ".join(str(draft.reader.number) for draft in group)
        for draft in group:
            sentence = f"Ten sam klucz stoi w kilku wierszach z różną treścią: {numbers}."
            draft.reader.reject("duplicate_in_file", draft.column, sentence)


def settle_version(draft: Draft[Version], versions: Sequence[Version], *, today: date) -> None:
    """Compare a row with the versions known: the same again is repeated; a change needs its day.

    A first version without a day holds from its natural beginning; a change without one is rejected, because
    nobody can say which days it re-bills.
    """
    record = draft.record
    if record is None or not versions:
        return
    on = record.valid_from if draft.dated else max(today, record.valid_from)
    present = in_force(versions, on=on)
    if present is not None and same_content(present, record):
        draft.repeated = True
    elif not draft.dated:
        sentence = "Zmiana istniejącego zapisu wymaga dnia, od którego obowiązuje (kolumna valid_from)."
        draft.reader.reject("missing_valid_from", "valid_from", sentence)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a row refers to: its column, the code and the Polish noun for findings, and the rows of this file
    that were rejected, by the key they would have brought.
    """

    column: str
    code: str
    noun_pl: str
    rejected_rows: Mapping[str, int]

    def check(self, draft: Draft[Version], name: str, *, known: bool) -> None:
        """Reject a row that refers to what neither the file nor the store holds."""
        if known:
            return
        if name in self.rejected_rows:
            sentence = (
                f"Wiersz zależy od odrzuconego wiersza {self.rejected_rows[name]} ({self.noun_pl} {name})."
            )
            draft.reader.reject("depends_on_rejected", self.column, sentence)
        else:
            draft.reader.reject(
                self.code, self.column, f"Nieznany {self.noun_pl}: nie ma go w pliku ani w kartotece."
            )


def check_meter_windows(draft: Draft[Meter], known: KnownRecords) -> None:
    """Reject a meter that would stand at a point together with another, or at two points at once."""
    meter = draft.record
    if meter is None:
        return
    window = DateRange(meter.installed, meter.removed)
    for other in _latest(known.meters_at(meter.ppe), key=lambda m: m.meter_no):
        if other.meter_no != meter.meter_no and window.intersection(
            DateRange(other.installed, other.removed)
        ):
            sentence = f"W tym czasie w punkcie stoi już licznik {other.meter_no}."
            draft.reader.reject("meter_overlap", "installed", sentence)
    for other in _latest(known.meter(meter.meter_no), key=lambda m: m.ppe):
        if other.ppe != meter.ppe and window.intersection(DateRange(other.installed, other.removed)):
            sentence = f"W tym czasie licznik stoi już w punkcie {other.ppe}."
            draft.reader.reject("meter_elsewhere", "meter_no", sentence)


def check_contract_windows(draft: Draft[Contract], known: KnownRecords) -> None:
    """Reject a contract that would settle a point together with another contract of the same matter."""
    contract = draft.record
    if contract is None:
        return
    window = DateRange(contract.starts, contract.ends)
    for other in _latest(known.contracts_at(contract.ppe), key=lambda c: c.contract_no):
        if other.contract_no == contract.contract_no or not same_matter(contract.kind, other.kind):
            continue
        if other.ppe == contract.ppe and window.intersection(DateRange(other.starts, other.ends)):
            until = "bezterminowo" if other.ends is None else f"do {other.ends.isoformat()} (bez tego dnia)"
            sentence = (
                f"Umowa nakłada się na umowę {other.contract_no} od {other.starts.isoformat()} {until}."
            )
            draft.reader.reject("contract_overlap", "starts", sentence)


def same_matter(one: ContractKind, other: ContractKind) -> bool:
    """Tell whether two kinds of contract settle the same matter; a comprehensive one settles both.

    Connections may run beside any other contract and beside each other (a point is connected, then enlarged).
    """
    if not (one.settles_point and other.settles_point):
        return False
    return one is other or ContractKind.COMPREHENSIVE in {one, other}


def check_same_kind(draft: Draft[Contract], versions: Sequence[Contract]) -> None:
    """Reject a version that makes a contract another thing: what settles a point, a connection, or a framework."""
    contract = draft.record
    if contract is None:
        return
    other = next((one for one in versions if _nature(one) != _nature(contract)), None)
    if other is not None:
        draft.reader.reject(
            "kind_changed", "kind", "Umowa tego rodzaju nie może stać się umową innego rodzaju."
        )


def _nature(contract: Contract) -> object:
    return "point" if contract.kind.settles_point else contract.kind


def settle_framework(
    draft: Draft[Contract], contract: Contract, versions: Sequence[Contract], reference: Reference
) -> Contract:
    """Let the seller of its framework contract (GUD-K) pay for a distribution contract that names one."""
    frameworks = [one for one in versions if one.kind is ContractKind.FRAMEWORK_SELLER]
    reference.check(draft, contract.framework_no, known=bool(frameworks))
    if not frameworks:
        return contract
    line = timeline(frameworks)
    seller = (in_force(line, on=contract.valid_from) or line[0]).party_id
    if contract.payer_id not in {contract.party_id, seller}:
        sentence = f"Płatnikiem umowy dystrybucji jest sprzedawca z umowy ramowej ({seller})."
        draft.reader.reject("payer_not_of_framework", "payer_id", sentence)
    draft.record = replace(contract, payer_id=seller)
    return draft.record


def with_registers_kept(meter: Meter, versions: Sequence[Meter], *, on: date) -> Meter:
    """Keep the registers known before when a meter's row brings none."""
    if meter.registers:
        return meter
    earlier = in_force([v for v in versions if v.ppe == meter.ppe], on=on)
    return meter if earlier is None else replace(meter, registers=earlier.registers)


def _latest(versions: Iterable[Version], *, key: Callable[[Version], str]) -> list[Version]:
    groups: dict[str, list[Version]] = {}
    for version in versions:
        groups.setdefault(key(version), []).append(version)
    return [timeline(group)[-1] for group in groups.values()]
