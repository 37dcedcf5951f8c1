"""Advances (zaliczki, raty prognozowe): what was invoiced before is deducted, the next instalments are asked for.

Rule: distribution tariffs 2026, PGE Dystrybucja 2.3.3-5 (p. 18): a settlement is the actual value less what the
forecast invoiced.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kwit.rating.facts import GivenCharge

SECTION = "advance"
INVOICED, FOLLOWING = "advance_invoiced", "advance_following"


@dataclass(frozen=True, slots=True)
class Advance:
    """An advance: its printed name, PLN net, and its VAT rate."""

    name: str
    net: Decimal
    vat_rate: Decimal


def advance_charges(
    *, invoiced: Sequence[Advance], following: Sequence[Advance], document: str = ""
) -> tuple[GivenCharge, ...]:
    """Return a charge of -1 for every advance already invoiced and of 1 for every one that follows."""
    signed = [(INVOICED, -1, one) for one in invoiced] + [(FOLLOWING, 1, one) for one in following]
    return tuple(
        GivenCharge(
            code=code,
            name=one.name,
            section=SECTION,
            quantity=Decimal(sign),
            unit="szt.",
            price=one.net,
            vat_rate=one.vat_rate,
            posting=f"{SECTION}.{code}",
            document=document,
            where="advances",
        )
        for code, sign, one in signed
    )
