"""Days billed ahead (opłaty pobrane z góry): what a clock hands on until it is sure that they are used.

A clock is ahead when it bills in advance, and when it has billed days over whose use is not billed yet.

When the party leaves before those days are over, its last bill gives back the days not used, by the very lines that
billed them.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from kwit.billing.case import Case, bounds_on, contract_on
from kwit.billing.content import LineData
from kwit.kernel.money import ZERO, grosze, half_up
from kwit.kernel.time import Period
from kwit.rating.counting import thirtieths
from kwit.rating.lines import Factor, Line, PriceSource, QuantitySource
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.registry.records import Contract
from kwit.tariffs.price_list import Clock, PriceList

UNUSED = "unused_days"
_WHOLE_ONCE_BEGUN = frozenset({"months_full", "documents", "event"})
_THOUSAND = {"MW": 3, "MWh": 3}


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PrepaidPeriod(_Data):
    """A period billed in advance to a party, with its lines."""

    start: date
    end: date
    party_id: str
    payer_id: str
    lines: tuple[LineData, ...]


class Prepaid(_Data):
    """The periods a clock has billed in advance; `turns` counts how often days of them were given back."""

    turns: int = 0
    periods: tuple[PrepaidPeriod, ...] = ()

    def text(self) -> str:
        """Write it as text; empty when there is nothing to hand on."""
        return "" if self == NOTHING_PREPAID else self.model_dump_json(exclude_defaults=True)

    def with_period(self, period: PrepaidPeriod, *, used_to: date) -> "Prepaid":
        """Add a period, and let go of those over by a day."""
        kept = (one for one in self.periods if one.end > used_to)
        return Prepaid(turns=self.turns, periods=(*kept, period))


NOTHING_PREPAID = Prepaid()


def read_prepaid(text: str) -> Prepaid:
    """Read what a clock hands on as text."""
    return Prepaid.model_validate_json(text) if text else NOTHING_PREPAID


@dataclass(frozen=True, slots=True)
class Refund:
    """Days billed in advance to a party that did not hold the contract over them: from `until` up to `billed_to`."""

    clock: Clock
    until: date
    billed_to: date
    contract: Contract
    prepaid: Prepaid

    def rest(self) -> Prepaid:
        """Return what the clock hands on once the days are given back: nothing that could be given back again."""
        return Prepaid(turns=self.prepaid.turns + 1)


def refund_of(
    *, contracts: Sequence[Contract], clock: Clock, billed_to: date, prepaid: Prepaid
) -> Refund | None:
    """Find the first day billed in advance to a party that does not hold the contract on it."""
    for one in prepaid.periods:
        contract = contract_on(contracts, one.start)
        ends = bounds_on(contracts, one.start).ends
        if (contract.party_id, contract.payer_id) != (one.party_id, one.payer_id):
            until = one.start
        elif ends is not None and ends < one.end:
            until = max(ends, one.start)
        else:
            continue
        paid = next(
            version
            for version in reversed(contracts)
            if (version.party_id, version.payer_id) == (one.party_id, one.payer_id)
        )
        return Refund(clock, until, billed_to, paid, prepaid)
    return None


def refund_lines(*, refund: Refund, case: Case, profile: RatingProfile) -> Iterator[Line]:
    """Yield a negative line for each line billed in advance whose days are not all used.

    What is owed for days used is counted as for a period that ended then: by days, by months begun or by
    thirtieths; a charge that is owed whole once its period has begun is given back only when it had not.
    """
    versions = {one.content_hash: one for several in case.lists.values() for one in several}
    for period in refund.prepaid.periods:
        for line in period.lines:
            unused = _unused(line, period, refund.until, profile.month_digits)
            if unused:
                yield _negative(line, unused, refund.until, versions.get(line.price_list), profile)


def _unused(line: LineData, period: PrepaidPeriod, until: date, month_digits: int) -> Decimal:
    if line.end <= until:
        return ZERO
    rule = line.rule.removeprefix("power_")
    if until <= period.start:
        return ZERO if rule == "event" else line.quantity
    if rule in _WHOLE_ONCE_BEGUN:
        return ZERO
    if until <= line.start:
        return line.quantity
    used, days = (until - line.start).days, (line.end - line.start).days
    digits = month_digits + _THOUSAND.get(line.unit, 0)
    if line.rule == "months_started":
        return line.quantity - min(line.quantity, Decimal(math.ceil(line.quantity * used / days)))
    if line.rule == "months_thirtieths":
        return line.quantity - thirtieths(Period(line.start, until), digits=month_digits)
    return line.quantity - half_up(line.quantity * used / days, digits=digits)


def _negative(
    line: LineData, unused: Decimal, until: date, version: PriceList | None, profile: RatingProfile
) -> Line:
    days = Period(max(line.start, until), line.end)
    factors = tuple(Factor(one.name, one.value) for one in line.factors)
    product = -unused * line.price
    for factor in factors:
        product *= factor.value
    net = grosze(product)
    source = PriceSource(
        price_list=version.code if version else "",
        version=line.price_list,
        document=version.document if version else "",
        page=line.page,
        confidence=str(version.confidence) if version else "",
    )
    inputs = (("billed", str(line.quantity)), ("used", str(line.quantity - unused)))
    return Line(
        charge=line.charge,
        name=f"{line.name}, zwrot za dni niewykorzystane",
        section=line.section,
        zone=line.zone,
        period=days,
        quantity=-unused,
        unit=line.unit,
        price=line.price,
        net=net,
        vat_rate=line.vat_rate,
        vat=grosze(net * line.vat_rate) if profile.vat is VatRounding.LINE else None,
        posting=line.posting,
        quantity_source=QuantitySource(UNUSED, days.days, (line.end - line.start).days, inputs=inputs),
        price_source=source,
        factors=factors,
    )
