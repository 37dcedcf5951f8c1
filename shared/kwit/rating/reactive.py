"""Reactive energy (energia bierna): tg φ and the charge for what goes over its limit.

Rule: distribution tariffs 2026, PGE Dystrybucja part 3.4 (p. 35-37), Energa-Operator part 4.3 (p. 26-28):
Ob = k x Crk x (sqrt((1 + tg²φ) / (1 + tg²φ0)) - 1) x A, when tg φ is over tg φ0.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from kwit.kernel.money import half_up

TG_PHI_0 = Decimal("0.4")
_PRECISION = 40
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class ReactiveShare:
    """tg φ of a period and the bracket that the active energy is multiplied by; 0 within the limit."""

    tg_phi: Decimal
    bracket: Decimal


def reactive_share(
    *,
    active_kwh: Decimal | int,
    inductive_kvarh: Decimal | int,
    tg_phi0: Decimal,
    tg_phi_digits: int | None = None,
    bracket_digits: int | None = None,
) -> ReactiveShare:
    """Work out tg φ = kvarh / kWh and the bracket of the formula, rounded half up where digits are given.

    ENEA Operator rounds tg φ to 2 and the bracket to 5 decimals (a bill of March 2026); without digits the
    exact tg φ serves and the bracket keeps 12 decimals. Raises ZeroDivisionError without active energy.
    """
    with localcontext(prec=_PRECISION):
        tg_phi = Decimal(inductive_kvarh) / Decimal(active_kwh)
        if tg_phi_digits is not None:
            tg_phi = half_up(tg_phi, digits=tg_phi_digits)
        if tg_phi <= tg_phi0:
            return ReactiveShare(tg_phi, Decimal(0))
        bracket = ((1 + tg_phi * tg_phi) / (1 + tg_phi0 * tg_phi0)).sqrt() - 1
        digits = _DIGITS if bracket_digits is None else bracket_digits
        return ReactiveShare(tg_phi, half_up(bracket, digits=digits))
