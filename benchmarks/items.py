"""What a benchmark measures: one item of work, the versions that do it, and what peers are given of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import cycle
from pathlib import Path
from typing import TypeVar

from kwit.kernel.provenance import Source
from kwit.kernel.time import Period, interval_starts
from kwit.metering.readings import IntervalDay
from kwit.metering.usage import MeteredRegister, usage_of
from kwit.metering.usage import Usage as MeteredUsage
from kwit.tariffs.check import check_price_list
from kwit.tariffs.price_list import PriceList
from tests.rating.cases import KNOWN

T = TypeVar("T")
GROSZ = Decimal("0.01")
VAT = Decimal("0.23")
_LISTS = Path(__file__).with_name("price_lists")


class WrongBillError(AssertionError):
    """Two versions of a bill differ; carries the item, the version and both figures."""

    def __init__(self, item: str, version: str, found: object, expected: object) -> None:
        super().__init__(f"{item}: {version} gives {found}, expected {expected}")
        self.item = item
        self.version = version
        self.found = found
        self.expected = expected


@dataclass(frozen=True, slots=True)
class PeerJob:
    """The part of an item that a peer can do: its data as JSON, the unrounded net of that part, what is left out."""

    data: Mapping[str, object]
    net: Decimal
    left_out: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item: kWit, plain Decimal and bare integers do all of it, peers a part; `lines` is kWit's count."""

    name: str
    lines: int
    kwit: Callable[[], object]
    plain_decimal: Callable[[], object]
    bare_integers: Callable[[], object]
    peers: Mapping[str, PeerJob]
    cannot: Mapping[str, str] = field(default_factory=dict)


def in_turn(call: Callable[[T], object], data: Sequence[T]) -> Callable[[], object]:
    """Return a call without arguments that takes the data sets in turn, so that no answer is a remembered one."""
    following = cycle(data)
    return lambda: call(next(following))


def half_up(amount: Decimal) -> Decimal:
    """Round to the grosz as an invoice does."""
    return amount.quantize(GROSZ, rounding=ROUND_HALF_UP)


def measured_list(name: str) -> PriceList:
    """Read and check a price list that stands beside the benchmarks."""
    checked = check_price_list(content=(_LISTS / name).read_bytes(), source=name)
    if checked.price_list is None:
        raise ValueError(f"{name}: {checked.findings}")
    return checked.price_list


def series_usage(
    period: Period, values: Mapping[str, Sequence[int]], *, minutes: int, winter: bool
) -> MeteredUsage:
    """Cut a flat series of each quantity into local days and make the usage of the period from it."""
    registers = [
        MeteredRegister("L1", quantity, "all", quantity, 6, 1, period.range, minutes, winter)
        for quantity in values
    ]
    days: list[IntervalDay] = []
    for quantity, flat in values.items():
        at = 0
        for day in period.each_day():
            count = len(interval_starts(day, minutes=minutes))
            source = Source("profil.csv", "e" * 64, day.toordinal())
            cut = tuple(flat[at : at + count])
            days.append(IntervalDay("P", quantity, day, minutes, cut, KNOWN, source))
            at += count
    return usage_of(period=period, registers=registers, readings=(), interval_days=days)
