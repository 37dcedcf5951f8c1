"""The parts that a structured invoice is written of: elements, texts and amounts as the schema FA(3) takes them."""

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

from kwit.kernel.money import half_up

NAMESPACE = "http://crd.gov.pl/wzor/2025/06/25/13775/"
LONGEST_KEY = 256
LONGEST_TEXT = 512
RATES = {Decimal("0.23"): ("1", "23"), Decimal("0.08"): ("2", "8"), Decimal("0.05"): ("3", "5")}
"""Of a rate of VAT the number of its fields P_13 and P_14, and how P_12 writes it."""
ORDER_OF_FIELDS = ("1", "2", "3")

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATTACHMENT = re.compile(rb"<(?:[^\s<>:/]+:)?Zalacznik[\s>/]")


class RateNotInFa3Error(ValueError):
    """A rate of VAT has no field here; carries the number of the document and the rate."""

    def __init__(self, number: str, rate: Decimal) -> None:
        super().__init__(f"{number}: VAT rate {rate} has no field of FA(3) that kWit writes")
        self.number = number
        self.rate = rate


def add(parent: ET.Element, name: str, text: object, *, longest: int = LONGEST_TEXT) -> None:
    """Add an element with a text, cut to `longest` characters."""
    ET.SubElement(parent, name).text = clean(str(text), longest)


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return a text without the signs that XML has no room for, its spaces as the schema counts them (xsd:token)."""
    return " ".join(_NOT_IN_XML.sub("", text).split())[:longest].rstrip()


def money(value: Decimal) -> str:
    """Write PLN with two decimals."""
    return format(half_up(value, digits=2), "f")


def plain(value: Decimal) -> str:
    """Write a number with the digits that it has, and no exponent."""
    return format(value.normalize(), "f")


def fields_of(rate: Decimal, *, number: str) -> tuple[str, str]:
    """Return how a rate of VAT is written; raises RateNotInFa3Error with the document's number."""
    found = RATES.get(rate)
    if found is None:
        raise RateNotInFa3Error(number, rate)
    return found


def has_attachment(invoice: bytes) -> bool:
    """Tell whether the bytes of a structured invoice have an attachment.

    Only a comment could look like one, which costs nothing but a package.
    """
    return _ATTACHMENT.search(invoice) is not None
