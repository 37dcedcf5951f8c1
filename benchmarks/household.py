"""Household bills: a G12w month with every line, rounding and provenance, against plain Decimal arithmetic."""

from decimal import ROUND_HALF_UP, Decimal

from benchmarks.measure import per_second
from kwit.rating.rate import rate
from tests.rating.cases import lists_named
from tests.rating.test_published_bills import january_inputs

_LINES = (
    ("178", "0.8047"), ("997", "0.4426"), ("1", "25.61"), ("1", "10.86"), ("178", "0.0331"), ("178", "0.3298"),
    ("178", "0.0073"), ("178", "0.003"), ("997", "0.0331"), ("997", "0.0512"), ("997", "0.0073"), ("997", "0.003"),
    ("1", "4.56"), ("1", "24.05"),
)  # fmt: skip


def plain_bill() -> Decimal:
    """Add the same lines up without finding prices, names or provenance: the floor in Decimal."""
    grosz, vat = Decimal("0.01"), Decimal("0.23")
    gross = Decimal(0)
    for quantity, price in _LINES:
        net = (Decimal(quantity) * Decimal(price)).quantize(grosz, rounding=ROUND_HALF_UP)
        gross += net + (net * vat).quantize(grosz, rounding=ROUND_HALF_UP)
    return gross


def household_bills() -> dict[str, object]:
    """Measure bills per second and core, after checking that both versions give the published gross."""
    inputs = january_inputs()
    lists = lists_named(*inputs["terms"][0].price_lists)
    published = Decimal("996.70")
    if plain_bill() != published or rate(**inputs, lists=lists).gross != published:
        raise AssertionError("a version does not give the published bill")
    rates = per_second({"kwit": lambda: rate(**inputs, lists=lists), "plain": plain_bill})
    return {
        "household_bills_per_s": round(rates["kwit"]),
        "household_bills_plain_decimal_per_s": round(rates["plain"]),
        "household_bills_ratio_to_plain_decimal": round(rates["kwit"] / rates["plain"], 4),
    }
