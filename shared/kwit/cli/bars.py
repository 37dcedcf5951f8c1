"""The use of a point as bars in a terminal: one line for each day, or for the days between two states."""

from collections.abc import Iterator
from datetime import date, timedelta

from kwit.cli.plot import round_up
from kwit.kernel.energy import from_wh
from kwit.metering.history import Gap, PointHistory, Use

_FULL, _PARTS, _ESTIMATED = "█", " ▏▎▍▌▋▊▉", "░"


def bars(history: PointHistory, *, width: int) -> Iterator[str]:
    """Yield a heading and the lines of each register in the order of days; `width` is the longest bar's.

    A bar is kWh a day; one that rests on estimates is pale. Days of a series that nobody sent have none.
    """
    top = round_up(max((one.wh_per_day for one in history.use), default=0))
    lines: list[Use | Gap] = [*history.use, *history.gaps]
    for register in sorted({one.register for one in lines}):
        yield f"{register}   kWh a day, {width} signs are {from_wh(top, unit='kWh'):.0f}"
        mine = [one for one in lines if one.register == register]
        for one in sorted(mine, key=lambda one: one.start):
            yield f"{_days(one.start, one.end)}  {_line(one, top, width)}".rstrip()


def _days(start: date, end: date) -> str:
    last = end - timedelta(days=1)
    return f"{start} – {last:%m-%d}" if last > start else f"{start}        "


def _line(one: Use | Gap, top: int, width: int) -> str:
    if isinstance(one, Gap):
        return f"{'':>10}  no data"
    eighths = one.wh_per_day * width * 8 // top
    bar = _ESTIMATED * (eighths // 8) if one.estimated else _FULL * (eighths // 8) + _PARTS[eighths % 8]
    return f"{from_wh(one.wh_per_day, unit='kWh'):>10.3f}  {bar}"
