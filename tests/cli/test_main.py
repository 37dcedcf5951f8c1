"""The commands that check files before they are dropped, and those that look at a run and approve it."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kwit.billing.chunks import rate_chunk
from kwit.billing.drafts import RunStatus
from kwit.billing.runs import close_run, plan_run
from kwit.cli import run_commands
from kwit.cli.main import app
from tests.billing.memory_case import Company
from tests.fakes.queues import MemoryQueues
from tests.fakes.run_store import MemoryRuns
from tests.rating.cases import KNOWN

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
INBOX = Path(__file__).parents[2] / "events" / "inbox"


def run(*arguments: str, input: str = "") -> Result:  # noqa: A002 - as click names it
    return CliRunner().invoke(app, list(arguments), input=input)


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
    @pytest.mark.parametrize(
        "command", [["run", "status", "2026-04-08"], ["run", "approve", "2026-04-08", "--by", "ewa"]]
    )
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

    office: Company

    def __call__(self, settings: object) -> "MemoryApplication":
        return self

    def now(self) -> datetime:
        return KNOWN

    @property
    def company(self) -> object:
        return self.office.settings

    @property
    def runs(self) -> MemoryRuns:
        return self.office.runs

    @property
    def planning(self) -> object:
        return self.office.stores

    @property
    def run_queue(self) -> MemoryQueues:
        return self.office.queues


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Company:
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
    close_run(run_id=run_of_day.run_id, stores=made.stores, queue=made.queues, at=KNOWN)
    monkeypatch.setattr(run_commands, "Application", MemoryApplication(made))
    monkeypatch.setattr(run_commands, "load", lambda *_: None)
    return made


class TestRunStatus:
    def test_shows_how_far_a_run_is_and_what_it_holds(self, system: Company) -> None:
        result = run("run", "status", "2026-04-01")
        assert result.exit_code == 0
        for text in ("2026-04-01-daily", "waiting", "1 of 1", "U/2", "reading_missing"):
            assert text in result.stdout

    def test_of_an_unknown_run_says_so(self, system: Company) -> None:
        result = run("run", "status", "2026-05-01")
        assert (result.exit_code, result.stderr) == (1, "there is no run 2026-05-01-daily\n")


class TestRunApprove:
    def test_approves_the_drafts_of_a_waiting_run_and_another_command_issues_them(
        self, system: Company
    ) -> None:
        result = run("run", "approve", "2026-04-01-daily", "--by", "ewa", input="y\n")
        assert result.exit_code == 0, result.output
        assert "1 drafts approved" in result.stdout
        approved = system.runs.run("2026-04-01-daily")
        assert approved is not None
        assert (approved.status, system.queues.batches) == (RunStatus.APPROVED, [])
        result = run("run", "issue", "2026-04-01-daily", "--issue-date", "2026-04-03")
        assert result.exit_code == 0
        issuing = system.runs.run("2026-04-01-daily")
        assert issuing is not None
        assert (issuing.status, issuing.issue_date) == (RunStatus.ISSUING, date(2026, 4, 3))
        assert len(system.queues.batches) == 1

    def test_nothing_is_approved_without_a_yes(self, system: Company) -> None:
        assert run("run", "approve", "2026-04-01", "--by", "ewa", input="n\n").exit_code == 1
        assert system.runs.approvals("2026-04-01-daily") == []

    def test_a_hash_of_other_drafts_is_refused(self, system: Company) -> None:
        result = run("run", "approve", "2026-04-01", "--by", "ewa", "--hash", "0" * 64)
        assert result.exit_code == 1
        assert "not 0000" in result.stderr

    def test_nothing_approved_is_nothing_to_issue(self, system: Company) -> None:
        result = run("run", "issue", "2026-04-01")
        assert (result.exit_code, "nothing of it is approved" in result.stderr) == (1, True)


class TestRunPlan:
    def test_a_dry_run_of_a_selection_waits(self, system: Company) -> None:
        result = run("run", "plan", "2026-04-01", "--by", "jan", "--contract", "U/2")
        assert result.exit_code == 0, result.output
        assert "1 contracts in 1 chunks" in result.stdout

    def test_a_day_that_is_none_is_named(self, system: Company) -> None:
        result = run("run", "plan", "1 kwietnia", "--by", "jan")
        assert (result.exit_code, "is no day" in result.stderr) == (1, True)


class TestRunDiscard:
    def test_a_run_nobody_approved_is_given_up(self, system: Company) -> None:
        assert run("run", "discard", "2026-04-01", "--by", "jan").exit_code == 0
        assert "discarded" in run("run", "status", "2026-04-01").stdout
        assert run("run", "approve", "2026-04-01", "--by", "ewa", input="y\n").exit_code == 1
