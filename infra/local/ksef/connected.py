"""Let the embedded cloud speak with the KSeF server of this machine, told of it as an operator would tell it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from infra.catalogue import FUNCTIONS
from infra.local.cloud import EmbeddedCloud
from infra.local.ksef.controls import Controls
from infra.local.ksef.server import KsefServer


@contextmanager
def connected(cloud: EmbeddedCloud, *, nip: str, day: date) -> Iterator[KsefServer]:
    """Run a KSeF server that believes in a day, and make the deployed functions speak with it.

    ``nip`` is the seller's. What a function is told of KSeF after its deployment is what an operator tells it: an
    address, and what the seller is known by, here with a key for invoices issued offline.
    """
    noon = datetime.combine(day, time(10), tzinfo=UTC)
    with KsefServer(nip=nip, controls=Controls(now=lambda: noon)) as server:
        secret = {
            "nip": nip,
            "token": server.seller.token,
            "offline": {"serial": "01A2B3C4D5E6F708", "key_pem": _offline_key()},
        }
        cloud.client("secretsmanager").put_secret_value(
            SecretId=cloud.outputs["KsefSecretArn"], SecretString=json.dumps(secret)
        )
        for function in FUNCTIONS:
            if function.speaks_ksef:
                cloud.configure(function.name, KSEF_API_URL=server.url, KSEF_NOTICE_URL=server.url)
        yield server


def _offline_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()
