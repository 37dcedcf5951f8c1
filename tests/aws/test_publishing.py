"""A report that does not agree with the postings is not published."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kwit.aws import publishing
from kwit.aws.bootstrap import Application
from kwit.aws.clients import Clients
from kwit.aws.package_store import S3Files
from kwit.aws.publishing import NotReconciledError, publish
from kwit.aws.run_publishing import publish_run_report
from kwit.aws.schedules import ScheduleFired
from kwit.aws.settings import CloseBillingRunSettings, PublishReportsSettings
from kwit.aws.table import Table
from kwit.billing.certificate import certify
from kwit.billing.drafts import RunStatus
from kwit.documents.document import BlockEntry, NumberBlock
from kwit.ledger.export import DocumentsMissingError
from kwit.reports.sales import Reconciliation
from tests.billing import samples
from tests.billing.company import company_settings
from tests.rating.cases import KNOWN

FIRED = ScheduleFired(schedule="reports", scheduled_time=datetime(2026, 4, 30, 19, tzinfo=UTC))


def application() -> Application:
    settings = PublishReportsSettings(
        registry_table="registry", documents_table="documents", documents_bucket="documents"
    )
    app = Application(settings, Clients())
    where = {"LocationConstraint": "eu-central-1"}
    app.clients.s3.create_bucket(Bucket="documents", CreateBucketConfiguration=where)  # type: ignore[arg-type]
    app.company.put(company_settings(), version="s1", known_at=KNOWN)
    document = samples.document()
    entry = BlockEntry(
        document.document_id, document.number, 0, "U/1", samples.draft().start, samples.draft().end,
        document.content_hash,
    )  # fmt: skip
    block = NumberBlock(samples.RUN_ID, 0, "FV/2026/04/{number:06}", 1, samples.ISSUE_DATE, (entry,))
    app.documents.take_block(block, first_bills=frozenset({"U/1"}))
    app.documents.put_documents([document])
    return app


class TestPublish:
    def test_the_month_up_to_the_day_is_published(self, tables: dict[str, Table]) -> None:
        app = application()
        assert publish(FIRED, app)["documents"] == 1
        keys = {one["Key"] for one in app.clients.s3.list_objects_v2(Bucket="documents")["Contents"]}
        assert keys == {"exports/sales-2026-04.xlsx", "exports/distribution-2026-04.csv"}

    def test_documents_not_kept_yet_are_waited_for(self, tables: dict[str, Table]) -> None:
        app = application()
        app.documents.take_block(samples.block("U/2", first=2, number=1), first_bills=frozenset({"U/2"}))
        with pytest.raises(DocumentsMissingError):
            publish(FIRED, app)

    def test_documents_of_another_month_do_not_count(self, tables: dict[str, Table]) -> None:
        march = ScheduleFired(schedule="reports", scheduled_time=datetime(2026, 3, 31, 19, tzinfo=UTC))
        assert publish(march, application()) == {"documents": 0}

    def test_a_difference_is_named_and_nothing_is_written(
        self, tables: dict[str, Table], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = application()
        rows = (("Netto = przychody (Ma)", Decimal(1), Decimal(2)), ("VAT", Decimal(3), Decimal(3)))
        monkeypatch.setattr(publishing, "reconcile", lambda **_: Reconciliation(rows))
        with pytest.raises(NotReconciledError) as caught:
            publish(FIRED, app)
        assert caught.value.differences == ("Netto = przychody (Ma): 1 / 2",)
        assert app.clients.s3.list_objects_v2(Bucket="documents")["KeyCount"] == 0


class TestTheReportOfARun:
    def test_tells_where_the_run_stands_when_it_went_on_meanwhile(
        self, tables: dict[str, Table], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = CloseBillingRunSettings(
            registry_table="registry",
            billing_table="billing",
            documents_bucket="documents",
            issue_queue_url="issue",
            compare_queue_url="compare",
        )
        app = Application(settings, Clients())
        where = {"LocationConstraint": "eu-central-1"}
        app.clients.s3.create_bucket(Bucket="documents", CreateBucketConfiguration=where)  # type: ignore[arg-type]
        draft = samples.draft()
        app.runs.create_run(samples.run(), [["U/1"]])
        app.runs.finish_chunk(samples.chunk_result(draft), [draft])
        rated = app.runs.set_status(samples.RUN_ID, expected=RunStatus.PLANNED, status=RunStatus.RATED)
        put = S3Files.put

        def slowly(files: S3Files, key: str, content: bytes, content_type: str) -> None:
            put(files, key, content, content_type)
            app.runs.set_status(samples.RUN_ID, expected=RunStatus.RATED, status=RunStatus.WAITING)

        monkeypatch.setattr(S3Files, "put", slowly)
        certificate = certify(run=rated, results=app.runs.chunk_results(samples.RUN_ID))
        assert publish_run_report(rated, certificate, app).status is RunStatus.WAITING
        told = json.loads(app.files.get(f"exports/run-{samples.RUN_ID}.json"))
        assert told["status"] == "waiting_for_approval"
