"""The commands that check files before they are dropped, and what a run command says without a system."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kwit.cli.main import app

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
