"""The registry store in memory: append-only, one item per version, as a table would keep it."""

from kwit.registry.records import Contract, Meter, MeteringPoint, Party


def _key(record):
    what = {Party: "party_id", MeteringPoint: "ppe", Meter: "meter_no", Contract: "contract_no"}[type(record)]
    place = record.ppe if isinstance(record, Meter) else ""
    return type(record).__name__, getattr(record, what), place, record.valid_from, record.known_at


class InMemoryRegistryStore:
    """Implements kwit.registry.ports.RegistryStore."""

    def __init__(self) -> None:
        self._versions = {}
        self.puts = 0

    def put(self, records):
        self.puts += 1
        for record in records:
            self._versions.setdefault(_key(record), record)

    def _all(self, kind, matches):
        found = [r for r in self._versions.values() if isinstance(r, kind) and matches(r)]
        return tuple(sorted(found, key=_key))

    def party(self, party_id):
        return self._all(Party, lambda r: r.party_id == party_id)

    def point(self, ppe):
        return self._all(MeteringPoint, lambda r: r.ppe == ppe)

    def meters(self, ppe):
        return self._all(Meter, lambda r: r.ppe == ppe)

    def meter(self, meter_no):
        return self._all(Meter, lambda r: r.meter_no == meter_no)

    def contract(self, contract_no):
        return self._all(Contract, lambda r: r.contract_no == contract_no)

    def contracts_at(self, ppe):
        numbers = {r.contract_no for r in self._all(Contract, lambda r: r.ppe == ppe)}
        return self._all(Contract, lambda r: r.contract_no in numbers)

    def contract_numbers(self):
        return tuple(sorted({r.contract_no for r in self._versions.values() if isinstance(r, Contract)}))
