"""Until when an invoice issued offline must be in KSeF (art. 106nda, 106nf and 106nh of the VAT act)."""

from collections.abc import Set as AbstractSet
from datetime import date, timedelta

from kwit.ksef.filing import Mode

_EMERGENCY_DAYS = 7
_SATURDAY = 5


def working_day_after(day: date, *, count: int, holidays: AbstractSet[date]) -> date:
    """Return the `count`-th working day after a day; Saturdays, Sundays and statutory holidays are none."""
    found = day
    left = count
    while left:
        found += timedelta(days=1)
        left -= found.weekday() < _SATURDAY and found not in holidays
    return found


def send_by(*, mode: Mode, issue_date: date, ended: date | None, holidays: AbstractSet[date]) -> date | None:
    """Return the last day to send an invoice, or None where no day is known.

    Offline24: the first working day after it is issued. While KSeF is unavailable: the first one after that ends; in
    an emergency the seventh. `ended` is the day on which it ended, None while it lasts.
    """
    if mode is Mode.OFFLINE24:
        return working_day_after(issue_date, count=1, holidays=holidays)
    if mode is Mode.ONLINE or ended is None:
        return None
    count = _EMERGENCY_DAYS if mode is Mode.EMERGENCY else 1
    return working_day_after(max(ended, issue_date), count=count, holidays=holidays)
