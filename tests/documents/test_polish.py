"""Numbers, dates and words as Polish documents write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.documents import polish

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0,00"),
        ("1234.5", f"1{NBSP}234,50"),
        ("-1234567.89", f"-1{NBSP}234{NBSP}567,89"),
        ("0.005", "0,01"),
        ("0.125", "0,13"),
        ("2.675", "2,68"),
    ],
)
def test_amounts_have_a_comma_hard_spaces_and_round_half_up(value: str, text: str) -> None:
    assert polish.amount(Decimal(value)) == text


@given(st.decimals(-(10**9), 10**9, places=2))
def test_an_amount_reads_back_as_it_was(value: Decimal) -> None:
    text = polish.amount(value)
    assert Decimal(text.replace(NBSP, "").replace(",", ".")) == value
    assert polish.zloty(value) == f"{text}{NBSP}zł"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.3485", "0,3485"),
        ("2159", f"2{NBSP}159"),
        ("2.159", "2,159"),
        ("0.00730", "0,00730"),
        ("1E+3", f"1{NBSP}000"),
    ],
)
def test_a_number_keeps_its_decimals(value: str, text: str) -> None:
    assert polish.number(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0.00", "zero złotych, zero groszy"),
        ("0.01", "zero złotych, jeden grosz"),
        ("1.00", "jeden złoty, zero groszy"),
        ("2.22", "dwa złote, dwadzieścia dwa grosze"),
        ("5.05", "pięć złotych, pięć groszy"),
        ("12.12", "dwanaście złotych, dwanaście groszy"),
        ("22.00", "dwadzieścia dwa złote, zero groszy"),
        ("2794.24", "dwa tysiące siedemset dziewięćdziesiąt cztery złote, dwadzieścia cztery grosze"),
        ("1000000.00", "milion złotych, zero groszy"),
        ("-5.00", "minus pięć złotych, zero groszy"),
        ("0.29", "zero złotych, dwadzieścia dziewięć groszy"),
        ("1001.10", "tysiąc jeden złotych, dziesięć groszy"),
    ],
)
def test_words_decline_as_polish_does(value: str, words: str) -> None:
    assert polish.in_words(Decimal(value)) == words


@given(st.decimals(0, 10**8, places=2))
def test_any_amount_has_words_for_zloty_and_grosz(value: Decimal) -> None:
    words = polish.in_words(value)
    assert any(form in words for form in ("złoty", "złote", "złotych"))
    assert any(form in words for form in ("grosz", "grosze", "groszy"))


@pytest.mark.parametrize(("rate", "text"), [("0.23", "23%"), ("0.08", "8%"), ("0", "0%"), ("0.05", "5%")])
def test_rates_are_whole_per_cent(rate: str, text: str) -> None:
    assert polish.percent(Decimal(rate)) == text


def test_a_date_has_points() -> None:
    assert polish.day(date(2026, 4, 8)) == "08.04.2026"


@pytest.mark.parametrize(
    "iban",
    [
        "PL61109010140000071219812874",
        "61 1090 1014 0000 0712 1981 2874",
        "PL 6110 9010 1400 0007 1219 8128 74",
    ],
)
def test_an_account_is_grouped_without_its_country(iban: str) -> None:
    assert polish.account(iban) == "61 1090 1014 0000 0712 1981 2874"
