"""Issued bills of every shape, made by billing small cases and putting them under a number."""

import itertools
from datetime import date
from decimal import Decimal
from functools import cache

from kwit.billing.content import BillContent, HistoryData, LineData, SpanData, StateData, parse_content
from kwit.billing.drafts import DocumentKind
from kwit.documents.document import Document
from kwit.documents.view import BillView, bill_view
from kwit.kernel.identifiers import content_hash
from kwit.kernel.time import add_months
from tests.billing.company import company_settings
from tests.billing.memory_case import Company
from tests.billing.samples import bill_content
from tests.billing.test_bill import TestSeries as SeriesCompany
from tests.billing.test_bill import bill
from tests.rating.test_series import month

ISSUE_DATE = date(2026, 4, 8)
LONG = (
    "Przedsiębiorstwo Wielobranżowe Usług Elektroenergetycznych i Budowlanych «Światłość» spółka z o.o. sp.k."
)


@cache
def household() -> BillContent:
    """Make a month of a household, with a price change inside and VAT on lines."""
    company = Company()
    company.add("U/1", states=[(date(2026, 3, 1), "1000"), (date(2026, 4, 1), "1150.4")])
    ((draft,), _) = bill(company)
    return parse_content(draft.content)


@cache
def firm_with_series() -> BillContent:
    """Make a month of a firm that is settled from an interval series."""
    ((draft,), _) = bill(SeriesCompany().company(month()))
    return parse_content(draft.content)


def on_total() -> BillContent:
    """Take the Energa bill over two months, with VAT on the document."""
    return bill_content()


def changed(content: BillContent, **fields: object) -> BillContent:
    return content.model_copy(update=fields)


def estimated() -> BillContent:
    """Make a bill that rests on an estimated state."""
    content = household()
    span = content.usage[0]
    assert span.last is not None
    last = span.last.model_copy(update={"kind": "estimated"})
    return changed(content, usage=(span.model_copy(update={"last": last}),))


def with_feed_in() -> BillContent:
    """Make a bill of a prosumer: an export register beside the import."""
    content = household()
    first, last = (
        StateData(day=day, kwh=Decimal(kwh), kind="remote", source="odczyty.csv:9 (bbbb)")
        for day, kwh in ((content.start, "10.000"), (content.end, "52.700"))
    )
    span = SpanData(
        meter_no="L-U/1", register_code="2.8.0", zone="all", quantity="export", multiplier=1, wh=42_700,
        first=first, last=last,
    )  # fmt: skip
    row = content.energy[0].model_copy(update={"quantity": "export", "wh": 42_700, "kwh": 43})
    return changed(content, usage=(*content.usage, span), energy=(*content.energy, row))


def with_history(*, last_year_wh: int | None = 160_000) -> BillContent:
    """Make a bill with a chart of thirteen months."""
    content = household()
    edges = [add_months(date(2025, 3, 1), n) for n in range(14)]
    bars = tuple(
        HistoryData(start=a, end=b, wh=90_000 + 13_000 * index)
        for index, (a, b) in enumerate(itertools.pairwise(edges))
    )
    return changed(content, history=bars, last_year_wh=last_year_wh)


def with_balance(amount: str) -> BillContent:
    """Make a bill with a balance brought forward; a credit is negative."""
    return changed(household(), opening_balance=Decimal(amount))


def with_long_names() -> BillContent:
    """Make a bill of a firm with a long name, a long street and another payer."""
    content = household()
    street = "ul. Marszałka Józefa Piłsudskiego i Ignacego Jana Paderewskiego 128/132 lok. 17A klatka B"
    payer = content.payer.model_copy(
        update={"name": LONG, "street": street, "nip": "5261040828", "party_id": "KONTRAHENT-000000000123456"}
    )
    point = content.point.model_copy(
        update={"street": street, "distributor": "PGE Dystrybucja S.A. Oddział Lublin"}
    )
    return changed(content, payer=payer, point=point)


def with_many_lines(count: int = 200) -> BillContent:
    """Make a bill of many lines, as a year of daily prices would."""
    content = household()
    line = content.lines[0]
    lines: list[LineData] = [line.model_copy(update={"name": f"{line.name} {n:03}"}) for n in range(count)]
    return changed(content, lines=tuple(lines))


def issued(content: BillContent, *, number: str = "FV/2026/04/000001") -> Document:
    """Put a content under a number."""
    canonical = content.canonical()
    return Document(
        document_id="d" * 32,
        kind=DocumentKind.INVOICE,
        number=number,
        issue_date=ISSUE_DATE,
        due_date=date(2026, 4, 22),
        run_id="2026-04-08-daily",
        contract_no=content.contract_no,
        content=canonical,
        content_hash=content_hash(canonical),
    )


def view_of(content: BillContent) -> BillView:
    """Turn a content into the texts of its pages."""
    return bill_view(document=issued(content), settings=company_settings())


SHAPES = {
    "household": household,
    "firm_with_series": firm_with_series,
    "on_total": on_total,
    "estimated": estimated,
    "with_feed_in": with_feed_in,
    "with_history": with_history,
    "debt": lambda: with_balance("123.45"),
    "credit": lambda: with_balance("-20.00"),
    "credit_over_the_bill": lambda: with_balance("-500.00"),
    "with_long_names": with_long_names,
    "with_many_lines": with_many_lines,
}
