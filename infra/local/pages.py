"""Write out/index.html, one page that links everything so that a person can look around."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2

from events import portfolio
from infra.local.findings import published_bills
from infra.local.outcome import OUT, Outcome
from infra.local.tables import cost_sentence
from kwit.aws.cost import read_prices
from kwit.documents import polish

_TEMPLATE = Path(__file__).with_name("index.html")


def write_index(outcome: Outcome, missing: list[str]) -> Path:
    """Write the page and return its path."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATE.parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    page = environment.get_template(_TEMPLATE.name).render(
        business_date=portfolio.BUSINESS_DATE,
        report=outcome.report,
        missing=missing,
        documents=[_document(outcome, one) for one in (*outcome.documents, *outcome.corrections)],
        published=published_bills(outcome),
        results=[_result(key, result) for key, result in sorted(outcome.results.items())],
        exports=[path.name for path in outcome.exports],
        stages=outcome.stages,
        cost=cost_sentence(outcome, read_prices()),
        gross=polish.zloty(outcome.gross),
    )
    path = OUT / "index.html"
    path.write_text(page, encoding="utf-8")
    return path


def _document(outcome: Outcome, document: Any) -> dict[str, Any]:
    booked = document.booked()
    bill = booked[-1][1]
    name = document.number.replace("/", "-")
    return {
        "number": document.number,
        "contract": ", ".join(document.contracts()),
        "customer": bill.payer.name,
        "operator": ", ".join(dict.fromkeys(one.point.distributor for _, one in booked)),
        "group": ", ".join(dict.fromkeys(one.group for _, one in booked)),
        "period": f"{polish.day(bill.start)} – {polish.day(bill.end - timedelta(days=1))}",
        "kwh": sum(sign * row.kwh for sign, one in booked for row in one.energy if row.quantity == "import"),
        "gross": polish.zloty(sum((sign * one.gross for sign, one in booked), Decimal(0))),
        "pdf": f"invoices/{name}.pdf" if name in outcome.invoices else "",
        "mail": f"mail/{name}.eml" if name in outcome.mails else "",
        "data": f"bills/{name}.json",
        "status": outcome.deliveries.get(document.document_id, ""),
    }


def _result(key: str, result: Any) -> dict[str, Any]:
    codes = sorted({finding["code"] for finding in result["findings"]})
    sound = result["status"] == "accepted"
    return {
        "key": key,
        "summary": result["summary"],
        "status": result["status"],
        "codes": codes,
        "sound": sound,
    }
