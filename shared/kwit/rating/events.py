"""Lines of events (zdarzenia) and factors of customers: what is charged beside the use of a period.

An event is priced on its own day, by the terms and the list versions of that day, whatever period its bill is of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from kwit.kernel.money import grosze
from kwit.kernel.time import Period
from kwit.rating.facts import Event
from kwit.rating.lines import Factor, Line, PriceSource, QuantitySource, RatingProblem
from kwit.rating.prices import Position, choose_price, event_position, rate_on, version_on
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.terms import Terms, terms_on
from kwit.tariffs.price_list import Basis, Charge, Confidence, DatedRate, EventRule, Price, PriceList

Lists = Mapping[str, Sequence[PriceList]]

_PLAIN = EventRule()
_MINUS, _ONE = Decimal(-1), Decimal(1)
# The less trusted of two sources is what a line says of itself.
_TRUST = (Confidence.OFFICIAL, Confidence.OWN, Confidence.SECONDARY, Confidence.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class _Amount:
    """The price of an event before its multiple: amount, unit, and the evidence of where it stands."""

    amount: Decimal
    unit: str
    quantity: Decimal
    confidence: Confidence
    inputs: tuple[tuple[str, str], ...]


def event_lines(
    *,
    events: Sequence[Event],
    terms: Sequence[Terms],
    lists: Lists,
    period: Period,
    profile: RatingProfile,
    problems: list[RatingProblem],
) -> Iterator[Line]:
    """Yield a line for each event; one that cannot be priced becomes a problem, never a guess."""
    for event in events:
        held = terms_on(terms, event.day)
        if held is None:
            problems.append(RatingProblem("terms_missing", f"{event.charge} on {event.day.isoformat()}"))
            continue
        line = _line(event, held, lists, period, profile, problems)
        if line is not None:
            yield line


def _line(
    event: Event,
    terms: Terms,
    lists: Lists,
    period: Period,
    profile: RatingProfile,
    problems: list[RatingProblem],
) -> Line | None:
    position = event_position(code=event.charge, terms=terms, lists=lists, day=event.day)
    if position is None or position.charge.basis is not Basis.EVENT:
        where = f"{event.charge} for {terms.group} on {event.day.isoformat()}"
        problems.append(RatingProblem("event_unknown", where))
        return None
    charge, rule = position.charge, position.charge.event or _PLAIN
    found = len(problems)
    price = choose_price(
        position=position,
        terms=terms,
        day=event.day,
        zone=None,
        problems=problems,
        variant=_variant(event, rule, problems),
    )
    mine = {code: lists.get(code, ()) for code in terms.price_lists}
    in_force = [one for code in mine if (one := version_on(mine[code], event.day)) is not None]
    vat_rate = rate_on(lists=in_force, name=f"vat_{charge.vat}", day=event.day, problems=problems)
    measured = _measured(event, rule, problems)
    if price is None or vat_rate is None or len(problems) > found:
        return None
    amount = _amount(event, position, price, terms, mine, problems)
    if amount is None:
        return None
    factors = (*_factors(charge, rule, price), *measured, *event.factors)
    source = _source(position, price, amount.confidence)
    return _priced(event, position, amount, factors, vat_rate, source, period, profile)


def _priced(
    event: Event,
    position: Position,
    amount: _Amount,
    factors: tuple[Factor, ...],
    vat_rate: Decimal,
    source: PriceSource,
    period: Period,
    profile: RatingProfile,
) -> Line:
    charge = position.charge
    product = amount.quantity * amount.amount
    for factor in factors:
        product *= factor.value
    net = grosze(product)
    return Line(
        charge=charge.code,
        name=_name(event, charge, charge.event or _PLAIN, profile),
        section=charge.section.value,
        zone="",
        period=Period(event.day, event.day + timedelta(days=1)),
        quantity=amount.quantity,
        unit=amount.unit,
        price=amount.amount,
        net=net,
        vat_rate=vat_rate,
        vat=grosze(net * vat_rate) if profile.vat is VatRounding.LINE else None,
        posting=charge.posting,
        quantity_source=QuantitySource("event", 1, period.days, inputs=amount.inputs),
        price_source=source,
        factors=factors,
    )


def _variant(event: Event, rule: EventRule, problems: list[RatingProblem]) -> str | None:
    if event.variant in rule.variants or not (event.variant or rule.variants):
        return event.variant or None
    known = ", ".join(rule.variants) or "none"
    detail = f"{event.charge}: kind {event.variant!r} is none of {known}"
    problems.append(RatingProblem("event_variant_unknown", detail))
    return None


def _measured(event: Event, rule: EventRule, problems: list[RatingProblem]) -> tuple[Factor, ...]:
    """Return (measure / limit)^2, one when the measure is over the limit (tariffs 2026: PGE p. 38, Energa p. 29)."""
    if rule.squared_over is None and event.measure is None:
        return ()
    if rule.squared_over is None or event.measure is None or event.measure <= 0:
        problems.append(RatingProblem("event_measure", f"{event.charge}: measure {event.measure}"))
        return ()
    part = min(event.measure / rule.squared_over, _ONE)
    return (Factor("deviation", part * part),)


def _factors(charge: Charge, rule: EventRule, price: Price) -> tuple[Factor, ...]:
    """Return the multiple of a rate, the charge's multiplier, and the sign of a rebate."""
    factors: list[Factor] = []
    if (rule.rate or rule.price_of) and price.amount != 1:
        factors.append(Factor("times", price.amount))
    if charge.multiplier is not None:
        factors.append(Factor("multiplier", charge.multiplier))
    if rule.rebate:
        factors.append(Factor("rebate", _MINUS))
    return tuple(factors)


def _amount(
    event: Event,
    position: Position,
    price: Price,
    terms: Terms,
    lists: Lists,
    problems: list[RatingProblem],
) -> _Amount | None:
    rule, charge = position.charge.event or _PLAIN, position.charge
    own = price.confidence or position.price_list.confidence
    inputs = [("day", event.day.isoformat())]
    inputs += [("note", event.note)] if event.note else []
    inputs += [("event", event.reference)] if event.reference else []
    inputs += [("measure", str(event.measure))] if event.measure is not None else []
    quantity = event.quantity
    if rule.beyond is not None:
        inputs.append(("given", str(quantity)))
        inputs.append(("beyond", str(rule.beyond)))
        quantity = max(quantity - rule.beyond, Decimal(0))
    if rule.price_of:
        return _of_charge(event, rule, terms, lists, inputs, problems)
    if not rule.rate:
        return _Amount(price.amount, charge.unit, quantity, own, tuple(inputs))
    found = _dated_rate(rule.rate, event, lists)
    if found is None:
        problems.append(RatingProblem("rate_missing", f"{rule.rate} on {event.day.isoformat()}"))
        return None
    rate, stands_in = found
    inputs.append((rule.rate, f"{rate.rate} ({stands_in.code}, {rate.page})"))
    trust = max(own, rate.confidence or stands_in.confidence, key=_TRUST.index)
    return _Amount(rate.rate, charge.unit, quantity, trust, tuple(inputs))


def _of_charge(
    event: Event,
    rule: EventRule,
    terms: Terms,
    lists: Lists,
    inputs: list[tuple[str, str]],
    problems: list[RatingProblem],
) -> _Amount | None:
    """Take the price of another charge of the customer, per unit of contracted power."""
    position = event_position(code=rule.price_of, terms=terms, lists=lists, day=event.day)
    if position is None or terms.contracted_kw is None:
        lacking = "contracted power" if position is not None else rule.price_of
        problems.append(RatingProblem("event_price_missing", f"{event.charge}: no {lacking}"))
        return None
    price = choose_price(position=position, terms=terms, day=event.day, zone=None, problems=problems)
    if price is None:
        return None
    power = event.quantity * terms.contracted_kw
    unit = position.charge.unit
    inputs += [("events", str(event.quantity)), ("contracted_kw", str(terms.contracted_kw))]
    inputs.append((rule.price_of, f"{price.amount} ({position.price_list.code}, {price.page})"))
    trust = price.confidence or position.price_list.confidence
    return _Amount(price.amount, unit, power.scaleb(-3) if unit == "MW" else power, trust, tuple(inputs))


def _dated_rate(name: str, event: Event, lists: Lists) -> tuple[DatedRate, PriceList] | None:
    for versions in lists.values():
        version = version_on(versions, event.day)
        rate = None if version is None else version.rate_on(name, event.day)
        if version is not None and rate is not None:
            return rate, version
    return None


def _name(event: Event, charge: Charge, rule: EventRule, profile: RatingProfile) -> str:
    name = profile.names.get(charge.code, charge.name)
    kind = rule.variants.get(event.variant)
    return ", ".join(filter(None, (name, kind, f"{event.day:%d.%m.%Y}")))


def _source(position: Position, price: Price, confidence: Confidence) -> PriceSource:
    version = position.price_list
    return PriceSource(version.code, version.content_hash, version.document, price.page, str(confidence))


def adjusted(charge: Charge, terms: Terms, problems: list[RatingProblem]) -> tuple[Factor, ...]:
    """Return the factors of a charge that hold for this customer.

    Contracted power lowered with consent, a prepaid meter, the share of a listed industrial user (tariffs
    2026: PGE Dystrybucja p. 33, 24 and 25-26, Energa-Operator p. 24-25, 17 and 18-19).
    """
    rules = charge.adjust
    if rules is None:
        return ()
    factors: list[Factor] = []
    if terms.lowered_power and rules.lowered_power is not None:
        factors.append(Factor("lowered_power", rules.lowered_power))
    if terms.prepaid and rules.prepaid is not None:
        factors.append(Factor("prepaid", rules.prepaid))
    if terms.industrial and rules.industrial:
        share = rules.industrial.get(terms.industrial)
        if share is None:
            known = ", ".join(rules.industrial)
            detail = f"{charge.code}: kind {terms.industrial!r} is none of {known}"
            problems.append(RatingProblem("industrial_kind_unknown", detail))
        else:
            factors.append(Factor("industrial_share", share))
    return tuple(factors)
