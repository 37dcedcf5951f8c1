"""Define where KSeF is and what the seller is known by there."""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.findings import acknowledge


class KsefEnvironmentError(ValueError):
    """Tell which environment of KSeF was asked for that is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsefEnvironment:
    """Hold the addresses of one environment of KSeF: its API, the codes on pages, its announcements (Latarnia)."""

    api: str
    codes: str
    notices: str


# Source: CIRFMF/ksef-docs, srodowiska.md and kody-qr.md; Latarnia as ksef-client 0.20.0 names it.
ENVIRONMENTS = {
    "test": KsefEnvironment(
        api="https://api-test.ksef.mf.gov.pl/v2",
        codes="https://qr-test.ksef.mf.gov.pl",
        notices="https://api-latarnia-test.ksef.mf.gov.pl",
    ),
    "demo": KsefEnvironment(
        api="https://api-demo.ksef.mf.gov.pl/v2",
        codes="https://qr-demo.ksef.mf.gov.pl",
        notices="https://api-latarnia-test.ksef.mf.gov.pl",
    ),
    "production": KsefEnvironment(
        api="https://api.ksef.mf.gov.pl/v2",
        codes="https://qr.ksef.mf.gov.pl",
        notices="https://api-latarnia.ksef.mf.gov.pl",
    ),
}


def ksef_environment(name: str) -> KsefEnvironment:
    """Find an environment by its name. Raises ``KsefEnvironmentError``."""
    found = ENVIRONMENTS.get(name)
    if found is None:
        raise KsefEnvironmentError(f"ksef_environment is {name!r}, not one of {', '.join(ENVIRONMENTS)}")
    return found


def ksef_secret(scope: Construct, construct_id: str) -> secretsmanager.Secret:
    """Keep a place for the seller's token or certificate of KSeF; a person fills it after the first deployment."""
    secret = secretsmanager.Secret(
        scope,
        construct_id,
        description="kWit: what KSeF knows the seller by (shared/kwit/aws/ksef_credentials.py tells its form)",
        removal_policy=RemovalPolicy.RETAIN,
    )
    acknowledge(
        secret,
        findings=("SMG4",),
        reason="KSeF has no call by which a token or certificate could be replaced without a person's signature.",
    )
    return secret
