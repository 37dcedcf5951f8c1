import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.local.synth import synthesise


@dataclass(frozen=True)
class Template:
    body: dict[str, Any]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        found = {
            logical_id: resource["Properties"]
            for logical_id, resource in self.body["Resources"].items()
            if resource["Type"] == kind
        }
        assert found, f"the template has no {kind}, so nothing about it would be tested"
        return found

    def resource(self, logical_id: str) -> dict[str, Any]:
        return self.body["Resources"][logical_id]

    def functions(self) -> dict[str, dict[str, Any]]:
        return {
            properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: properties
            for properties in self.of_type("AWS::Lambda::Function").values()
        }

    def function_ids(self) -> dict[str, str]:
        return {
            properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: logical_id
            for logical_id, properties in self.of_type("AWS::Lambda::Function").items()
        }

    def mappings(self) -> dict[str, dict[str, Any]]:
        names = {logical_id: name for name, logical_id in self.function_ids().items()}
        return {
            names[properties["FunctionName"]["Ref"]]: properties
            for properties in self.of_type("AWS::Lambda::EventSourceMapping").values()
        }

    def queue_of(self, function: str) -> str:
        return self.mappings()[function]["EventSourceArn"]["Fn::GetAtt"][0]

    def queues(self) -> dict[str, dict[str, Any]]:
        return {i: q for i, q in self.of_type("AWS::SQS::Queue").items() if "RedrivePolicy" in q}

    def dead_letter_queues(self) -> dict[str, dict[str, Any]]:
        return {i: q for i, q in self.of_type("AWS::SQS::Queue").items() if "RedrivePolicy" not in q}

    def statements(self, function: str) -> list[dict[str, Any]]:
        role = self.functions()[function]["Role"]["Fn::GetAtt"][0]
        return [
            statement
            for policy in self.of_type("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def alarms_on(self, metric: str) -> list[str]:
        return [
            json.dumps(alarm["Dimensions"])
            for alarm in self.of_type("AWS::CloudWatch::Alarm").values()
            if alarm["MetricName"] == metric
        ]


@pytest.fixture(scope="session")
def assembly() -> Path:
    return synthesise()


@pytest.fixture(scope="session")
def data(assembly: Path) -> Template:
    return Template(json.loads((assembly / "KwitData.template.json").read_text()))


@pytest.fixture(scope="session")
def billing(assembly: Path) -> Template:
    return Template(json.loads((assembly / "KwitBilling.template.json").read_text()))
