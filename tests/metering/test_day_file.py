"""Day files are read whole or not at all, and written so that they read back the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.findings import ImportResult, ImportStatus
from kwit.kernel.time import Period, day_minutes
from kwit.metering.checksum import Checksum, CrcForm, CrcScope, CrcVariant
from kwit.metering.day_file import (
    DayFile,
    DayFileError,
    HeaderLine,
    Quality,
    is_day_file,
    read_day_file,
    write_day_file,
)
from kwit.metering.importing import import_readings
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.profile_files import unverified_day_file
from tests.fakes.import_log import MemoryImports
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.intake.files import dropped

PPE = "590543000000001232"
WINTER, SPRING, AUTUMN = date(2026, 1, 31), date(2026, 3, 29), date(2025, 10, 26)
KNOWN = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
UNVERIFIED = unverified_day_file()
PROFILE = replace(UNVERIFIED, name="sprawdzony", verified=True)
REGISTERS = (PlacedRegister("1.8.0", "all"), PlacedRegister("2.8.0", "all", "export"))


def day_file(day: date = WINTER, *, minutes: int = 60, quality: Quality = Quality.ACTUAL) -> DayFile:
    count = day_minutes(day) // minutes
    values = tuple(1000 * index + index for index in range(count))
    return DayFile(PPE, day, "import", minutes, values, (quality,) * count)


def written(one: DayFile | None = None, profile: object = PROFILE) -> bytes:
    return write_day_file(day_file=one or day_file(), profile=profile)[1]


def changed(number: int, text: str, one: DayFile | None = None) -> bytes:
    """Rewrite one line (counted from 1) and put the right checksum under it."""
    lines = written(one).split(b"\r\n")[:-2]
    lines[number - 1] = text.encode()
    return b"\r\n".join([*lines, PROFILE.checksum.of(lines, header=6).encode(), b""])


def codes(content: bytes, *, name: str = "plik.txt", profile: object = PROFILE) -> list[str]:
    found, findings = read_day_file(content=content, name=name, profile=profile)
    assert (found is None) == any(finding.severity == "reject" for finding in findings)
    return [finding.code for finding in findings]


class TestReading:
    @pytest.mark.parametrize(("day", "hours"), [(WINTER, 24), (SPRING, 23), (AUTUMN, 25)])
    @pytest.mark.parametrize("minutes", [60, 15])
    def test_takes_as_many_values_as_the_day_has(self, day: date, hours: int, minutes: int) -> None:
        found, findings = read_day_file(
            content=written(day_file(day, minutes=minutes)), name="", profile=PROFILE
        )
        assert findings == ()
        assert (len(found.values_wh), found.minutes) == (hours * 60 // minutes, minutes)

    def test_says_when_its_profile_is_unverified(self) -> None:
        assert codes(written(), profile=UNVERIFIED) == ["unverified_profile"]

    def test_takes_values_without_a_leading_zero_and_other_flags(self) -> None:
        found, _ = read_day_file(content=changed(7, ".739,+"), name="", profile=PROFILE)
        assert (found.values_wh[0], found.qualities[0]) == (739, Quality.ACTUAL)

    def test_takes_bare_line_feeds(self) -> None:
        assert codes(written().replace(b"\r\n", b"\n")) == []


class TestRefusals:
    def test_a_wrong_checksum_refuses_the_file(self) -> None:
        assert codes(written().replace(b"3.003", b"3.004")) == ["wrong_crc"]

    def test_a_wrong_checksum_names_the_variant_that_fits(self) -> None:
        other = replace(PROFILE, checksum=Checksum(CrcVariant.KERMIT, CrcScope.MEASUREMENTS, CrcForm.DECIMAL))
        _, [finding] = read_day_file(content=written(profile=other), name="", profile=PROFILE)
        assert "KERMIT/measurements/decimal" in finding.sentence_pl

    @pytest.mark.parametrize(
        ("number", "text", "code"),
        [
            (1, "590543000000001233", "ppe_check_digit"),
            (1, "59054300000000123", "bad_ppe"),
            (2, "31.01.2026", "not_a_date"),
            (3, "Q+", "unknown_quantity"),
            (4, "MWh", "bad_unit"),
            (5, "25", "wrong_count"),
            (7, "1,000.0", "not_a_value"),
            (7, "1.000,9", "not_a_value"),
            (7, "1.0001,0", "finer_than_wh"),
            (7, "-1.000,0", "negative"),
        ],
    )
    def test_a_wrong_line_is_named(self, number: int, text: str, code: str) -> None:
        _, findings = read_day_file(content=changed(number, text), name="", profile=PROFILE)
        assert [(finding.code, finding.row) for finding in findings] == [(code, number)]

    def test_a_count_of_another_day_is_refused(self) -> None:
        content = changed(2, "2026-03-29")
        assert codes(content) == ["wrong_count_for_day"]

    def test_a_name_with_another_point_is_refused(self) -> None:
        assert codes(written(), name="590543000000001249_2026-01-31.txt") == ["ppe_differs"]

    @pytest.mark.parametrize("content", [b"590543000000001232\r\n31C3\r\n", b"590543000000001232\n" * 3000])
    def test_what_is_no_day_is_refused(self, content: bytes) -> None:
        assert codes(content)[0] in {"truncated_day_file", "file_too_large"}


class TestRoundTrip:
    @given(st.data())
    def test_reads_back_what_was_written(self, data: st.DataObject) -> None:
        day = date(2025, 1, 1) + timedelta(days=data.draw(st.integers(0, 500)))
        minutes = data.draw(st.sampled_from([60, 15]))
        count = day_minutes(day) // minutes
        values = data.draw(st.lists(st.integers(0, 10**9), min_size=count, max_size=count))
        qualities = data.draw(st.lists(st.sampled_from(Quality), min_size=count, max_size=count))
        quantity = data.draw(st.sampled_from(["import", "export"]))
        checksum = Checksum(*(data.draw(st.sampled_from(kind)) for kind in (CrcVariant, CrcScope, CrcForm)))
        profile = replace(
            PROFILE,
            checksum=checksum,
            header=(HeaderLine.POINT, *data.draw(st.permutations(PROFILE.header[1:]))),
        )
        one = DayFile(PPE, day, quantity, minutes, tuple(values), tuple(qualities), "wersja 1")
        name, content = write_day_file(day_file=one, profile=profile)
        assert read_day_file(content=content, name=name, profile=profile) == (one, ())

    def test_refuses_to_write_what_the_format_cannot_hold(self) -> None:
        with pytest.raises(DayFileError):
            written(profile=replace(PROFILE, unit="MWh"))

    @given(st.binary(max_size=300))
    def test_any_bytes_are_read_or_refused_by_name(self, content: bytes) -> None:
        assert codes(PPE.encode() + b"\r\n" + content)


class Office:
    """A place where day files are dropped."""

    def __init__(self, *meters: PlacedMeter) -> None:
        default = PlacedMeter("777", date(2024, 1, 1), None, REGISTERS, interval_minutes=60)
        self.directory = MemoryDirectory({PPE: meters or (default,)})
        self.store = MemoryReadings()
        self.imports = MemoryImports()

    def drop(self, content: bytes, *, at: datetime = KNOWN) -> ImportResult:
        return import_readings(
            file=dropped(content, name="d.txt"), directory=self.directory, store=self.store, imports=self.imports,
            known_at=at, profiles=(PROFILE,),
        )  # fmt: skip

    def days(self) -> list[object]:
        return list(self.store.intervals(PPE, period=Period(date(2025, 1, 1), date(2027, 1, 1))))


class TestImport:
    def test_stores_the_day_with_its_register(self) -> None:
        office = Office()
        result = office.drop(written(day_file(SPRING)))
        [day] = office.days()
        assert (result.status, result.accepted, result.findings) == (ImportStatus.ACCEPTED, 1, ())
        assert (day.register, day.day, len(day.values_wh), day.minutes) == ("1.8.0", SPRING, 23, 60)

    def test_marks_what_was_not_measured(self) -> None:
        office = Office()
        result = office.drop(written(day_file(quality=Quality.MISSING)))
        assert [finding.code for finding in result.findings] == ["missing_interval"]
        assert office.days()[0].estimated == frozenset(range(24))

    @pytest.mark.parametrize(
        ("meter", "code"),
        [
            (
                PlacedMeter("777", date(2026, 2, 1), None, REGISTERS, interval_minutes=60),
                "meter_not_at_point",
            ),
            (PlacedMeter("777", date(2024, 1, 1), None, REGISTERS, interval_minutes=15), "wrong_interval"),
            (PlacedMeter("777", date(2024, 1, 1), None, REGISTERS), "wrong_interval"),
            (
                PlacedMeter("777", date(2024, 1, 1), None, REGISTERS[1:], interval_minutes=60),
                "unknown_register",
            ),
        ],
    )
    def test_refuses_a_day_no_meter_could_give(self, meter: PlacedMeter, code: str) -> None:
        office = Office(meter)
        result = office.drop(written())
        assert ([finding.code for finding in result.findings], result.status) == (
            [code],
            ImportStatus.REJECTED,
        )
        assert office.store.puts == 0

    def test_refuses_a_point_nobody_knows(self) -> None:
        office = Office()
        office.directory.placed.clear()
        assert [finding.code for finding in office.drop(written()).findings] == ["unknown_point"]

    def test_refuses_a_day_that_is_not_over(self) -> None:
        result = Office().drop(written(), at=datetime(2026, 1, 31, 20, 0, tzinfo=UTC))
        assert [finding.code for finding in result.findings] == ["reading_in_future"]

    def test_keeps_a_resent_day_beside_the_first(self) -> None:
        office = Office()
        office.drop(written())
        result = office.drop(changed(7, "0.001,0"), at=KNOWN + timedelta(days=1))
        assert ([finding.code for finding in result.findings], len(office.days())) == (["changed_value"], 2)

    def test_tells_the_same_day_in_another_file_as_known(self) -> None:
        office = Office()
        office.drop(written())
        result = office.drop(written(replace(day_file(), free="wersja 2")))
        assert (result.duplicate, result.accepted) == (1, 0)
        assert [day.told_before for day in office.days()].count(True) == 1

    def test_repeats_an_attempt_that_broke_off_with_the_same_result(self) -> None:
        office = Office()
        first = office.drop(written())
        office.imports.results.clear()
        assert office.drop(written()) == first
        assert len(office.days()) == 1

    def test_takes_the_profile_whose_checksum_fits(self) -> None:
        office = Office()
        other = replace(PROFILE, name="inny", checksum=Checksum(CrcVariant.KERMIT))
        result = import_readings(
            file=dropped(written(profile=other), name="d.txt"), directory=office.directory, store=office.store,
            imports=office.imports, known_at=KNOWN, profiles=(PROFILE, other),
        )  # fmt: skip
        assert (result.accepted, result.findings) == (1, ())

    def test_without_any_profile_is_refused(self) -> None:
        office = Office()
        result = import_readings(
            file=dropped(written(), name="d.txt"), directory=office.directory, store=office.store,
            imports=office.imports, known_at=KNOWN, profiles=(),
        )  # fmt: skip
        assert [finding.code for finding in result.findings] == ["no_profile"]

    def test_is_chosen_by_the_first_line(self) -> None:
        assert is_day_file(written())
        assert not is_day_file(b"PPE;Stan\n590543000000001232;1\n")
