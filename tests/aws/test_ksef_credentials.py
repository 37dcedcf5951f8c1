"""The secret of KSeF is read, or told to be wrong by field and never by value."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kwit.aws.ksef_credentials import KsefCredentials, KsefSecretError, OfflineKey, read_secret

NIP = "5262542704"
PASSWORD = "long and secret"
KEY = ec.generate_private_key(ec.SECP256R1())
PLAIN = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
LOCKED = KEY.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.BestAvailableEncryption(PASSWORD.encode()),
).decode()


def read(**fields: Any) -> KsefCredentials:
    return read_secret(json.dumps({"nip": NIP, **fields}))


def test_a_token() -> None:
    assert read(token="t0ken") == KsefCredentials(nip=NIP, token="t0ken")


def test_a_certificate_and_the_key_of_offline_links_without_their_passwords() -> None:
    found = read(
        certificate={"pem": "PEM", "key_pem": LOCKED, "key_password": PASSWORD},
        offline={"serial": "01F2", "key_pem": PLAIN},
    )
    assert (found.certificate_pem, found.key_pem) == ("PEM", PLAIN)
    assert found.offline == OfflineKey(serial="01F2", key_pem=PLAIN)


def test_nothing_secret_is_shown() -> None:
    shown = repr(read(token="t0ken", offline={"serial": "01F2", "key_pem": PLAIN}))
    assert "t0ken" not in shown
    assert "PRIVATE" not in shown
    assert "01F2" in shown


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "it needs either a token or a certificate"),
        ({"token": "t0ken", "certificate": {"pem": "t0ken", "key_pem": LOCKED}}, "it needs either"),
        ({"token": 7}, "token: Input should be a valid string"),
        ({"token": "t0ken", "tokens": "t0ken"}, "tokens: Extra inputs are not permitted"),
        ({"token": "t0ken", "nip": "5262542705"}, "nip: bad_nip"),
        ({"certificate": {"pem": "t0ken", "key_pem": "t0ken"}}, "certificate.key_pem: it cannot be read"),
        ({"certificate": {"pem": "t0ken", "key_pem": LOCKED}}, "certificate.key_pem: it cannot be read"),
        (
            {"certificate": {"pem": "t0ken", "key_pem": LOCKED, "key_password": "t0ken"}},
            "certificate.key_pem: it cannot be read",
        ),
        ({"token": "t0ken", "offline": {"serial": "1", "key_pem": "t0ken"}}, "offline.key_pem: it cannot"),
    ],
)
def test_what_is_wrong_is_told_by_field(fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(KsefSecretError) as told:
        read(**fields)
    assert len(told.value.faults) == 1
    assert fault in told.value.faults[0]
    assert "t0ken" not in str(told.value)
    assert "5262542705" not in str(told.value)


def test_a_secret_that_is_not_json_is_told_without_its_text() -> None:
    with pytest.raises(KsefSecretError) as told:
        read_secret("t0ken")
    assert told.value.faults == ("Invalid JSON",)
