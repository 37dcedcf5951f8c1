"""Pages of a bill: milliseconds of process time for the whole PDF, for its first page alone, and of other programs."""

import io
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import segno

from benchmarks.items import PeerJob
from benchmarks.measure import clocked, medians
from benchmarks.peers import ROOT, Peer, PeerUnavailableError, Worker, install
from kwit.documents.bill_pdf import BillPages
from kwit.documents.document import Document
from kwit.documents.rendering import render_document, structured_form
from kwit.documents.view import BillView, bill_view
from tests.billing.company import company_settings
from tests.billing.samples import document
from tests.documents.test_pdf_a import firm

PAGE_PEERS = (
    Peer("reportlab", ("reportlab==5.1.0",), "page_reportlab"),
    Peer("typst", ("typst==0.15.0",), "page_typst"),
)
_FONTS = ROOT / "templates" / "fonts"
_ENOUGH = Decimal("0.97")


def bill_pages() -> dict[str, object]:
    """Measure a two-page bill, view and PDF together, beside the programs that draw the same bill."""
    issued = document()
    settings = company_settings()
    business = firm()

    def draw() -> bytes:
        return render_document(document=issued, settings=settings)

    def draw_first() -> bytes:
        pages = BillPages(bill_view(document=issued, settings=settings))
        pages.front()
        return pages.finished(issued.issue_date)

    def draw_with_xml() -> bytes:
        xml = structured_form(document=business, settings=settings)
        return render_document(document=business, settings=settings, xml=xml)

    clocks = {"two": clocked(draw), "one": clocked(draw_first), "xml": clocked(draw_with_xml)}
    with tempfile.TemporaryDirectory() as folder:
        workers, cannot = _workers(issued, Path(folder))
        asked: dict[str, Callable[[], float]] = {name: one.per_second for name, one in workers.items()}
        try:
            rates = medians(clocks | asked, rounds=3)
        finally:
            for worker in workers.values():
                worker.stop()
    taken = {name: round(1000 / rate, 1) for name, rate in rates.items()}
    return {
        "pdf_ms_two_pages": taken["two"],
        "pdf_ms_one_page": taken["one"],
        "pdf_ms_two_pages_with_fa3": taken["xml"],
        "pdf_bytes_two_pages": len(draw()),
        "pdf_ms_two_pages_peers": {name: taken[name] for name in workers},
        "pdf_two_pages_ratio_to_peers": {
            name: float(f"{rates['two'] / rates[name]:.3g}") for name in workers
        },
        "pdf_peers_cannot": cannot,
    }


def _workers(issued: Document, folder: Path) -> tuple[dict[str, Worker], dict[str, str]]:
    """Start the programs; each must show nearly all words of the bill before it is timed."""
    view = bill_view(document=issued, settings=company_settings())
    workers: dict[str, Worker] = {}
    cannot: dict[str, str] = {}
    for peer in PAGE_PEERS:
        home = folder / peer.name
        home.mkdir()
        try:
            worker = Worker(peer, install(peer), PeerJob(_data(view, home / "bill.pdf"), Decimal(1), ""))
        except PeerUnavailableError as error:
            cannot[peer.name] = error.reason
            continue
        shown = _share_shown(view, (home / "bill.pdf").read_bytes())
        if shown < _ENOUGH:
            worker.stop()
            cannot[peer.name] = f"shows {shown:.0%} of the words"
            continue
        workers[peer.name] = worker
    return workers, cannot


def _data(view: BillView, out: Path) -> dict[str, Any]:
    code = segno.make_qr(view.payment_qr, error="m", mask=2)
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", border=0)
    return {
        "view": asdict(view),
        "qr": ["".join(map(str, row)) for row in code.matrix],
        "svg": drawn.getvalue().decode(),
        "fonts": str(_FONTS),
        "out": str(out),
    }


def _share_shown(view: BillView, content: bytes) -> Decimal:
    """Return the share of the words on the pages of kWit that are on these pages."""
    words, found = (
        _words(one) for one in (render_document(document=document(), settings=company_settings()), content)
    )
    return Decimal(len([word for word in words if word in found])) / len(words) if view.number else Decimal(0)


def _words(content: bytes) -> set[str]:
    pdf = pypdfium2.PdfDocument(content)
    try:
        return {word for page in pdf for word in page.get_textpage().get_text_bounded().split()}
    finally:
        pdf.close()
