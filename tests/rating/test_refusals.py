"""Errors of the rating room say what was wrong, in a sentence and as a value that code can use."""

from decimal import Decimal

import pytest

from kwit.rating.connection import ConnectionIncompleteError
from kwit.rating.degree_of_use import NoPowerError
from kwit.rating.deposit import NegativeDepositError
from kwit.rating.gas import ConversionFactorError
from kwit.rating.illegal_use import IllegalUseError
from kwit.rating.losses import LossHoursError
from kwit.rating.quantities import MixedSignsError
from kwit.rating.rebates import DeviationHoursError
from kwit.rating.volume import LimitDaysError


@pytest.mark.parametrize(
    ("error", "told", "sentence", "values"),
    [
        (
            ConnectionIncompleteError,
            ("outlays", "nobody told them"),
            "outlays is needed: nobody told them",
            {"lacking": "outlays"},
        ),
        (
            NoPowerError,
            (Decimal("0.5"), 0),
            "no degree of use with 0.5 kW over 0 days",
            {"average_kw": Decimal("0.5"), "days": 0},
        ),
        (
            NegativeDepositError,
            (Decimal("-0.01"),),
            "a deposit cannot be negative: -0.01",
            {"amount": Decimal("-0.01")},
        ),
        (
            ConversionFactorError,
            (Decimal("11.3456"),),
            "11.3456 kWh per m3 is no conversion factor of three decimals over zero",
            {"factor": Decimal("11.3456")},
        ),
        (
            IllegalUseError,
            ("bypass", "nobody told the kWh"),
            "bypass: nobody told the kWh",
            {"case": "bypass", "why": "nobody told the kWh"},
        ),
        (
            LossHoursError,
            ("peak",),
            "how many hours of the period belong to zone peak is not known",
            {"zone": "peak"},
        ),
        (
            MixedSignsError,
            ([5, -1],),
            "energy of segments is of both signs: [5, -1]",
            {"wh": [5, -1]},
        ),
        (
            DeviationHoursError,
            (Decimal("10.1"),),
            "hours belong to a deviation over 10% and to no other: 10.1%",
            {"percent": Decimal("10.1")},
        ),
        (
            LimitDaysError,
            (366, 365),
            "366 of 365 days of a yearly limit",
            {"days": 366, "of_days": 365},
        ),
    ],
)
def test_an_error_carries_the_value_in_its_sentence_and_by_name(
    error: type[Exception], told: tuple[object, ...], sentence: str, values: dict[str, object]
) -> None:
    raised = error(*told)
    assert str(raised) == sentence
    assert {name: getattr(raised, name) for name in values} == values
