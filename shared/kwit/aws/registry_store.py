"""Registry, settings, price lists and import records in DynamoDB."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Item, Table, key_of, packed, text, unpacked
from kwit.registry.company import CompanySettings
from kwit.registry.events import ContractEvent
from kwit.registry.records import Contract, Meter, MeteringPoint, Party, Record
from kwit.tariffs.price_list import PriceList


class SettingsMissingError(LookupError):
    """No company settings are in force."""

    def __init__(self) -> None:
        super().__init__("no company settings in force: drop a file into inbox/settings/")


@dataclass(frozen=True, slots=True)
class DynamoRegistry:
    """The registry's store."""

    table: Table

    def put(self, records: Iterable[Record]) -> None:
        """Keep versions; the same version twice changes nothing."""
        items = {(i["pk"]["S"], i["sk"]["S"]): i for record in records for i in _items(record)}
        self.table.put_many(items.values())

    def party(self, party_id: str) -> Sequence[Party]:
        """Return all versions of a party."""
        return [decode(Party, unpacked(i)) for i in self.table.query(keys.party(party_id))]

    def point(self, ppe: str) -> Sequence[MeteringPoint]:
        """Return all versions of a metering point."""
        items = self.table.query(keys.point(ppe), prefix="POINT#")
        return [decode(MeteringPoint, unpacked(item)) for item in items]

    def meters(self, ppe: str) -> Sequence[Meter]:
        """Return all versions of all meters that ever stood at a point."""
        return [decode(Meter, unpacked(i)) for i in self.table.query(keys.point(ppe), prefix="METER#")]

    def meters_of_point(self, ppe: str) -> Sequence[Meter] | None:
        """Return what `meters` returns, None when the point is not known: one question instead of two."""
        items = list(self.table.query(keys.point(ppe)))
        if not any(item["sk"]["S"].startswith("POINT#") for item in items):
            return None
        return [decode(Meter, unpacked(item)) for item in items if item["sk"]["S"].startswith("METER#")]

    def meter(self, meter_no: str) -> Sequence[Meter]:
        """Return all versions of a meter, at whichever points it stood."""
        points = [item["sk"]["S"] for item in self.table.query(keys.meter_number(meter_no))]
        return [one for ppe in points for one in self.meters(ppe) if one.meter_no == meter_no]

    def contract(self, contract_no: str) -> Sequence[Contract]:
        """Return all versions of a contract."""
        return [decode(Contract, unpacked(i)) for i in self.table.query(keys.contract(contract_no))]

    def contracts_at(self, ppe: str) -> Sequence[Contract]:
        """Return all versions of all contracts that ever settled a point; a connection there settles none."""
        numbers = [
            i["sk"]["S"].partition("#")[2] for i in self.table.query(keys.point(ppe), prefix="CONTRACT#")
        ]
        return [version for number in numbers for version in self.contract(number) if version.ppe == ppe]

    def frameworks_with(self, distributor: str) -> Sequence[Contract]:
        """Return all versions of all framework contracts that open a distributor's network, by its name as written."""
        numbers = [item["sk"]["S"] for item in self.table.query(keys.distributor(distributor))]
        versions = [version for number in numbers for version in self.contract(number)]
        return [version for version in versions if version.distributor == distributor]

    def contracts_on(self, collective: str) -> Sequence[Contract]:
        """Return all versions of all contracts that ever were on a collective account."""
        numbers = [item["sk"]["S"] for item in self.table.query(keys.collective_account(collective))]
        return [version for number in numbers for version in self.contract(number)]

    def events(self, contract_no: str) -> Sequence[ContractEvent]:
        """Return all events of a contract, each as often as it was told."""
        return [
            decode(ContractEvent, unpacked(i)) for i in self.table.query(keys.contract_events(contract_no))
        ]

    def contract_numbers(self) -> Sequence[str]:
        """List the numbers of all contracts, sorted."""
        return sorted({number for number, _ in self._listed()})

    def contracts(self) -> Iterator[tuple[str, Sequence[Contract]]]:
        """Yield every contract's number with all its versions, in some order, a listing partition at a time."""
        for number, items in groupby(self._listed(), key=lambda listed: listed[0]):
            yield number, [decode(Contract, unpacked(item)) for _, item in items]

    def _listed(self) -> Iterator[tuple[str, Item]]:
        for index in range(keys.PARTITIONS_OF_CONTRACTS):
            for item in self.table.query(keys.contract_index(index)):
                yield item["sk"]["S"].partition(keys.LISTED)[0], item


def _items(record: Record) -> Iterator[dict[str, Any]]:
    data = {"data": packed(encode(record))}
    if isinstance(record, Party):
        sort = keys.version("PARTY", record.valid_from, record.known_at, record.source)
        yield key_of((keys.party(record.party_id), sort)) | data
    elif isinstance(record, MeteringPoint):
        sort = keys.version("POINT", record.valid_from, record.known_at, record.source)
        yield key_of((keys.point(record.ppe), sort)) | data
    elif isinstance(record, Meter):
        sort = keys.version(f"METER#{record.meter_no}", record.valid_from, record.known_at, record.source)
        yield key_of((keys.point(record.ppe), sort)) | data
        yield key_of((keys.meter_number(record.meter_no), record.ppe))
    elif isinstance(record, ContractEvent):
        sort = keys.version(f"EVENT#{record.event_id}", record.day, record.known_at, record.source)
        yield key_of((keys.contract_events(record.contract_no), sort)) | data
    else:
        sort = keys.version("CONTRACT", record.valid_from, record.known_at, record.source)
        yield key_of((keys.contract(record.contract_no), sort)) | data
        if record.kind.settles_point:
            yield key_of((keys.point(record.ppe), f"CONTRACT#{record.contract_no}"))
        if record.distributor:
            yield key_of((keys.distributor(record.distributor), record.contract_no))
        if record.collective:
            yield key_of((keys.collective_account(record.collective), record.contract_no))
        # The list holds the contracts themselves: planning a run reads all of them, and a page holds thousands.
        index = keys.contract_index(keys.contract_partition(record.contract_no))
        yield key_of((index, f"{record.contract_no}{keys.LISTED}{sort}")) | data


@dataclass(frozen=True, slots=True)
class DynamoSettings:
    """Company settings as versions."""

    table: Table

    def current(self, *, on: date) -> tuple[CompanySettings, str]:
        """Return the settings in force on a day and the hash that names their version.

        Of the versions valid by then the one valid latest wins, of one first day the one known latest. Raises
        SettingsMissingError.
        """
        first_after = f"V#{(on + timedelta(days=1)).isoformat()}"
        valid = [item for item in self.table.query("SETTINGS") if item["sk"]["S"] < first_after]
        if not valid:
            raise SettingsMissingError
        latest = valid[-1]
        return CompanySettings.model_validate_json(unpacked(latest)), latest["version"]["S"]

    def version(self, version: str) -> CompanySettings:
        """Return the settings of a version. Raises SettingsMissingError."""
        for item in self.table.query("SETTINGS"):
            if item["version"]["S"] == version:
                return CompanySettings.model_validate_json(unpacked(item))
        raise SettingsMissingError

    def newest(self) -> tuple[str, datetime] | None:
        """Return the hash of the version known last, and since when it is known; None before the first."""
        found = [(item["known_at"]["S"], item["version"]["S"]) for item in self.table.query("SETTINGS")]
        if not found:
            return None
        known_at, version = max(found)
        return version, datetime.fromisoformat(known_at)

    def put(self, settings: CompanySettings, *, version: str, known_at: datetime) -> None:
        """Keep a version of the settings."""
        key = keys.settings_version(settings.valid_from, known_at, version)
        data = packed(settings.model_dump_json().encode())
        self.table.put(key, version=text(version), known_at=text(known_at.isoformat()), data=data)


@lru_cache(maxsize=256)
def _price_list(data: bytes) -> PriceList:
    """Read a version from its bytes, each version once in the life of a process."""
    return decode(PriceList, unpacked({"data": {"B": data}}))


@dataclass(frozen=True, slots=True)
class DynamoPriceLists:
    """Price lists as versions; the YAML as it was dropped is kept beside what the engine reads."""

    table: Table

    def versions(self, code: str) -> Sequence[PriceList]:
        """Return the versions in force, ordered by their first day; of one first day the latest known."""
        latest: dict[str, PriceList] = {}
        for item in self.table.query(keys.price_list(code)):
            found = _price_list(item["data"]["B"])
            latest[found.window.start.isoformat()] = found
        return [latest[start] for start in sorted(latest)]

    def every_version(self, code: str) -> Sequence[PriceList]:
        """Return every version of a price list ever kept, those not in force any more among them."""
        return [_price_list(item["data"]["B"]) for item in self.table.query(keys.price_list(code))]

    def known_since(self, code: str, content_hash: str) -> datetime | None:
        """Return since when a version in force is known; None when no version in force has these bytes."""
        in_force = {one.content_hash for one in self.versions(code)}
        if content_hash not in in_force:
            return None
        marks = [item["sk"]["S"].split("#") for item in self.table.query(keys.price_list(code))]
        known = [mark[2] for mark in marks if mark[3] == content_hash[:12]]
        return datetime.fromisoformat(max(known))

    def put(self, price_list: PriceList, *, yaml: bytes, known_at: datetime) -> None:
        """Keep a version."""
        key = keys.price_list_version(
            price_list.code, price_list.window.start, known_at, price_list.content_hash
        )
        self.table.put(key, data=packed(encode(price_list)), yaml=packed(yaml))
