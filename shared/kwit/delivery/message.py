"""Compose the e-mail of a document: text and HTML parts, the PDF attached, nothing fetched from elsewhere."""

import importlib.resources
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import jinja2

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent, PartyData
from kwit.billing.correction_content import CorrectionContent
from kwit.documents import polish
from kwit.documents.document import Document
from kwit.registry.company import CompanySettings, MailSettings

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_MOST_SIGNS = 254
# A mail system may refuse bytes over 127, and the standard policy writes them where lines are short.
_SEVEN_BIT = SMTP.clone(cte_type="7bit")


class MailAddressError(ValueError):
    """An address cannot be written to; carries what is wrong, never the address."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"e-mail address {problem}")
        self.problem = problem


class SenderSettingsError(ValueError):
    """The company's own mail settings make no valid header; carries the setting's name."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"mail.{setting} of the company settings cannot stand in a header")
        self.setting = setting


def checked_address(text: str) -> str:
    """Return an address that is safe in a header. Raises MailAddressError."""
    address = text.strip()
    if not address:
        raise MailAddressError("is empty")
    if len(address) > _MOST_SIGNS or not _ADDRESS.fullmatch(address):
        raise MailAddressError("is malformed")
    return address


def template_environment() -> jinja2.Environment:
    """Make the environment of the e-mail templates: HTML escaped, an unknown name is an error."""
    folder = importlib.resources.files("templates") / "mail"
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html",)),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )


def mail_texts(*, document: Document, settings: CompanySettings) -> Mapping[str, str]:
    """Return what the e-mail's templates may name, as finished text."""
    content = document.read()
    if isinstance(content, CorrectionContent):
        return _common_texts(document, content.after, content.payer, settings) | _correction_texts(
            document.number, content
        )
    payable = polish.zloty(max(content.due + (content.opening_balance or Decimal(0)), Decimal(0)))
    if isinstance(content, CollectiveContent):
        texts = _common_texts(document, content.bills[0], content.payer, settings)
        texts |= {"template": "collective", "account_no": content.account, "points": str(len(content.parts))}
        texts |= {"period": _days(content.start, content.end), "customer_no": content.payer.party_id}
        subject = f"Faktura zbiorcza {document.number} – do zapłaty {payable}"
        return texts | {"payable": payable, "subject": subject}
    texts = _common_texts(document, content, content.payer, settings)
    subject = f"Faktura {document.number} – do zapłaty {payable}"
    return texts | {"template": "invoice", "payable": payable, "subject": subject}


def _days(start: date, end: date) -> str:
    return f"{polish.day(start)} – {polish.day(end - timedelta(days=1))}"


def _correction_texts(number: str, content: CorrectionContent) -> dict[str, str]:
    """Return what only the e-mail of a correction names; `owed` is empty when nothing is to be paid."""
    amount = polish.zloty(abs(content.due))
    if content.due > 0:
        owed, told = "tak", f"Do dopłaty: {amount}."
    elif content.due:
        owed, told = "", f"Do zwrotu: {amount}; rozliczymy ją z następną fakturą albo zwrócimy na wniosek."
    else:
        owed, told = "", "Kwota do zapłaty nie zmienia się."
    sign = "+" if content.due > 0 else "−" if content.due else ""
    return {
        "template": "correction",
        "corrected": content.original.number,
        "reason": content.reason,
        "difference": f"{sign}{amount}",
        "settlement": told,
        "owed": owed,
        "subject": f"Faktura korygująca {number} do faktury {content.original.number}",
    }


def _common_texts(
    document: Document, bill: BillContent, payer: PartyData, settings: CompanySettings
) -> dict[str, str]:
    seller = settings.seller
    return {
        "number": document.number,
        "period": _days(*bill.supplied),
        "due": polish.day(document.due_date),
        "account": polish.account(payer.bank_account or seller.bank_account),
        "transfer_title": f"{document.number}, klient {payer.party_id}",
        "ppe": bill.point.ppe or "punkt w przyłączaniu",
        "address": bill.point.address or "adres według umowy",
        "customer_no": bill.customer.party_id,
        "contact_email": seller.email,
        "contact_phone": seller.phone,
        "seller_name": seller.name,
        "seller_address": f"{seller.street}, {seller.postcode} {seller.city}",
        "seller_nip": seller.nip,
        "colour": seller.colour,
    }


def compose_mail(
    *,
    document: Document,
    settings: CompanySettings,
    pdf: bytes,
    sent_at: datetime,
    environment: jinja2.Environment,
) -> tuple[bytes, str]:
    """Write the whole message and name its recipient.

    Subject and names go through the header registry, which refuses line breaks; boundaries come from the
    document's id, so the same document gives the same message. Raises MailAddressError for the recipient,
    SenderSettingsError for the company's own settings.
    """
    recipient = checked_address(document.read().payer.email)
    texts = mail_texts(document=document, settings=settings)
    sender = _sender(settings.mail)
    message = EmailMessage(policy=_SEVEN_BIT)
    message["Subject"] = texts["subject"].replace("\u00a0", " ")
    message["From"] = sender
    message["To"] = recipient
    if settings.mail.reply_to:
        message["Reply-To"] = _own_address("reply_to", settings.mail.reply_to)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{document.document_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    template = texts["template"]
    message.set_content(environment.get_template(f"{template}.txt").render(texts))
    message.add_alternative(environment.get_template(f"{template}.html").render(texts), subtype="html")
    name = document.number.replace("/", "-")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{name}.pdf")
    _fix_boundaries(message, document.document_id)
    return message.as_bytes(), recipient


def _sender(mail: MailSettings) -> Address:
    local, _, domain = _own_address("sender_address", mail.sender_address).partition("@")
    try:
        return Address(mail.sender_name, local, domain)
    except ValueError:
        raise SenderSettingsError("sender_name") from None


def _own_address(setting: str, text: str) -> str:
    try:
        return checked_address(text)
    except MailAddressError:
        raise SenderSettingsError(setting) from None


def _fix_boundaries(message: EmailMessage, document_id: str) -> None:
    for index, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"kwit-{document_id}-{index}")
