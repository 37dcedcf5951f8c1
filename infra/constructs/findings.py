"""Acknowledge a cdk-nag finding where it arises, with the reason it is accepted."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, *, reason: str, findings: tuple[str, ...]) -> None:
    """Accept exact findings (``IAM5[Resource::*]``) on a construct and below, for one reason."""
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{finding}", reason=reason) for finding in findings)
    )
