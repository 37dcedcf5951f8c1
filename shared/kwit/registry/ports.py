"""What the registry asks of a store."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from kwit.registry.events import ContractEvent
from kwit.registry.records import Contract, Meter, MeteringPoint, Party, Record


class Billed(Protocol):
    """How far contracts are billed."""

    def billed_to(self, contract_no: str) -> date | None:
        """Return the first day of a contract not yet billed, or None before its first bill."""
        ...


class RegistryStore(Protocol):
    """Versions of registry records, kept for ever."""

    def put(self, records: Iterable[Record]) -> None:
        """Keep versions; the same version twice changes nothing."""
        ...

    def party(self, party_id: str) -> Sequence[Party]:
        """Return all versions of a party."""
        ...

    def point(self, ppe: str) -> Sequence[MeteringPoint]:
        """Return all versions of a metering point."""
        ...

    def meters(self, ppe: str) -> Sequence[Meter]:
        """Return all versions of all meters that ever stood at a point."""
        ...

    def meter(self, meter_no: str) -> Sequence[Meter]:
        """Return all versions of a meter, at whichever points it stood."""
        ...

    def contract(self, contract_no: str) -> Sequence[Contract]:
        """Return all versions of a contract."""
        ...

    def contracts_at(self, ppe: str) -> Sequence[Contract]:
        """Return all versions of all contracts that ever settled a point; a connection there settles none."""
        ...

    def frameworks_with(self, distributor: str) -> Sequence[Contract]:
        """Return all versions of all framework contracts that open a distributor's network, by its name as written."""
        ...

    def contracts_on(self, collective: str) -> Sequence[Contract]:
        """Return all versions of all contracts that ever were on a collective account."""
        ...

    def events(self, contract_no: str) -> Sequence[ContractEvent]:
        """Return all events of a contract, each as often as it was told."""
        ...

    def contract_numbers(self) -> Sequence[str]:
        """List the numbers of all contracts, sorted."""
        ...

    def contracts(self) -> Iterable[tuple[str, Sequence[Contract]]]:
        """Yield every contract's number with all its versions, in any order."""
        ...
