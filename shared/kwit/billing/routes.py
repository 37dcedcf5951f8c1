"""Which points a collector (inkasent) has to read: those whose period ends, or those that are asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kwit.billing.case import bounds_on, contract_on
from kwit.billing.cycles import next_period
from kwit.billing.runs import PlanningStores
from kwit.metering.ports import PointDirectory, ReadingStore
from kwit.metering.readings import ReadingKind
from kwit.metering.route import Stop
from kwit.registry.company import CompanySettings
from kwit.registry.records import Contract, in_force, timeline

RANGE = ".."
"""The sign between the ends of a range of numbers, both of which belong to it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What to read on a day: contracts and points by number or range (`U/1..U/9`); the due ones when none is named.

    Due are contracts that no meter reports on its own and whose period ends within the reading window of the
    day, as long as no reading taken closes it.
    """

    day: date
    contracts: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    city: str = ""

    @property
    def named(self) -> bool:
        """Tell whether contracts or points are named."""
        return bool(self.contracts or self.points)

    def asks_for(self, contract: Contract) -> bool:
        """Tell whether a contract is one of the named ones."""
        return _among(contract.contract_no, self.contracts) or _among(contract.ppe, self.points)


@dataclass(frozen=True, slots=True)
class RouteStores:
    """What planning a route asks."""

    planning: PlanningStores
    directory: PointDirectory
    readings: ReadingStore


def stops_of(*, selection: Selection, settings: CompanySettings, stores: RouteStores) -> list[Stop]:
    """List the meters to read, each once, however many contracts settle it."""
    found: dict[tuple[str, str], Stop] = {}
    for contract_no in stores.planning.registry.contract_numbers():
        contract, ends = _contract_on_day(contract_no, selection.day, settings, stores)
        if contract is None or not contract.kind.settles_point:
            continue
        if selection.named and not selection.asks_for(contract):
            continue
        if not selection.named and (contract.remote_reading or ends is None):
            continue
        for stop in _stops(contract, selection, stores):
            if selection.named or not _closed(stop, since=ends):
                found.setdefault((stop.ppe, stop.meter.meter_no), stop)
    return list(found.values())


def _among(text: str, wanted: Sequence[str]) -> bool:
    for one in wanted:
        first, sign, last = one.partition(RANGE)
        if (first <= text <= last) if sign else text == first:
            return True
    return False


def _contract_on_day(
    contract_no: str, day: date, settings: CompanySettings, stores: RouteStores
) -> tuple[Contract | None, date | None]:
    """Return the contract's terms on a day, and the first midnight a reading may close its period at when due."""
    versions = timeline(stores.planning.registry.contract(contract_no))
    billed_to = stores.planning.runs.billed_to(contract_no) or versions[0].billed_to
    contract = contract_on(versions, day)
    if day < contract.starts or (contract.ends is not None and day >= contract.ends):
        return None, None
    profile = settings.profiles.get(contract.profile)
    window = profile.reading_window_days if profile else 0
    bounds = bounds_on(versions, billed_to)
    period = next_period(contract=contract, billed_to=billed_to, window_days=window, bounds=bounds)
    if period is None:
        return contract, None
    earliest = period.end - timedelta(days=window)
    return contract, earliest if earliest <= day + timedelta(days=1) else None


def _stops(contract: Contract, selection: Selection, stores: RouteStores) -> Iterator[Stop]:
    registry = stores.planning.registry
    point = in_force(registry.point(contract.ppe), on=selection.day)
    party = in_force(registry.party(contract.party_id), on=selection.day)
    if point is None or (selection.city and point.city.casefold() != selection.city.casefold()):
        return
    states = stores.readings.registers(contract.ppe)
    for meter in stores.directory.meters(contract.ppe) or ():
        yield Stop(
            contract_no=contract.contract_no,
            ppe=contract.ppe,
            name=party.name if party else "",
            street=point.street,
            postcode=point.postcode,
            city=point.city,
            meter=meter,
            states=[one for one in states if one.meter_no == meter.meter_no],
        )


def _closed(stop: Stop, *, since: date | None) -> bool:
    """Tell whether every register has a reading taken since the midnight that may close the period."""
    taken = {
        one.register
        for one in stop.states
        if since is not None and one.boundary >= since and one.kind is not ReadingKind.ESTIMATED
    }
    return taken >= {register.code for register in stop.meter.registers}
