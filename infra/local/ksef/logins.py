"""Let the seller in, by token or by certificate, and check the tokens of access: all by the real clock."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID
from lxml import etree

from infra.local.ksef.answers import Json, RefusalError, UnauthorisedError
from infra.local.ksef.controls import Controls
from infra.local.ksef.keys import Certified, UnreadableError, by_private_key, sha256
from infra.local.ksef.numbers import reference_number
from infra.local.ksef.requests import TokenLogin, read_body

_CHALLENGE_LASTS = timedelta(minutes=10)
_LOGIN_LASTS = timedelta(minutes=30)
_REFRESH_LASTS = timedelta(days=7)
_AUTH = "{http://ksef.mf.gov.pl/auth/token/2.1}"
_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
_WRONG_TOKEN = "Uwierzytelnianie zakończone niepowodzeniem z powodu błędnego tokenu"  # noqa: S105 - words, no token
_WRONG_CERTIFICATE = "Uwierzytelnianie zakończone niepowodzeniem z powodu błędu certyfikatu"
Kind = Literal["login", "access", "refresh"]


@dataclass(slots=True)
class Login:
    """An operation of logging in; `proof` is what a UPO names: the token's reference or the signed document's hash."""

    reference: str
    begun: datetime
    method: str
    proof: str
    code: int = 200
    words: str = "Uwierzytelnianie zakończone sukcesem"
    details: list[str] = field(default_factory=list)
    redeemed: bool = False


@dataclass(frozen=True, slots=True)
class _Grant:
    kind: Kind
    login: Login
    until: datetime


class Logins:
    """The logins of the one seller this server knows."""

    def __init__(
        self, *, nip: str, token: str, seller: Certified, ministry: Certified, controls: Controls
    ) -> None:
        self._nip = nip
        self._token = token
        self._token_reference = reference_number("TO", datetime.now(UTC).date())
        self._seller = seller
        self._ministry = ministry
        self._controls = controls
        self._challenges: dict[str, datetime] = {}
        self._grants: dict[str, _Grant] = {}

    def challenge(self) -> Json:
        """Give a challenge that can be answered once, within ten minutes."""
        now = _now()
        challenge = reference_number("CR", now.date())
        self._challenges[challenge] = now
        timestamp = {"timestamp": now.isoformat(), "timestampMs": _milliseconds(now)}
        return {"challenge": challenge, **timestamp, "clientIp": "127.0.0.1"}

    def by_token(self, sent: bytes) -> Json:
        """Begin a login by an encrypted `token|timestampMs`. Raises RefusalError."""
        body = read_body(TokenLogin, sent)
        given = self._answered(body.challenge)
        check_key_id(body.public_key_id, self._ministry)
        login = Login(reference_number("AU", given.date()), _now(), "Token", self._token_reference)
        fault = self._fault_of(body.encrypted_token, given)
        if fault:
            login.code, login.words, login.details = 450, _WRONG_TOKEN, [fault]
        elif body.context_identifier.value != self._nip:
            self._without_rights(login)
        return self._begun(login)

    def _fault_of(self, encrypted: bytes, given: datetime) -> str:
        try:
            token, _, stamp = by_private_key(encrypted, self._ministry).decode().rpartition("|")
        except (UnreadableError, UnicodeDecodeError):
            return "Nieprawidłowy token"
        if stamp != str(_milliseconds(given)):
            return "Nieprawidłowy czas tokena"
        return "" if secrets.compare_digest(token.encode(), self._token.encode()) else "Nieprawidłowy token"

    def by_signature(self, sent: bytes) -> Json:
        """Begin a login by a signed AuthTokenRequest (XAdES enveloped). Raises RefusalError."""
        root = _parsed(sent)
        given = self._answered(root.findtext(f"{_AUTH}Challenge", ""))
        certificate = _verified(root)
        login = Login(reference_number("AU", given.date()), _now(), "InternalCertificate", sha256(sent))
        if root.findtext(f"{_AUTH}ContextIdentifier/{_AUTH}Nip") != self._nip:
            self._without_rights(login)
        elif certificate != self._seller.certificate or _nip_of(certificate) != self._nip:
            login.code, login.words, login.details = 460, _WRONG_CERTIFICATE, ["Niepoprawny certyfikat"]
        return self._begun(login)

    @staticmethod
    def _without_rights(login: Login) -> None:
        login.code, login.words = 415, "Uwierzytelnianie zakończone niepowodzeniem"
        login.details = ["Brak przypisanych uprawnień"]

    def _answered(self, challenge: str) -> datetime:
        given = self._challenges.pop(challenge, None)
        if given is None or _now() - given > _CHALLENGE_LASTS:
            raise RefusalError(21111)
        return given

    def _begun(self, login: Login) -> Json:
        return {
            "referenceNumber": login.reference,
            "authenticationToken": self._granted("login", login, _LOGIN_LASTS),
        }

    def status(self, reference: str, bearer: str) -> Json:
        """Tell how a login stands. Raises RefusalError or UnauthorisedError."""
        login = self.granted(bearer, "login")
        if login.reference != reference:
            raise RefusalError(21304, f"Operacja {reference} nie została znaleziona.")
        status: dict[str, Any] = {"code": login.code, "description": login.words}
        if login.details:
            status["details"] = login.details
        info = {"category": "Token", "code": "token.ksef", "displayName": "Token KSeF"}
        if login.method != "Token":
            info = {
                "category": "XadesSignature",
                "code": "xades.ksef-certificate",
                "displayName": "Certyfikat KSeF",
            }
        return {
            "startDate": login.begun.isoformat(),
            "authenticationMethod": login.method,
            "authenticationMethodInfo": info,
            "status": status,
            "isTokenRedeemed": login.redeemed,
        }

    def redeem(self, bearer: str) -> Json:
        """Give the tokens of a login, once. Raises RefusalError or UnauthorisedError."""
        login = self.granted(bearer, "login")
        if login.redeemed or login.code != 200:
            raise RefusalError(21301, "Tokeny zostały już pobrane albo status nie pozwala na pobranie.")
        login.redeemed = True
        return {
            "accessToken": self._access(login),
            "refreshToken": self._granted("refresh", login, _REFRESH_LASTS),
        }

    def refresh(self, bearer: str) -> Json:
        """Give a new token of access. Raises UnauthorisedError."""
        return {"accessToken": self._access(self.granted(bearer, "refresh"))}

    def granted(self, bearer: str, kind: Kind) -> Login:
        """Return the login that a token comes from. Raises UnauthorisedError."""
        grant = self._grants.get(bearer)
        if grant is None or grant.kind != kind or grant.until <= _now():
            raise UnauthorisedError
        return grant.login

    def forget(self) -> None:
        """Take every token back, as when KSeF revokes them."""
        self._grants.clear()

    def _access(self, login: Login) -> Json:
        return self._granted("access", login, timedelta(seconds=self._controls.token_seconds))

    def _granted(self, kind: Kind, login: Login, lasts: timedelta) -> Json:
        token = ".".join(secrets.token_urlsafe(size) for size in (12, 48, 24))
        until = _now() + lasts
        self._grants[token] = _Grant(kind, login, until)
        return {"token": token, "validUntil": until.isoformat()}


def check_key_id(named: str | None, ministry: Certified) -> None:
    """Raise RefusalError when a request names a public key that is not the server's."""
    if named is not None and named != ministry.key_id:
        raise RefusalError(21470, f"Klucz o identyfikatorze {named} nie jest wspierany.")


def _parsed(sent: bytes) -> etree._Element:
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
    try:
        root = etree.fromstring(sent, parser)
    except etree.XMLSyntaxError:
        raise RefusalError(21001) from None
    if root.tag != f"{_AUTH}AuthTokenRequest":
        raise RefusalError(21401, str(root.tag))
    return root


def _verified(root: etree._Element) -> x509.Certificate:
    """Return the certificate by whose key a document is signed as a whole. Raises RefusalError."""
    import xmlsec  # noqa: PLC0415 - native code that only a login by certificate needs

    signature = root.find(f"{_DS}Signature")
    signed = root.find(f".//{_XADES}SignedProperties")
    if signature is None or signed is None:
        raise RefusalError(9102)
    covered = {one.get("URI") for one in signature.iterfind(f"{_DS}SignedInfo/{_DS}Reference")}
    if covered != {"", f"#{signed.get('Id')}"}:
        raise RefusalError(9105)
    try:
        text = "".join(root.findtext(f".//{_DS}X509Certificate", "").split())
        pem = f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise RefusalError(21115) from None
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(
        certificate.public_bytes(serialization.Encoding.PEM), xmlsec.constants.KeyDataFormatCertPem, None
    )
    try:
        context.verify(signature)
    except xmlsec.Error:
        raise RefusalError(9105) from None
    return certificate


def _nip_of(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    return str(found[0].value).removeprefix("VATPL-") if found else ""


def _milliseconds(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _now() -> datetime:
    return datetime.now(UTC)
