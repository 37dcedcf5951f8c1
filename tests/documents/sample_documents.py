"""The sample document of every kind that `kwit preview` draws, made by billing small cases."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kwit.billing.content import BillContent, ExpectedData, HistoryData
from kwit.billing.drafts import DocumentKind
from kwit.documents.document import Document
from kwit.kernel.time import add_months
from kwit.registry.records import ForecastMethod
from tests.billing.office import carry_out, documents
from tests.billing.test_connections import WORKS, connecting, fee
from tests.documents import collective_bills, corrections, notes
from tests.documents.bills import changed, household, issued

_YEAR = (160, 148, 139, 131, 128, 125, 133, 141, 152, 163, 171, 158)


def _bill() -> BillContent:
    """Make the household's bill with a chart of thirteen months that goes with what it says of its use."""
    bill = household()
    months = [(add_months(bill.start, n - 12), add_months(bill.start, n - 11)) for n in range(13)]
    kwh = (*_YEAR, sum(row.kwh for row in bill.energy))
    history = tuple(
        HistoryData(start=start, end=end, wh=used * 1000)
        for (start, end), used in zip(months, kwh, strict=True)
    )
    return changed(bill, history=history, last_year_wh=_YEAR[0] * 1000)


def _invoice() -> Document:
    return issued(_bill())


def _final() -> Document:
    bill = changed(_bill(), contract_ends=household().end)
    return replace(issued(bill, number="FV/2026/04/000002"), kind=DocumentKind.FINAL)


def _connection() -> Document:
    one = connecting(fee(WORKS))
    carry_out(one, WORKS)
    (document,) = documents(one)
    return document


def _forecast() -> Document:
    """Make a forecast of the household's month: the same charges, on use that is expected and not read."""
    bill = household()
    lines = tuple(line.model_copy(update={"name": f"{line.name}, prognoza"}) for line in bill.lines)
    expected = ExpectedData(method=str(ForecastMethod.DECLARED), energy=bill.energy)
    content = changed(bill, expected=expected, lines=lines, usage=(), history=(), excise=None)
    return replace(issued(content, number="PR/2026/04/000001"), kind=DocumentKind.FORECAST)


SAMPLES: Mapping[str, Callable[[], Document]] = {
    "invoice": _invoice,
    "final": _final,
    "forecast": _forecast,
    "correction": corrections.reading_and_price,
    "connection": _connection,
    "collective": collective_bills.three_points,
    "note": notes.accounting,
    "interest_note": notes.interest,
}


def told(document: Document, numbers: Mapping[str, str] | None = None) -> str:
    """Write a sample as its file has it."""
    envelope: dict[str, Any] = {
        "kind": str(document.kind),
        "number": document.number,
        "issue_date": document.issue_date.isoformat(),
        "due_date": document.due_date.isoformat(),
        "numbers": dict(numbers or {}),
        "content": json.loads(document.content),
    }
    return json.dumps(envelope, ensure_ascii=False, indent=1) + "\n"
