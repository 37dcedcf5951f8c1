"""Links are signed as KSeF verifies them, by keys of the two kinds it knows."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from kwit.aws.ksef_credentials import OfflineKey
from kwit.aws.ksef_signer import OfflineKeyError, PemOfflineSigner
from kwit.ksef.ports import OfflineSigner

CURVE_KEY = ec.generate_private_key(ec.SECP256R1())
LINK = "qr.ksef.mf.gov.pl/certificate/Nip/5262542704/5262542704/01F2/hash"


def signer(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> OfflineSigner:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return PemOfflineSigner(OfflineKey(serial="01F2", key_pem=pem.decode()))


def decoded(signature: str) -> bytes:
    assert "=" not in signature
    return base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))


@given(text=st.text(max_size=300))
def test_a_curve_signs_as_two_numbers_of_fixed_length(text: str) -> None:
    signature = decoded(signer(CURVE_KEY).sign(text))
    assert len(signature) == 64
    r, s = (int.from_bytes(half) for half in (signature[:32], signature[32:]))
    CURVE_KEY.public_key().verify(encode_dss_signature(r, s), text.encode(), ec.ECDSA(hashes.SHA256()))


def test_rsa_signs_with_a_salt_of_32_bytes() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signature = decoded(signer(key).sign(LINK))
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    key.public_key().verify(signature, LINK.encode(), pss, hashes.SHA256())
    with pytest.raises(InvalidSignature):
        key.public_key().verify(signature, b"another", pss, hashes.SHA256())


def test_the_certificate_is_named_by_its_serial_number() -> None:
    assert signer(CURVE_KEY).serial == "01F2"


def test_other_keys_are_refused() -> None:
    with pytest.raises(OfflineKeyError):
        signer(ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(OfflineKeyError):
        signer(rsa.generate_private_key(public_exponent=65537, key_size=1024))  # noqa: S505 - the point of the test
