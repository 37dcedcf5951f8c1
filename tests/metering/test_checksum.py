"""Checksums match the catalogued check values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.metering.checksum import Checksum, CrcForm, CrcScope, CrcVariant, crc16, fitting_checksums

LINES = [b"590543000000001232", b"2026-01-31", b"1.000,0", b"2.000,0"]


class TestVariants:
    @pytest.mark.parametrize(
        ("variant", "check"),
        [
            (CrcVariant.XMODEM, 0x31C3),
            (CrcVariant.IBM_3740, 0x29B1),
            (CrcVariant.SPI_FUJITSU, 0xE5CC),
            (CrcVariant.KERMIT, 0x2189),
            (CrcVariant.X_25, 0x906E),
            (CrcVariant.MCRF4XX, 0x6F91),
            (CrcVariant.GENIBUS, 0xD64E),
        ],
    )
    def test_give_their_check_value(self, variant: CrcVariant, check: int) -> None:
        assert crc16(b"123456789", variant=variant) == check

    @given(st.binary(min_size=1, max_size=60), st.sampled_from(CrcVariant), st.data())
    def test_notice_any_changed_bit(self, data: bytes, variant: CrcVariant, draw: st.DataObject) -> None:
        bit = draw.draw(st.integers(0, len(data) * 8 - 1))
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        assert crc16(bytes(changed), variant=variant) != crc16(data, variant=variant)


class TestForms:
    def test_write_the_same_sum_in_four_ways(self) -> None:
        written = [Checksum(form=form).of(LINES, header=2) for form in CrcForm]
        assert written[0] == written[1].upper()
        assert int(written[2]) == int(written[0], 16)
        assert written[3] == written[0][2:] + written[0][:2]

    def test_cover_different_bytes(self) -> None:
        assert len({Checksum(scope=scope).of(LINES, header=2) for scope in CrcScope}) == 4

    @given(st.sampled_from(CrcVariant), st.sampled_from(CrcScope), st.sampled_from(CrcForm))
    def test_are_found_from_a_file(self, variant: CrcVariant, scope: CrcScope, form: CrcForm) -> None:
        checksum = Checksum(variant, scope, form)
        assert checksum in fitting_checksums(LINES, checksum.of(LINES, header=2), header=2)
