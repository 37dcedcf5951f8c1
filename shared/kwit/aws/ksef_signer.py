"""Sign the verification links of offline invoices (KOD II) with the key of a KSeF certificate of type Offline."""

import base64

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from kwit.aws.ksef_credentials import OfflineKey

_COORDINATE = 32
_SALT = 32
_LEAST_RSA_BITS = 2048


class OfflineKeyError(ValueError):
    """The key is of a kind that KSeF takes no signatures of links from; carries the kind, not the key."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"links are signed by ECDSA on P-256 or by RSA of 2048 bits or more, not by {kind}")
        self.kind = kind


class PemOfflineSigner:
    """Signs by ECDSA on P-256 (R||S) or RSASSA-PSS (SHA-256, salt of 32 bytes), as CIRFMF/ksef-docs, kody-qr.md, asks.

    Raises OfflineKeyError for a key of another kind.
    """

    def __init__(self, offline: OfflineKey) -> None:
        key = serialization.load_pem_private_key(offline.key_pem.encode(), None)
        fits = (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)) or (
            isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _LEAST_RSA_BITS
        )
        if not fits:
            raise OfflineKeyError(type(key).__name__)
        self._key = key
        self._serial = offline.serial

    @property
    def serial(self) -> str:
        """The certificate's serial number as the link names it."""
        return self._serial

    def sign(self, text: str) -> str:
        """Return the signature of a text as base64url without padding."""
        return base64.urlsafe_b64encode(self._signature(text.encode())).rstrip(b"=").decode()

    def _signature(self, data: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=_SALT)
            return self._key.sign(data, pss, hashes.SHA256())
        assert isinstance(self._key, ec.EllipticCurvePrivateKey)  # noqa: S101 - the constructor saw to it
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(_COORDINATE, "big") + s.to_bytes(_COORDINATE, "big")
