"""The columns of a contract's row that say how it is settled beyond its tariff."""

import re
from collections.abc import Mapping
from decimal import Decimal

from kwit.intake.table import RowReader
from kwit.registry.records import DepositPrice, MonthlyBase, SettlementTerms, YearlyLimit

QUALIFICATIONS = {
    "dzien": "day", "doba": "day", "day": "day",
    "dekada": "ten_days", "10 dni": "ten_days", "ten days": "ten_days",
    "miesiac": "month", "month": "month",
}  # fmt: skip
_PRICES = {
    "rcem": DepositPrice.RCEM, "miesieczna": DepositPrice.RCEM,
    "rce": DepositPrice.RCE, "godzinowa": DepositPrice.RCE,
}  # fmt: skip
_VOLTAGES = {
    "nn": "low", "niskie": "low", "low": "low", "sn": "medium", "srednie": "medium", "medium": "medium",
    "wn": "high", "wysokie": "high", "high": "high",
}  # fmt: skip
_INDUSTRIAL = {"a": "letter_a", "letter a": "letter_a", "b": "letter_b", "letter b": "letter_b"}
"""Letters of the list of industrial users (odbiorcy przemysłowi); PGE Dystrybucja 2026, pages 25-26."""
_PAIR = re.compile(r"([A-Za-z0-9_.-]+)\s*[=:]\s*([0-9]+(?:\s*/\s*[0-9]+)*)")
_LARGEST_KWH = 10**9


def settlement_terms(reader: RowReader) -> SettlementTerms:
    """Read how a contract is settled; what is unsound rejects the row."""
    terms = SettlementTerms(
        yearly_limits=tuple(
            YearlyLimit(charge, kwh[0]) for charge, kwh in _pairs(reader, "yearly_limits", {1})
        ),
        monthly_bases=tuple(
            MonthlyBase(charge, kwh * 12 if len(kwh) == 1 else kwh)
            for charge, kwh in _pairs(reader, "monthly_bases", {1, 12})
        ),
        losses_percent=_number(reader, "losses_percent", Decimal(0)),
        losses_kw=_number(reader, "losses_kw", Decimal(0)),
        tg_phi0=reader.decimal("tg_phi0"),
        capacity_coefficient=reader.decimal("capacity_coefficient"),
        capacity_qualification=reader.choice("capacity_qualification", QUALIFICATIONS, default=""),
        deposit_price=reader.choice("deposit_price", _PRICES, default=DepositPrice.RCEM),
        deposit_factor=_number(reader, "deposit_factor", Decimal(1)),
        opust=reader.decimal("opust"),
        credit_kwh=_number(reader, "credit_kwh", Decimal(0)),
        voltage=reader.choice("voltage", _VOLTAGES, default=""),
        lowered_power=reader.flag("lowered_power"),
        prepaid=reader.flag("prepaid"),
        special=reader.flag("special"),
        industrial=reader.choice("industrial", _INDUSTRIAL, default=""),
    )
    _check(reader, terms)
    return terms


def _number(reader: RowReader, key: str, default: Decimal) -> Decimal:
    number = reader.decimal(key)
    return default if number is None else number


def _pairs(reader: RowReader, key: str, counts: set[int]) -> list[tuple[str, tuple[int, ...]]]:
    """Read `charge=kWh` pairs, or `charge=kWh/kWh/…` with one for each month."""
    text = reader.text(key)
    found: dict[str, tuple[int, ...]] = {}
    for piece in filter(None, map(str.strip, re.split(r"[;,\n]+", text))):
        match = _PAIR.fullmatch(piece)
        kwh = tuple(int(one) for one in match[2].split("/")) if match else ()
        if match is None or match[1] in found or len(kwh) not in counts or max(kwh) > _LARGEST_KWH:
            sentence = "Limity zapisuje się jako: energy=2000, a bazę miesięczną jako network_variable=150."
            reader.reject("bad_limits", key, sentence)
            return []
        found[match[1]] = kwh
    return list(found.items())


_RANGES: Mapping[str, tuple[Decimal, Decimal]] = {
    "losses_percent": (Decimal(-100), Decimal(100)),
    "losses_kw": (Decimal(-100_000), Decimal(100_000)),
    "tg_phi0": (Decimal("0.2"), Decimal(10)),
    "capacity_coefficient": (Decimal(0), Decimal(1)),
    "deposit_factor": (Decimal(1), Decimal(2)),
    "opust": (Decimal("0.1"), Decimal(1)),
    "credit_kwh": (Decimal(0), Decimal(_LARGEST_KWH)),
}


def _check(reader: RowReader, terms: SettlementTerms) -> None:
    """Reject figures outside what can be meant; tg φ0 is never under 0.2 (PGE Dystrybucja 2026, 3.4, p. 35)."""
    for key, (low, high) in _RANGES.items():
        value = getattr(terms, key)
        if value is not None and not low <= value <= high:
            reader.reject("out_of_range", key, f"Wartość ma leżeć między {low} a {high}.")
