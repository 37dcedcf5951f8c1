"""`kwit route` writes the file of a route, lists what collectors remarked, and takes off what is settled."""

import csv
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from kwit.cli import route
from kwit.cli.main import app
from kwit.metering.importing import import_readings
from tests.billing.test_routes import KNOWN, LUBLIN, Network
from tests.fakes.import_log import MemoryImports
from tests.fakes.remarks import MemoryRemarks
from tests.intake.files import dropped


class MemoryApplication:
    """A deployed system in memory, as the route commands meet it."""

    def __init__(self) -> None:
        self.network, self.remarks = Network(), MemoryRemarks()
        self.directory, self.readings = self.network.directory, self.network.readings
        self.company = self.network.settings
        self.planning = self.network.stores.planning

    def drop(self, text: str) -> None:
        import_readings(
            file=dropped(text), directory=self.directory, store=self.readings, imports=MemoryImports(),
            known_at=KNOWN.replace(month=4), remarks=self.remarks,
        )  # fmt: skip


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> MemoryApplication:
    made = MemoryApplication()
    monkeypatch.setattr(route, "Application", lambda _: made)
    monkeypatch.setattr(route, "load", lambda *_: None)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["route", *arguments])


class TestExport:
    def test_writes_the_route_of_a_day(self, application: MemoryApplication, tmp_path: Path) -> None:
        path = tmp_path / "trasa-1.csv"
        result = run("export", str(path), "--day", "2026-02-28")
        assert (result.exit_code, result.stdout) == (0, f"{path}: 3 registers at 2 points\n")
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
        assert [(row["Trasa"], row["PPE"], row["Nr licznika"], row["Rejestr"]) for row in rows] == [
            ("trasa-1", "590243000000001044", "90104002", "1.8.0"),
            ("trasa-1", LUBLIN, "90102001", "1.8.1"),
            ("trasa-1", LUBLIN, "90102001", "1.8.2"),
        ]

    def test_writes_a_workbook_of_the_contracts_named(
        self, application: MemoryApplication, tmp_path: Path
    ) -> None:
        path = tmp_path / "trasa.XLSX"
        result = run("export", str(path), "--day", "2026-02-28", "--contract", "U/2025/101..U/2025/102")
        assert result.exit_code == 0
        assert load_workbook(path)["Trasa"].max_row == 4

    def test_refuses_what_is_no_day(self, application: MemoryApplication, tmp_path: Path) -> None:
        result = run("export", str(tmp_path / "a.csv"), "--day", "28.02.2026")
        assert (result.exit_code, result.stderr) == (1, "not a day (YYYY-MM-DD): 28.02.2026\n")

    def test_says_which_settings_are_missing(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.delenv("READINGS_TABLE", raising=False)
        result = run("export", str(tmp_path / "a.csv"), "--day", "2026-02-28")
        assert result.exit_code == 1
        assert "READINGS_TABLE" in result.stderr


class TestRemarks:
    ANSWER = f"PPE;Data odczytu;Stan;Kod uwagi\n{LUBLIN};2026-02-27;;1\n{LUBLIN};2026-02-28;;11\n"

    def test_are_listed_until_a_reading_or_a_person_settles_them(
        self, application: MemoryApplication
    ) -> None:
        application.drop(self.ANSWER)
        listed = run("remarks").stdout
        assert "no_access" in listed
        assert "plomba zerwana" in listed
        assert listed.endswith("2 open, 0 settled by readings\n")
        application.network.read(LUBLIN, "90102001", "1.8.1", date(2026, 3, 1))
        assert run("remarks").stdout.endswith("1 open, 1 settled by readings\n")
        [left] = application.remarks.open_remarks()
        result = run("settle", left.remark_id[:8], "--by", "Anna")
        assert (result.exit_code, result.stdout) == (0, f"{left.remark_id}: settled by Anna\n")
        assert run("remarks").stdout == "0 open, 0 settled by readings\n"
        assert set(application.remarks.settled.values()) == {"Anna", str(_source(application))}

    def test_that_are_not_one_cannot_be_settled(self, application: MemoryApplication) -> None:
        application.drop(self.ANSWER)
        result = run("settle", "", "--by", "Anna")
        assert (result.exit_code, result.stderr) == (1, "2 open remarks begin with \n")


def _source(application: MemoryApplication) -> object:
    return application.readings.registers(LUBLIN)[0].source
