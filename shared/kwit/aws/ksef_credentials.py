"""What KSeF knows the seller by: a token or a certificate, and the certificate of offline invoices; kept as one secret.

The secret is a JSON object:

    {"nip": "…",
     "token": "…",                                                            either the token
     "certificate": {"pem": "…", "key_pem": "…", "key_password": "…"},        or the certificate
     "offline": {"serial": "…", "key_pem": "…", "key_password": "…"}}         for links of offline invoices

`key_password` is left out of keys without one. Whatever is wrong with the secret is told by field, never by value.
"""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from kwit.registry.identifiers import IdentifierError, checked_nip


class KsefSecretError(ValueError):
    """The secret of KSeF cannot be used; carries where it is wrong and how, and nothing that it holds."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(f"the secret of KSeF is wrong: {'; '.join(faults)}")
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineKey:
    """The key of a KSeF certificate of type Offline, as unencrypted PEM, and the certificate's serial number."""

    serial: str
    key_pem: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KsefCredentials:
    """The seller's tax number and what proves it: a KSeF token, or a certificate with its key as unencrypted PEM."""

    nip: str
    token: str = field(default="", repr=False)
    certificate_pem: str = field(default="", repr=False)
    key_pem: str = field(default="", repr=False)
    offline: OfflineKey | None = None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)


class _Certificate(_Strict):
    pem: str
    key_pem: str
    key_password: str | None = None


class _Offline(_Strict):
    serial: str
    key_pem: str
    key_password: str | None = None


class _Secret(_Strict):
    nip: str
    token: str | None = None
    certificate: _Certificate | None = None
    offline: _Offline | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "_Secret":
        if bool(self.token) == bool(self.certificate):
            raise PydanticCustomError("one_of_two", "it needs either a token or a certificate")
        return self


def read_secret(text: str) -> KsefCredentials:
    """Return the credentials that a secret of KSeF holds. Raises KsefSecretError."""
    try:
        secret = _Secret.model_validate_json(text)
    except ValidationError as error:
        raise KsefSecretError(tuple(_fault(one["loc"], one["msg"]) for one in error.errors())) from None
    try:
        nip = checked_nip(secret.nip)
    except IdentifierError as error:
        raise KsefSecretError((f"nip: {error.code}",)) from None
    certificate, offline = secret.certificate, secret.offline
    return KsefCredentials(
        nip=nip,
        token=secret.token or "",
        certificate_pem=certificate.pem if certificate else "",
        key_pem=_opened(certificate.key_pem, certificate.key_password, "certificate") if certificate else "",
        offline=OfflineKey(
            serial=offline.serial, key_pem=_opened(offline.key_pem, offline.key_password, "offline")
        )
        if offline
        else None,
    )


def _fault(place: tuple[int | str, ...], words: str) -> str:
    # A message of the JSON parser may quote what it stumbled over.
    return f"{'.'.join(map(str, place))}: {words}" if place else words.partition(":")[0]


def _opened(pem: str, password: str | None, where: str) -> str:
    """Return a private key without its password."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), password.encode() if password else None)
    except (ValueError, TypeError):
        raise KsefSecretError((f"{where}.key_pem: it cannot be read with its password",)) from None
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()
