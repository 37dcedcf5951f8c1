import json
from email.message import EmailMessage

import pytest

from infra.local.mail_events import entries, event_types, outcomes

EVERY = frozenset({"SEND", "DELIVERY", "BOUNCE", "COMPLAINT"})


def sent_to(*recipients: str, matching: frozenset[str] = EVERY) -> list[tuple[str, dict]]:
    message = EmailMessage()
    message["From"] = "rachunki@kwit.example"
    message["To"] = ", ".join(recipients)
    message["Subject"] = "Faktura za marzec – Łódź"
    message.set_content("W załączeniu.")
    request = {
        "FromEmailAddress": "rachunki@kwit.example",
        "Destination": {"ToAddresses": list(recipients)},
        "ConfigurationSetName": "kwit",
        "EmailTags": [{"Name": "document", "Value": "D1"}],
    }
    found = entries(request=request, message=message.as_bytes(), message_id="m-1", matching=matching)
    return [(entry["DetailType"], json.loads(entry["Detail"])) for entry in found]


class TestEntries:
    def test_tell_that_an_ordinary_message_was_sent_and_delivered(self):
        [(sent, _), (delivered, detail)] = sent_to("jan@example.org")
        assert (sent, delivered) == ("Email Sent", "Email Delivered")
        assert detail["delivery"]["recipients"] == ["jan@example.org"]
        assert detail["mail"]["messageId"] == "m-1"
        assert detail["mail"]["tags"] == {"document": ["D1"], "ses:configuration-set": ["kwit"]}
        assert detail["mail"]["commonHeaders"]["subject"] == "Faktura za marzec – Łódź"

    def test_tell_of_a_bounce_instead_of_a_delivery(self):
        [_, (kind, detail)] = sent_to("bounce@simulator.amazonses.com")
        assert kind == "Email Bounced"
        assert detail["bounce"]["bounceType"] == "Permanent"
        assert detail["bounce"]["bouncedRecipients"][0]["emailAddress"] == "bounce@simulator.amazonses.com"

    def test_tell_only_what_the_configuration_set_asks_for(self):
        assert sent_to("jan@example.org", matching=frozenset({"BOUNCE"})) == []


class TestOutcomes:
    @pytest.mark.parametrize(
        ("address", "outcome"),
        [
            ("bounce+7@simulator.amazonses.com", ("BOUNCE",)),
            ("suppressionlist@simulator.amazonses.com", ("BOUNCE",)),
            ("complaint@simulator.amazonses.com", ("DELIVERY", "COMPLAINT")),
            ("success@simulator.amazonses.com", ("DELIVERY",)),
            ("bounce@example.org", ("DELIVERY",)),
        ],
    )
    def test_are_those_of_the_mailbox_simulator(self, address, outcome):
        assert outcomes(address) == outcome


class TestEventTypes:
    def test_are_those_of_enabled_event_bridge_destinations(self):
        destination = {
            "Enabled": True,
            "MatchingEventTypes": ["BOUNCE"],
            "EventBridgeDestination": {"EventBusArn": "a"},
        }
        configuration_set = {
            "EventDestinations": {
                "bus": destination,
                "off": {**destination, "Enabled": False, "MatchingEventTypes": ["SEND"]},
                "topic": {
                    "Enabled": True,
                    "MatchingEventTypes": ["OPEN"],
                    "SnsDestination": {"TopicArn": "t"},
                },
            }
        }
        assert event_types(configuration_set) == {"BOUNCE"}

    def test_are_none_without_a_configuration_set(self):
        assert event_types(None) == frozenset()
