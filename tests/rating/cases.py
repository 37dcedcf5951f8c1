"""Building blocks of rating tests: price lists by file, terms, usage from plain figures."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange, Period
from kwit.metering.readings import ReadingKind, RegisterReading
from kwit.metering.usage import MeteredRegister, Usage, usage_of
from kwit.tariffs.check import check_price_list
from kwit.tariffs.packaged import shipped_price_lists
from kwit.tariffs.price_list import PriceList

KNOWN = datetime(2026, 5, 1, tzinfo=UTC)
INBOX = Path(__file__).parents[2] / "events" / "inbox" / "price-lists"


@cache
def all_lists() -> Mapping[str, tuple[PriceList, ...]]:
    """Return every shipped and example price list by code, each checked."""
    contents = shipped_price_lists() | {path.name: path.read_bytes() for path in sorted(INBOX.glob("*.yaml"))}
    found: dict[str, list[PriceList]] = {}
    for name, content in contents.items():
        checked = check_price_list(content=content, source=name)
        assert checked.price_list is not None, checked.findings
        found.setdefault(checked.price_list.code, []).append(checked.price_list)
    return {code: tuple(sorted(versions, key=lambda v: v.window.start)) for code, versions in found.items()}


def lists_named(*codes: str) -> dict[str, Sequence[PriceList]]:
    """Return the versions of the named lists."""
    return {code: all_lists()[code] for code in codes}


def register(
    zone: str = "all", *, quantity: str = "import", meter: str = "L1", multiplier: int = 1, **present: date
) -> MeteredRegister:
    """Make a register that stood at the point all the time unless told otherwise."""
    span = DateRange(present.get("start", date(2020, 1, 1)), present.get("end"))
    return MeteredRegister(meter, f"{quantity}-{zone}", zone, quantity, 6, multiplier, span)


def state(
    one: MeteredRegister, day: date, wh: int, *, kind: ReadingKind = ReadingKind.ACTUAL
) -> RegisterReading:
    """Make a state of a register at the midnight a day begins with."""
    source = Source("states.csv", "f" * 64, day.toordinal())
    return RegisterReading("590310600000000019", one.meter_no, one.code, day, wh, kind, KNOWN, source)


def usage(period: Period, wh: Mapping[MeteredRegister, int], *, at: int = 1_000_000) -> Usage:
    """Make the usage of a period from one figure per register, in Wh before the multiplier."""
    states = [
        state(one, day, at + moved)
        for one, used in wh.items()
        for day, moved in ((period.start, 0), (period.end, used))
    ]
    return usage_of(period=period, registers=list(wh), readings=states)
