"""Issued documents replayed and explained by their number, from the tables and the bucket of a system."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kwit.cli.main import app
from tests.functions.run_office import hand, work_off
from tests.functions.test_handlers import Cloud, cloud, furnished  # noqa: F401 - fixtures

NUMBER = "FV/2026/04/000001"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def issued(furnished: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:  # noqa: F811
    """Bill and issue the one contract, and let the commands find the system."""
    assert furnished.run("plan_billing_run") == []
    work_off(furnished)
    for message in furnished.messages("issue"):
        hand(furnished, "issue_documents", message)
    for name, value in furnished.environment.items():
        monkeypatch.setenv(name, value)
    return furnished


def test_a_document_replayed_by_number_and_by_day_is_the_same_to_the_byte(issued: Cloud) -> None:
    result = run("replay", NUMBER)
    assert (result.exit_code, result.stdout) == (0, "1 documents replayed, 0 differ\n"), result.output
    result = run("replay", "--day", "2026-04-01")
    assert (result.exit_code, result.stdout) == (0, "1 documents replayed, 0 differ\n")


def test_a_document_whose_evidence_was_changed_is_told(issued: Cloud) -> None:
    (key,) = (key for key in issued.keys("documents") if key.startswith("evidence/"))
    issued.clients.s3.put_object(Bucket="documents", Key=key, Body=b"other")
    result = run("replay", NUMBER)
    assert result.exit_code == 1
    assert "was changed" in result.stderr


def test_what_nobody_issued_is_named(issued: Cloud) -> None:
    for arguments in (("replay", "FV/1"), ("explain", "FV/1")):
        result = run(*arguments)
        assert (result.exit_code, "there is no document FV/1" in result.stderr) == (1, True)
    assert "no document is named" in run("replay").stderr
    assert "is no day" in run("replay", "--day", "dzisiaj").stderr


def test_a_document_is_explained_by_its_number(issued: Cloud) -> None:
    result = run("explain", NUMBER)
    assert result.exit_code == 0, result.output
    assert "Energia czynna" in result.stdout


def test_a_run_is_compared_from_the_shell(issued: Cloud, tmp_path: Path) -> None:
    result = run("run", "diff", "2026-04-01", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert "224.44 zł between" in result.stdout
    assert {path.suffix for path in tmp_path.iterdir()} == {".html", ".xlsx", ".json"}


def test_a_document_becomes_a_structured_invoice_that_may_be_sent(issued: Cloud, tmp_path: Path) -> None:
    file = tmp_path / "fa.xml"
    result = run("ksef", "xml", NUMBER, "--out", str(file))
    assert result.exit_code == 0, result.output
    # 1 April in Warsaw: the invoice is dated as the one that is filed, whatever the hour at which it is written.
    assert b"<DataWytworzeniaFa>2026-03-31T22:00:00Z<" in file.read_bytes()
    result = run("ksef", "check", str(file))
    assert (result.exit_code, result.stdout) == (0, "1 checked, 0 cannot be sent\n")
    file.write_bytes(file.read_bytes().replace(b"<KodWaluty>PLN</KodWaluty>", b""))
    result = run("ksef", "check", str(file))
    assert (result.exit_code, "schema" in result.stderr) == (1, True)
