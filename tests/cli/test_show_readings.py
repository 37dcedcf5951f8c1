"""`kwit readings PPE` shows every version, what counts, what is missing, and what was known at an instant."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from kwit.cli import show_readings
from kwit.cli.main import app
from kwit.cli.plot import HEIGHT, WIDTH, round_up
from kwit.kernel.provenance import Source
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.readings import IntervalDay, ReadingKind, RegisterReading, Standing
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings

PPE, SERIES = "590543000000001232", "590543000000001249"
KNOWN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FILE = Source("odczyty.csv", "a" * 64, 7)


class MemoryApplication:
    """A deployed system in memory."""

    def __init__(self) -> None:
        self.readings = MemoryReadings()
        register = (PlacedRegister("1.8.0", "all", digits=4),)
        self.directory = MemoryDirectory(
            {
                PPE: [PlacedMeter("777", date(2020, 1, 1), None, register)],
                SERIES: [PlacedMeter("778", date(2020, 1, 1), None, register, interval_minutes=60)],
            }
        )
        first = RegisterReading(
            PPE, "777", "1.8.0", date(2026, 2, 1), 9_990_000, ReadingKind.ACTUAL, KNOWN, FILE
        )
        self.readings.put([
            first,
            replace(first, boundary=date(2026, 3, 1), state_wh=18_000),
            replace(first, boundary=date(2026, 3, 1), state_wh=19_000, known_at=KNOWN + timedelta(days=1),
                    source=Source("poprawka.xlsx", "b" * 64, 3, "Luty")),
            replace(first, boundary=date(2026, 3, 2), state_wh=900_000, source=Source("x.csv", "c" * 64, 2),
                    standing=Standing(held=("spike",))),
        ])  # fmt: skip
        day = IntervalDay(SERIES, "1.8.0", date(2026, 2, 1), 60, (1_000,) * 24, KNOWN, FILE)
        self.readings.put([
            replace(day, day=date(2026, 2, number), estimated=frozenset({1, 2} if number == 2 else ()))
            for number in (1, 2, 5)
        ])  # fmt: skip


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> MemoryApplication:
    made = MemoryApplication()
    monkeypatch.setattr(show_readings, "Application", lambda _: made)
    monkeypatch.setattr(show_readings, "load", lambda *_: None)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["readings", *arguments])


def lines(result: Result, word: str) -> list[str]:
    return [" ".join(line.split("│")).split() for line in result.stdout.splitlines() if word in line]  # type: ignore[misc]


class TestStates:
    def test_are_shown_in_all_versions_with_their_origin(self, application: MemoryApplication) -> None:
        result = run(PPE, "--from", "2026-01-01", "--to", "2026-03-31")
        assert result.exit_code == 0
        assert lines(result, "777/1.8.0") == [
            ["2026-01-31", "777/1.8.0", "9990.000", "actual", "yes", "2026-03-02", "10:00", "odczyty.csv:7",
             "(aaaaaaaaaaaa)"],
            ["2026-02-28", "777/1.8.0", "18.000", "actual", "replaced", "2026-03-02", "10:00", "odczyty.csv:7",
             "(aaaaaaaaaaaa)"],
            ["2026-02-28", "777/1.8.0", "19.000", "actual", "yes", "2026-03-03", "10:00", "poprawka.xlsx!Luty:3",
             "(bbbbbbbbbbbb)"],
            ["2026-03-01", "777/1.8.0", "900.000", "actual", "held:", "spike", "2026-03-02", "10:00", "x.csv:2",
             "(cccccccccccc)"],
        ]  # fmt: skip
        assert result.stdout.endswith("4 versions, 3 count, 0 gaps\n")

    def test_are_shown_as_they_were_known_at_an_instant(self, application: MemoryApplication) -> None:
        result = run(PPE, "--as-of", "2026-03-02T10:00+01:00")
        assert "19.000" not in result.stdout
        assert result.stdout.endswith("3 versions, 3 count, 0 gaps\n")

    def test_are_those_of_the_days_asked_for(self, application: MemoryApplication) -> None:
        result = run("show", PPE, "--from", "2026-02-28", "--to", "2026-02-28")
        assert result.stdout.endswith("2 versions, 1 count, 0 gaps\n")


class TestSeries:
    def test_shows_its_gaps_and_what_was_not_measured(self, application: MemoryApplication) -> None:
        result = run(SERIES, "--from", "2026-02-01", "--to", "2026-02-28")
        assert [row[1:6] for row in lines(result, "2026-02-02")] == [["1.8.0", "+24.000", "24", "x", "60"]]
        assert "2 estimated" in result.stdout
        assert "gap  1.8.0  2026-02-03 – 2026-02-04\n" in result.stdout
        assert result.stdout.endswith("3 versions, 3 count, 1 gaps\n")


class TestPlot:
    def picture(self, ppe: str, path: Path) -> Image.Image:
        result = run(ppe, "--from", "2026-02-01", "--to", "2026-02-28", "--plot", str(path))
        assert result.exit_code == 0
        return Image.open(io.BytesIO(path.read_bytes())).convert("RGB")

    def test_draws_use_gaps_and_estimates_apart(self, application: MemoryApplication, tmp_path: Path) -> None:
        image = self.picture(SERIES, tmp_path / "use.png")
        assert image.size == (WIDTH, HEIGHT)
        per_day = (WIDTH - 80 - 24) / 28
        middles = [
            image.getpixel((round(80 + per_day * (day - 0.5)), HEIGHT - 48 - 20)) for day in (1, 2, 3, 6)
        ]
        assert middles == [(31, 111, 139), (255, 255, 255), (243, 194, 189), (255, 255, 255)]

    def test_of_states_spreads_the_use_over_a_rollover(
        self, application: MemoryApplication, tmp_path: Path
    ) -> None:
        image = self.picture(PPE, tmp_path / "use.png")
        # 29 kWh in 28 days: the bar is half as high as the axis of 2 kWh.
        middle = 76 + (HEIGHT - 48 - 76) // 2
        assert image.getpixel((600, middle + 3)) == (31, 111, 139)
        assert image.getpixel((600, middle - 20)) == (255, 255, 255)

    def test_of_nothing_is_still_a_picture(self, application: MemoryApplication, tmp_path: Path) -> None:
        path = tmp_path / "use.png"
        assert run(PPE, "--from", "2021-01-01", "--to", "2021-01-31", "--plot", str(path)).exit_code == 0
        with Image.open(path) as image:
            assert image.size == (WIDTH, HEIGHT)

    @pytest.mark.parametrize(("wh", "top"), [(0, 1_000), (1_001, 2_000), (4_999, 5_000), (70_000, 100_000)])
    def test_has_an_axis_of_round_figures(self, wh: int, top: int) -> None:
        assert round_up(wh) == top


class TestWrongWishes:
    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["590543000000001233"], "check digit is 3, should be 2"),
            (["590310600000000019"], "590310600000000019 is not in the registry"),
            ([PPE, "--from", "1.1.2026"], "not a day (YYYY-MM-DD): 1.1.2026"),
            ([PPE, "--from", "2026-02-02", "--to", "2026-02-01"], "2026-02-02 is after 2026-02-01"),
            ([PPE, "--as-of", "2026-03-02T10:00"], "an instant needs its zone"),
            ([PPE, "--as-of", "yesterday"], "not an instant: yesterday"),
        ],
    )
    def test_are_said(self, application: MemoryApplication, arguments: list[str], told: str) -> None:
        result = run(*arguments)
        assert result.exit_code == 1
        assert told in result.stderr

    def test_say_which_settings_are_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("READINGS_TABLE", raising=False)
        assert "READINGS_TABLE" in run(PPE).stderr


class TestBars:
    def test_are_drawn_in_the_terminal_when_the_file_is_a_dash(self, application: MemoryApplication) -> None:
        result = run(SERIES, "--from", "2026-02-01", "--to", "2026-02-05", "--plot", "-")
        assert result.exit_code == 0
        assert result.stdout.splitlines()[-5:] == [
            "1.8.0   kWh a day, 60 signs are 50",
            "2026-02-01              24.000  " + "█" * 28 + "▊",
            "2026-02-02              24.000  " + "░" * 28,
            "2026-02-03 – 02-04              no data",
            "2026-02-05              24.000  " + "█" * 28 + "▊",
        ]

    def test_of_states_stand_for_the_days_between_them(self, application: MemoryApplication) -> None:
        result = run(PPE, "--from", "2026-01-01", "--to", "2026-03-31", "--plot", "-")
        # The register of four digits started again from zero: 29 kWh in 28 days.
        assert result.stdout.splitlines()[-1].split() == ["2026-02-01", "–", "02-28", "1.036", "█" * 31]
