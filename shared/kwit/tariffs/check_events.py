"""Check what only events, customers' factors and cases of illegal use have in a price list file."""

from collections import Counter
from decimal import Decimal

from kwit.tariffs.findings import Code
from kwit.tariffs.parts import Parts, Report
from kwit.tariffs.price_list import Basis
from kwit.tariffs.schema import ChargeHead, PricePart
from kwit.tariffs.yaml_file import Path

_WHOLE = "installation"


def check_event(head: ChargeHead, path: Path, parts: Parts, report: Report) -> None:
    """Find event fields on another basis, two sources of a price, and a source that does not exist."""
    rule = head.event
    if rule is None:
        return
    where: Path = (*path, "event")
    if head.basis is not Basis.EVENT:
        report.add(Code.WRONG_VALUE, where, value=head.basis, hint=Basis.EVENT)
    if rule.rate is not None and rule.price_of is not None:
        report.add(Code.ONE_AMOUNT, where, value="rate, price_of", hint="rate, price_of")
    codes = {one.head.code for one in parts.charges if one.head.basis is not Basis.EVENT}
    if rule.price_of is not None and rule.price_of not in codes:
        hint = ", ".join(sorted(codes)) or "–"
        report.add(Code.WRONG_VALUE, (*where, "price_of"), value=rule.price_of, hint=hint)
    for name in ("beyond", "squared_over"):
        limit = getattr(rule, name)
        if limit is not None and limit <= 0:
            report.add(Code.WRONG_VALUE, (*where, name), value=limit, hint="> 0")


def check_variants(price: PricePart, path: Path, head: ChargeHead, report: Report) -> None:
    """Find variants that the charge does not name, and named ones left without a price."""
    named = {} if head.event is None else head.event.variants
    if price.by_variant is None:
        if named:
            report.add(Code.MISSING_FIELD, (*path, "by_variant"))
        return
    if head.basis is not Basis.EVENT:
        report.add(Code.WRONG_VALUE, (*path, "by_variant"), value=head.basis, hint=Basis.EVENT)
    for variant in price.by_variant:
        if variant not in named:
            hint = ", ".join(named) or "–"
            report.add(Code.WRONG_VALUE, (*path, "by_variant", variant), value=variant, hint=hint)
    for variant in named:
        if variant not in price.by_variant:
            report.add(Code.MISSING_PRICE, (*path, "by_variant"), value=variant, hint=head.code)


def check_adjustments(head: ChargeHead, path: Path, report: Report) -> None:
    """Find factors on a basis that does not have them, and factors that are not over zero."""
    adjust = head.adjust
    if adjust is None:
        return
    where: Path = (*path, "adjust")
    if head.basis is Basis.EVENT:
        report.add(Code.WRONG_VALUE, where, value=head.basis, hint="energy, power, month")
    if adjust.prepaid is not None and head.basis is not Basis.MONTH:
        report.add(Code.WRONG_VALUE, (*where, "prepaid"), value=head.basis, hint=Basis.MONTH)
    factors: list[tuple[Path, Decimal | None]] = [
        (("lowered_power",), adjust.lowered_power),
        (("prepaid",), adjust.prepaid),
        *((("industrial", name), value) for name, value in adjust.industrial.items()),
    ]
    for name, value in factors:
        if value is not None and value <= 0:
            report.add(Code.WRONG_VALUE, (*where, *name), value=value, hint="> 0")


def check_illegal_use(parts: Parts, report: Report) -> None:
    """Find cases and kinds of metering told twice, and limits that could not be counted."""
    times = Counter(part.code for _, part in parts.illegal_use)
    for path, part in parts.illegal_use:
        if times[part.code] > 1:
            report.add(Code.DUPLICATE_KEY, (*path, "code"), value=part.code)
        if part.times <= 0:
            report.add(Code.WRONG_VALUE, (*path, "times"), value=part.times, hint="> 0")
        kinds = Counter(limit.metering for limit in part.limits)
        for index, limit in enumerate(part.limits):
            where: Path = (*path, "limits", index)
            if kinds[limit.metering] > 1:
                report.add(Code.DUPLICATE_KEY, (*where, "metering"), value=limit.metering)
            if limit.per == _WHOLE and (limit.least_ampere or limit.per_kv is not None):
                report.add(Code.WRONG_VALUE, (*where, "per"), value=limit.per, hint="ampere")
            if limit.per_kv is not None and limit.per_kv <= 0:
                report.add(Code.WRONG_VALUE, (*where, "per_kv"), value=limit.per_kv, hint="> 0")
