"""Invoices of firms on their way into KSeF, on the embedded cloud: outages, refusals, repeats, corrections."""

import io
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pytest_socket import enable_socket

from events import inbox_files, portfolio
from infra.local import schedules
from infra.local.cloud import EmbeddedCloud
from infra.local.ksef.connected import connected
from infra.local.ksef.server import KsefServer
from kwit.aws.document_store import DynamoDocuments
from kwit.aws.document_task_store import DynamoDocumentTasks
from kwit.aws.filing_store import DynamoFilings
from kwit.aws.ksef_credentials import KsefCredentials
from kwit.aws.ksef_gateway import KsefAddress, KsefApiGateway
from kwit.aws.table import Table
from kwit.ksef.filing import Filing, FilingStatus, Mode
from kwit.ksef.ports import Outgoing
from kwit.tariffs.packaged import shipped_price_lists

pytestmark = pytest.mark.end_to_end

SAMPLES = Path(__file__).parents[2] / "events" / "inbox"
DAY = portfolio.BUSINESS_DATE
ORDER = "format: kwit/run-order/1\nbusiness_date: {day}\nby: jan\ndry: false\n"

APPROVAL = """format: kwit/run-approval/1
run: {run_id}
by: ewa
action: approve_and_issue
drafts_hash: '{drafts_hash}'
"""


class Office:
    """Four firms with readings of March, and the KSeF server that their seller speaks with."""

    def __init__(self, cloud: EmbeddedCloud, ksef: KsefServer) -> None:
        self.cloud = cloud
        self.ksef = ksef
        table = Table(cloud.client("dynamodb"), cloud.outputs["DocumentsTableName"])
        self.filings = DynamoFilings(table)
        self.documents = DynamoDocuments(table, table)
        self.tasks = DynamoDocumentTasks(table)
        self.firms = [one for one in portfolio.customers() if one.firm and "xlsx" in one.files][:4]
        self.seen: set[str] = set()
        self._furnish()

    def _furnish(self) -> None:
        self.drop("settings/company.yaml", (SAMPLES / "settings" / "company.yaml").read_bytes())
        for name, content in shipped_price_lists().items():
            self.drop(f"price-lists/{name}", content, wait=False)
        for path in sorted((SAMPLES / "price-lists").glob("*.yaml")):
            self.drop(f"price-lists/{path.name}", path.read_bytes(), wait=False)
        self.cloud.wait_idle()
        self.drop("registry/kartoteka.xlsx", inbox_files.registry_workbook(self.firms))
        rows = inbox_files.states(self.firms, "xlsx", first=portfolio.MARCH, last=portfolio.APRIL)
        self.drop("readings/odczyty.csv", inbox_files.states_csv(rows, encoding="utf-8"))

    def drop(self, key: str, content: bytes, *, wait: bool = True) -> dict[str, Any]:
        bucket = self.cloud.outputs["InboxBucketName"]
        self.cloud.client("s3").put_object(Bucket=bucket, Key=f"inbox/{key}", Body=content)
        if not wait:
            return {}
        self.cloud.wait_idle()
        told: dict[str, Any] = json.loads(self.file("InboxBucketName", f"results/{key}.json"))
        return told

    def file(self, bucket: str, key: str) -> bytes:
        body = self.cloud.client("s3").get_object(Bucket=self.cloud.outputs[bucket], Key=key)["Body"]
        content: bytes = body.read()
        return content

    def bill(self, firm: int) -> Filing:
        """Bill one firm and return the filing of its invoice."""
        contract_no = self.firms[firm].contract_no
        order = ORDER.format(day=DAY) + f"contracts: ['{contract_no}']\n"
        assert self.drop(f"run-orders/{firm}.yaml", order.encode())["status"] == "accepted"
        (document,) = self.documents.issued(contract_no)
        return self.filing(document.document_id)

    def correct(self) -> None:
        """Order corrections, and approve and issue what comes of it."""
        order = ORDER.format(day=DAY) + "kind: corrections\n"
        told = self.drop("run-orders/korekty.yaml", order.encode())
        run_id = told["findings"][0]["value"]
        report = json.loads(self.file("DocumentsBucketName", f"exports/run-{run_id}.json"))
        approval = APPROVAL.format(run_id=run_id, drafts_hash=report["drafts_hash"])
        assert self.drop("run-approvals/korekty.yaml", approval.encode())["status"] == "accepted"

    def filing(self, document_id: str) -> Filing:
        return self.filings.filings([document_id])[document_id]

    def watch(self, day: date) -> None:
        """Fire the schedules of the morning of a day."""
        morning = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        for schedule in schedules.deployed(self.cloud):
            if "watch_ksef" in schedule.message:
                due = schedules.occurrences(schedule, since=morning, until=morning + timedelta(hours=2))
                for one in due:
                    self.cloud.send_to_queue(schedule.queue_arn, one.message)
        self.cloud.wait_idle()

    def text(self, filing: Filing) -> str:
        """Return the words of a document's pages."""
        key = f"invoices/{filing.issue_date:%Y/%m}/{filing.number.replace('/', '-')}.pdf"
        pdf = pypdfium2.PdfDocument(io.BytesIO(self.file("DocumentsBucketName", key)))
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)

    def mails(self, filing: Filing) -> int:
        name = f"{filing.number.replace('/', '-')}.pdf".encode()
        return sum(name in path.read_bytes() for path in self.cloud.outbox.glob("*.eml"))

    def taken(self, filing: Filing) -> list[str]:
        """Return the numbers under which KSeF holds a document."""
        return [one.ksef_number for one in self.ksef.taken if one.number == filing.number]

    def new_tasks(self) -> list[str]:
        found = [one for one in self.tasks.open_document_tasks() if one.task_id not in self.seen]
        self.seen |= {one.task_id for one in found}
        return [one.kind for one in found]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    enable_socket()
    with EmbeddedCloud() as cloud, connected(cloud, nip=portfolio.SELLER_NIP, day=DAY) as ksef:
        yield Office(cloud, ksef)


def test_online_the_pages_have_the_number_and_the_mail_goes_once(office: Office) -> None:
    filing = office.bill(0)
    assert (filing.status, filing.mode) == (FilingStatus.TAKEN, Mode.ONLINE)
    assert office.taken(filing) == [filing.ksef_number]
    assert filing.ksef_number in office.text(filing)
    assert office.mails(filing) == 1
    upo = office.file("DocumentsBucketName", filing.upo_key)
    assert filing.ksef_number.encode() in upo
    assert office.filings.open_filings() == []


def test_an_outage_sends_it_out_offline_and_it_follows_before_its_deadline(office: Office) -> None:
    office.ksef.controls.outage = "503"
    filing = office.bill(1)
    assert (filing.status, filing.mode) == (FilingStatus.WAITING, Mode.OFFLINE24)
    assert filing.send_by == date(2026, 4, 9)
    words = office.text(filing)
    assert "OFFLINE" in words
    assert "CERTYFIKAT" in words
    assert office.mails(filing) == 1
    office.ksef.controls.outage = ""
    office.watch(DAY + timedelta(days=1))
    after = office.filing(filing.document_id)
    assert after.status is FilingStatus.TAKEN
    (invoice,) = [one for one in office.ksef.taken if one.number == filing.number]
    assert invoice.mode.lower() == "offline"
    assert office.mails(filing) == 1
    assert office.text(after) == words
    assert office.new_tasks() == []


def test_a_refused_offline_invoice_is_corrected_technically(office: Office) -> None:
    office.ksef.controls.outage = "closed"
    filing = office.bill(2)
    assert filing.mode is Mode.OFFLINE24
    office.ksef.controls.outage = ""
    office.ksef.controls.reject = [(450, ["Pole SystemInfo"])]
    office.watch(DAY + timedelta(days=1))
    refused = office.filing(filing.document_id)
    assert refused.status is FilingStatus.REFUSED
    assert "Pole SystemInfo" in refused.problem
    assert office.new_tasks() == ["ksef_refused"]
    right = office.file("DocumentsBucketName", refused.file_key).replace(b">kWit<", b">kWit 1<")
    assert right != office.file("DocumentsBucketName", refused.file_key)
    wrong = right.replace(b"<P_15>", b"<P_15>9")
    told = office.drop("document-orders/zla.xml", wrong)
    assert [one["code"] for one in told["findings"]] == ["another_invoice"]
    assert office.drop("document-orders/faktura.xml", right)["status"] == "accepted"
    after = office.filing(filing.document_id)
    assert after.status is FilingStatus.TAKEN
    (invoice,) = [one for one in office.ksef.taken if one.number == filing.number]
    assert invoice.corrects == refused.content_hash
    assert office.mails(filing) == 1


def test_what_had_arrived_unseen_is_found_by_the_answer_that_it_is_a_duplicate(office: Office) -> None:
    office.ksef.controls.outage = "503"
    filing = office.bill(3)
    office.ksef.controls.outage = ""
    content = office.file("DocumentsBucketName", filing.file_key)
    address = KsefAddress(api=office.ksef.url, lighthouse=office.ksef.url)
    seller = office.ksef.seller
    credentials = KsefCredentials(nip=seller.nip, token=seller.token)
    with closing(KsefApiGateway(address=address, credentials=credentials)) as gateway:
        gateway.session(gateway.send([Outgoing(content, offline=True)], batch=False))
    office.watch(DAY + timedelta(days=1))
    after = office.filing(filing.document_id)
    assert after.status is FilingStatus.TAKEN
    assert len(after.doubles) == 1
    assert office.taken(filing) == [after.ksef_number]
    assert office.mails(filing) == 1


def test_a_correction_waits_for_its_original_and_names_it(office: Office) -> None:
    firm = office.firms[1]
    (issued,) = office.documents.issued(firm.contract_no)
    original = office.filing(issued.document_id)
    rows = inbox_files.states([firm], "xlsx", first=portfolio.APRIL, last=portfolio.APRIL)
    lower = [(who, stay, day, code, wh - 20_000, kind) for who, stay, day, code, wh, kind in rows]
    office.drop("readings/poprawka.csv", inbox_files.states_csv(lower, encoding="utf-8"))
    office.ksef.controls.outage = "503"
    office.correct()
    correction = next(
        one for one in office.documents.issued(firm.contract_no) if one.document_id != issued.document_id
    )
    offline = office.filing(correction.document_id)
    assert offline.mode is Mode.OFFLINE24
    office.ksef.controls.outage = ""
    office.watch(DAY + timedelta(days=1))
    filing = office.filing(correction.document_id)
    assert filing.status is FilingStatus.TAKEN
    xml = office.file("DocumentsBucketName", filing.file_key).decode()
    assert f"<NrKSeFFaKorygowanej>{original.ksef_number}</NrKSeFFaKorygowanej>" in xml


def test_words_about_invoices_are_in_no_log(office: Office) -> None:
    logged = office.cloud.logs("submit_ksef") + office.cloud.logs("watch_ksef")
    for firm in office.firms:
        assert firm.name not in logged
        assert firm.email not in logged
    assert office.ksef.seller.token not in logged
