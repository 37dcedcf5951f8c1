"""The registry in memory: append-only, one item per version, keyed as the table keys it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kwit.registry.events import ContractEvent
from kwit.registry.records import Contract, Meter, MeteringPoint, Party, Record

_KEYS = {Party: "party_id", MeteringPoint: "ppe", Meter: "meter_no", Contract: "contract_no"}


def _key(record: Record) -> tuple[str, ...]:
    if isinstance(record, ContractEvent):
        told = (record.known_at.isoformat(), record.source.content_hash, f"{record.source.row:07}")
        return "ContractEvent", record.contract_no, record.event_id, *told
    place = record.ppe if isinstance(record, Meter) else ""
    since = (record.valid_from.isoformat(), record.known_at.isoformat())
    origin = (record.source.content_hash, record.source.sheet, f"{record.source.row:07}")
    return type(record).__name__, place, getattr(record, _KEYS[type(record)]), *since, *origin


@dataclass
class MemoryRegistry:
    """The registry's store in memory; `puts` counts the calls of `put`."""

    versions: dict[tuple[str, ...], Record] = field(default_factory=dict)
    puts: int = 0

    def put(self, records: Iterable[Record]) -> None:
        self.puts += 1
        for record in records:
            self.versions.setdefault(_key(record), record)

    def _in_order(self) -> list[Record]:
        return [self.versions[key] for key in sorted(self.versions)]

    def party(self, party_id: str) -> Sequence[Party]:
        return [r for r in self._in_order() if isinstance(r, Party) and r.party_id == party_id]

    def point(self, ppe: str) -> Sequence[MeteringPoint]:
        return [r for r in self._in_order() if isinstance(r, MeteringPoint) and r.ppe == ppe]

    def meters(self, ppe: str) -> Sequence[Meter]:
        return [r for r in self._in_order() if isinstance(r, Meter) and r.ppe == ppe]

    def meter(self, meter_no: str) -> Sequence[Meter]:
        return [r for r in self._in_order() if isinstance(r, Meter) and r.meter_no == meter_no]

    def contract(self, contract_no: str) -> Sequence[Contract]:
        return [r for r in self._in_order() if isinstance(r, Contract) and r.contract_no == contract_no]

    def contracts_at(self, ppe: str) -> Sequence[Contract]:
        found = [r for r in self._in_order() if isinstance(r, Contract) and r.ppe == ppe]
        return [r for r in found if r.kind.settles_point]

    def frameworks_with(self, distributor: str) -> Sequence[Contract]:
        return [r for r in self._in_order() if isinstance(r, Contract) and r.distributor == distributor != ""]

    def contracts_on(self, collective: str) -> Sequence[Contract]:
        contracts = [r for r in self._in_order() if isinstance(r, Contract)]
        numbers = {r.contract_no for r in contracts if r.collective == collective}
        return [r for r in contracts if r.contract_no in numbers]

    def events(self, contract_no: str) -> Sequence[ContractEvent]:
        return [r for r in self._in_order() if isinstance(r, ContractEvent) and r.contract_no == contract_no]

    def contracts(self) -> Iterable[tuple[str, Sequence[Contract]]]:
        return [(number, self.contract(number)) for number in self.contract_numbers()]

    def contract_numbers(self) -> Sequence[str]:
        return sorted({r.contract_no for r in self._in_order() if isinstance(r, Contract)})
