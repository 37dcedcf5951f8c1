"""Household bills: a G12w month with every line, rounding and provenance, against plain arithmetic."""

from decimal import Decimal

from benchmarks.items import Item, PeerJob, WrongBillError, half_up, in_turn
from kwit.kernel.time import Period
from kwit.rating.rate import rate
from tests.rating.cases import lists_named, register, usage
from tests.rating.test_published_bills import january_inputs

DATA_SETS = 8
# quantity, price: the lines of the published bill; "peak" and "offpeak" stand for the kWh of the zone
_LINES = (
    ("peak", "0.8047"), ("offpeak", "0.4426"), ("1", "25.61"), ("1", "10.86"), ("peak", "0.0331"),
    ("peak", "0.3298"), ("peak", "0.0073"), ("peak", "0.003"), ("offpeak", "0.0331"), ("offpeak", "0.0512"),
    ("offpeak", "0.0073"), ("offpeak", "0.003"), ("1", "4.56"), ("1", "24.05"),
)  # fmt: skip
_ZONES = {"peak": 0, "offpeak": 1}
_AS_INTEGERS = tuple((_ZONES.get(what, -1), int(Decimal(price) * 10_000)) for what, price in _LINES)
_VAT = Decimal("0.23")

Kwh = tuple[int, int]


def decimal_bill(kwh: Kwh) -> Decimal:
    """Add the lines up in decimals, each net and VAT to the grosz, without finding prices, names or provenance."""
    quantities = {"peak": Decimal(kwh[0]), "offpeak": Decimal(kwh[1]), "1": Decimal(1)}
    gross = Decimal(0)
    for what, price in _LINES:
        net = half_up(quantities[what] * Decimal(price))
        gross += net + half_up(net * _VAT)
    return gross


def integer_bill(kwh: Kwh) -> int:
    """Add the lines up in integers: the floor. Gross in grosze."""
    gross = 0
    for zone, price in _AS_INTEGERS:
        net = (price * kwh[zone] + 50) // 100 if zone >= 0 else price // 100
        gross += net + (net * 23 + 50) // 100
    return gross


def household_item() -> Item:
    """Prepare the item, after checking every version against the published bill and each other."""
    inputs = january_inputs()
    lists = lists_named(*inputs["terms"][0].price_lists)
    period: Period = inputs["period"]
    known = [(178 + 7 * index, 997 - 11 * index) for index in range(DATA_SETS)]
    bills = [{**inputs, "lists": lists, "usage": _usage(period, kwh)} for kwh in known]
    if rate(**bills[0]).gross != Decimal("996.70"):
        raise WrongBillError("household", "kwit", rate(**bills[0]).gross, "996.70")
    for kwh, bill in zip(known, bills, strict=True):
        found = {"kwit": rate(**bill).gross, "integers": Decimal(integer_bill(kwh)).scaleb(-2)}
        for version, gross in found.items():
            if gross != decimal_bill(kwh):
                raise WrongBillError("household", version, gross, decimal_bill(kwh))
    return Item(
        name="household",
        lines=len(rate(**bills[0]).lines),
        kwit=in_turn(lambda bill: rate(**bill), bills),
        plain_decimal=in_turn(decimal_bill, known),
        bare_integers=in_turn(integer_bill, known),
        peers={"ratebook": _peer_job(known[0]), "tariff-core": _peer_job(known[0])},
        cannot={
            "pysam": "computes years of hours, no register totals",
            "electric-emission-cost": "takes series, no register totals",
        },
    )


def _usage(period: Period, kwh: Kwh) -> object:
    used = {register("peak"): kwh[0] * 1000, register("offpeak"): kwh[1] * 1000}
    used |= {
        register("all", quantity="import_unbalanced"): 1_240_000,
        register("all", quantity="export"): 8_000,
    }
    return usage(period, used)


def _peer_job(kwh: Kwh) -> PeerJob:
    """Give one all-in price for each zone, in zł per kWh, and the fixed charges."""
    prices = [sum(Decimal(price) for what, price in _LINES if what == zone) for zone in _ZONES]
    fixed = sum(Decimal(price) for what, price in _LINES if what == "1")
    net = fixed + sum(price * used for price, used in zip(prices, kwh, strict=True))
    return PeerJob(
        data={"kind": "registers", "kwh": kwh, "prices": [str(one) for one in prices], "fixed": str(fixed)},
        net=net,
        left_out="a line for each charge, grosz rounding of lines, VAT, reading behind a line",
    )
