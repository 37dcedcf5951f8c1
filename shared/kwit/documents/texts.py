"""The company's own texts on a document: which ones it shows, filled in with what it says."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from jinja2 import TemplateError

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent, PartyData
from kwit.billing.correction_content import CorrectionContent
from kwit.documents import polish
from kwit.documents.document import Document
from kwit.documents.titles import document_title
from kwit.kernel.money import ZERO
from kwit.registry.company import CompanySettings
from kwit.registry.records import Prosumer
from kwit.registry.text_checks import units_in_number
from kwit.registry.text_templates import NAMES, filled
from kwit.registry.texts import (
    LIMITS,
    MOST_SHOWN,
    Balance,
    Place,
    TextConditions,
    TextFacts,
    TextSettings,
    holds,
)


def shown_texts(
    *, document: Document, settings: CompanySettings, place: Place
) -> tuple[tuple[str, str], ...]:
    """Return labels and finished texts that a document shows in a place, in the order of the settings.

    A text of settings that were never checked and that cannot be filled in is left out; one that grew too long with
    the document's own names is cut.
    """
    return tuple((one.label, text) for one, text in _shown(document, settings, place))


def advertises(*, document: Document, settings: CompanySettings, place: Place) -> bool:
    """Tell whether a document shows a text for marketing in a place."""
    return any(one.marketing for one, _ in _shown(document, settings, place))


def _shown(document: Document, settings: CompanySettings, place: Place) -> list[tuple[TextSettings, str]]:
    here = [one for one in settings.texts if one.place == place]
    if not here:
        return []
    values = text_values(document=document, settings=settings)
    shown: list[tuple[TextSettings, str]] = []
    for one in here:
        if len(shown) == MOST_SHOWN[place]:
            break
        if not holds(one.when, _facts(document, settings, one.when)):
            continue
        try:
            text = filled(one.text, values=values)
        except TemplateError:
            continue
        if text:
            shown.append((one, text if len(text) <= LIMITS[place] else f"{text[: LIMITS[place] - 1]}…"))
    return shown


def _facts(document: Document, settings: CompanySettings, when: TextConditions) -> TextFacts:
    content = document.read()
    bill = _bill_of(document)
    parties = {content.payer.party_id, *((bill.customer.party_id,) if bill else ())}
    states = [state for span in bill.usage for state in (span.first, span.last) if state] if bill else []
    return TextFacts(
        issue_date=document.issue_date,
        document_kind=str(document.kind),
        business=bool(content.payer.nip),
        parties=frozenset(parties),
        group=bill.group if bill else "",
        contract_kind=bill.contract_kind if bill else "",
        balance=_balance(_opening_balance(document)),
        estimated=any(state.kind == "estimated" for state in states)
        or any(span.estimated_days for span in (bill.usage if bill else ())),
        prosumer=bill is not None and bill.prosumer not in {"", Prosumer.NONE},
        language=content.payer.language or "pl",
        units=units_in_number(document.number, kind=str(document.kind), settings=settings, when=when),
    )


def _bill_of(document: Document) -> BillContent | None:
    """Return the bill that a document is or, of a correction, the one that now holds; None of other kinds."""
    content = document.read()
    if isinstance(content, CorrectionContent):
        return content.after
    return content if isinstance(content, BillContent) else None


def _opening_balance(document: Document) -> Decimal | None:
    content = document.read()
    if isinstance(content, CollectiveContent):
        return content.opening_balance
    bill = _bill_of(document)
    return bill.opening_balance if bill else None


def _balance(amount: Decimal | None) -> Balance:
    if not amount:
        return "none"
    return "owing" if amount > 0 else "overpaid"


def text_values(*, document: Document, settings: CompanySettings) -> Mapping[str, str]:
    """Return what texts may name (registry.text_templates.NAMES); what a document does not have is empty."""
    content = document.read()
    seller = settings.seller
    values = dict.fromkeys(NAMES, "") | {
        "title": document_title(document),
        "number": document.number,
        "issue_date": polish.day(document.issue_date),
        "due_date": polish.day(document.due_date),
        "payable": polish.zloty(max(content.due, ZERO)),
        "payer_name": content.payer.name,
        "customer_name": content.payer.name,
        "customer_no": content.payer.party_id,
        "account": polish.account(content.payer.bank_account or seller.bank_account),
        "seller_name": seller.name,
        "seller_phone": seller.phone,
        "seller_email": seller.email,
        "seller_website": seller.website,
    }
    if isinstance(content, CorrectionContent):
        values["corrected_number"] = content.original.number
    elif isinstance(content, BillContent | CollectiveContent):
        values["payable"] = polish.zloty(max(content.due + (content.opening_balance or ZERO), ZERO))
    bill = _bill_of(document)
    return values | (_of_bill(bill, bill.customer) if bill else {})


def _of_bill(bill: BillContent, customer: PartyData) -> dict[str, str]:
    kwh = sum(row.kwh for row in bill.energy if row.quantity == "import")
    day = timedelta(days=1)
    return {
        "period_from": polish.day(bill.supplied[0]),
        "period_to": polish.day(bill.supplied[1] - day),
        "opening_balance": polish.zloty(abs(bill.opening_balance)) if bill.opening_balance else "",
        "kwh": polish.number(Decimal(kwh)),
        "customer_name": customer.name,
        "customer_no": customer.party_id,
        "contract_no": bill.contract_no,
        "contract_until": polish.day(bill.contract_ends - day) if bill.contract_ends else "",
        "group": bill.group,
        "ppe": bill.point.ppe,
        "point_address": bill.point.address,
        "distributor": bill.point.distributor,
    }
