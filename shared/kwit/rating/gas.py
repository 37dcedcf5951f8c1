"""Gas is read in m3 and billed in kWh: the use of a period by the conversion factor of the supplier.

Rule: rozporządzenie taryfowe dla paliw gazowych: kWh = m3 x współczynnik konwersji (kWh per m3, three decimals),
whole kWh half up. The factor is that of the billing period.
"""

from dataclasses import replace
from decimal import Decimal

from kwit.kernel.energy import gas_wh
from kwit.metering.usage import Usage


class ConversionFactorError(ValueError):
    """A conversion factor is not over zero, or has more than three decimals; carries it."""

    def __init__(self, factor: Decimal) -> None:
        super().__init__(f"{factor} kWh per m3 is no conversion factor of three decimals over zero")
        self.factor = factor


def gas_in_energy(*, usage: Usage, kwh_per_m3: Decimal) -> Usage:
    """Return the usage with the import of its registers turned from dm3 into Wh; the states stay in dm3.

    Raises ConversionFactorError.
    """
    if kwh_per_m3 <= 0 or kwh_per_m3 != kwh_per_m3.quantize(Decimal("0.001")):
        raise ConversionFactorError(kwh_per_m3)
    spans = tuple(
        replace(span, wh=gas_wh(span.wh, kwh_per_m3=kwh_per_m3))
        if span.register.quantity == "import"
        else span
        for span in usage.spans
    )
    return replace(usage, spans=spans)
