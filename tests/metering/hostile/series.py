"""Hostile interval values: batches, day files and portals' files that lie about hours and counts."""

import json
from collections.abc import Callable, Mapping
from datetime import date

from kwit.kernel.time import day_minutes, interval_starts, local_clock
from kwit.metering.day_file import DayFile, Quality, write_day_file
from kwit.metering.profile_files import unverified_day_file
from tests.metering.hostile.case import AUTUMN, QUARTERS, SERIES, SPRING, WINTER, Case

ACCEPTED, PARTLY, REJECTED = "accepted", "partly", "rejected"


def line(**changes: object) -> str:
    """Write a line of a batch."""
    sound: Mapping[str, object] = {
        "ppe": SERIES, "day": WINTER.isoformat(), "minutes": 60, "quantity": "import", "values": [1] * 24,
    }  # fmt: skip
    return json.dumps({**sound, **changes}) + "\n"


def _line(what: str, code: str, *, text: str = "", **changes: object) -> Case:
    """Make a batch of a good line and a bad one."""
    good = line(day="2026-02-01")
    bad = text or line(**changes)
    return Case(what, lambda: (good + bad).encode(), PARTLY, (code,), 1, name="partia.jsonl")


BATCHES = (
    _line("brackets without end", "bad_line", text='{"ppe":' * 2_500 + "\n"),
    _line("a line that is a list", "bad_line", text="[1]\n"),
    _line("a line that is cut off", "bad_line", text=line()[:-9] + "\n"),
    _line("a key that stands twice", "bad_line", text=line().replace('"day"', '"ppe": "", "day"')),
    _line("a number of five thousand digits", "bad_line", text=line().replace("[1,", f"[{'9' * 5000},")),
    _line("a whole number beyond all meters", "too_much", values=[10**13] * 24),
    _line("NaN", "bad_line", values=[float("nan")] * 24),
    _line("a number with a point", "not_a_value", values=[0.25] * 24),
    _line("a negative value", "negative", values=[-1] * 24),
    _line("a value of yes", "not_a_value", values=[True] * 24),
    _line("half a surrogate in a code", "bad_ppe", text=line().replace(SERIES, "\\ud800")),
    _line("half a surrogate as a quantity", "unknown_quantity", text=line().replace("import", "\\udfff")),
    _line("a code as a number", "bad_ppe", ppe=int(SERIES)),
    _line("a quantity that nobody counts", "unknown_quantity", quantity="A+"),
    _line("an interval of seven minutes", "bad_interval", minutes=7),
    _line("24 values on the day of 23 hours", "wrong_count_for_day", day=SPRING.isoformat()),
    _line("24 values on the day of 25 hours", "wrong_count_for_day", day=AUTUMN.isoformat()),
    _line("an index outside of the day", "not_a_value", estimated=[24]),
    _line("a day of the year 10000", "not_a_date", day="10000-01-01"),
    _line("no values", "wrong_count_for_day", values=[]),
    _line("a line of 20 001 signs", "line_too_long", text='{"x": "' + "a" * 20_000 + '"}\n'),
    Case("a CSV batch with a cell too many", lambda: _csv_batch(extra=";1"), REJECTED, ("bad_line",), name="partia.csv"),
    Case("a CSV batch with an open quote", lambda: _csv_batch(extra=';"1'), REJECTED, ("bad_line",), name="partia.csv"),
)  # fmt: skip


def _csv_batch(*, extra: str) -> bytes:
    heading = ";".join(["ppe", "day", "minutes", "quantity", *(f"v{i}" for i in range(1, 25))])
    return f"{heading}\n{SERIES};{WINTER};60;import{';0.1' * 24}{extra}\n".encode()


def day_file(day: date, *, count: int | None = None) -> bytes:
    """Write a day file with a sound checksum, of quarters, and of as many as are wanted."""
    number = day_minutes(day) // 15 if count is None else count
    one = DayFile(QUARTERS, day, "import", 15, (250,) * number, (Quality.ACTUAL,) * number)
    return write_day_file(day_file=one, profile=unverified_day_file())[1]


def _text(what: str, make: Callable[[], bytes], *codes: str, name: str = "doba.txt") -> Case:
    return Case(what, make, REJECTED, codes, name=name)


DAY_FILES = (
    _text("one digit changed under the checksum", lambda: day_file(WINTER).replace(b"0.250", b"0.350", 1), "wrong_crc"),
    _text("96 quarters on the day of 92", lambda: day_file(SPRING, count=96), "wrong_count_for_day"),
    _text("92 quarters on the day of 96", lambda: day_file(WINTER, count=92), "wrong_count_for_day"),
    _text("96 quarters on the day of 100", lambda: day_file(AUTUMN, count=96), "wrong_count_for_day"),
    _text("cut off inside the header", lambda: day_file(WINTER)[:30], "truncated_day_file"),
    _text("cut off inside the values", lambda: day_file(WINTER)[:400], "wrong_crc"),
    _text("named after another point", lambda: day_file(WINTER), "ppe_differs", name=f"{SERIES}_2026-01-31.txt"),
    _text("of a day to come", lambda: day_file(date(2026, 6, 1)), "reading_in_future"),
    _text("of a thousand lines", lambda: day_file(WINTER, count=3_000), "file_too_large"),
    _text("no checksum at all", lambda: day_file(WINTER)[:-6], "wrong_crc"),
)  # fmt: skip


def portal(day: date, *, skip: int = -1, extra: str = "", value: str = "0,100") -> bytes:
    """Write the hours of a day as a portal does, ends by the clock, one of them left out."""
    heading = "PPE;Data;Godzina;Energia;Kierunek\r\n"
    hours = [local_clock(one).hour + 1 for one in interval_starts(day, minutes=60)]
    rows = [f"{SERIES};{day};{hour};{value};A+\r\n" for index, hour in enumerate(hours) if index != skip]
    return (heading + "".join(rows) + extra).encode()


def _portal(what: str, make: Callable[[], bytes], *codes: str) -> Case:
    return Case(what, make, REJECTED, codes, name="godziny.csv")


PORTALS = (
    _portal("an hour missing", lambda: portal(WINTER, skip=11), "day_incomplete"),
    _portal("a value in the hour that spring leaves out",
            lambda: portal(SPRING, extra=f"{SERIES};{SPRING};3;0,100;A+\r\n"), "no_such_hour"),
    _portal("the doubled hour of autumn once", lambda: portal(AUTUMN, skip=3), "autumn_hour_once"),
    _portal("an hour twice with two values", lambda: portal(WINTER, extra=f"{SERIES};{WINTER};5;0,900;A+\r\n"),
            "duplicate_in_file"),
    Case("a time that no interval begins at", lambda: portal(WINTER, extra=f"{SERIES};{WINTER};4:07;1;A+\r\n"), PARTLY,
         ("not_on_interval",), 1, name="godziny.csv"),
    _portal("negative energy", lambda: portal(WINTER, value="-0,1"), *("negative",) * 24),
    _portal("values finer than 1 Wh", lambda: portal(WINTER, value="0,10001"), *("finer_than_wh",) * 24),
    Case("a portal's file that names no point", lambda: "Data; Wartość kWh;Rodzaj\r\n2026-01-31 1:00;1;pobór\r\n".encode(),
         REJECTED, ("point_not_named",), name="moje.csv"),
    Case("a cooperative's file without a day", lambda: f"kOSD;1\r\n{SERIES};CP;1;1.0,+\r\n".encode(), REJECTED,
         ("day_not_named",), name="se.txt"),
    Case("a cooperative's row of 22 hours", lambda: f"DD;2026-01-31\r\n{SERIES};CP;1{';1.0,+' * 22}\r\n".encode(), REJECTED,
         ("wrong_count_for_day",), name="se.txt"),
    Case("a cooperative's row with a flag of its own", lambda: f"DD;2026-01-31\r\n{SERIES};CP;1{';1.0,?' * 24}\r\n".encode(),
         REJECTED, ("not_a_value",), name="se.txt"),
)  # fmt: skip

ALL_SERIES = (*BATCHES, *DAY_FILES, *PORTALS)
