"""Issued corrections of every shape, made by correcting the bills of a small company."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from kwit.billing.correction_content import CorrectionContent
from kwit.documents.correction_view import CorrectionView, correction_view
from kwit.documents.document import Document
from tests.billing.company import company_settings
from tests.billing.memory_case import Company
from tests.billing.office import carry_out, documents, order
from tests.billing.test_corrections import APRIL, LATER, MAY, change, company
from tests.billing.test_differences import raised

DAY = date(2026, 5, 6)


def correction_of(one: Company, index: int = 0) -> Document:
    """Return one of the corrections of a company."""
    return [found for found in documents(one) if found.number.startswith("FK")][index]


def last_of(document: Document) -> CorrectionContent:
    """Read the content of a correction."""
    content = document.read()
    assert isinstance(content, CorrectionContent)
    return content


@cache
def reading_lower() -> Document:
    """Correct a household's March, whose reading was 12 kWh too high."""
    one = company(kwh=("1000", "1150.4", "1290"))
    change(one, APRIL, "1138.4")
    carry_out(one, DAY, order())
    return correction_of(one)


@cache
def reading_higher() -> Document:
    """Correct the month after it, to which the 12 kWh belong."""
    one = company(kwh=("1000", "1150.4", "1290"))
    change(one, APRIL, "1138.4")
    carry_out(one, DAY, order())
    return correction_of(one, 1)


@cache
def price() -> Document:
    """Correct a bill whose price list was wrong, in the words of whoever asked for it."""
    one = company()
    one.price_lists.added |= raised("jasna-energia")
    carry_out(one, DAY, order(price_lists=("jasna-energia",), reason="W cenniku była błędna cena energii."))
    return correction_of(one)


@cache
def reading_and_price() -> Document:
    """Correct a bill for two causes at once."""
    one = company(kwh=("1000", "1150.4", "1290"))
    one.price_lists.added |= raised("jasna-energia")
    change(one, APRIL, "1138.4")
    carry_out(one, DAY, order())
    return correction_of(one)


@cache
def of_a_correction() -> Document:
    """Correct a correction."""
    one = company(kwh=("1000", "1150.4", "1290"))
    change(one, APRIL, "1138.4")
    carry_out(one, DAY, order())
    change(one, APRIL, "1140.4", at=LATER + timedelta(days=1))
    carry_out(one, DAY + timedelta(days=1), order())
    return correction_of(one, 2)


@cache
def cancelled() -> Document:
    """Correct a bill to zero."""
    one = company()
    carry_out(one, DAY, order(documents=("FV/2026/05/000002",), cancel=True, release=True))
    return correction_of(one)


@cache
def with_balance() -> Document:
    """Correct a first bill, on which a balance was brought forward."""
    found = reading_lower()
    content = last_of(found)
    balance = {"opening_balance": content.before.gross}
    both = {name: getattr(content, name).model_copy(update=balance) for name in ("before", "after")}
    return replace(found, content=content.model_copy(update=both).canonical())


SHAPES: dict[str, Callable[[], Document]] = {
    "reading_lower": reading_lower,
    "reading_higher": reading_higher,
    "price": price,
    "reading_and_price": reading_and_price,
    "of_a_correction": of_a_correction,
    "cancelled": cancelled,
    "with_balance": with_balance,
}


def view_of(document: Document) -> CorrectionView:
    """Turn a correction into the texts of its pages."""
    return correction_view(document=document, content=last_of(document), settings=company_settings())


__all__ = ["MAY", "SHAPES", "view_of"]
