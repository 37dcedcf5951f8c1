"""Whatever bytes are dropped among the readings, the import ends with a result and writes all or nothing."""

import gzip
import json

from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.findings import ImportStatus
from tests.metering.meter_office import PPE, WINTER, MeterOffice

STARTS = (
    b"",
    b"\x1f\x8b",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    b"{",
    b"\xef\xbb\xbf{",
    b"ppe;day;minutes;quantity;v1\n",
    b"kOSD;1\nDD;31-01-2026\n" + PPE.encode() + b";CP;1;",
    b"Data; Warto\xc5\x9b\xc4\x87 kWh;Rodzaj\n",
    PPE.encode() + b"\r\n",
    b"PK\x03\x04",
)
SOUND = json.dumps(
    {"ppe": PPE, "day": WINTER.isoformat(), "minutes": 60, "quantity": "import", "values": [1] * 24}
).encode()


class TestBytes:
    @given(st.sampled_from(STARTS), st.binary(max_size=120), st.booleans())
    def test_of_no_sense_write_nothing_and_say_why(self, start: bytes, rest: bytes, packed: bool) -> None:
        office = MeterOffice()
        content = gzip.compress(start + rest, mtime=0) if packed else start + rest
        result = office.drop(content)
        assert (result.accepted, office.store.puts) == (0, 0)
        assert result.findings

    @given(st.integers(0, 200), st.binary(min_size=1, max_size=4))
    def test_of_a_damaged_batch_write_all_or_nothing(self, place: int, noise: bytes) -> None:
        packed = bytearray(gzip.compress(SOUND + b"\n", mtime=0))
        place %= len(packed)
        packed[place : place + len(noise)] = noise
        office = MeterOffice()
        result = office.drop(bytes(packed))
        assert len(office.store.items) == result.accepted
        assert (result.accepted == 1) is (result.status is ImportStatus.ACCEPTED)
