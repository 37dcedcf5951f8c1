"""Compose the e-mail of a document: text and HTML parts, the PDF attached, nothing fetched from elsewhere."""

import importlib.resources
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import jinja2

from kwit.documents import polish
from kwit.documents.document import Document
from kwit.registry.company import CompanySettings

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_MOST_SIGNS = 254


class MailAddressError(ValueError):
    """An address cannot be written to; carries what is wrong, never the address."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"e-mail address {problem}")
        self.problem = problem


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
    bill, seller = document.bill(), settings.seller
    payable = max(bill.gross + (bill.opening_balance or Decimal(0)), Decimal(0))
    point = bill.point
    return {
        "number": document.number,
        "period": f"{polish.day(bill.start)} – {polish.day(bill.end - timedelta(days=1))}",
        "payable": polish.zloty(payable),
        "due": polish.day(document.due_date),
        "account": polish.account(bill.payer.bank_account or seller.bank_account),
        "transfer_title": f"{document.number}, klient {bill.payer.party_id}",
        "ppe": point.ppe,
        "address": f"{point.street}, {point.postcode} {point.city}",
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
    document's id, so the same document gives the same message. Raises MailAddressError.
    """
    recipient = checked_address(document.bill().payer.email)
    texts = mail_texts(document=document, settings=settings)
    mail = settings.mail
    sender = checked_address(mail.sender_address)
    local, _, domain = sender.partition("@")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"Faktura {document.number} – do zapłaty {texts['payable']}".replace("\u00a0", " ")
    message["From"] = Address(mail.sender_name, local, domain)
    message["To"] = recipient
    if mail.reply_to:
        message["Reply-To"] = checked_address(mail.reply_to)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{document.document_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(environment.get_template("invoice.txt").render(texts))
    message.add_alternative(environment.get_template("invoice.html").render(texts), subtype="html")
    name = document.number.replace("/", "-")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{name}.pdf")
    _fix_boundaries(message, document.document_id)
    return message.as_bytes(), recipient


def _fix_boundaries(message: EmailMessage, document_id: str) -> None:
    for index, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"kwit-{document_id}-{index}")
