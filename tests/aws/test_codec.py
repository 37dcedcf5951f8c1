"""Every dataclass that a table keeps comes back equal, decimals and days with it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kwit.aws.codec import decode, encode
from kwit.billing.drafts import Draft, HoldCode, Run, RunStatus
from kwit.documents.document import Document, NumberBlock
from kwit.intake.findings import Finding, ImportResult, ImportStatus, Severity
from kwit.kernel.provenance import Source
from kwit.ledger.export import Package
from kwit.metering.readings import ReadingKind, RegisterReading
from kwit.registry.records import Contract, PartyKind, Prosumer, Quantity, Register
from kwit.tariffs.price_list import PriceList
from tests.billing import samples
from tests.billing.memory_case import contract, meter, party, point, state
from tests.rating.cases import KNOWN, all_lists

ONE = samples.draft()
SAMPLES = {
    "party": replace(party(), kind=PartyKind.FIRM, nip="5261040828"),
    "point": point(),
    "meter": replace(
        meter(),
        removed=date(2026, 1, 1),
        registers=(Register("1.8.1", "day"), Register("2.8.0", "all", Quantity.EXPORT)),
    ),
    "contract": contract(
        ends=date(2026, 5, 1), contracted_kw=Decimal("12.500"), capacity_share=Decimal("0.40"),
        balance=Decimal("-0.10"), deposit=Decimal("0.00"), prosumer=Prosumer.NET_BILLING,
    ),
    "reading": state("U/1", date(2026, 3, 1), "1000.001", kind="estimated"),
    "draft": ONE,
    "chunk result": replace(samples.chunk_result(ONE, holds=(samples.hold(),)), nothing_due=("U/3",)),
    "batch": samples.batch(ONE),
    "run": replace(samples.run(), status=RunStatus.WAITING, issue_date=date(2026, 4, 8)),
    "block": replace(samples.block("U/1", "U/2"), passed_over=("U/9",)),
    "document": samples.document(),
    "package": Package("p1", date(2026, 4, 8), (("r", 0), ("r", 12))),
    "import result": ImportResult(
        file="Odczyty Łódź.xlsx", content_hash="a" * 64, kind="readings", encoding="cp1250", known_at=KNOWN,
        status=ImportStatus.PARTLY, accepted=3, rejected=1,
        findings=(Finding("bad", Severity.REJECT, "Zły wiersz.", sheet="Arkusz1", row=7, column="stan", value="x"),),
    ),
}  # fmt: skip


class TestRoundTrip:
    @pytest.mark.parametrize("name", SAMPLES)
    def test_a_stored_record_comes_back_equal(self, name: str) -> None:
        value = SAMPLES[name]
        back = decode(type(value), encode(value))
        assert back == value
        assert encode(back) == encode(value)

    @pytest.mark.parametrize("code", sorted(all_lists()))
    def test_a_price_list_comes_back_equal(self, code: str) -> None:
        for one in all_lists()[code]:
            assert decode(PriceList, encode(one)) == one

    @given(st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=5))
    def test_a_decimal_keeps_its_digits(self, value: Decimal) -> None:
        back = decode(Contract, encode(contract(balance=value)))
        assert str(back.balance) == str(value)

    @given(
        st.datetimes(timezones=st.just(UTC)),
        st.integers(0, 10**15),
    )
    def test_an_instant_and_a_whole_number_come_back(self, known_at: datetime, wh: int) -> None:
        one = replace(state("U/1", date(2026, 3, 1), "1"), known_at=known_at, state_wh=wh)
        assert decode(RegisterReading, encode(one)) == one

    @given(st.text(max_size=30))
    def test_any_text_comes_back(self, name: str) -> None:
        one = Source(name, "h", 1, name)
        assert decode(Source, encode(one)) == one

    def test_binary_content_of_a_draft_and_a_document_is_the_same_bytes(self) -> None:
        assert decode(Draft, encode(ONE)).content == ONE.content
        assert decode(Document, encode(samples.document())).content == samples.document().content


class TestChecks:
    @pytest.mark.parametrize(
        "data",
        [
            b"{}",
            b"not json",
            encode(samples.run()).replace(b"2026-04-08", b"2026-04-31"),
            encode(samples.run()).replace(b'"planned"', b'"flying"'),
        ],
    )
    def test_what_is_not_whole_is_refused(self, data: bytes) -> None:
        with pytest.raises(ValidationError):
            decode(Run, data)

    def test_every_code_of_a_hold_and_kind_of_a_reading_has_its_word(self) -> None:
        for code in HoldCode:
            one = replace(samples.chunk_result(), holds=(replace(samples.hold(), code=code),))
            assert decode(type(one), encode(one)).holds[0].code is code
        for kind in ReadingKind:
            one_reading = state("U/1", date(2026, 3, 1), "1", kind=kind)
            assert decode(RegisterReading, encode(one_reading)).kind is kind

    def test_a_reading_written_before_there_were_standings_is_read(self) -> None:
        one = state("U/1", date(2026, 3, 1), "1")
        written = json.loads(encode(one))
        del written["standing"]
        assert decode(RegisterReading, json.dumps(written).encode()) == one

    def test_a_block_keeps_the_order_of_its_numbers(self) -> None:
        block = samples.block(*(f"U/{n}" for n in range(96)))
        assert decode(NumberBlock, encode(block)).entries == block.entries
