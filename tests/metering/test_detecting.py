"""A profile of day files is proposed from samples, and never called more certain than the samples make it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import day_minutes
from kwit.metering.checksum import Checksum, CrcForm, CrcScope, CrcVariant
from kwit.metering.day_file import DayFile, DayFileProfile, HeaderLine, Quality, write_day_file
from kwit.metering.detecting import Certainty, NoDayFilesError, Proposal, propose_profile
from kwit.metering.profile_files import read_profile, unverified_day_file
from tests.metering.meter_office import PPE

PROFILE = unverified_day_file()
FIRST = date(2026, 3, 27)


def samples(
    profile: DayFileProfile = PROFILE, *, count: int = 3, flags: Sequence[Quality] = ()
) -> dict[str, bytes]:
    """Write days around the spring change."""
    written = {}
    for number in range(count):
        day = FIRST + timedelta(days=number)
        size = day_minutes(day) // 60
        qualities = (*flags, *[Quality.ACTUAL] * size)[:size]
        values = tuple(
            0 if quality is Quality.MISSING else 1000 * n + 37 * number for n, quality in enumerate(qualities)
        )
        one = DayFile(PPE, day, "import", 60, values, tuple(qualities), f"wersja {number}")
        name, content = write_day_file(day_file=one, profile=profile)
        written[name] = content
    return written


def certainty(proposal: Proposal) -> dict[str, Certainty]:
    return {part.name: part.certainty for part in proposal.parts}


def proposed(proposal: Proposal) -> DayFileProfile:
    profile = read_profile(proposal.yaml.encode(), name="p")
    assert isinstance(profile, DayFileProfile)
    return profile


class TestProposal:
    @given(st.data())
    def test_finds_layout_and_checksum_of_three_files(self, data: st.DataObject) -> None:
        variant, form = data.draw(st.sampled_from(CrcVariant)), data.draw(st.sampled_from(CrcForm))
        scope = data.draw(
            st.sampled_from([CrcScope.LINES, CrcScope.LINES_WITHOUT_ENDS, CrcScope.MEASUREMENTS])
        )
        header = (HeaderLine.POINT, *data.draw(st.permutations(PROFILE.header[1:])))
        day_format = data.draw(st.sampled_from(["%Y-%m-%d", "%d.%m.%Y"]))
        checksum = Checksum(variant, scope, form)
        profile = replace(PROFILE, header=header, checksum=checksum, day_format=day_format)
        found = propose_profile(samples(profile, count=4), name="p")
        assert proposed(found).header == header
        assert proposed(found).day_format == day_format
        if found.checksum_found:
            assert proposed(found).checksum == checksum
        else:
            # Letters tell upper from lower case; sums of digits alone leave both open.
            assert form in {CrcForm.HEX_UPPER, CrcForm.HEX_LOWER}

    def test_calls_the_checksum_found_with_three_different_files_only(self) -> None:
        three = samples()
        two = dict(list(three.items())[:2])
        copies = two | {f"kopia-{name}": content for name, content in two.items()}
        assert propose_profile(three, name="p").checksum_found
        assert not propose_profile(two, name="p").checksum_found
        assert not propose_profile(copies, name="p").checksum_found

    def test_does_not_find_a_checksum_that_fits_nothing(self) -> None:
        broken = {name: content.replace(b"3.0", b"4.0") for name, content in samples().items()}
        found = propose_profile(broken, name="p")
        assert certainty(found)["checksum"] is Certainty.GUESS
        assert "nothing that was tried" in next(p.why for p in found.parts if p.name == "checksum")

    def test_says_that_flags_beyond_the_usual_one_are_a_guess(self) -> None:
        profile = replace(PROFILE, flags={"x": Quality.ACTUAL, "y": Quality.ESTIMATED, "z": Quality.MISSING})
        found = propose_profile(
            samples(profile, flags=(Quality.ESTIMATED, Quality.ESTIMATED, Quality.MISSING)), name="p"
        )
        assert proposed(found).flags == {"x": Quality.ACTUAL, "y": Quality.ESTIMATED, "z": Quality.MISSING}
        assert certainty(found)["flags"] is Certainty.GUESS

    def test_is_never_verified(self) -> None:
        assert not proposed(propose_profile(samples(count=5), name="p")).verified

    def test_doubts_a_day_that_may_stand_in_two_lines(self) -> None:
        both = {
            f"{number}.txt": content.replace(b"wersja %d" % number, content.split(b"\r\n")[1])
            for number, content in enumerate(samples().values())
        }
        assert certainty(propose_profile(both, name="p"))["header"] is Certainty.LIKELY


class TestRefusals:
    @pytest.mark.parametrize(
        "content",
        [b"", b"PPE;Stan\n", f"{PPE}\r\n1.000,0\r\n".encode(), f"{PPE}\r\na\r\n1.0,0\r\nb\r\n1.0,0\r\n1A2B".encode(),
         f"{PPE}\r\n1.0,0\r\n1.0,0\r\n".encode(), b"1" * 20_001],
    )  # fmt: skip
    def test_name_the_file_that_is_no_day_file(self, content: bytes) -> None:
        with pytest.raises(NoDayFilesError) as caught:
            propose_profile({"x.txt": content}, name="p")
        assert caught.value.name == "x.txt"

    def test_name_headers_that_differ(self) -> None:
        short = replace(PROFILE, header=PROFILE.header[:5])
        mixed = samples() | {f"5{name}": content for name, content in samples(short).items()}
        with pytest.raises(NoDayFilesError, match="headers of"):
            propose_profile(mixed, name="p")

    def test_say_that_there_are_no_samples(self) -> None:
        with pytest.raises(NoDayFilesError):
            propose_profile({}, name="p")

    @given(st.binary(max_size=200))
    def test_take_any_bytes(self, content: bytes) -> None:
        try:
            found = propose_profile({"x": PPE.encode() + b"\r\n" + content}, name="p")
        except NoDayFilesError:
            return
        assert not found.checksum_found
