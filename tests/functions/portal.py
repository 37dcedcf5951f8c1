"""The portal's handler on tables of moto with two customers' points, and requests as the gateway hands them on."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from functions.portal_api.handler import lambda_handler
from kwit.aws.bootstrap import Application
from kwit.aws.clients import Clients
from kwit.aws.settings import PortalApiSettings
from kwit.metering.readings import RegisterReading
from tests.billing.memory_case import contract, meter, party, point, state
from tests.moto_tables import make_tables

ROOT = Path(__file__).parents[2]
PPE, FOREIGN = "590543000000001232", "590543000000001249"
MARCH = "2026-03-31"


class OnASpringDay(Application):
    """An application whose clock a test moves."""

    clock = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.clock


@dataclass
class Portal:
    """The handler on tables with two customers' points."""

    clients: Clients = field(default_factory=Clients)

    def __post_init__(self) -> None:
        make_tables()
        settings = PortalApiSettings(
            registry_table="registry", readings_table="readings", billing_table="billing"
        )
        self.app = OnASpringDay(settings, self.clients)
        for party_id, ppe, number in (("K-1", PPE, "U/1"), ("K-2", FOREIGN, "U/2")):
            self.app.registry.put(
                [
                    contract(number, party_id=party_id, payer_id=party_id, ppe=ppe),
                    party(number, party_id=party_id),
                    replace(point(number), ppe=ppe),
                    meter(number, ppe=ppe, meter_no=f"L-{party_id}"),
                ]
            )
        known = [(date(2025, 3, 1), "1000"), (date(2025, 9, 1), "1920"), (date(2026, 3, 1), "2215")]
        for ppe, party_id in ((PPE, "K-1"), (FOREIGN, "K-2")):
            self.app.readings.put(
                [replace(state("U/1", day, kwh), ppe=ppe, meter_no=f"L-{party_id}") for day, kwh in known]
            )

    def asks(
        self, method: str, ppe: str = PPE, *, claims: dict[str, str] | None = None, **parts: Any
    ) -> dict[str, Any]:
        event = json.loads((ROOT / "events" / "portal_api.json").read_bytes())
        path = f"/v1/points/{ppe}/readings"
        event |= {"rawPath": path, "routeKey": f"{method} /v1/points/{{ppe}}/readings", "body": None}
        event["requestContext"]["http"] |= {"method": method, "path": path}
        event["headers"] |= parts.pop("headers", {})
        event["requestContext"]["authorizer"]["jwt"]["claims"] |= claims or {}
        lambda_handler.application = self.app
        answer = lambda_handler(event | parts, None)
        self.app.clock += timedelta(minutes=1)
        assert answer["headers"]["Content-Type"] == "application/json"
        return {"status": answer["statusCode"], **json.loads(answer["body"])}

    def says(
        self, day: str = MARCH, kwh: object = "2370,5", *, ppe: str = PPE, **parts: Any
    ) -> dict[str, Any]:
        headers = {"idempotency-key": parts.pop("key")} if "key" in parts else {}
        claims = parts.pop("claims", None)
        body = json.dumps({"day": day, "state_kwh": kwh, **parts})
        return self.asks("POST", ppe, body=body, headers=headers, claims=claims)

    def stored(self, ppe: str = PPE) -> list[RegisterReading]:
        return [one for one in self.app.readings.registers(ppe) if one.source.file == "portal"]
