"""A collective invoice and its corrections through the handlers on moto: numbered, drawn, sent, booked, cancelled."""

import json
from datetime import date
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from kwit.aws.settings import RateContractsSettings
from kwit.billing.collective_content import CollectiveContent
from kwit.billing.correction_content import CorrectionContent
from kwit.cli.main import app as commands
from tests.billing.memory_case import contract, meter, party, point, state
from tests.functions.run_office import report, work_off
from tests.functions.test_correction_runs import documents_of, issue, start
from tests.functions.test_handlers import Cloud, cloud, furnished  # noqa: F401 - fixtures

ACCOUNT = "ZB-0001"
TOGETHER = ("U/10", "U/11", "U/12")
NUMBER = "FV/2026/04/000002"


@pytest.fixture
def billed(furnished: Cloud) -> Cloud:  # noqa: F811
    """Issue March of a contract alone and of three on an account."""
    app = furnished.application(RateContractsSettings)
    for index, no in enumerate(TOGETHER):
        terms = contract(no, collective=ACCOUNT, payer_id="K-U/10")
        app.registry.put([terms, party(no), point(no), meter(no)])
        last = str(1100 + index * 13)
        app.readings.put([state(no, date(2026, 3, 1), "1000"), state(no, date(2026, 4, 1), last)])
    run_id = start(furnished)
    told = report(furnished, run_id)
    assert (told["contracts_due"], told["drafts"], told["contracts_drafted"]) == (4, 2, 4)
    assert issue(furnished, run_id)["issued"]["documents"] == 2
    return furnished


def test_one_number_one_file_one_mail_and_books_that_agree(billed: Cloud) -> None:
    (whole,) = documents_of(billed, ACCOUNT)
    content = whole.read()
    assert isinstance(content, CollectiveContent)
    assert (whole.number, whole.contracts()) == (NUMBER, TOGETHER)
    assert billed.file("documents", "invoices/2026/04/FV-2026-04-000002.pdf").startswith(b"%PDF")
    assert billed.run("export_postings") == []
    assert billed.run("publish_reports") == []
    assert any(key.startswith("exports/sales-") for key in billed.keys("documents"))


def test_cancelled_by_its_number_every_contract_is_corrected_and_nothing_is_left(billed: Cloud) -> None:
    run_id = start(billed, "kind: corrections", f"documents: [{NUMBER}]", "cancel: true", "reason: Pomyłka.")
    told = issue(billed, run_id)
    assert (told["status"], told["drafts"], told["issued"]["faults"]) == ("issued", 3, [])
    (whole,) = documents_of(billed, ACCOUNT)
    content = whole.read()
    assert isinstance(content, CollectiveContent)
    left = content.gross
    for no in TOGETHER:
        (correction,) = (one for one in documents_of(billed, no) if one.number.startswith("FK"))
        found = correction.read()
        assert isinstance(found, CorrectionContent)
        assert (found.original.number, found.original.account) == (NUMBER, ACCOUNT)
        left += found.gross
    assert left == Decimal(0)


def test_it_is_found_explained_replayed_and_written_by_its_number(
    billed: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in billed.environment.items():
        monkeypatch.setenv(name, value)
    replayed = CliRunner().invoke(commands, ["replay", NUMBER])
    assert (replayed.exit_code, replayed.stdout) == (0, "1 documents replayed, 0 differ\n"), replayed.output
    explained = CliRunner().invoke(commands, ["explain", NUMBER])
    assert all(no in explained.stdout for no in TOGETHER)
    assert CliRunner().invoke(commands, ["ksef", "xml", NUMBER]).exit_code == 0


def test_the_diff_of_a_later_run_has_a_row_for_every_contract(billed: Cloud) -> None:
    app = billed.application(RateContractsSettings)
    for index, no in enumerate(TOGETHER):
        app.readings.put([state(no, date(2026, 5, 1), str(1210 + index))])
    lines = ("format: kwit/run-order/1", "business_date: 2026-05-04", "by: jan")
    dropped = billed.drops("import_run_orders", "inbox/run-orders/maj.yaml", "\n".join(lines).encode())
    run_id = dropped["findings"][0]["value"]
    work_off(billed)
    diff = json.loads(billed.file("documents", f"exports/diff-{run_id}-previous.json"))
    assert sorted(row["contract_no"] for row in diff["documents"]) == list(TOGETHER)
    assert report(billed, run_id)["drafts"] == 1
