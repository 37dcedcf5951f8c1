"""Compose the e-mail of a document: text and HTML parts, the PDF attached, nothing fetched from elsewhere."""

import hashlib
import importlib.resources
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

import jinja2

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent, PartyData
from kwit.billing.correction_content import CorrectionContent
from kwit.billing.note_content import NoteContent
from kwit.documents import polish
from kwit.documents.document import Document
from kwit.documents.phrases import Speech
from kwit.documents.texts import advertises, shown_texts
from kwit.documents.titles import document_title
from kwit.registry.company import CompanySettings, MailSettings

# What SES takes: words with single dots between them, and the labels of a domain (RFC 5321, RFC 1035).
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})+")
_MOST_SIGNS = 254
_IN_ENGLISH = frozenset({"collective", "invoice", "correction"})
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


def address_mark(address: str) -> str:
    """Return the mark of an address: the same for every way of writing it in large and small letters."""
    return hashlib.sha256(address.casefold().encode()).hexdigest()


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
    say = Speech(content.payer.language)
    if isinstance(content, CorrectionContent):
        return _common_texts(document, content.after, content.payer, settings) | _correction_texts(
            document.number, content, say
        )
    if isinstance(content, NoteContent):
        return _note_texts(document, content, settings)
    payable = polish.zloty(max(content.due + (content.opening_balance or Decimal(0)), Decimal(0)))
    if isinstance(content, CollectiveContent):
        texts = _common_texts(document, content.bills[0], content.payer, settings)
        texts |= {"template": "collective", "account_no": content.account, "points": str(len(content.parts))}
        texts |= {"period": _days(content.start, content.end), "customer_no": content.payer.party_id}
        subject = say(
            "Faktura zbiorcza {number} – do zapłaty {amount}", number=document.number, amount=payable
        )
        return texts | {"payable": payable, "subject": subject}
    texts = _common_texts(document, content, content.payer, settings)
    subject = say("Faktura {number} – do zapłaty {amount}", number=document.number, amount=payable)
    return texts | {"template": "invoice", "payable": payable, "subject": subject}


def _days(start: date, end: date) -> str:
    return f"{polish.day(start)} – {polish.day(end - timedelta(days=1))}"


def _correction_texts(number: str, content: CorrectionContent, say: Speech) -> dict[str, str]:
    """Return what only the e-mail of a correction names; `owed` is empty when nothing is to be paid."""
    amount = polish.zloty(abs(content.due))
    if content.due > 0:
        owed, told = "tak", say("Do dopłaty: {amount}.", amount=amount)
    elif content.due:
        back = say(
            "Do zwrotu: {amount}; rozliczymy ją z następną fakturą albo zwrócimy na wniosek.", amount=amount
        )
        owed, told = "", back
    else:
        owed, told = "", say("Kwota do zapłaty nie zmienia się.")
    sign = "+" if content.due > 0 else "−" if content.due else ""
    return {
        "template": "correction",
        "corrected": content.original.number,
        "reason": content.reason,
        "difference": f"{sign}{amount}",
        "settlement": told,
        "owed": owed,
        "subject": say(
            "Faktura korygująca {number} do faktury {original}",
            number=number,
            original=content.original.number,
        ),
    }


def _note_texts(document: Document, content: NoteContent, settings: CompanySettings) -> dict[str, str]:
    title, payable = document_title(document), polish.zloty(content.due)
    return _sent_texts(document, content.payer, settings) | {
        "template": "note",
        "title": title,
        "payable": payable,
        "customer_no": content.customer.party_id,
        "subject": f"{title} {document.number} – do zapłaty {payable}",
    }


def _common_texts(
    document: Document, bill: BillContent, payer: PartyData, settings: CompanySettings
) -> dict[str, str]:
    say = Speech(payer.language)
    return _sent_texts(document, payer, settings) | {
        "transfer_title": say("{number}, klient {customer}", number=document.number, customer=payer.party_id),
        "period": _days(*bill.supplied),
        "ppe": bill.point.ppe or say("punkt w przyłączaniu"),
        "address": bill.point.address or say("adres według umowy"),
        "customer_no": bill.customer.party_id,
    }


def _sent_texts(document: Document, payer: PartyData, settings: CompanySettings) -> dict[str, str]:
    """Return what the e-mail of a document of any kind names."""
    seller = settings.seller
    return {
        "number": document.number,
        "due": polish.day(document.due_date),
        "account": polish.account(payer.bank_account or seller.bank_account),
        "transfer_title": f"{document.number}, klient {payer.party_id}",
        "contact_email": seller.email,
        "contact_phone": seller.phone,
        "seller_name": seller.name,
        "seller_address": f"{seller.street}, {seller.postcode} {seller.city}",
        "seller_nip": seller.nip,
        "colour": seller.colour,
    }


@dataclass(frozen=True, slots=True)
class MailParts:
    """What an e-mail says: subject, plain text, HTML."""

    subject: str
    text: str
    html: str


def mail_parts(
    *, document: Document, settings: CompanySettings, environment: jinja2.Environment, link: str = ""
) -> MailParts:
    """Write what the e-mail of a document says; `link` is where the document is found, empty where it is attached."""
    texts = mail_texts(document=document, settings=settings)
    language = document.read().payer.language if texts["template"] in _IN_ENGLISH else ""
    named = {**texts, "link": link, "own_texts": _own_texts(document, settings)}
    template = f"{texts['template']}.{language}" if language else texts["template"]
    text, html = (environment.get_template(f"{template}.{kind}").render(named) for kind in ("txt", "html"))
    return MailParts(texts["subject"].replace("\u00a0", " "), text, html)


def compose_mail(
    *,
    document: Document,
    settings: CompanySettings,
    pdf: bytes,
    sent_at: datetime,
    environment: jinja2.Environment,
    attempt: int = 0,
    to: str = "",
) -> tuple[bytes, str]:
    """Write the whole message and name its recipient; each attempt that a person asked for is another message.

    The recipient is the document's payer unless `to` names another address. The PDF is attached, or where the
    settings say so or it is too large, linked. Subject and names go through the header registry, which refuses line
    breaks; boundaries come from the document's id, so the same document gives the same message. Raises
    MailAddressError for the recipient, SenderSettingsError for the company's own settings.
    """
    recipient = checked_address(to or document.read().payer.email)
    link = _link(document, settings.mail, pdf)
    parts = mail_parts(document=document, settings=settings, environment=environment, link=link)
    sender = _sender(settings.mail)
    message = EmailMessage(policy=_SEVEN_BIT)
    message["Subject"] = parts.subject
    message["From"] = sender
    message["To"] = recipient
    if settings.mail.reply_to:
        message["Reply-To"] = _own_address("reply_to", settings.mail.reply_to)
    message["Date"] = format_datetime(sent_at)
    name = f"{document.document_id}.{attempt}" if attempt else document.document_id
    message["Message-ID"] = f"<{name}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if advertises(document=document, settings=settings, place="mail"):
        message["List-Unsubscribe"] = _unsubscribe(settings.mail, document)
    message.set_content(parts.text)
    message.add_alternative(parts.html, subtype="html")
    if not link:
        file = f"{document.number.replace('/', '-')}.pdf"
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=file)
    _fix_boundaries(message, document.document_id)
    return message.as_bytes(), recipient


def _link(document: Document, mail: MailSettings, pdf: bytes) -> str:
    """Return where the customer finds the document, empty where it is attached."""
    if not mail.link or (mail.attach and len(pdf) <= mail.attach_up_to_kb * 1024):
        return ""
    return mail.link.format(document_id=document.document_id, number=document.number.replace("/", "-"))


def _own_texts(document: Document, settings: CompanySettings) -> tuple[str, ...]:
    """Return the texts of the company that an e-mail of the document bears; HTML escapes them where they stand."""
    shown = shown_texts(document=document, settings=settings, place="mail")
    return tuple(text for _, text in shown)


def _unsubscribe(mail: MailSettings, document: Document) -> str:
    """Return how to have no more of what is not about the document (RFC 2369), by a mail that names the customer."""
    address = _own_address("reply_to", mail.reply_to) if mail.reply_to else mail.sender_address
    subject = quote(f"wypisz {document.read().payer.party_id}")
    return f"<mailto:{address}?subject={subject}>"


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
