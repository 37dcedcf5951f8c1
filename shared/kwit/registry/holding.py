"""On which days a party holds a metering point: the days that its contracts there cover."""

from collections.abc import Callable, Iterable
from datetime import date

from kwit.kernel.time import DateRange
from kwit.registry.records import Contract, timeline


def days_held(contracts: Iterable[Contract], *, party_id: str) -> tuple[DateRange, ...]:
    """Return the days on which contracts of a party cover a point, in order, days that touch joined.

    `contracts` are all versions of all contracts at the point. A version counts from its day up to the next
    version of the same contract, within the days of the contract itself; who only pays holds nothing.
    """
    return days_covered(contracts, by=lambda version: version.party_id == party_id)


def days_covered(contracts: Iterable[Contract], *, by: Callable[[Contract], bool]) -> tuple[DateRange, ...]:
    """Return the days on which a version of a contract holds that fits, in order, days that touch joined."""
    numbers: dict[str, list[Contract]] = {}
    for version in contracts:
        numbers.setdefault(version.contract_no, []).append(version)
    spans = [span for versions in numbers.values() for span in _spans(versions, by)]
    return tuple(_joined(sorted(spans, key=lambda span: span.start)))


def _spans(versions: Iterable[Contract], by: Callable[[Contract], bool]) -> list[DateRange]:
    line = timeline(versions)
    nexts = [version.valid_from for version in line[1:]]
    found = []
    for version, until in zip(line, [*nexts, None], strict=True):
        start = max(version.valid_from, version.starts)
        ends = [day for day in (until, version.ends) if day is not None]
        end = min(ends, default=None)
        if by(version) and (end is None or start < end):
            found.append(DateRange(start, end))
    return found


def _joined(spans: Iterable[DateRange]) -> list[DateRange]:
    joined: list[DateRange] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last is None or (last.end is not None and last.end < span.start):
            joined.append(span)
        elif last.end is not None:
            joined[-1] = DateRange(last.start, _later(last.end, span.end))
    return joined


def _later(one: date, other: date | None) -> date | None:
    return None if other is None else max(one, other)
