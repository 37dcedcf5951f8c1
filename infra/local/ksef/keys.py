"""The server's keys: what is sent to it is encrypted with them, and who logs in is known by them. Made at random."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.x509.oid import NameOID

_YEAR = timedelta(days=365)
_SESSION_KEY_BYTES = 32
_BLOCK_BYTES = 16


class UnreadableError(ValueError):
    """What was sent cannot be decrypted."""


@dataclass(frozen=True, slots=True)
class Certified:
    """A private key and a certificate of its own making."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def certificate_pem(self) -> str:
        """Return the certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        """Return the private key as PEM without a password."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    @property
    def certificate_der(self) -> bytes:
        """Return the certificate as DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_id(self) -> str:
        """Return the public key's id: the base64 SHA-256 of its DER."""
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return sha256(public)


@cache
def ministry_keys() -> Certified:
    """Return the key that all servers of a process share, for one takes a third of a second to make."""
    return _self_signed(
        rsa.generate_private_key(public_exponent=65537, key_size=2048), {NameOID.COMMON_NAME: "KSeF"}
    )


def seller_keys(nip: str) -> Certified:
    """Return a fresh certificate of a firm, its NIP in the attribute organizationIdentifier."""
    names = {
        NameOID.COMMON_NAME: "Test",
        NameOID.COUNTRY_NAME: "PL",
        NameOID.ORGANIZATION_IDENTIFIER: f"VATPL-{nip}",
    }
    return _self_signed(ec.generate_private_key(ec.SECP256R1()), names)


def _self_signed(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, names: dict[x509.ObjectIdentifier, str]
) -> Certified:
    name = x509.Name([x509.NameAttribute(kind, text) for kind, text in names.items()])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEAR)
        .sign(key, hashes.SHA256())
    )
    return Certified(key, certificate)


def by_private_key(sent: bytes, keys: Certified) -> bytes:
    """Decrypt by RSA-OAEP with SHA-256. Raises UnreadableError."""
    assert isinstance(keys.key, rsa.RSAPrivateKey)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    try:
        return keys.key.decrypt(sent, oaep)
    except ValueError as error:
        raise UnreadableError("RSA") from error


@dataclass(frozen=True, slots=True)
class SessionKey:
    """The key of a session and its first vector. Raises UnreadableError if they do not have their lengths."""

    key: bytes
    vector: bytes

    def __post_init__(self) -> None:
        if len(self.key) != _SESSION_KEY_BYTES or len(self.vector) != _BLOCK_BYTES:
            raise UnreadableError("session key")

    def opened(self, sent: bytes) -> bytes:
        """Decrypt by AES-256-CBC with PKCS#7 padding. Raises UnreadableError."""
        decryptor = Cipher(algorithms.AES(self.key), modes.CBC(self.vector)).decryptor()
        unpadder = PKCS7(_BLOCK_BYTES * 8).unpadder()
        try:
            padded = decryptor.update(sent) + decryptor.finalize()
            return unpadder.update(padded) + unpadder.finalize()
        except ValueError as error:
            raise UnreadableError("AES") from error


def sha256(data: bytes) -> str:
    """Return the base64 SHA-256 of bytes, as KSeF writes hashes."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
