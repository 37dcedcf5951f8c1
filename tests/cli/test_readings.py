"""`kwit readings tasks` lists what waits for a correction."""

from dataclasses import dataclass, replace

import pytest
from typer.testing import CliRunner, Result

from kwit.cli import readings
from kwit.cli.main import app
from tests.contract.test_task_store import OTHER, PPE, TASK
from tests.fakes.tasks import MemoryTasks


@dataclass
class TaskApplication:
    """A deployed system that has tasks."""

    tasks: MemoryTasks

    def __call__(self, settings: object) -> "TaskApplication":
        return self


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["readings", "tasks", *arguments])


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> MemoryTasks:
    made = MemoryTasks()
    monkeypatch.setenv("READINGS_TABLE", "readings")
    monkeypatch.setattr(readings, "Application", TaskApplication(made))
    return made


class TestTasks:
    def test_say_what_changed_from_what_to_what(self, tasks: MemoryTasks) -> None:
        tasks.add([TASK, replace(TASK, ppe=OTHER, after_wh=2_500)])
        result = run()
        assert result.exit_code == 0
        for told in (PPE, OTHER, "U/1", "1.000", "2.500", "2 open", "changed_after_invoice"):
            assert told in result.stdout

    def test_of_one_point_are_those_alone(self, tasks: MemoryTasks) -> None:
        tasks.add([TASK, replace(TASK, ppe=OTHER)])
        told = run("--ppe", OTHER).stdout
        assert (OTHER in told, PPE in told, "1 open" in told) == (True, False, True)

    def test_may_be_none(self, tasks: MemoryTasks) -> None:
        assert run().stdout.strip() == "0 open"

    def test_without_a_system_says_what_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("READINGS_TABLE", raising=False)
        result = run()
        assert result.exit_code == 1
        assert "READINGS_TABLE" in result.stderr
