"""The KSeF server is strict: what passes here has a chance with the real one.

Requests are made by hand, for a good client cannot be brought to make the wrong ones.
"""

import base64
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509 import load_der_x509_certificate
from ksef_client.services.auth import build_auth_token_request_xml
from ksef_client.services.xades import sign_xades_enveloped
from ksef_client.utils.ksef_number import is_valid_ksef_number
from lxml import etree
from pytest_socket import enable_socket

from infra.local.ksef.keys import seller_keys
from infra.local.ksef.numbers import crc8, ksef_number
from infra.local.ksef.server import KsefServer
from tests.ksef.invoices import ISSUED, ON_THE_DAY, digest, invoice, seller_nip

ROOT = Path(__file__).parents[2]
UPO_SCHEMA = ROOT.parent / "shared" / "ksef" / "xsd" / "upo-v4-3.xsd"
UPO = "{http://upo.schematy.mf.gov.pl/KSeF/v4-3}"
FORM = {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"}
KEY, VECTOR = bytes(range(32)), bytes(range(16))


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def encrypted(content: bytes, key: bytes = KEY) -> bytes:
    size = 16 - len(content) % 16
    encryptor = Cipher(algorithms.AES(key), modes.CBC(VECTOR)).encryptor()
    return encryptor.update(content + bytes([size]) * size) + encryptor.finalize()


def packed(*files: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        for number, content in enumerate(files):
            package.writestr(f"{number}.xml", content)
    return archive.getvalue()


@dataclass
class Client:
    """Makes requests, right ones unless told otherwise."""

    server: KsefServer
    http: httpx.Client
    access: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.http.request(method, f"/v2{path}", json=body, headers={**self.access, **headers})

    def for_ministry(self, data: bytes) -> str:
        [told, _] = self.call("GET", "/security/public-key-certificates").json()
        key = load_der_x509_certificate(base64.b64decode(told["certificate"])).public_key()
        oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
        return encoded(key.encrypt(data, oaep))  # type: ignore[union-attr,call-arg]

    def begin_login(
        self, *, token: str = "", nip: str = "", late: int = 0, challenge: str = ""
    ) -> httpx.Response:
        given = self.call("POST", "/auth/challenge").json()
        stamp = given["timestampMs"] + late
        body = {
            "challenge": challenge or given["challenge"],
            "contextIdentifier": {"type": "Nip", "value": nip or seller_nip()},
            "encryptedToken": self.for_ministry(f"{token or self.server.seller.token}|{stamp}".encode()),
        }
        return self.call("POST", "/auth/ksef-token", body)

    def begin_signed_login(self, **changed: str) -> httpx.Response:
        words = {"challenge": self.call("POST", "/auth/challenge").json()["challenge"], "nip": seller_nip()}
        words |= changed
        seller = self.server.seller
        pem, key = changed.get("pem", seller.certificate_pem), changed.get("key", seller.key_pem)
        request = build_auth_token_request_xml(
            challenge=words["challenge"],
            context_identifier_type="nip",
            context_identifier_value=words["nip"],
        )
        signed = sign_xades_enveloped(request, pem, key)
        for old, new in [changed["spoil"].split(">")] if "spoil" in changed else []:
            assert old in signed
            signed = signed.replace(old, new)
        return self.http.post("/v2/auth/xades-signature", content=signed.encode())

    def outcome_of(self, begun: httpx.Response) -> tuple[int, list[str]]:
        told = begun.json()
        bearer = {"Authorization": f"Bearer {told['authenticationToken']['token']}"}
        status = self.call("GET", f"/auth/{told['referenceNumber']}", **bearer).json()["status"]
        return status["code"], status.get("details", [])

    def log_in(self) -> None:
        begun = self.begin_login().json()
        bearer = {"Authorization": f"Bearer {begun['authenticationToken']['token']}"}
        tokens = self.call("POST", "/auth/token/redeem", **bearer).json()
        self.access = {"Authorization": f"Bearer {tokens['accessToken']['token']}"}

    def encryption(self, key: bytes = KEY, **changed: str) -> dict[str, str]:
        return {
            "encryptedSymmetricKey": self.for_ministry(key),
            "initializationVector": encoded(VECTOR),
            **changed,
        }

    def open_online(self, **changed: Any) -> str:
        opened = self.call(
            "POST", "/sessions/online", {"formCode": FORM, "encryption": self.encryption(), **changed}
        )
        assert opened.status_code == 201, opened.text
        return opened.json()["referenceNumber"]

    def send(self, session: str, content: bytes, **changed: Any) -> httpx.Response:
        sent = encrypted(content)
        body = {
            "invoiceHash": digest(content),
            "invoiceSize": len(content),
            "encryptedInvoiceHash": digest(sent),
            "encryptedInvoiceSize": len(sent),
            "encryptedInvoiceContent": encoded(sent),
            **changed,
        }
        return self.call("POST", f"/sessions/online/{session}/invoices", body)

    def judged(self, content: bytes, **changed: Any) -> dict[str, Any]:
        """Send an invoice in a session of its own, and return what is listed of it."""
        session = self.open_online()
        sent = self.send(session, content, **changed)
        assert sent.status_code == 202, sent.text
        self.call("POST", f"/sessions/online/{session}/close")
        [listed] = self.call("GET", f"/sessions/{session}/invoices").json()["invoices"]
        return {**listed, "session": session}

    def open_batch(self, archive: bytes, parts: list[bytes], **changed: Any) -> httpx.Response:
        declared = [
            {"ordinalNumber": number, "fileSize": len(one), "fileHash": digest(one)}
            for number, one in enumerate(parts, start=1)
        ]
        file = {"fileSize": len(archive), "fileHash": digest(archive), "fileParts": declared}
        body = {"formCode": FORM, "encryption": self.encryption(), "batchFile": file, **changed}
        return self.call("POST", "/sessions/batch", body)

    def batch(
        self, archive: bytes, parts: list[bytes], *, uploads: list[bytes] | None = None, **changed: Any
    ) -> tuple[int, str]:
        """Send a package; return the session's status and its reference."""
        opened = self.open_batch(archive, parts, **changed).json()
        session = opened["referenceNumber"]
        for asked, content in zip(opened["partUploadRequests"], uploads or parts, strict=True):
            put = self.http.request(asked["method"], asked["url"], content=content, headers=asked["headers"])
            assert put.status_code == 201
        closed = self.call("POST", f"/sessions/batch/{session}/close")
        if closed.status_code != 204:
            return code_of(closed), session
        return self.call("GET", f"/sessions/{session}").json()["status"]["code"], session


def code_of(refused: httpx.Response) -> int:
    assert refused.status_code == 400, refused.text
    return refused.json()["exception"]["exceptionDetailList"][0]["exceptionCode"]


@pytest.fixture
def stranger() -> Iterator[Client]:
    enable_socket()
    with KsefServer(nip=seller_nip()) as server, httpx.Client(base_url=server.url) as http:
        server.controls.now = lambda: ON_THE_DAY
        yield Client(server, http)


@pytest.fixture
def client(stranger: Client) -> Client:
    stranger.log_in()
    return stranger


class TestLogin:
    def test_a_wrong_token_is_not_let_in(self, stranger: Client) -> None:
        assert stranger.outcome_of(stranger.begin_login()) == (200, [])
        assert stranger.outcome_of(stranger.begin_login(token="x")) == (450, ["Nieprawidłowy token"])

    def test_a_time_other_than_the_challenges_is_not_let_in(self, stranger: Client) -> None:
        assert stranger.outcome_of(stranger.begin_login(late=1)) == (450, ["Nieprawidłowy czas tokena"])

    def test_another_firm_has_no_rights(self, stranger: Client) -> None:
        assert stranger.outcome_of(stranger.begin_login(nip="5262542704"))[0] == 415

    def test_a_challenge_is_answered_once(self, stranger: Client) -> None:
        challenge = stranger.call("POST", "/auth/challenge").json()["challenge"]
        assert len(challenge) == 36
        assert stranger.begin_login(challenge=challenge).status_code == 202
        assert code_of(stranger.begin_login(challenge=challenge)) == 21111

    def test_tokens_are_given_once_and_each_is_good_for_one_thing(self, stranger: Client) -> None:
        begun = stranger.begin_login().json()
        login = {"Authorization": f"Bearer {begun['authenticationToken']['token']}"}
        tokens = stranger.call("POST", "/auth/token/redeem", **login).json()
        assert code_of(stranger.call("POST", "/auth/token/redeem", **login)) == 21301
        refresh = {"Authorization": f"Bearer {tokens['refreshToken']['token']}"}
        session = "/sessions/20260408-SO-0000000000-0000000000-00"
        for wrong in (login, refresh, {}, {"Authorization": "Bearer x"}):
            assert stranger.call("GET", session, **wrong).status_code == 401
        fresh = stranger.call("POST", "/auth/token/refresh", **refresh).json()["accessToken"]["token"]
        assert code_of(stranger.call("GET", session, Authorization=f"Bearer {fresh}")) == 21173

    def test_a_token_of_access_ends(self, stranger: Client) -> None:
        stranger.server.controls.token_seconds = 0
        stranger.log_in()
        assert stranger.call("POST", "/sessions/online").status_code == 401


class TestSignedLogin:
    def test_a_certificate_of_the_seller_is_let_in(self, stranger: Client) -> None:
        assert stranger.outcome_of(stranger.begin_signed_login()) == (200, [])

    def test_another_certificate_is_not(self, stranger: Client) -> None:
        other = seller_keys(seller_nip())
        begun = stranger.begin_signed_login(pem=other.certificate_pem, key=other.key_pem)
        assert stranger.outcome_of(begun) == (460, ["Niepoprawny certyfikat"])

    def test_another_firm_has_no_rights(self, stranger: Client) -> None:
        assert stranger.outcome_of(stranger.begin_signed_login(nip="5262542704"))[0] == 415

    def test_a_signed_word_cannot_be_changed(self, stranger: Client) -> None:
        spoiled = stranger.begin_signed_login(nip="5262542704", spoil=f"5262542704>{seller_nip()}")
        assert code_of(spoiled) == 9105

    def test_an_old_challenge_is_refused(self, stranger: Client) -> None:
        refused = stranger.begin_signed_login(challenge="20260408-CR-0000000000-0000000000-00")
        assert code_of(refused) == 21111


class TestOnlineSession:
    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"encryptedInvoiceHash": digest(b"")}, 21403),
            ({"encryptedInvoiceSize": 1}, 21402),
            ({"invoiceHash": "x"}, 21405),
            ({"invoiceSize": "1"}, 21405),
            ({"offline": True}, 21405),
            ({"encryptedInvoiceContent": "@"}, 21405),
        ],
    )
    def test_a_wrong_request_is_refused(self, client: Client, changed: dict[str, Any], code: int) -> None:
        assert code_of(client.send(client.open_online(), invoice(), **changed)) == code

    @pytest.mark.parametrize("changed", [{"invoiceHash": digest(b"")}, {"invoiceSize": 1}])
    def test_the_invoice_is_the_declared_one(self, client: Client, changed: dict[str, Any]) -> None:
        assert client.judged(invoice(), **changed)["status"]["code"] == 430

    def test_an_invoice_under_another_key_cannot_be_read(self, client: Client) -> None:
        sent = encrypted(invoice(), bytes(32))
        changed = {"encryptedInvoiceContent": encoded(sent), "encryptedInvoiceHash": digest(sent)}
        assert client.judged(invoice(), **changed)["status"]["code"] == 435

    def test_a_session_with_an_unreadable_key_takes_nothing(self, client: Client) -> None:
        session = client.open_online(encryption=client.encryption(key=bytes(16)))
        assert client.call("GET", f"/sessions/{session}").json()["status"]["code"] == 415
        assert code_of(client.send(session, invoice())) == 21180

    def test_a_public_key_that_is_not_known_is_refused(self, client: Client) -> None:
        body = {"formCode": FORM, "encryption": client.encryption(publicKeyId=digest(b""))}
        assert code_of(client.call("POST", "/sessions/online", body)) == 21470

    def test_another_schema_is_refused(self, client: Client) -> None:
        body = {"formCode": {**FORM, "systemCode": "FA (2)"}, "encryption": client.encryption()}
        assert code_of(client.call("POST", "/sessions/online", body)) == 21405

    def test_a_closed_session_takes_nothing_and_is_closed_once(self, client: Client) -> None:
        session = client.open_online()
        assert client.call("POST", f"/sessions/online/{session}/close").status_code == 204
        assert code_of(client.send(session, invoice())) == 21180
        assert code_of(client.call("POST", f"/sessions/online/{session}/close")) == 21180
        status = client.call("GET", f"/sessions/{session}").json()["status"]
        assert (status["code"], status["details"]) == (440, ["Nie przesłano faktur"])

    def test_a_session_closes_itself_after_twelve_hours(self, client: Client) -> None:
        session = client.open_online()
        client.send(session, invoice())
        client.server.controls.now = lambda: datetime(2026, 4, 8, 22, 1, tzinfo=UTC)
        told = client.call("GET", f"/sessions/{session}").json()
        assert told["status"]["code"] == 200
        [page] = told["upo"]["pages"]
        assert client.call("GET", f"/sessions/{session}/upo/{page['referenceNumber']}").status_code == 200

    def test_faults_are_told_in_the_newer_shape_when_asked(self, client: Client) -> None:
        path = "/sessions/20260408-SO-0000000000-0000000000-00"
        told = client.call("GET", path, **{"X-Error-Format": "problem-details"})
        assert told.headers["Content-Type"].startswith("application/problem+json")
        assert told.json()["errors"][0]["code"] == 21173


class TestInvoice:
    @pytest.mark.parametrize(
        ("spoiled", "code"),
        [
            (lambda xml: b"\xef\xbb\xbf" + xml, 430),
            (lambda xml: xml.replace(b"<Podmiot1>", b"<?do it?><Podmiot1>"), 430),
            (lambda xml: xml.replace("Gęsia".encode(), b"G\xeasia"), 430),
            (lambda xml: xml[:-1], 430),
            (lambda xml: xml + b" " * 1_000_000, 430),
            (lambda xml: xml.replace(b"<P_15>", b"<P_15>x"), 450),
            (lambda xml: xml.replace(seller_nip().encode(), b"5262542704"), 410),
            (lambda xml: xml.replace(b"<BrakID>1</BrakID>", b"<NIP>5262542705</NIP>"), 450),
        ],
        ids=["mark", "instruction", "not UTF-8", "cut", "too large", "schema", "seller", "check digit"],
    )
    def test_is_looked_at(self, client: Client, spoiled: Callable[[bytes], bytes], code: int) -> None:
        content = spoiled(invoice())
        assert content != invoice()
        listed = client.judged(content)
        assert listed["status"]["code"] == code
        assert "ksefNumber" not in listed
        assert client.server.taken == []

    def test_is_not_of_tomorrow_and_is_offline_from_yesterday(self, client: Client) -> None:
        assert client.judged(invoice(1))["invoicingMode"] == "Online"
        assert client.judged(invoice(2, issued=date(2026, 4, 9)))["status"]["code"] == 450
        assert client.judged(invoice(3, issued=date(2026, 4, 7)))["invoicingMode"] == "Offline"
        assert client.judged(invoice(4), offlineMode=True)["invoicingMode"] == "Offline"

    def test_the_day_is_that_of_warsaw(self, client: Client) -> None:
        client.server.controls.now = lambda: datetime(2026, 4, 7, 22, 30, tzinfo=UTC)
        assert client.judged(invoice())["invoicingMode"] == "Online"

    def test_is_taken_once_by_seller_kind_and_number(self, client: Client) -> None:
        first = client.judged(invoice())
        other = invoice().replace("Gęsia".encode(), "Żabia".encode())
        again = client.judged(other)
        assert again["status"]["code"] == 440
        assert again["status"]["extensions"] == {
            "originalKsefNumber": first["ksefNumber"],
            "originalSessionReferenceNumber": first["session"],
        }

    def test_the_next_are_rejected_when_a_test_says_so(self, client: Client) -> None:
        change = {"reject": {"count": 1, "code": 450, "details": ["why"]}}
        assert client.http.post("/_control", json=change).status_code == 204
        assert client.judged(invoice())["status"]["details"] == ["why"]
        assert client.judged(invoice())["status"]["code"] == 200

    def test_numbers_have_their_form_and_check_digits(self, client: Client) -> None:
        numbers = [client.judged(invoice(ordinal))["ksefNumber"] for ordinal in range(1, 6)]
        assert len(set(numbers)) == 5
        assert all(map(is_valid_ksef_number, numbers))
        assert all(number.startswith(f"{seller_nip()}-20260408-") for number in numbers)


def test_check_digits_are_those_of_the_published_example() -> None:
    assert crc8(b"5265877635-20250826-0100001AF629") == 0xAF
    assert all(is_valid_ksef_number(ksef_number(seller_nip(), ISSUED)) for _ in range(50))


class TestBatchSession:
    def test_a_package_in_parts_is_joined(self, client: Client) -> None:
        archive = packed(invoice(1), invoice(2))
        parts = [encrypted(archive[:300]), encrypted(archive[300:])]
        code, session = client.batch(archive, parts, offlineMode=True)
        assert code == 200
        listed = client.call("GET", f"/sessions/{session}/invoices").json()["invoices"]
        assert [one["invoiceFileName"] for one in listed] == ["0.xml", "1.xml"]
        assert {one["invoicingMode"] for one in listed} == {"Offline"}

    def test_what_is_not_a_package_fails_as_a_whole(self, client: Client) -> None:
        assert client.batch(b"not a zip", [encrypted(b"not a zip")])[0] == 430

    def test_a_part_other_than_declared_fails_it(self, client: Client) -> None:
        archive = packed(invoice())
        part = encrypted(archive)
        assert client.batch(archive, [part], uploads=[bytes(len(part))])[0] == 405
        assert client.batch(archive, [part], uploads=[part + b"x"])[0] == 21157
        assert client.batch(archive + b"x", [part])[0] == 405

    def test_keys_that_do_not_open_it_fail_it(self, client: Client) -> None:
        archive = packed(invoice())
        assert client.batch(archive, [encrypted(archive, bytes(32))])[0] == 435
        wrong = client.encryption(key=bytes(16))
        assert client.batch(archive, [encrypted(archive)], encryption=wrong)[0] == 415

    def test_a_missing_part_keeps_it_open(self, client: Client) -> None:
        archive = packed(invoice())
        session = client.open_batch(archive, [encrypted(archive)]).json()["referenceNumber"]
        assert code_of(client.call("POST", f"/sessions/batch/{session}/close")) == 21205
        assert client.call("GET", f"/sessions/{session}").json()["status"]["code"] == 100
        client.server.controls.now = lambda: datetime(2026, 4, 8, 10, 21, tzinfo=UTC)
        assert client.call("GET", f"/sessions/{session}").json()["status"]["code"] == 440

    def test_parts_are_few_and_of_limited_size(self, client: Client) -> None:
        assert code_of(client.open_batch(b"x", [b"x"] * 51)) == 21161
        part = {"ordinalNumber": 1, "fileSize": 100_000_017, "fileHash": digest(b"")}
        file = {"fileSize": 1, "fileHash": digest(b""), "fileParts": [part]}
        assert code_of(client.open_batch(b"x", [b"x"], batchFile=file)) == 21157

    def test_a_part_is_written_by_its_own_address_and_without_the_token(self, client: Client) -> None:
        archive = packed(invoice())
        [asked] = client.open_batch(archive, [encrypted(archive)]).json()["partUploadRequests"]
        forged = asked["url"].partition("?")[0] + "?sig=x"
        assert client.http.put(forged, headers=asked["headers"]).status_code == 403
        assert client.http.put(asked["url"], headers={**asked["headers"], **client.access}).status_code == 403
        assert client.http.put(asked["url"]).status_code == 403

    def test_the_day_is_that_of_the_opening(self, client: Client) -> None:
        client.server.controls.now = lambda: datetime(2026, 4, 8, 21, 59, tzinfo=UTC)
        archive = packed(invoice())
        opened = client.open_batch(archive, [encrypted(archive)]).json()
        client.server.controls.now = lambda: datetime(2026, 4, 8, 22, 1, tzinfo=UTC)
        [asked] = opened["partUploadRequests"]
        client.http.put(asked["url"], content=encrypted(archive), headers=asked["headers"])
        client.call("POST", f"/sessions/batch/{opened['referenceNumber']}/close")
        [listed] = client.call("GET", f"/sessions/{opened['referenceNumber']}/invoices").json()["invoices"]
        assert listed["invoicingMode"] == "Online"


ATTACHMENT = (
    b"<Zalacznik><BlokDanych><ZNaglowek>Odczyty</ZNaglowek><MetaDane><ZKlucz>PPE</ZKlucz>"
    b"<ZWartosc>590243000000000009</ZWartosc></MetaDane></BlokDanych></Zalacznik></Faktura>"
)


class TestAttachment:
    attached = staticmethod(lambda ordinal=1: invoice(ordinal).replace(b"</Faktura>", ATTACHMENT))

    def test_goes_in_a_package_of_a_seller_that_said_so(self, client: Client) -> None:
        assert client.judged(self.attached())["status"]["code"] == 415
        archive = packed(self.attached())
        assert client.batch(archive, [encrypted(archive)])[0] == 200
        client.server.controls.attachments = False
        archive = packed(self.attached(2))
        assert client.batch(archive, [encrypted(archive)])[0] == 445

    def test_may_go_online_as_a_technical_correction(self, client: Client) -> None:
        broken = self.attached().replace(b"<P_15>", b"<P_15>x")
        assert client.judged(broken, offlineMode=True)["status"]["code"] == 450
        mended = {"offlineMode": True, "hashOfCorrectedInvoice": digest(broken)}
        assert client.judged(self.attached(), **mended)["status"]["code"] == 200


class TestTechnicalCorrection:
    def test_is_taken_once_for_a_refused_offline_invoice(self, client: Client) -> None:
        broken = invoice().replace(b"<P_15>", b"<P_15>x")
        assert client.judged(broken, offlineMode=True)["status"]["code"] == 450
        mended = {"offlineMode": True, "hashOfCorrectedInvoice": digest(broken)}
        session = client.open_online()
        assert code_of(client.send(session, invoice(), **{**mended, "offlineMode": False})) == 21405
        assert client.judged(broken, **mended)["status"]["code"] == 450
        assert client.judged(invoice(), **mended)["status"]["code"] == 200
        assert code_of(client.send(session, invoice(2), **mended)) == 21166

    def test_is_refused_for_any_other_invoice(self, client: Client) -> None:
        client.judged(invoice(1), offlineMode=True)
        refused = invoice(2).replace(b"<P_15>", b"<P_15>x")
        client.judged(refused)
        session = client.open_online()
        for corrected in (invoice(1), refused, b"unknown"):
            mended = {"offlineMode": True, "hashOfCorrectedInvoice": digest(corrected)}
            assert code_of(client.send(session, invoice(3), **mended)) == 21167


class TestConfirmation:
    def upo(self, client: Client, path: str) -> bytes:
        told = client.call("GET", path)
        assert told.headers["x-ms-meta-hash"] == encoded(hashlib.sha256(told.content).digest())
        return told.content

    def test_says_what_was_taken_and_when(self, client: Client) -> None:
        listed = client.judged(invoice(), offlineMode=True)
        session, number = listed["session"], listed["ksefNumber"]
        upo = self.upo(client, f"/sessions/{session}/invoices/ksef/{number}/upo")
        assert upo == self.upo(client, f"/sessions/{session}/invoices/{listed['referenceNumber']}/upo")
        root = ET.fromstring(upo)  # noqa: S314 - our own server's bytes
        assert root.findtext(f"{UPO}NumerReferencyjnySesji") == session
        told = {one.tag.removeprefix(UPO): one.text for one in root.find(f"{UPO}Dokument") or ()}
        assert told == {
            "NipSprzedawcy": seller_nip(),
            "NumerKSeFDokumentu": number,
            "NumerFaktury": "FV/2026/04/000001",
            "DataWystawieniaFaktury": "2026-04-08",
            "DataPrzeslaniaDokumentu": "2026-04-08T12:00:00.000+02:00",
            "DataNadaniaNumeruKSeF": "2026-04-08T12:00:00.000+02:00",
            "SkrotDokumentu": digest(invoice()),
            "TrybWysylki": "Offline",
        }

    def test_comes_when_the_work_is_done(self, client: Client) -> None:
        client.server.controls.delay_calls = 1
        listed = client.judged(invoice())
        session, [taken] = listed["session"], client.server.taken
        assert (listed["status"]["code"], "ksefNumber" in listed) == (150, False)
        path = f"/sessions/{session}/invoices/ksef/{taken.ksef_number}/upo"
        assert code_of(client.call("GET", path)) == 21178
        assert code_of(client.call("GET", f"/invoices/ksef/{taken.ksef_number}")) == 21165
        assert client.call("GET", f"/sessions/{session}").json()["status"]["code"] == 170
        assert client.call("GET", f"/sessions/{session}").json()["status"]["code"] == 200
        assert client.call("GET", path).status_code == 200
        assert client.call("GET", f"/invoices/ksef/{taken.ksef_number}").content == invoice()

    @pytest.mark.skipif(not UPO_SCHEMA.exists(), reason=f"{UPO_SCHEMA} of the Ministry is not here")
    @pytest.mark.parametrize("signed", [False, True], ids=["token", "certificate"])
    def test_is_valid_by_the_ministrys_schema(self, stranger: Client, signed: bool) -> None:
        begun = (stranger.begin_signed_login() if signed else stranger.begin_login()).json()
        login = {"Authorization": f"Bearer {begun['authenticationToken']['token']}"}
        tokens = stranger.call("POST", "/auth/token/redeem", **login).json()
        stranger.access = {"Authorization": f"Bearer {tokens['accessToken']['token']}"}
        listed = stranger.judged(invoice())
        session = listed["session"]
        [page] = stranger.call("GET", f"/sessions/{session}").json()["upo"]["pages"]
        paths = (
            f"/sessions/{session}/invoices/ksef/{listed['ksefNumber']}/upo",
            f"/sessions/{session}/upo/{page['referenceNumber']}",
        )
        schema = etree.XMLSchema(etree.parse(UPO_SCHEMA))
        for path in paths:
            schema.assertValid(etree.fromstring(self.upo(stranger, path)))


class TestList:
    def test_comes_in_pages_by_a_token_of_continuation(self, client: Client) -> None:
        session = client.open_online()
        for ordinal in range(1, 13):
            client.send(session, invoice(ordinal))
        first = client.call("GET", f"/sessions/{session}/invoices").json()
        token = {"x-continuation-token": first["continuationToken"]}
        second = client.call("GET", f"/sessions/{session}/invoices", **token).json()
        assert "continuationToken" not in second
        ordinals = [one["ordinalNumber"] for page in (first, second) for one in page["invoices"]]
        assert ordinals == list(range(1, 13))
        wrong = {"x-continuation-token": "x"}
        assert code_of(client.call("GET", f"/sessions/{session}/invoices", **wrong)) == 21418
        assert code_of(client.call("GET", f"/sessions/{session}/invoices?pageSize=9")) == 21405

    def test_of_what_failed(self, client: Client) -> None:
        session = client.open_online()
        client.send(session, invoice())
        client.send(session, invoice())
        told = client.call("GET", f"/sessions/{session}/invoices/failed").json()["invoices"]
        assert [(one["ordinalNumber"], one["status"]["code"]) for one in told] == [(2, 440)]
        path = f"/sessions/{session}/invoices/{told[0]['referenceNumber']}"
        assert client.call("GET", path).json() == told[0]


class TestControls:
    def test_tell_another_process_who_the_seller_is_and_what_was_taken(self, client: Client) -> None:
        told = client.http.get("/_control").json()
        assert (told["nip"], told["token"]) == (seller_nip(), client.server.seller.token)
        listed = client.judged(invoice())
        [row] = client.http.get("/_control/invoices").json()
        assert row == {
            "number": "FV/2026/04/000001",
            "ksef_number": listed["ksefNumber"],
            "hash": digest(invoice()),
            "mode": "Online",
            "session": listed["session"],
            "corrects": "",
        }

    def test_are_set_by_json_and_what_is_left_out_stays(self, client: Client) -> None:
        change = {"announced": "FAILURE", "outage": "503", "now": "2026-02-03T10:00:00+01:00"}
        assert client.http.post("/_control", json=change).status_code == 204
        assert client.call("POST", "/auth/challenge").status_code == 503
        assert client.http.get("/status").json() == {"status": "FAILURE"}
        assert client.http.post("/_control", content=json.dumps({"outage": ""})).status_code == 204
        assert client.call("POST", "/auth/challenge").status_code == 200
        assert client.http.get("/status").json() == {"status": "FAILURE"}
        assert client.server.controls.now() == datetime(2026, 2, 3, 9, tzinfo=UTC)

    def test_that_do_not_exist_are_refused(self, client: Client) -> None:
        assert client.http.post("/_control", json={"otage": "503"}).status_code == 400

    def test_lose_an_answer_though_the_invoice_is_taken(self, client: Client) -> None:
        client.http.post("/_control", json={"lose": {"send": 1}})
        session = client.open_online()
        with pytest.raises(httpx.RemoteProtocolError):
            client.send(session, invoice())
        assert [one.number for one in client.server.taken] == ["FV/2026/04/000001"]

    def test_close_connections_in_an_outage(self, client: Client) -> None:
        client.server.controls.outage = "closed"
        with pytest.raises(httpx.RemoteProtocolError):
            client.call("POST", "/auth/challenge")

    def test_ask_to_wait(self, client: Client) -> None:
        client.http.post("/_control", json={"busy_calls": 1, "busy_seconds": 7})
        busy = client.call("POST", "/auth/challenge")
        assert (busy.status_code, busy.headers["Retry-After"]) == (429, "7")
        assert client.call("POST", "/auth/challenge").status_code == 200


def test_runs_as_a_process_of_its_own_and_ends_with_its_parent() -> None:
    enable_socket()
    words = [sys.executable, "-m", "infra.local.ksef", "--nip", seller_nip(), "--until-input-closes"]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdin is not None
        assert process.stdout is not None
        address = process.stdout.readline().decode().strip()
        told = httpx.get(f"{address}/_control").json()
        process.stdin.close()
        process.wait(timeout=10)
    assert (told["nip"], len(told["token"])) == (seller_nip(), 64)
