"""Interest for delay (odsetki za opóźnienie) on one late payment, counted day by day from dated rates.

amount × rate × days / 365, split at the changes of the rate, each part rounded half up to the grosz. Days run from the
day after the one the payment fell due (art. 476 and 481 § 1 KC) to the day of payment, both included. A payment due on
a Saturday or a day free from work by law falls due on the next day that is neither (art. 115 KC).
"""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from kwit.billing.note_content import InterestPeriod, InterestRow
from kwit.kernel.money import grosze, total
from kwit.tariffs.interest import InterestLaw, InterestTable

_DAYS_OF_YEAR = 365
_SATURDAY = 5
_DAY = timedelta(days=1)


class NotLateError(ValueError):
    """A payment came in time, so that nothing is owed for delay; carries the invoice and the day it fell due."""

    def __init__(self, invoice: str, fell_due: date) -> None:
        super().__init__(f"{invoice} fell due on {fell_due.isoformat()} and was not paid late")
        self.invoice = invoice
        self.fell_due = fell_due


def falls_due(due_date: date, *, holidays: Collection[date]) -> date:
    """Return the last day on which a payment is in time (art. 115 KC)."""
    day = due_date
    while day.weekday() >= _SATURDAY or day in holidays:
        day += _DAY
    return day


def interest_of(*, principal: Decimal, rate: Decimal, days: int) -> Decimal:
    """Return the interest in PLN on an amount over days of one rate a year, half up to the grosz."""
    return grosze(principal * rate * days / _DAYS_OF_YEAR)


def interest_row(
    *,
    invoice: str,
    principal: Decimal,
    due_date: date,
    paid_on: date | None,
    last_day: date,
    law: InterestLaw,
    table: InterestTable,
    holidays: Collection[date],
) -> InterestRow:
    """Count the interest on one payment of `principal` PLN up to `last_day`, that day included.

    `last_day` is the day of payment, or that up to which an unpaid amount is charged. Raises NotLateError,
    RateUnknownError.
    """
    fell_due = falls_due(due_date, holidays=holidays)
    if last_day <= fell_due:
        raise NotLateError(invoice, fell_due)
    spans = table.spans(law, start=fell_due + _DAY, end=last_day + _DAY)
    periods = tuple(
        InterestPeriod(
            start=one.start,
            end=one.end,
            rate=one.rate,
            amount=interest_of(principal=principal, rate=one.rate, days=(one.end - one.start).days),
        )
        for one in spans
    )
    return InterestRow(
        invoice=invoice,
        principal=principal,
        due_date=due_date,
        paid_on=paid_on,
        periods=periods,
        amount=total(one.amount for one in periods),
    )
