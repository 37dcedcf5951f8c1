"""Every handler, driven by the sample of its trigger, on tables, buckets and queues of moto."""

import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from openpyxl import load_workbook

from kwit.aws.bootstrap import Application, SettingMissingError
from kwit.aws.clients import Clients
from kwit.aws.mail import DynamoDeliveries
from kwit.aws.remark_store import DynamoRemarks
from kwit.aws.runtime import QueueFunction
from kwit.aws.settings import (
    CloseBillingRunSettings,
    RateContractsSettings,
    RenderDocumentsSettings,
    Settings,
    load,
)
from kwit.aws.table import Table
from kwit.billing.drafts import RunStatus
from kwit.delivery.ports import MailStatus
from kwit.kernel.identifiers import deterministic_id
from kwit.tariffs.packaged import shipped_price_lists
from tests.billing.company import company_settings
from tests.billing.memory_case import contract, meter, party, point, state
from tests.billing.test_forecasts import office as forecast_office
from tests.billing.test_forecasts import run as run_forecasts
from tests.moto_tables import make_tables, pretend_credentials
from tests.rating.cases import KNOWN

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events"
# The portal's function has requests for messages: tests/functions/test_portal_api.py.
FUNCTIONS = sorted(
    path.parent.name for path in (ROOT / "functions").glob("*/handler.py") if path.parent.name != "portal_api"
)
RUN = "2026-04-01-daily"
DOCUMENT = deterministic_id("bill", "U/1", "all", "2026-03-01")
QUEUES = ("import", "pack", "rate", "close", "submit", "render", "deliver", "compare")


def handler(name: str) -> QueueFunction[Any]:
    found: QueueFunction[Any] = importlib.import_module(f"functions.{name}.handler").lambda_handler
    return found


def event(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_bytes())
    return loaded


@dataclass
class Cloud:
    """Tables, buckets and queues of moto, and the handlers on them."""

    clients: Clients = field(default_factory=Clients)

    def __post_init__(self) -> None:
        make_tables()
        where = {"LocationConstraint": "eu-central-1"}
        for bucket in ("inbox", "documents"):
            self.clients.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)  # type: ignore[arg-type]
        self.versions: dict[str, str] = {}
        self.clients.s3.put_bucket_versioning(Bucket="inbox", VersioningConfiguration={"Status": "Enabled"})
        self.urls = {name: self.clients.sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
        fifo: Any = {"FifoQueue": "true"}
        self.urls["issue"] = self.clients.sqs.create_queue(QueueName="issue.fifo", Attributes=fifo)[
            "QueueUrl"
        ]
        boto3.client("ses").verify_email_identity(EmailAddress="faktury@kwit.example")
        self.environment = {
            **{f"{name.upper()}_TABLE": name for name in ("registry", "readings", "billing", "documents")},
            **{f"{name.upper()}_QUEUE_URL": url for name, url in self.urls.items()},
            "INBOX_BUCKET": "inbox",
            "DOCUMENTS_BUCKET": "documents",
            "MAIL_CONFIGURATION_SET": "kwit",
            "KSEF_API_URL": "https://ksef.invalid/v2",
            "KSEF_CODE_URL": "https://qr-test.ksef.mf.gov.pl",
            "KSEF_NOTICE_URL": "https://latarnia.invalid",
            "KSEF_SECRET": "kwit-ksef",
        }

    def application(self, settings: type[Settings]) -> Application:
        return Application(load(settings, self.environment), self.clients)

    def run(self, name: str, body: dict[str, Any] | None = None) -> list[str]:
        """Give a handler the sample of its trigger; return what comes back as failed."""
        function = handler(name)
        function.application = self.application(function.settings)
        answer = function(self._of_this_bucket(body or event(name)), None)
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def _of_this_bucket(self, body: dict[str, Any]) -> dict[str, Any]:
        """Name, in the events of drops, the versions that the objects have here."""
        for record in body["Records"]:
            told = json.loads(record["body"]) if record["body"].startswith("{") else {}
            thing = told.get("detail", {}).get("object", {}) if isinstance(told, dict) else {}
            if thing.get("key") in self.versions:
                thing["version-id"] = self.versions[thing["key"]]
                record["body"] = json.dumps(told)
        return body

    def drop(self, key: str, content: bytes) -> None:
        put = self.clients.s3.put_object(Bucket="inbox", Key=key, Body=content)
        self.versions[key] = put["VersionId"]

    def drop_sample(self, name: str) -> None:
        key = json.loads(event(name)["Records"][0]["body"])["detail"]["object"]["key"]
        self.drop(key, (EVENTS / key).read_bytes())

    def drops(self, name: str, key: str, content: bytes, **parts: Any) -> dict[str, Any]:
        """Drop a file, run its import and read the result put beside it."""
        self.drop(key, content)
        body = event(name)
        told = json.loads(body["Records"][0]["body"])
        told["detail"]["object"] |= {"key": key, **parts}
        body["Records"][0]["body"] = json.dumps(told)
        assert self.run(name, body) == []
        return self.result(key)

    def result(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file("inbox", f"results/{key.removeprefix('inbox/')}.json"))
        return found

    def file(self, bucket: str, key: str) -> bytes:
        content: bytes = self.clients.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return content

    def keys(self, bucket: str) -> list[str]:
        return [one["Key"] for one in self.clients.s3.list_objects_v2(Bucket=bucket).get("Contents", [])]

    def messages(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        url = self.urls[name]
        while batch := self.clients.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for one in batch:
                found.append(json.loads(one["Body"]))
                self.clients.sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return found


def later(name: str) -> dict[str, Any]:
    """Return the sample of a trigger as if the same file were dropped again a day later."""
    body = event(name)
    told = json.loads(body["Records"][0]["body"])
    told["time"] = "2026-04-03T06:15:21Z"
    body["Records"][0]["body"] = json.dumps(told)
    return body


def told_of_mail(cloud: "Cloud") -> dict[str, Any]:
    """Return the sample of what the mail system tells, about the message that was sent here."""
    delivery = DynamoDeliveries(make_table(cloud, "documents")).delivery(DOCUMENT)
    assert delivery is not None
    body = event("handle_mail_events")
    for record in body["Records"]:
        told = json.loads(record["body"])
        told["detail"]["mail"]["messageId"] = delivery.message_id
        record["body"] = json.dumps(told)
    return body


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Cloud]:
    pretend_credentials(monkeypatch)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.nodeid)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "kwit")
    with mock_aws():
        yield Cloud()
    for name in FUNCTIONS:
        function = handler(name)
        function.application = function._logger = function._metrics = None


@pytest.fixture
def furnished(cloud: Cloud) -> Cloud:
    """Drop settings and price lists, and keep one contract with its states."""
    cloud.drop_sample("import_settings")
    assert cloud.run("import_settings") == []
    lists = {f"inbox/price-lists/{name}": content for name, content in shipped_price_lists().items()}
    own = EVENTS / "inbox" / "price-lists" / "jasna-energia-2026.yaml"
    for key, content in {**lists, f"inbox/price-lists/{own.name}": own.read_bytes()}.items():
        if any(part in key for part in ("levies", "pge-dystrybucja", "jasna")):
            assert cloud.drops("import_price_list", key, content)["status"] == "accepted"
    app = cloud.application(RateContractsSettings)
    app.registry.put([contract(), party(), point(), meter()])
    app.readings.put([state("U/1", date(2026, 3, 1), "1000"), state("U/1", date(2026, 4, 1), "1150.4")])
    return cloud


class TestSamples:
    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_every_function_has_the_sample_of_its_trigger(self, name: str) -> None:
        records = event(name)["Records"]
        assert records
        for one in records:
            assert handler(name).message.model_validate_json(one["body"])
            assert one["eventSource"] == "aws:sqs"

    def test_the_queue_of_a_series_is_first_in_first_out(self) -> None:
        (record,) = event("issue_documents")["Records"]
        assert record["eventSourceARN"].endswith(".fifo")
        assert record["attributes"]["MessageGroupId"]


class TestDrops:
    def test_settings_are_kept_and_the_result_lies_beside(self, cloud: Cloud) -> None:
        cloud.drop_sample("import_settings")
        assert cloud.run("import_settings") == []
        result = cloud.result("inbox/settings/company.yaml")
        assert (result["status"], result["accepted"]) == ("accepted", 1)
        assert cloud.run("import_settings") == []
        assert cloud.result("inbox/settings/company.yaml") == result
        assert cloud.run("import_settings", later("import_settings")) == []
        assert cloud.result("inbox/settings/company.yaml")["status"] == "duplicate_file"

    @pytest.mark.parametrize(
        ("content", "column"),
        [(b"format: kwit/settings/1\n", "seller"), (b"a: [\n", ""), (b"- 1\n", ""), (b"", "")],
    )
    def test_wrong_settings_are_refused_field_by_field(
        self, cloud: Cloud, content: bytes, column: str
    ) -> None:
        result = cloud.drops("import_settings", "inbox/settings/zle.yaml", content)
        assert result["status"] == "rejected"
        assert column in {finding["column"] for finding in result["findings"]} or not column
        assert all(finding["sentence_pl"] for finding in result["findings"])

    def test_settings_with_a_wrong_text_are_refused_by_its_id(self, cloud: Cloud) -> None:
        source = (EVENTS / "inbox/settings/company.yaml").read_bytes()
        text = "{id: zaleglosc, place: mail, text: 'Zaległość {{ zaleglosc }}'}"
        content = source + f"\ntexts:\n  - {text}\n".encode()
        result = cloud.drops("import_settings", "inbox/settings/teksty.yaml", content)
        assert result["status"] == "rejected"
        (finding,) = result["findings"]
        assert (finding["code"], finding["column"], finding["value"]) == (
            "bad_text",
            "texts.0.text",
            "zaleglosc",
        )
        assert "unknown name zaleglosc" in finding["sentence_pl"]
        sound = content.replace(b"{{ zaleglosc }}", b"{{ opening_balance }}")
        assert cloud.drops("import_settings", "inbox/settings/teksty.yaml", sound)["status"] == "accepted"

    def test_a_price_list_is_checked_kept_and_known_again(self, cloud: Cloud) -> None:
        cloud.drop_sample("import_price_list")
        key = "inbox/price-lists/jasna-energia-2026.yaml"
        for body, status in (
            (event("import_price_list"), "accepted"),
            (event("import_price_list"), "accepted"),
            (later("import_price_list"), "duplicate_file"),
        ):
            assert cloud.run("import_price_list", body) == []
            assert cloud.result(key)["status"] == status
        broken = (EVENTS / key).read_bytes().replace(b'price: "0.5890"', b'price: "0,5890"')
        result = cloud.drops("import_price_list", "inbox/price-lists/zly.yaml", broken)
        assert result["status"] == "rejected"
        assert result["findings"][0]["row"] > 1

    def test_the_registry_and_its_readings_come_in(self, cloud: Cloud) -> None:
        for name, key in (
            ("import_registry", "inbox/registry/kartoteka.xlsx"),
            ("import_readings", "inbox/readings/odczyty-windows-1250.csv"),
        ):
            cloud.drop_sample(name)
            assert cloud.run(name) == []
            result = cloud.result(key)
            assert result["status"] in {"accepted", "partly"}
            assert result["accepted"] > 0
            sheets = load_workbook(BytesIO(cloud.file("inbox", f"results/{key.removeprefix('inbox/')}.xlsx")))
            assert sheets.worksheets

    def test_a_dropped_profile_reads_the_files_that_come_after_it(self, cloud: Cloud) -> None:
        cloud.drop_sample("import_registry")
        assert cloud.run("import_registry") == []
        workbook = (EVENTS / "inbox" / "readings" / "tabela-osd.xlsx").read_bytes()
        before = cloud.drops("import_readings", "inbox/readings/tabela-1.xlsx", workbook)
        assert (before["status"], before["accepted"]) == ("rejected", 0)
        cloud.drop_sample("import_profiles")
        assert cloud.run("import_profiles") == []
        assert cloud.result("inbox/profiles/tabela-osd.yaml")["status"] == "accepted"
        after = cloud.drops("import_readings", "inbox/readings/tabela-2.xlsx", workbook)
        assert (after["status"], after["accepted"]) == ("accepted", 4)

    def test_a_collector_s_remarks_are_kept(self, cloud: Cloud) -> None:
        cloud.drop_sample("import_registry")
        assert cloud.run("import_registry") == []
        answer = (EVENTS / "inbox" / "readings" / "trasa-2026-03.csv").read_bytes()
        result = cloud.drops("import_readings", "inbox/readings/trasa.csv", answer)
        assert (result["status"], result["accepted"]) == ("accepted", 3)
        kept = DynamoRemarks(Table(cloud.clients.dynamodb, "readings")).open_remarks()
        assert [one.code for one in kept] == ["dog", "seal_broken"]

    def test_a_long_file_comes_in_by_its_parts(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kwit.metering.importing.LONG_TABLE", 2)
        monkeypatch.setattr("kwit.metering.importing._SHORT_BYTES", 10)
        cloud.drop_sample("import_registry")
        assert cloud.run("import_registry") == []
        cloud.drop_sample("import_readings")
        assert cloud.run("import_readings") == []
        key = "inbox/readings/odczyty-windows-1250.csv"
        assert f"results/{key.removeprefix('inbox/')}.json" not in cloud.keys("inbox")
        parts = cloud.messages("import")
        assert len(parts) > 1
        for body in parts:
            sample = event("import_reading_parts")
            sample["Records"][0]["body"] = json.dumps(body)
            assert cloud.run("import_reading_parts", sample) == []
        in_parts = cloud.result(key)
        assert in_parts["accepted"] > 0
        assert cloud.run("import_readings") == []
        assert cloud.result(key) == in_parts

    def test_a_file_nobody_reads_is_said_so(self, cloud: Cloud) -> None:
        assert cloud.run("reject_unknown_drop") == []
        result = cloud.result("inbox/faktury/stara-faktura.pdf")
        assert result["status"] == "rejected"
        assert "inbox/readings/" in result["findings"][0]["sentence_pl"]

    @pytest.mark.parametrize(
        "name", ["import_settings", "import_price_list", "import_registry", "import_readings"]
    )
    def test_a_file_too_large_is_refused_before_it_is_read(self, cloud: Cloud, name: str) -> None:
        result = cloud.drops(name, "inbox/readings/wielki.csv", b"x", size=100_000_001)
        assert result["findings"][0]["code"] == "file_too_large"

    @pytest.mark.parametrize(
        "name",
        ["import_settings", "import_price_list", "import_registry", "import_readings", "reject_unknown_drop"],
    )
    def test_a_test_notification_is_passed_over(self, cloud: Cloud, name: str) -> None:
        body = event(name)
        body["Records"][0]["body"] = json.dumps(
            {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "inbox"}
        )
        assert cloud.run(name, body) == []
        assert cloud.keys("inbox") == []

    @pytest.mark.parametrize(
        "key", ["inbox/readings/a+b c.csv", "inbox/readings/łódź 50%.csv", "inbox/readings/x/y.csv"]
    )
    def test_a_key_is_taken_as_it_stands(self, cloud: Cloud, key: str) -> None:
        result = cloud.drops("import_readings", key, b"\xef\xbb\xbfppe;data\r\n")
        assert result["file"] == key.rpartition("/")[2]

    def test_a_file_that_is_gone_comes_back_to_the_queue(self, cloud: Cloud) -> None:
        assert cloud.run("import_settings") == [event("import_settings")["Records"][0]["messageId"]]


STEPS = ("plan_billing_run", "rate_contracts", "close_billing_run", "issue_documents", "render_documents",
         "deliver_documents")  # fmt: skip


class TestRun:
    def test_a_reading_becomes_an_invoice_an_e_mail_postings_and_a_report(self, furnished: Cloud) -> None:
        cloud = furnished
        assert cloud.run("plan_billing_run") == []
        assert cloud.messages("rate") == [{"run_id": RUN, "chunk": 0}]
        assert cloud.run("rate_contracts") == []
        assert cloud.messages("close") == [{"run_id": RUN}]
        assert cloud.run("close_billing_run") == []
        assert cloud.messages("issue") == [{"run_id": RUN, "batch": 0}]
        report = json.loads(cloud.file("documents", f"exports/run-{RUN}.json"))
        assert (report["drafts"], report["balances"], report["money"]["gross"]) == (1, True, "224.44")
        assert cloud.run("issue_documents") == []
        assert cloud.messages("render") == [{"document_ids": [DOCUMENT]}]
        assert cloud.run("render_documents") == []
        assert cloud.messages("deliver") == [{"document_ids": [DOCUMENT]}]
        assert cloud.file("documents", "invoices/2026/04/FV-2026-04-000001.pdf").startswith(b"%PDF")
        assert cloud.run("deliver_documents") == []
        assert self.status(cloud) is MailStatus.SENT
        assert cloud.run("export_postings") == []
        (postings,) = [
            key for key in cloud.keys("documents") if key.startswith("exports/postings-2026-04-01-")
        ]
        assert b"FV/2026/04/000001;2026-04-01;2026-04;200;Wn;224,44;" in cloud.file("documents", postings)
        assert cloud.run("publish_reports") == []
        book = load_workbook(BytesIO(cloud.file("documents", "exports/sales-2026-04.xlsx")))
        assert book["Grupy"]["G2"].value == pytest.approx(224.44)

    def status(self, cloud: Cloud) -> MailStatus | None:
        table = make_table(cloud, "documents")
        standing = DynamoDeliveries(table).delivery(DOCUMENT)
        return standing.status if standing else None

    def test_every_step_twice_changes_no_item_and_no_file(self, furnished: Cloud) -> None:
        cloud = furnished
        steps = (*STEPS, "export_postings", "publish_reports")
        for name in steps:
            assert cloud.run(name) == []
        assert cloud.run("close_billing_run") == []  # issuing asks for the run to be closed as issued
        before = contents(cloud)
        for name in steps:
            assert cloud.run(name) == []
        assert contents(cloud) == before

    def test_mail_events_move_the_delivery_to_its_worst(self, furnished: Cloud) -> None:
        for name in STEPS:
            assert furnished.run(name) == []
        samples = told_of_mail(furnished)["Records"]
        assert furnished.run("handle_mail_events", {"Records": samples[:1]}) == []
        assert self.status(furnished) is MailStatus.DELIVERED
        assert furnished.run("handle_mail_events", {"Records": samples}) == []
        assert self.status(furnished) is MailStatus.COMPLAINED
        assert furnished.run("handle_mail_events", {"Records": samples[::-1]}) == []
        assert self.status(furnished) is MailStatus.COMPLAINED

    def test_mail_events_of_nobodys_mail_are_passed_over(self, cloud: Cloud) -> None:
        assert cloud.run("handle_mail_events") == []

    @pytest.mark.parametrize(
        "name",
        [
            "import_reading_parts",
            "rate_contracts",
            "close_billing_run",
            "issue_documents",
            "render_documents",
            "deliver_documents",
        ],
    )
    def test_what_nobody_knows_comes_back_to_the_queue(self, furnished: Cloud, name: str) -> None:
        assert furnished.run(name) == [event(name)["Records"][0]["messageId"]]

    def test_a_document_not_rendered_yet_comes_back(self, furnished: Cloud) -> None:
        for name in STEPS[:4]:
            assert furnished.run(name) == []
        assert furnished.run("deliver_documents") == [event("deliver_documents")["Records"][0]["messageId"]]
        assert self.status(furnished) is None

    def test_a_settlement_is_drawn_when_all_its_forecasts_are_kept(self, furnished: Cloud) -> None:
        one = forecast_office(date(2026, 3, 1), date(2026, 9, 1))
        run_forecasts(one, *(date(2026, month, 1) for month in (3, 5, 7, 9)))
        *ahead, last = one.documents.documents.values()
        app = furnished.application(RenderDocumentsSettings)
        app.company.put(company_settings(), version=last.bill().settings_version, known_at=KNOWN)
        app.documents.put_documents([*ahead[1:], last])
        body = event("render_documents")
        body["Records"][0]["body"] = json.dumps({"document_ids": [last.document_id]})
        assert furnished.run("render_documents", body) == [body["Records"][0]["messageId"]]
        app.documents.put_documents([ahead[0]])
        assert furnished.run("render_documents", body) == []
        (name,) = (key for key in furnished.keys("documents") if key.startswith("invoices/"))
        assert name.endswith(f"{last.number.replace('/', '-')}.pdf")

    def test_manual_approval_stops_before_numbers(self, furnished: Cloud) -> None:
        app = furnished.application(CloseBillingRunSettings)
        manual = app.company.current(on=date(2026, 4, 8))[0].model_copy(update={"approval": "manual"})
        app.company.put(manual, version="m", known_at=datetime(2027, 1, 1, tzinfo=UTC))
        for name in STEPS[:3]:
            assert furnished.run(name) == []
        run = app.runs.run(RUN)
        assert run is not None
        assert run.status is RunStatus.WAITING
        assert furnished.messages("issue") == []

    def test_a_day_without_documents_reports_nothing(self, furnished: Cloud) -> None:
        for name in ("export_postings", "publish_reports"):
            assert furnished.run(name) == []
        assert furnished.keys("documents") == []


class TestApplication:
    def test_what_the_settings_do_not_name_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pretend_credentials(monkeypatch)
        app = Application(Settings())
        with pytest.raises(SettingMissingError, match="registry_table"):
            _ = app.registry

    def test_holidays_are_read_once(self) -> None:
        app = Application(Settings())
        assert date(2026, 5, 1) in app.holidays
        assert app.holidays is app.holidays

    def test_the_clock_has_a_zone(self) -> None:
        assert Application(Settings()).now().tzinfo is UTC
        assert KNOWN.tzinfo is UTC


def make_table(cloud: Cloud, name: str) -> Any:
    return Table(cloud.clients.dynamodb, name)


def contents(cloud: Cloud) -> dict[str, Any]:
    """Return every item and every file."""
    items: dict[str, Any] = {}
    for name in ("registry", "readings", "billing", "documents"):
        for item in cloud.clients.dynamodb.scan(TableName=name)["Items"]:
            items[f"{name} {item['pk']['S']} {item['sk']['S']}"] = item
    # The run's report tells where the run stands, so a late message finds another word in it.
    keys = [key for key in cloud.keys("documents") if not key.startswith("exports/run-")]
    files = {key: cloud.file("documents", key) for key in keys}
    return {**items, **files}
