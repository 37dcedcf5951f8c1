"""The message: headers nobody can inject into, Polish that reads back, the same bytes for the same document."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.delivery.message import (
    MailAddressError,
    SenderSettingsError,
    checked_address,
    compose_mail,
    template_environment,
)
from kwit.documents.document import Document
from kwit.registry.company import CompanySettings
from tests.billing import samples
from tests.billing.company import company_settings
from tests.documents.bills import changed, household, issued

SENT_AT = datetime(2026, 4, 8, 10, 30, tzinfo=UTC)
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 4
EVIL = ("\r\nBcc: all@example.org", "\nBcc: all@example.org", "\r", "\x00", "\u2028Bcc: all@example.org")


def compose(
    document: Document | None = None,
    settings: CompanySettings | None = None,
    environment: jinja2.Environment | None = None,
) -> bytes:
    raw, _ = compose_mail(
        document=document or samples.document(),
        settings=settings or company_settings(),
        pdf=PDF,
        sent_at=SENT_AT,
        environment=environment or template_environment(),
    )
    return raw


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def with_mail(**changes: str) -> CompanySettings:
    settings = company_settings()
    return settings.model_copy(update={"mail": settings.mail.model_copy(update=changes)})


class TestRoundTrip:
    def test_headers_read_back_in_polish(self) -> None:
        message = parsed(compose(settings=with_mail(sender_name='Jasna Energia, dział «Żółty» "B"')))
        assert message["Subject"] == "Faktura FV/2026/04/000001 – do zapłaty 2 794,24 zł"
        (sender,) = message["From"].addresses
        assert (sender.display_name, sender.addr_spec) == (
            'Jasna Energia, dział «Żółty» "B"', "faktury@kwit.example")  # fmt: skip
        assert message["To"] == "zaneta@example.org"
        assert message["Reply-To"] == "bok@jasna-energia.example"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Date"].datetime == SENT_AT
        assert message["Message-ID"] == f"<{samples.document().document_id}@kwit.example>"

    def test_it_has_text_html_and_the_pdf(self) -> None:
        message = parsed(compose())
        kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
        assert kinds == ["text/plain", "text/html", "application/pdf"]
        (attached,) = message.iter_attachments()
        assert attached.get_filename() == "FV-2026-04-000001.pdf"
        assert attached.get_content() == PDF

    @pytest.mark.parametrize("kind", ["plain", "html"])
    def test_both_texts_say_what_to_pay_and_where(self, kind: str) -> None:
        body = parsed(compose()).get_body(preferencelist=(kind,))
        assert body is not None
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body.get_content()).replace("\u00a0", " "))
        for words in ("2 794,24 zł", "22.04.2026", "61 1090 1014 0000 0712 1981 2874", "FV/2026/04/000001, klient K-1",
                      "590243000000000009", "04.02.2026 – 05.04.2026", "NIP 5261040828"):  # fmt: skip
            assert words in text

    def test_nothing_is_fetched_from_elsewhere(self) -> None:
        body = parsed(compose()).get_body(preferencelist=("html",))
        assert body is not None
        html = body.get_content()
        for trace in ("http:", "https:", "<img", "<script", "<link", "url(", "cid:", "<iframe"):
            assert trace not in html

    def test_all_is_seven_bit_with_short_lines(self) -> None:
        raw = compose()
        assert raw.isascii()
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998
        assert b"\n" not in raw.replace(b"\r\n", b"")

    def test_a_short_polish_text_is_seven_bit_too(self) -> None:
        short = {"invoice.txt": "Dzień dobry, zażółć gęślą jaźń.\n", "invoice.html": "<p>Gęś</p>\n"}
        raw = compose(environment=jinja2.Environment(loader=jinja2.DictLoader(short), autoescape=True))
        assert raw.isascii()
        body = parsed(raw).get_body(preferencelist=("plain",))
        assert body is not None
        assert body.get_content().strip() == short["invoice.txt"].strip()

    def test_the_same_document_gives_the_same_bytes(self) -> None:
        assert compose() == compose()


class TestInjection:
    @pytest.mark.parametrize("tail", EVIL)
    def test_no_recipient_carries_a_header(self, tail: str) -> None:
        document = samples.document(email=f"zaneta@example.org{tail}x")
        with pytest.raises(MailAddressError):
            compose(document)

    @pytest.mark.parametrize("tail", EVIL[:2])
    @pytest.mark.parametrize("field", ["sender_name", "sender_address", "reply_to"])
    def test_no_setting_carries_a_header(self, field: str, tail: str) -> None:
        mail = {
            "sender_name": "Jasna",
            "sender_address": "faktury@kwit.example",
            "reply_to": "bok@kwit.example",
        }
        with pytest.raises(SenderSettingsError):
            compose(settings=with_mail(**{field: mail[field] + tail}))

    @given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
    def test_whatever_parties_are_called_the_headers_stay_the_same(
        self, name: str, street: str, city: str
    ) -> None:
        bill = household()
        payer = bill.payer.model_copy(update={"name": name, "street": street})
        point = bill.point.model_copy(update={"street": street, "city": city})
        message = parsed(compose(issued(changed(bill, payer=payer, point=point))))
        assert sorted(message.keys()) == sorted(
            ["Subject", "From", "To", "Reply-To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
             "Content-Type"])  # fmt: skip
        assert message["To"] == "zaneta@example.org"
        assert len([part for part in message.walk() if not part.is_multipart()]) == 3

    def test_markup_in_a_name_is_text_in_the_html(self) -> None:
        bill = household()
        point = bill.point.model_copy(update={"street": '<script>alert("x")</script>'})
        body = parsed(compose(issued(changed(bill, point=point)))).get_body(preferencelist=("html",))
        assert body is not None
        assert "<script" not in body.get_content()
        assert "&lt;script&gt;" in body.get_content()


class TestAddresses:
    @pytest.mark.parametrize(
        "text",
        [
            "a@b.pl",
            " a@b.pl ",
            "jan.kowalski+prad@poczta.example.com",
            "o'neil@example.org",
            "a_b-c@sub.example.org",
        ],
    )
    def test_ordinary_addresses_pass(self, text: str) -> None:
        assert checked_address(text) == text.strip()

    @pytest.mark.parametrize(
        "text",
        ["zaneta", "a@b", "@b.pl", "a@", "a b@c.pl", "a@b.pl,c@d.pl", "a@b.pl;c@d.pl", "<a@b.pl>", '"a b"@c.pl',
         "żaneta@example.org", "a@żółw.pl", "a@b.pl\nBcc: c@d.pl", "a@@b.pl", f"{'a' * 65}@b.pl", f"a@{'b' * 260}.pl",
         "a@b.pl\u200b", "a@.pl", "Jan <a@b.pl>", "a@b..pl", "jan.@b.pl", ".jan@b.pl", "ja..n@b.pl", "a@-b.pl",
         "a@b-.pl", f"a@{'b' * 64}.pl"],
    )  # fmt: skip
    def test_anything_else_is_malformed_and_never_told(self, text: str) -> None:
        with pytest.raises(MailAddressError) as caught:
            checked_address(text)
        assert caught.value.problem == "is malformed"
        assert text not in str(caught.value)

    @pytest.mark.parametrize("text", ["", "  ", "\n"])
    def test_no_address_is_empty(self, text: str) -> None:
        with pytest.raises(MailAddressError, match="is empty"):
            checked_address(text)

    @given(st.text(max_size=80))
    def test_what_passes_is_one_plain_address(self, text: str) -> None:
        try:
            address = checked_address(text)
        except MailAddressError:
            return
        assert re.fullmatch(r"[\x21-\x7e]+@[\x21-\x7e]+\.[\x21-\x7e]+", address)
        assert not set(address) & set(',;<>"()[]: \r\n')
