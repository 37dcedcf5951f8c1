"""Define how mail leaves: the sending domain, TLS to every mailbox, and events back to us."""

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_ses as ses
from constructs import Construct


class Mail(Construct):
    """Send from one domain; every outcome of a message becomes an event on the default bus."""

    def __init__(self, scope: Construct, construct_id: str, *, domain: str) -> None:
        super().__init__(scope, construct_id)
        self.configuration_set = ses.ConfigurationSet(
            self,
            "ConfigurationSet",
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
            reputation_metrics=True,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
        )
        # SES publishes to the default bus only.
        bus = events.EventBus.from_event_bus_name(self, "DefaultBus", "default")
        self.configuration_set.add_event_destination(
            "Events",
            destination=ses.EventDestination.event_bus(bus),
            events=[
                ses.EmailSendingEvent.DELIVERY,
                ses.EmailSendingEvent.BOUNCE,
                ses.EmailSendingEvent.COMPLAINT,
                ses.EmailSendingEvent.REJECT,
                ses.EmailSendingEvent.DELIVERY_DELAY,
            ],
        )
        self.identity = ses.EmailIdentity(
            self,
            "Identity",
            identity=ses.Identity.domain(domain),
            configuration_set=self.configuration_set,
            # A domain verified by Easy DKIM needs no custom return path to align.
            feedback_forwarding=False,
        )

    @property
    def resource_arns(self) -> list[str]:
        """List the ARNs a sender must be allowed to use."""
        name = self.configuration_set.configuration_set_name
        configuration_set = Stack.of(self).format_arn(
            service="ses", resource="configuration-set", resource_name=name
        )
        return [self.identity.email_identity_arn, configuration_set]
