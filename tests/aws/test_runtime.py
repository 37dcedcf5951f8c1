"""The handler: only what failed comes back, groups keep their order, and logs hold no personal data."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pydantic import BaseModel

from kwit.aws.bootstrap import Application
from kwit.aws.runtime import QueueFunction, QueueMessage, Report
from kwit.aws.settings import MissingSettingsError, Settings, WithRegistry
from kwit.delivery.message import MailAddressError
from kwit.documents.issue import BatchUnknownError
from tests.aws.events import batch, record

NAME, MAIL = "Żaneta Łącka", "zaneta@example.org"


class Greeting(QueueMessage):
    """A message of a test."""

    name: str
    times: int = 1


@dataclass
class Work:
    """A use case that fails for the names it is told to."""

    failing: dict[str, Exception] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def __call__(self, message: Greeting, app: Application) -> Report | None:
        if message.name in self.failing:
            raise self.failing[message.name]
        self.done.append(message.name)
        return {"times": message.times} if message.times else None


@pytest.fixture(autouse=True)
def powertools(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    # A logger of one name keeps the output of the test that made it first.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.nodeid)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "kwit")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "INFO")


def function(work: Work) -> QueueFunction[Greeting]:
    application = Application(Settings())
    return QueueFunction(settings=Settings, message=Greeting, use_case=work, application=application)


def failed(answer: dict[str, Any]) -> list[str]:
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


class TestBatch:
    def test_every_record_is_one_message(self) -> None:
        work = Work()
        answer = function(work)(batch(record({"name": "a"}), record({"name": "b"}, message_id="m2")), None)
        assert (failed(answer), work.done) == ([], ["a", "b"])

    def test_only_the_record_that_failed_comes_back(self) -> None:
        work = Work({"b": ValueError("x")})
        records = [record({"name": name}, message_id=name) for name in "abc"]
        assert failed(function(work)(batch(*records), None)) == ["b"]
        assert work.done == ["a", "c"]

    @pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"nam": "a"}', '{"name": 7}', '{"name": null}'])
    def test_a_malformed_body_comes_back_alone(self, body: str) -> None:
        work = Work()
        answer = function(work)(batch(record(body, message_id="bad"), record({"name": "a"})), None)
        assert (failed(answer), work.done) == (["bad"], ["a"])

    def test_fields_of_a_newer_version_are_left_alone(self) -> None:
        work = Work()
        answer = function(work)(batch(record({"name": "a", "colour": "green", "deep": {"x": [1]}})), None)
        assert (failed(answer), work.done) == ([], ["a"])

    def test_an_empty_event_is_no_failure(self) -> None:
        assert function(Work())({}, None) == {"batchItemFailures": []}

    def test_a_dying_process_is_no_failure_of_a_record(self) -> None:
        class Dying(Work):
            def __call__(self, message: Greeting, app: Application) -> Report | None:
                raise SystemExit

        with pytest.raises(SystemExit):
            function(Dying())(batch(record({"name": "a"})), None)


class TestFifo:
    def test_behind_a_failed_record_its_group_waits_and_others_do_not(self) -> None:
        work = Work({"a1": ValueError("x")})
        names = ["a1", "b1", "a2", "b2", "a3"]
        records = [record({"name": name}, message_id=name, group=name[0]) for name in names]
        assert failed(function(work)(batch(*records), None)) == ["a1", "a2", "a3"]
        assert work.done == ["b1", "b2"]

    def test_what_came_before_the_failure_stays_done(self) -> None:
        work = Work({"a2": ValueError("x")})
        records = [record({"name": name}, message_id=name, group="a") for name in ("a1", "a2", "a3")]
        assert failed(function(work)(batch(*records), None)) == ["a2", "a3"]
        assert work.done == ["a1"]

    def test_a_group_is_free_again_with_the_next_event(self) -> None:
        work = Work({"a1": ValueError("x")})
        handler = function(work)
        handler(batch(record({"name": "a1"}, group="a")), None)
        assert failed(handler(batch(record({"name": "a2"}, group="a")), None)) == []


class TestLogs:
    @pytest.mark.parametrize(
        "error",
        [
            ValueError(f"cannot bill {NAME} <{MAIL}>"),
            KeyError(MAIL),
            RuntimeError(NAME, MAIL),
            MailAddressError("is malformed"),
            ClientError(
                {"Error": {"Code": "MessageRejected", "Message": f"{MAIL} is suppressed"}}, "SendEmail"
            ),
        ],
    )
    def test_a_failure_tells_no_personal_data(
        self, error: Exception, capsys: pytest.CaptureFixture[str]
    ) -> None:
        error.__cause__ = ValueError(f"cause: {MAIL}")
        function(Work({NAME: error}))(batch(record({"name": NAME, "mail": MAIL})), None)
        printed = capsys.readouterr()
        assert '"message":"failed"' in printed.out
        for trace in (NAME, MAIL, "Łącka", json.dumps(NAME)[1:-1], "zaneta"):
            assert trace not in printed.out + printed.err

    def test_a_malformed_message_is_not_repeated(self, capsys: pytest.CaptureFixture[str]) -> None:
        function(Work())(batch(record({"name": {"first": NAME, "mail": MAIL}})), None)
        out = capsys.readouterr().out
        assert "ValidationError" in out
        assert MAIL not in out
        assert "Łącka" not in out

    def test_a_failure_names_error_place_and_message(self, capsys: pytest.CaptureFixture[str]) -> None:
        function(Work({"a": ValueError("secret")}))(batch(record({"name": "a"}, message_id="m9")), None)
        (told,) = [line for line in logged(capsys) if line.get("message") == "failed"]
        assert (told["error"], told["detail"], told["message_id"]) == ("ValueError", "", "m9")
        assert told["where"][-1].startswith("test_runtime.py:")

    def test_kwits_own_errors_tell_their_value(self, capsys: pytest.CaptureFixture[str]) -> None:
        function(Work({"a": BatchUnknownError("2026-04-08-daily", 3)}))(batch(record({"name": "a"})), None)
        (told,) = [line for line in logged(capsys) if line.get("message") == "failed"]
        assert told["detail"] == "no batch 3 in run 2026-04-08-daily"

    def test_an_error_of_aws_tells_code_and_operation(self, capsys: pytest.CaptureFixture[str]) -> None:
        error = ClientError({"Error": {"Code": "AccessDenied", "Message": MAIL}}, "PutObject")
        function(Work({"a": error}))(batch(record({"name": "a"})), None)
        (told,) = [line for line in logged(capsys) if line.get("message") == "failed"]
        assert told["detail"] == "AccessDenied in PutObject"

    def test_a_report_becomes_a_line_and_none_does_not(self, capsys: pytest.CaptureFixture[str]) -> None:
        function(Work())(batch(record({"name": "a", "times": 3}), record({"name": "b", "times": 0})), None)
        assert [line["times"] for line in logged(capsys) if line.get("message") == "done"] == [3]


class TestFigures:
    def test_metrics_and_figures_count_records_and_failures(self, capsys: pytest.CaptureFixture[str]) -> None:
        handler = function(Work({"b": ValueError("x")}))
        assert handler.application is not None
        handler.application.clients.meter.calls["dynamodb:PutItem"] = 3
        handler.application.clients.meter.write_units = Decimal("4.0")
        context = SimpleNamespace(memory_limit_in_mb=512)
        handler(batch(record({"name": "a"}), record({"name": "b"})), context)
        lines = logged(capsys)
        (metrics,) = [line for line in lines if "_aws" in line]
        assert (metrics["Records"], metrics["Failed"], metrics["AwsCalls"], metrics["WriteUnits"]) == (
            [2.0], [1.0], [3.0], [4.0])  # fmt: skip
        (told,) = [line for line in lines if line.get("message") == "invocation"]
        assert (told["memory_mb"], told["units"], told["calls"]) == (
            512, {"write": "4", "read": "0"}, {"dynamodb:PutItem": 3})  # fmt: skip
        assert told["figures"]["ColdStart"] is True

    def test_only_the_first_invocation_is_cold_and_figures_start_anew(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        handler = function(Work())
        for _ in range(2):
            handler(batch(record({"name": "a"})), None)
        told = [line["figures"] for line in logged(capsys) if line.get("message") == "invocation"]
        assert [(one["ColdStart"], one["Records"]) for one in told] == [(True, 1), (False, 1)]


class TestStart:
    def test_settings_are_read_at_the_first_invocation_and_not_before(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("REGISTRY_TABLE", raising=False)
        made: list[BaseModel] = []

        def use_case(message: Greeting, app: Application) -> Report | None:
            made.append(app.settings)
            return None

        handler = QueueFunction(settings=WithRegistry, message=Greeting, use_case=use_case)
        with pytest.raises(MissingSettingsError, match="REGISTRY_TABLE"):
            handler(batch(record({"name": "a"})), None)
        monkeypatch.setenv("REGISTRY_TABLE", "registry")
        handler(batch(record({"name": "a"})), None)
        assert made == [WithRegistry(registry_table="registry")]
