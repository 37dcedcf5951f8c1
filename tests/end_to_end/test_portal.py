"""A customer's system signs in, submits readings over the gateway and sees them, on the embedded cloud."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_socket import enable_socket

from infra.local.cloud import EmbeddedCloud
from kwit.aws.reading_store import DynamoReadings
from kwit.aws.registry_store import DynamoRegistry
from kwit.aws.table import Table
from tests.billing.memory_case import contract, meter, party, point, state

pytestmark = pytest.mark.end_to_end

PPE, FOREIGN = "590543000000001232", "590543000000001249"
PASSWORD = "Dlugie-Haslo-Systemu-2026!"
# The functions run by the clock of this machine, so readings are told from today.
TODAY = datetime.now(UTC).date()
LAST_READ, SAID = TODAY - timedelta(days=40), TODAY - timedelta(days=9)


@dataclass
class PortalClient:
    """A customer's system: it knows the address, its user and its password."""

    cloud: EmbeddedCloud

    def token(self, username: str, *, kind: str = "IdToken") -> str:
        answer = self.cloud.client("cognito-idp").initiate_auth(
            ClientId=self.cloud.outputs["PortalClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": PASSWORD},
        )
        token: str = answer["AuthenticationResult"][kind]
        return token

    def call(
        self,
        token: str,
        method: str = "GET",
        ppe: str = PPE,
        body: dict[str, Any] | None = None,
        query: str = "",
    ) -> tuple[int, dict[str, Any]]:
        # The address in the outputs is AWS's; the emulator serves the same API under this one.
        base = f"/_aws/execute-api/{self.cloud.outputs['PortalApiId']}/$default"
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        with closing(HTTPConnection(urlsplit(self.cloud.endpoint).netloc, timeout=30)) as connection:
            told = None if body is None else json.dumps(body)
            connection.request(method, f"{base}/v1/points/{ppe}/readings{query}", told, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def says(self, token: str, kwh: str, *, ppe: str = PPE, **more: Any) -> tuple[int, dict[str, Any]]:
        return self.call(token, "POST", ppe, {"day": SAID.isoformat(), "state_kwh": kwh, **more})


def _user(cloud: EmbeddedCloud, name: str, party_id: str) -> None:
    cognito, pool = cloud.client("cognito-idp"), cloud.outputs["PortalUserPoolId"]
    attributes = [{"Name": "custom:party_id", "Value": party_id}]
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=name,
        UserAttributes=attributes,
        TemporaryPassword=PASSWORD,
        MessageAction="SUPPRESS",
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)


def _point(cloud: EmbeddedCloud, ppe: str, party_id: str) -> None:
    """Register a point with a year of states at some 5 kWh a day."""
    number = f"U/{party_id}"
    registry = DynamoRegistry(Table(cloud.client("dynamodb"), cloud.outputs["RegistryTableName"]))
    known = {"starts": date(2020, 1, 1), "valid_from": date(2020, 1, 1)}
    mine = contract(number, party_id=party_id, payer_id=party_id, ppe=ppe, **known)
    customer = party(number, party_id=party_id)
    registry.put([mine, customer, replace(point(number), ppe=ppe), meter(number, ppe=ppe)])
    readings = DynamoReadings(Table(cloud.client("dynamodb"), cloud.outputs["ReadingsTableName"]))
    days = (LAST_READ - timedelta(days=200), LAST_READ)
    readings.put(
        replace(state(number, day, kwh), ppe=ppe) for day, kwh in zip(days, ("1000", "2000"), strict=True)
    )


@pytest.fixture(scope="module")
def portal() -> Iterator[PortalClient]:
    """Run the real template with two customers, apart from the other tests' cloud."""
    enable_socket()
    with EmbeddedCloud() as cloud:
        for name, party_id, ppe in (("system-k1", "K-1", PPE), ("system-k2", "K-2", FOREIGN)):
            _user(cloud, name, party_id)
            _point(cloud, ppe, party_id)
        yield PortalClient(cloud)


class TestPortal:
    def test_a_system_submits_confirms_repeats_and_sees(self, portal: PortalClient) -> None:
        token = portal.token("system-k1")
        status, refused = portal.says(token, "1999")
        assert (status, refused["outcome"]) == (422, "implausible")
        assert [one["code"] for one in refused["remarks"]] == ["reading_before_last"]

        status, asked = portal.says(token, "2900")
        assert (status, asked["outcome"]) == (409, "needs_confirmation")
        assert [one["code"] for one in asked["remarks"]] == ["use_above_history"]
        assert next(one["day"] for one in portal.call(token)[1]["states"]) != SAID.isoformat()

        status, confirmed = portal.says(token, "2900", confirm=True)
        assert (status, confirmed["outcome"]) == (201, "accepted")
        assert portal.says(token, "2900", confirm=True) == (201, confirmed)
        status, corrected = portal.says(token, "2160.5")
        assert (status, corrected["outcome"]) == (201, "accepted")
        assert portal.says(token, "2160.5") == (201, corrected)

        status, page = portal.call(token, query="?limit=1")
        assert status == 200
        [newest] = page["states"]
        assert newest["day"] == SAID.isoformat()
        assert [
            (one["state_kwh"], one["origin"], one["status"], one["confirmed"]) for one in newest["versions"]
        ] == [("2160.500", "portal", "counts", False), ("2900.000", "portal", "replaced", True)]
        _, following = portal.call(token, query=f"?after={page['next']}")
        assert [one["versions"][0]["origin"] for one in following["states"]] == ["file", "file"]

    def test_nothing_of_another_customer_is_there(self, portal: PortalClient) -> None:
        token = portal.token("system-k1")
        assert portal.call(token, ppe=FOREIGN)[0] == 404
        assert portal.says(token, "2160", ppe=FOREIGN)[0] == 404
        status, page = portal.call(portal.token("system-k2"), ppe=FOREIGN)
        assert (status, len(page["states"])) == (200, 2)

    def test_the_gateway_lets_no_other_token_through(self, portal: PortalClient) -> None:
        token = portal.token("system-k1")
        before = portal.cloud.logs("portal_api").count("START RequestId")
        head, claims, _ = token.split(".")
        for wrong in ("", "x.y.z", f"{head}.{claims}.{'A' * 342}"):
            assert portal.call(wrong)[0] == 401
        assert portal.cloud.logs("portal_api").count("START RequestId") == before
        assert portal.call(portal.token("system-k1", kind="AccessToken"))[0] == 403

    def test_logs_hold_nothing_about_whom(self, portal: PortalClient) -> None:
        portal.call(portal.token("system-k1"))
        logs = portal.cloud.logs("portal_api")
        assert '"answered"' in logs
        assert not [word for word in (PPE, "K-1", "system-k1", "2160") if word in logs]
