"""The commands that check files before they are dropped, and those that look at a run and approve it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kwit.billing.drafts import RunStatus
from kwit.billing.runs import close_run, plan_run, rate_chunk
from kwit.cli import main
from kwit.cli.main import app
from tests.billing.memory_case import Company
from tests.fakes.queues import MemoryQueues
from tests.fakes.run_store import MemoryRuns

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
INBOX = Path(__file__).parents[2] / "events" / "inbox"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


class TestPriceListCheck:
    def test_says_what_is_in_a_sound_list(self) -> None:
        result = run("price-list", "check", str(INBOX / "price-lists" / "jasna-oferta-dom.yaml"))
        assert result.exit_code == 0
        assert "jasna-oferta-dom: 2 charges, 1 groups, 2026-01-01" in result.stdout

    def test_names_every_error_with_its_line(self, tmp_path: Path) -> None:
        text = (INBOX / "price-lists" / "jasna-oferta-dom.yaml").read_text(encoding="utf-8")
        path = tmp_path / "wrong.yaml"
        path.write_text(
            text.replace('"0.6114"', "0.6114").replace("basis: month", "basis: year"), encoding="utf-8"
        )
        result = run("price-list", "check", str(path))
        assert result.exit_code == 1
        told = [line for line in result.stdout.splitlines() if line.startswith("wrong.yaml:")]
        assert any("unquoted_number" in line for line in told)
        assert any("charges[1].basis" in line for line in told)


class TestSettingsCheck:
    def test_says_whose_settings_they_are(self) -> None:
        result = run("settings", "check", str(INBOX / "settings" / "company.yaml"))
        assert result.exit_code == 0
        assert "profiles, approval" in result.stdout

    @pytest.mark.parametrize(
        ("content", "told"), [("format: kwit/settings/1\n", "seller"), ("a: &x 1\n", "anchors")]
    )
    def test_names_what_is_missing_or_not_allowed(self, content: str, told: str, tmp_path: Path) -> None:
        path = tmp_path / "company.yaml"
        path.write_text(content, encoding="utf-8")
        result = run("settings", "check", str(path))
        assert result.exit_code == 1
        assert told in result.stdout


class TestRunCommands:
    @pytest.mark.parametrize("command", [["run", "status", "2026-04-08"], ["run", "approve", "2026-04-08"]])
    def test_say_which_settings_of_the_system_are_missing(
        self, command: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("BILLING_TABLE", raising=False)
        result = run(*command)
        assert result.exit_code == 1
        assert "BILLING_TABLE" in result.stderr


@dataclass
class MemoryApplication:
    """A deployed system in memory, as the run commands meet it."""

    company: Company

    def __call__(self, settings: object) -> "MemoryApplication":
        return self

    @property
    def runs(self) -> MemoryRuns:
        return self.company.runs

    @property
    def planning(self) -> object:
        return self.company.stores

    @property
    def run_queue(self) -> MemoryQueues:
        return self.company.queues


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Company:
    """Rate a run of two contracts, one of which lacks its reading, and let it wait for a person."""
    made = Company()
    made.settings.change(approval="manual")
    made.add("U/1", states=[(MARCH, "1000"), (APRIL, "1100")])
    made.add("U/2", states=[(MARCH, "1000")])
    run_of_day = plan_run(business_date=APRIL, stores=made.stores, queue=made.queues)
    for chunk in range(run_of_day.chunks):
        rate_chunk(
            run_id=run_of_day.run_id,
            chunk=chunk,
            stores=made.stores,
            queue=made.queues,
            holidays=frozenset(),
        )
    close_run(run_id=run_of_day.run_id, stores=made.stores, queue=made.queues)
    monkeypatch.setattr(main, "Application", MemoryApplication(made))
    monkeypatch.setattr(main, "load", lambda *_: None)
    return made


class TestRunStatus:
    def test_shows_how_far_a_run_is_and_what_it_holds(self, company: Company) -> None:
        result = run("run", "status", "2026-04-01")
        assert result.exit_code == 0
        for text in ("2026-04-01-daily", "waiting", "1 of 1", "U/2", "reading_missing"):
            assert text in result.stdout

    def test_of_an_unknown_run_says_so(self, company: Company) -> None:
        result = run("run", "status", "2026-05-01")
        assert (result.exit_code, result.stderr) == (1, "there is no run 2026-05-01-daily\n")


class TestRunApprove:
    def test_approves_the_drafts_of_a_waiting_run_and_asks_for_them(self, company: Company) -> None:
        result = run("run", "approve", "2026-04-01-daily", "--issue-date", "2026-04-03")
        assert result.exit_code == 0
        assert "1 drafts approved" in result.stdout
        approved = company.runs.run("2026-04-01-daily")
        assert approved is not None
        assert (approved.status, approved.issue_date) == (RunStatus.APPROVED, date(2026, 4, 3))
        assert len(company.queues.batches) == 1

    def test_refuses_a_run_that_does_not_wait(self, company: Company) -> None:
        run("run", "approve", "2026-04-01")
        result = run("run", "approve", "2026-04-01")
        assert result.exit_code == 1
        assert "does not wait for approval: it is approved" in result.stderr
