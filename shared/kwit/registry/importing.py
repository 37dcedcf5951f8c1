"""Import the registry (kartoteka): a workbook with a sheet per kind, or a CSV file of one kind."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import Finding, ImportResult, result_of
from kwit.intake.ports import ImportLog
from kwit.intake.repeats import result_without_reading
from kwit.intake.table import RowReader, Tables, read_tables
from kwit.registry.checks import (
    KnownRecords,
    Reference,
    check_contract_windows,
    check_meter_windows,
    check_same_kind,
    reject_key_twice,
    settle_framework,
    settle_version,
    with_registers_kept,
)
from kwit.registry.collective_checks import check_collective_accounts
from kwit.registry.event_rows import EventDraft, event_draft, settle_events
from kwit.registry.layouts import CONTRACTS, EVENTS, LAYOUTS, METERS, PARTIES, POINTS, REGISTERS
from kwit.registry.ports import Billed, RegistryStore
from kwit.registry.records import Contract, Meter, MeteringPoint, Party, Record, Register, Version, in_force
from kwit.registry.rows import (
    Draft,
    Origin,
    contract_draft,
    meter_draft,
    party_draft,
    point_draft,
    register_of,
)

KIND = "registry"


def import_registry(
    *,
    file: DroppedFile,
    store: RegistryStore,
    imports: ImportLog,
    known_at: datetime,
    billed: Billed | None = None,
) -> ImportResult:
    """Bring a registry file in: every sound row becomes a version, every other row is reported.

    Terms that hold from a day billed already go in with a warning: `billed` tells how far contracts are billed.
    A row that says what is in force already is counted as repeated and writes nothing. The store gets all
    new versions in one call. A file that went in whole before is not read again.
    """
    known = result_without_reading(file=file, kind=KIND, imports=imports, known_at=known_at)
    if known is not None:
        return known
    tables = read_tables(content=file.content, layouts=LAYOUTS)
    origin = Origin(file, known_at)
    batch = _drafts(tables, origin)
    _settle(batch, KnownRecords(store, origin), origin)
    if billed is not None:
        _warn_of_invoiced_terms(batch, billed)
    records = batch.accepted()
    if records:
        store.put(records)
    outcomes = batch.outcomes()
    result = result_of(
        file=file.name,
        content_hash=file.content_hash,
        kind=KIND,
        encoding=tables.encoding,
        known_at=known_at,
        findings=(*tables.findings, *batch.findings()),
        accepted=outcomes.count("accepted"),
        rejected=outcomes.count("rejected"),
        duplicate=outcomes.count("duplicate"),
    )
    imports.record(result)
    return result


def _warn_of_invoiced_terms(batch: "_Batch", billed: Billed) -> None:
    """Say of new terms that hold from a day billed already that the bills stand until somebody orders corrections."""
    for draft in batch.contracts:
        record = draft.record
        if record is None or not draft.sound or draft.repeated:
            continue
        reached = billed.billed_to(record.contract_no)
        if reached is not None and record.valid_from < reached:
            days = reached.isoformat()
            sentence = f"Umowa jest rozliczona do {days}; wystawione rachunki zmieni dopiero zlecenie korekt."
            draft.reader.warn("invoiced_terms_changed", "valid_from", sentence)


@dataclass(slots=True)
class _Batch:
    """The drafts of one file by kind, and the rows of registers that found no meter."""

    parties: list[Draft[Party]] = field(default_factory=list)
    points: list[Draft[MeteringPoint]] = field(default_factory=list)
    meters: list[Draft[Meter]] = field(default_factory=list)
    contracts: list[Draft[Contract]] = field(default_factory=list)
    registers: list[tuple[RowReader, Register]] = field(default_factory=list)
    strays: list[RowReader] = field(default_factory=list)
    events: list[EventDraft] = field(default_factory=list)

    def each(self) -> "Iterable[Draft[Party] | Draft[MeteringPoint] | Draft[Meter] | Draft[Contract]]":
        yield from self.parties
        yield from self.points
        yield from self.meters
        yield from self.contracts

    def accepted(self) -> list[Record]:
        records: list[Record] = [
            d.record for d in self.each() if d.record is not None and d.sound and not d.repeated
        ]
        records += [d.record for d in self.events if d.record is not None and d.sound and not d.repeated]
        return records

    def outcomes(self) -> list[str]:
        found = ["rejected" for _ in self.strays]
        for draft in self.each():
            outcome = "duplicate" if draft.repeated else "accepted"
            # Registers brought for a meter of the store have no row of the meter itself in this file.
            own = [] if draft.reader in draft.parts else [draft.reader]
            found += [outcome if draft.sound else "rejected" for _ in (*own, *draft.parts)]
        for event in self.events:
            found.append(("duplicate" if event.repeated else "accepted") if event.sound else "rejected")
        return found

    def findings(self) -> list[Finding]:
        readers = {id(reader): reader for d in self.each() for reader in (d.reader, *d.parts)}
        events = (event.reader for event in self.events)
        return [f for reader in (*readers.values(), *self.strays, *events) for f in reader.findings]


def _drafts(tables: Tables, origin: Origin) -> _Batch:
    batch = _Batch()
    for table in tables.tables:
        for reader in table.each_row():
            if table.layout is PARTIES:
                batch.parties.append(party_draft(reader, origin))
            elif table.layout is POINTS:
                batch.points.append(point_draft(reader, origin))
            elif table.layout is METERS:
                batch.meters.append(meter_draft(reader, origin))
            elif table.layout is CONTRACTS:
                batch.contracts.append(contract_draft(reader, origin))
            elif table.layout is REGISTERS:
                batch.registers.append((reader, register_of(reader)))
            elif table.layout is EVENTS:
                batch.events.append(event_draft(reader, origin))
    return batch


def _settle(batch: _Batch, known: KnownRecords, origin: Origin) -> None:
    """Decide every row: parties and points first, then what refers to them."""
    today = known.today
    reject_key_twice(batch.parties)
    for party in batch.parties:
        settle_version(party, known.party(party.key), today=today)
    _remember(batch.parties, lambda record: (known.party(record.party_id),))
    reject_key_twice(batch.points)
    for point in batch.points:
        settle_version(point, known.point(point.key), today=today)
    _remember(batch.points, lambda record: (known.point(record.ppe),))
    _join_registers(batch, known, origin)
    _settle_meters(batch, known)
    _settle_contracts(batch, known)
    settle_events(batch.events, known)


def _remember(
    drafts: Iterable[Draft[Version]], lists: Callable[[Version], tuple[list[Version], ...]]
) -> None:
    """Let later rows see the versions that this file brings."""
    for draft in drafts:
        if draft.sound and not draft.repeated and draft.record is not None:
            for versions in lists(draft.record):
                versions.append(draft.record)


def _rejected_rows(drafts: Iterable[Draft[Version]]) -> dict[str, int]:
    return {draft.key: draft.reader.number for draft in drafts if draft.key and not draft.sound}


def _join_registers(batch: _Batch, known: KnownRecords, origin: Origin) -> None:
    """Give each row of registers to its meter: of the file, else of the store; without one it is rejected."""
    in_file: dict[str, list[Draft[Meter]]] = {}
    for draft in batch.meters:
        in_file.setdefault(draft.key, []).append(draft)
    by_meter: dict[str, list[tuple[RowReader, Register]]] = {}
    for reader, register in batch.registers:
        by_meter.setdefault(reader.text("meter_no"), []).append((reader, register))
    for meter_no, rows in by_meter.items():
        _reject_code_twice(rows)
        if meter_no in in_file:
            for draft in in_file[meter_no]:
                _give(draft, rows)
            continue
        present = in_force(known.meter(meter_no), on=known.today) if meter_no else None
        if present is None:
            for reader, _ in rows:
                reader.reject(
                    "register_without_meter", "meter_no", "Nieznany licznik, do którego należy rejestr."
                )
                batch.strays.append(reader)
            continue
        _give_stored(batch, present, origin, rows)


def _reject_code_twice(rows: Sequence[tuple[RowReader, Register]]) -> None:
    seen: set[str] = set()
    for reader, register in rows:
        if register.code in seen:
            reader.reject("duplicate_in_file", "code", "Kod rejestru powtarza się w tym liczniku.")
        seen.add(register.code)


def _give(draft: Draft[Meter], rows: Sequence[tuple[RowReader, Register]]) -> None:
    draft.parts = [reader for reader, _ in rows]
    if draft.record is not None:
        draft.record = replace(draft.record, registers=_merged(draft.record.registers, rows))
    broken = [reader.number for reader, _ in rows if not reader.sound]
    if broken:
        sentence = f"Licznik zależy od odrzuconego wiersza {broken[0]} z rejestrem."
        draft.reader.reject("depends_on_rejected", "meter_no", sentence)


def _give_stored(
    batch: _Batch, meter: Meter, origin: Origin, rows: Sequence[tuple[RowReader, Register]]
) -> None:
    """Make a new version of a meter of the store, which holds from the same day and adds the registers."""
    reader = rows[0][0]
    registers = _merged(meter.registers, rows)
    batch.meters.append(
        Draft(
            "meter_no",
            meter.meter_no,
            reader,
            replace(meter, registers=registers, known_at=origin.known_at, source=origin.source(reader)),
            dated=True,
            place=meter.ppe,
            parts=[part for part, _ in rows],
        )
    )


def _merged(
    registers: Sequence[Register], rows: Sequence[tuple[RowReader, Register]]
) -> tuple[Register, ...]:
    merged = {register.code: register for register in registers}
    merged |= {register.code: register for _, register in rows}
    return tuple(merged[code] for code in sorted(merged))


def _settle_meters(batch: _Batch, known: KnownRecords) -> None:
    reject_key_twice(batch.meters)
    point = Reference("ppe", "unknown_point", "punkt", _rejected_rows(batch.points))
    # A row that ends the stay of a known meter must be seen before the row of the one that takes its place.
    for draft in sorted(batch.meters, key=lambda d: not known.meter(d.key)):
        meter = draft.record
        if meter is None or draft.repeated:
            continue
        versions = [version for version in known.meter(draft.key) if version.ppe == meter.ppe]
        draft.record = meter = with_registers_kept(meter, versions, on=meter.valid_from)
        point.check(draft, meter.ppe, known=bool(known.point(meter.ppe)))
        check_meter_windows(draft, known)
        settle_version(draft, versions, today=known.today)
        if not meter.registers:
            draft.reader.warn(
                "meter_without_registers", "meter_no", "Licznik nie ma jeszcze żadnego rejestru."
            )
        _remember([draft], lambda record: (known.meter(record.meter_no), known.meters_at(record.ppe)))


def _settle_contracts(batch: _Batch, known: KnownRecords) -> None:
    reject_key_twice(batch.contracts)
    point = Reference("ppe", "unknown_point", "punkt", _rejected_rows(batch.points))
    rejected_parties = _rejected_rows(batch.parties)
    party = Reference("party_id", "unknown_party", "kontrahent", rejected_parties)
    payer = Reference("payer_id", "unknown_payer", "płatnik", rejected_parties)
    for draft in sorted(batch.contracts, key=lambda d: (_names_framework(d), not known.contract(d.key))):
        contract = draft.record
        if contract is None or draft.repeated:
            continue
        if contract.kind.settles_point:
            point.check(draft, contract.ppe, known=bool(known.point(contract.ppe)))
        if contract.framework_no:
            rejected = _rejected_rows(batch.contracts)
            framework = Reference("framework_no", "unknown_framework", "umowa ramowa", rejected)
            contract = settle_framework(draft, contract, known.contract(contract.framework_no), framework)
        party.check(draft, contract.party_id, known=bool(known.party(contract.party_id)))
        if contract.payer_id != contract.party_id:
            payer.check(draft, contract.payer_id, known=bool(known.party(contract.payer_id)))
        check_contract_windows(draft, known)
        check_same_kind(draft, known.contract(draft.key))
        settle_version(draft, known.contract(draft.key), today=known.today)
        _remember(
            [draft], lambda record: (known.contract(record.contract_no), known.contracts_at(record.ppe))
        )
    check_collective_accounts(batch.contracts, known)


def _names_framework(draft: Draft[Contract]) -> bool:
    """Tell whether a row names a framework contract, which must be settled before it."""
    return draft.record is not None and bool(draft.record.framework_no)
