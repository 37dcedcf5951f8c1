"""Money rounds half up, once, and never touches a float."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.money import NotADecimalError, exact, fraction_digits, grosze, half_up, total

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False)


class TestExact:
    @pytest.mark.parametrize("value", [0.1, float("nan"), True, None, "abc", "NaN", "Infinity", ""])
    def test_refuses_what_is_not_an_exact_decimal(self, value: object) -> None:
        with pytest.raises(NotADecimalError) as caught:
            exact(value)  # type: ignore[arg-type]  # the very misuse under test
        assert caught.value.value is value

    def test_keeps_every_digit(self) -> None:
        assert str(exact("0.00730")) == "0.00730"


class TestGrosze:
    @pytest.mark.parametrize(
        ("quantity", "price", "net"),
        [
            ("9", "0.505", "4.55"),
            ("41", "0.505", "20.71"),
            ("309", "0.505", "156.05"),
            ("0.149", "5", "0.75"),
            ("390", "0.0035", "1.37"),
            ("-9", "0.505", "-4.55"),
        ],
    )
    def test_agrees_with_published_lines_where_half_even_or_floats_fail(
        self, quantity: str, price: str, net: str
    ) -> None:
        assert grosze(exact(quantity) * exact(price)) == Decimal(net)

    @given(amounts)
    def test_is_off_by_half_a_grosz_at_most(self, amount: Decimal) -> None:
        assert abs(grosze(amount) - amount) <= Decimal("0.005")

    @given(amounts)
    def test_mirrors_negative_amounts(self, amount: Decimal) -> None:
        assert grosze(-amount) == -grosze(amount)

    @given(amounts)
    def test_changes_nothing_the_second_time(self, amount: Decimal) -> None:
        assert grosze(grosze(amount)) == grosze(amount)


def test_half_up_rounds_to_the_wanted_digits() -> None:
    assert half_up(Decimal("2.5"), digits=0) == 3
    assert half_up(Decimal("0.042245"), digits=5) == Decimal("0.04225")


def test_an_empty_total_is_zero_with_grosze() -> None:
    assert str(total([])) == "0.00"


@pytest.mark.parametrize(("text", "digits"), [("1", 0), ("1.50", 2), ("0.00730", 5), ("1E+3", 0)])
def test_fraction_digits_counts_what_is_written(text: str, digits: int) -> None:
    assert fraction_digits(Decimal(text)) == digits
