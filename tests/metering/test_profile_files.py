"""Profiles are files: the packaged ones are sound, and a wrong one is refused with every error named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.metering.checksum import Checksum
from kwit.metering.importing import import_readings
from kwit.metering.profile_files import ProfileError, packaged_profiles, read_profile, unverified_day_file
from tests.fakes.import_log import MemoryImports
from tests.intake.files import dropped
from tests.metering.meter_office import KNOWN, PPE, WINTER, MeterOffice

OWN = """
kind: interval_table
name: własny
verified: true
columns: {ppe: [Punkt], moment: [Kiedy], "value:import": [Ile pobrano]}
marks: start
unit: MWh
"""


def errors(content: str | bytes) -> tuple[str, ...]:
    with pytest.raises(ProfileError) as caught:
        read_profile(content if isinstance(content, bytes) else content.encode(), name="p.yaml")
    assert str(caught.value).startswith("p.yaml: ")
    return caught.value.errors


class TestPackaged:
    def test_of_others_are_all_unverified_and_have_names_of_their_own(self) -> None:
        profiles = packaged_profiles()
        assert [profile.name for profile in profiles if profile.verified] == ["collector"]
        assert len({profile.name for profile in profiles}) == len(profiles) == 7

    def test_has_the_day_file_as_published(self) -> None:
        profile = unverified_day_file()
        assert (profile.checksum, len(profile.header), profile.quantities["A-"]) == (Checksum(), 6, "export")


class TestOwn:
    def test_brings_a_new_source_in_without_code(self) -> None:
        office = MeterOffice()
        rows = "".join(f"{PPE};{WINTER} {hour:02}:00;0,00{hour:04}\r\n" for hour in range(24))
        result = import_readings(
            file=dropped("Punkt;Kiedy;Ile pobrano\r\n" + rows),
            directory=office.directory,
            store=office.store,
            imports=MemoryImports(),
            known_at=KNOWN,
            profiles=[read_profile(OWN.encode(), name="own.yaml")],
        )
        assert (result.accepted, result.findings) == (24, ())
        assert office.days()[0].values_wh == tuple(range(24))


class TestErrors:
    def test_are_named_all_at_once(self) -> None:
        found = errors(
            OWN.replace("marks: start", "marks: middle\nextra: 1").replace("verified: true", "verified: x")
        )
        assert {one.partition(":")[0] for one in found} == {"marks", "extra", "verified"}

    @pytest.mark.parametrize(
        ("old", "new", "error"),
        [
            ("kind: interval_table", "kind: other",
             "kind: must be one of collector, day_file, day_rows, interval_table, register_table"),
            ("moment:", "day:", "columns: day and hour go together"),
            ("moment: [Kiedy], ", "", "columns: either moment, or day and hour"),
            ('"value:import"', '"value:gas"', "columns.value:gas: unknown quantity"),
            ('"value:import"', "energy", "columns.energy: unknown column"),
            ('"value:import": [Ile pobrano]', "value: [Ile], quantity: [Co]",
             "quantities: missing for the column of quantities"),
            ("[Ile pobrano]", "[KIEDY]", "columns: heading kiedy stands twice"),
            ("name: własny", "name: a\nname: b", "name: stands twice (line 4)"),
            ("name: własny", "name: &a b", "line 3: anchors and deep nesting are not allowed"),
            ("name: własny", "name: [[[[[[[[a]]]]]]]]", "line 3: anchors and deep nesting are not allowed"),
        ],
    )  # fmt: skip
    def test_are_said_with_their_place(self, old: str, new: str, error: str) -> None:
        assert error in errors(OWN.replace(old, new))

    @pytest.mark.parametrize("content", [b"", b"- a", b"\xff", b"a: [", b"x" * 100_001, b"a: b\n--- \nc: d"])
    def test_of_what_is_no_profile_are_said(self, content: bytes) -> None:
        assert errors(content)

    def test_of_other_kinds_are_said(self) -> None:
        rows = (
            "kind: day_rows\nname: a\nverified: no\nrecords: [A]\nday_record: B\nquantities: {}\n"
            "flags: {x: actual}\n"
        )
        assert errors(rows) == ("day_record: B is not among the records",)
        day = "kind: day_file\nname: a\nverified: no\nheader: [day]\nflags: {x: actual}\nquantities: {}\n"
        assert errors(day) == ("header: the first line is the point",)
        assert errors(day + "checksum: {variant: CRC-32, ends: 1}\n")[0].startswith("checksum.")

    @given(st.text(max_size=80) | st.binary(max_size=80))
    def test_of_anything_are_named(self, content: str | bytes) -> None:
        assert errors(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
