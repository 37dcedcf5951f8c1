"""The documents' store takes numbers all or nothing, in memory and in DynamoDB alike."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from kwit.aws.document_store import DynamoDocuments
from kwit.aws.run_store import DynamoRuns
from kwit.aws.table import Table
from kwit.billing.clocks import ClockMove, Cursor, ForecastMove, Stand
from kwit.billing.collecting import MOST_PARTS
from kwit.billing.corrects import Corrects, CursorMove, Standing
from kwit.billing.drafts import DocumentKind
from kwit.billing.ports import RunStore
from kwit.documents.document import NumberBlock
from kwit.documents.ports import (
    AlreadyBilledError,
    BlockTakenError,
    SeriesMovedError,
)
from kwit.tariffs.price_list import Clock
from tests.billing import samples
from tests.fakes.document_store import MemoryDocuments
from tests.fakes.run_store import MemoryRuns

PREFIX = "FV/2026/04/{number:06}"


@dataclass
class Pair:
    """A documents' store and the runs' store that shows its cursors."""

    documents: Any
    runs: RunStore


@pytest.fixture(params=["memory", "dynamodb"])
def pair(request: pytest.FixtureRequest) -> Pair:
    if request.param == "memory":
        runs = MemoryRuns()
        documents = MemoryDocuments(
            runs.cursors,
            runs.events,
            carries=runs.carries,
            lasts=runs.lasts,
            revisions=runs.revisions,
            apart=runs.apart,
            forecasts=runs.forecasts,
        )
        return Pair(documents, runs)
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return Pair(DynamoDocuments(tables["documents"], tables["billing"]), DynamoRuns(tables["billing"]))


class TestBilledEvents:
    def test_are_added_with_the_cursor_and_stay_with_the_next_bill(self, pair: Pair) -> None:
        first = samples.block("U/1", events=("e1", "e2"))
        pair.documents.take_block(first, first_bills=frozenset({"U/1"}))
        assert pair.runs.billed_events("U/1") == {"e1", "e2"}
        (entry,) = first.entries
        following = replace(entry, start=entry.end, end=entry.end + timedelta(days=30), events=("e3",))
        second = replace(first, batch=1, first=2, entries=(following,))
        pair.documents.take_block(second, first_bills=frozenset())
        assert pair.runs.billed_events("U/1") == {"e1", "e2", "e3"}

    def test_of_a_block_that_is_refused_are_not_added(self, pair: Pair) -> None:
        pair.documents.take_block(samples.block("U/1"), first_bills=frozenset({"U/1"}))
        rival = replace(samples.block("U/1", events=("e1",)), batch=1, first=2)
        with pytest.raises(AlreadyBilledError):
            pair.documents.take_block(rival, first_bills=frozenset())
        assert pair.runs.billed_events("U/1") == frozenset()

    def test_of_the_unknown_are_none(self, pair: Pair) -> None:
        assert pair.runs.billed_events("U/9") == frozenset()


class TestBlocks:
    def test_a_block_moves_counter_and_cursors_together(self, pair: Pair) -> None:
        block = samples.block("U/1", "U/2")
        pair.documents.take_block(block, first_bills=frozenset({"U/1", "U/2"}))
        assert pair.documents.next_ordinal(PREFIX) == 3
        assert pair.runs.billed_to("U/1") == date(2026, 4, 6)
        assert pair.documents.block(samples.RUN_ID, 0, issue_date=samples.ISSUE_DATE) == block
        assert list(pair.documents.blocks_of_day(samples.ISSUE_DATE)) == [block]

    def test_what_the_last_bill_hands_on_moves_with_the_cursor(self, pair: Pair) -> None:
        first = samples.block("U/1")
        handed = replace(first, entries=tuple(replace(one, carried='{"used":[]}') for one in first.entries))
        pair.documents.take_block(handed, first_bills=frozenset({"U/1"}))
        assert pair.runs.carried("U/1") == '{"used":[]}'
        with pytest.raises(AlreadyBilledError):
            pair.documents.take_block(samples.block("U/1", first=2, number=1), first_bills=frozenset())
        assert pair.runs.carried("U/1") == '{"used":[]}'
        assert pair.runs.carried("U/2") == ""

    def test_a_batch_gets_one_block_only(self, pair: Pair) -> None:
        pair.documents.take_block(samples.block("U/1"), first_bills=frozenset({"U/1"}))
        with pytest.raises(BlockTakenError):
            pair.documents.take_block(samples.block("U/2", first=2), first_bills=frozenset({"U/2"}))
        assert pair.documents.next_ordinal(PREFIX) == 2
        assert pair.runs.billed_to("U/2") is None

    def test_a_moved_series_refuses_the_block(self, pair: Pair) -> None:
        pair.documents.take_block(samples.block("U/1"), first_bills=frozenset({"U/1"}))
        for first in (1, 3):
            late = samples.block("U/2", first=first, number=1)
            with pytest.raises(SeriesMovedError):
                pair.documents.take_block(late, first_bills=frozenset({"U/2"}))
        assert pair.runs.billed_to("U/2") is None

    def test_a_period_is_billed_once(self, pair: Pair) -> None:
        pair.documents.take_block(samples.block("U/1"), first_bills=frozenset({"U/1"}))
        again = samples.block("U/1", "U/2", first=2, run_id="2026-04-09-daily")
        for first_bills in (frozenset({"U/1", "U/2"}), frozenset({"U/2"})):
            with pytest.raises(AlreadyBilledError) as caught:
                pair.documents.take_block(again, first_bills=first_bills)
            assert caught.value.contracts == ("U/1",)
        assert pair.documents.next_ordinal(PREFIX) == 2

    def test_a_block_without_entries_takes_no_number(self, pair: Pair) -> None:
        pair.documents.take_block(samples.block(), first_bills=frozenset())
        assert pair.documents.next_ordinal(PREFIX) == 1


FEBRUARY, APRIL, JULY = date(2026, 2, 4), date(2026, 4, 6), date(2026, 7, 1)
VARIABLE, FIXED, CONTRACT = Clock.VARIABLE, Clock.FIXED, Clock.CONTRACT


def moving(*moves: ClockMove, number: int = 0, first: int = 1, carried: str = "") -> NumberBlock:
    """Make a block of one document that moves some clocks."""
    block = samples.block("U/1", number=number, first=first)
    return replace(block, entries=(replace(block.entries[0], clocks=moves, carried=carried),))


class TestClocks:
    def test_move_each_from_where_it_stood_and_hand_on_their_own(self, pair: Pair) -> None:
        pair.documents.take_block(
            moving(ClockMove(FIXED, FEBRUARY, JULY, "prepaid")), first_bills=frozenset({"U/1"})
        )
        assert pair.runs.cursor("U/1") == Cursor(apart={FIXED: Stand(JULY, "prepaid")})
        assert pair.runs.cursors_of(["U/9", "U/1"]) == {"U/1": pair.runs.cursor("U/1")}
        measured = (ClockMove(VARIABLE, FEBRUARY, APRIL, "lots"), ClockMove(CONTRACT, FEBRUARY, APRIL))
        pair.documents.take_block(moving(*measured, number=1, first=2), first_bills=frozenset({"U/1"}))
        assert pair.runs.cursor("U/1") == Cursor(
            APRIL, "lots", apart={FIXED: Stand(JULY, "prepaid"), CONTRACT: Stand(APRIL)}
        )

    def test_that_a_document_leaves_behind_stay_where_they_stood(self, pair: Pair) -> None:
        pair.documents.take_block(samples.block("U/1"), first_bills=frozenset({"U/1"}))
        pair.documents.take_block(
            moving(ClockMove(VARIABLE, APRIL, JULY), number=1, first=2), first_bills=frozenset()
        )
        assert pair.runs.cursor("U/1") == Cursor(JULY, apart={FIXED: Stand(APRIL), CONTRACT: Stand(APRIL)})

    def test_move_back_when_days_are_given_back(self, pair: Pair) -> None:
        pair.documents.take_block(moving(ClockMove(FIXED, FEBRUARY, JULY)), first_bills=frozenset({"U/1"}))
        back = moving(ClockMove(FIXED, JULY, APRIL), number=1, first=2)
        pair.documents.take_block(back, first_bills=frozenset({"U/1"}))
        cursor = pair.runs.cursor("U/1")
        assert cursor is not None
        assert cursor.day_of(FIXED) == APRIL

    @pytest.mark.parametrize("first", [True, False])
    @pytest.mark.parametrize("clock", [FIXED, CONTRACT])
    def test_apart_and_all_together_cannot_both_bill_a_day(
        self, pair: Pair, clock: Clock, *, first: bool
    ) -> None:
        """A draft from before the clocks parted, and one from after, whichever is issued first."""
        new = frozenset({"U/1"})
        apart, together = moving(ClockMove(clock, FEBRUARY, JULY)), samples.block("U/1")
        one, other = (apart, together) if first else (together, apart)
        pair.documents.take_block(one, first_bills=new)
        late = replace(other, batch=1, first=2)
        for first_bills in (new, frozenset[str]()):
            with pytest.raises(AlreadyBilledError):
                pair.documents.take_block(late, first_bills=first_bills)

    def test_of_two_documents_of_one_block_move_through_both(self, pair: Pair) -> None:
        block = samples.block("U/1", "U/1")
        moves = (ClockMove(FIXED, FEBRUARY, APRIL), ClockMove(FIXED, APRIL, JULY, "rest"))
        entries = tuple(replace(one, clocks=(move,)) for one, move in zip(block.entries, moves, strict=True))
        pair.documents.take_block(replace(block, entries=entries), first_bills=frozenset({"U/1"}))
        assert pair.runs.cursor("U/1") == Cursor(apart={FIXED: Stand(JULY, "rest")})

    def test_stand_together_at_first(self, pair: Pair) -> None:
        assert pair.runs.cursor("U/1") is None
        pair.documents.take_block(samples.block("U/1"), first_bills=frozenset({"U/1"}))
        assert pair.runs.cursor("U/1") == Cursor(APRIL)


def forecast(turn: int, text: str, *, number: int, first: int = 1) -> NumberBlock:
    """Make a block of one forecast."""
    block = samples.block("U/1", number=number, first=first, run_id=f"forecast-{number}")
    entry = replace(block.entries[0], document_id=f"f{number}", kind=DocumentKind.FORECAST)
    move = ForecastMove(turn, text, alone=True)
    return replace(block, prefix="PR/{number:06}", entries=(replace(entry, forecast=move),))


class TestForecasts:
    NEW = frozenset({"U/1"})

    def settling(self, turn: int, *, number: int = 0) -> NumberBlock:
        block = samples.block("U/1", number=number, first=number + 1)
        return replace(block, entries=(replace(block.entries[0], forecast=ForecastMove(turn, "settled")),))

    def test_before_any_bill_move_no_clock(self, pair: Pair) -> None:
        pair.documents.take_block(forecast(0, "one", number=0), first_bills=self.NEW)
        assert pair.runs.cursor("U/1") == Cursor(forecast_turn=1, forecasts="one")
        assert pair.runs.billed_to("U/1") is None
        pair.documents.take_block(self.settling(1), first_bills=self.NEW)
        assert pair.runs.cursor("U/1") == Cursor(APRIL, forecast_turn=2, forecasts="settled")

    def test_are_moved_once_at_each_turn(self, pair: Pair) -> None:
        pair.documents.take_block(forecast(0, "one", number=0), first_bills=self.NEW)
        for late in (forecast(0, "rival", number=1, first=2), forecast(2, "early", number=2, first=2)):
            with pytest.raises(AlreadyBilledError):
                pair.documents.take_block(late, first_bills=self.NEW)
        pair.documents.take_block(forecast(1, "two", number=3, first=2), first_bills=self.NEW)
        with pytest.raises(AlreadyBilledError):
            pair.documents.take_block(self.settling(1), first_bills=self.NEW)
        assert pair.runs.cursor("U/1") == Cursor(forecast_turn=2, forecasts="two")

    def test_of_one_block_move_through_both(self, pair: Pair) -> None:
        one, two = forecast(0, "one", number=0), forecast(1, "two", number=1)
        block = replace(one, entries=(*one.entries, *two.entries))
        pair.documents.take_block(block, first_bills=self.NEW)
        assert pair.runs.cursor("U/1") == Cursor(forecast_turn=2, forecasts="two")

    def test_after_a_bill_leave_its_day_and_clocks(self, pair: Pair) -> None:
        pair.documents.take_block(moving(ClockMove(FIXED, FEBRUARY, JULY)), first_bills=self.NEW)
        pair.documents.take_block(
            moving(ClockMove(VARIABLE, FEBRUARY, APRIL), number=1, first=2), first_bills=self.NEW
        )
        before = pair.runs.cursor("U/1")
        pair.documents.take_block(forecast(0, "one", number=0), first_bills=frozenset())
        assert before is not None
        assert pair.runs.cursor("U/1") == replace(before, forecast_turn=1, forecasts="one")


def noted(*names: str, number: int = 0, first: int = 1, run_id: str = samples.RUN_ID) -> NumberBlock:
    """Make a block of notes."""
    block = samples.block(*names, number=number, first=first, run_id=run_id)
    entries = (replace(one, kind=DocumentKind.NOTE) for one in block.entries)
    return replace(block, prefix="NK/2026/{number:06}", entries=tuple(entries))


class TestNotes:
    def test_take_numbers_and_leave_every_cursor_where_it_stands(self, pair: Pair) -> None:
        block = noted("U/1", "U/2")
        pair.documents.take_block(block, first_bills=frozenset())
        assert pair.documents.next_ordinal("NK/2026/{number:06}") == 3
        assert pair.runs.cursor("U/1") is None
        assert pair.documents.block(samples.RUN_ID, 0, issue_date=samples.ISSUE_DATE) == block
        pair.documents.take_block(samples.block("U/1", number=1), first_bills=frozenset({"U/1"}))
        assert pair.runs.billed_to("U/1") == APRIL

    def test_are_issued_once_whichever_run_has_them(self, pair: Pair) -> None:
        pair.documents.take_block(noted("U/1"), first_bills=frozenset())
        rival = noted("U/1", "U/2", first=2, run_id="2026-04-09-notes-x")
        with pytest.raises(AlreadyBilledError) as caught:
            pair.documents.take_block(rival, first_bills=frozenset())
        assert caught.value.contracts == (rival.entries[0].document_id,)
        assert pair.documents.next_ordinal("NK/2026/{number:06}") == 2
        rest = replace(rival, entries=rival.entries[1:])
        pair.documents.take_block(rest, first_bills=frozenset())
        assert pair.documents.next_ordinal("NK/2026/{number:06}") == 3

    def test_are_no_documents_that_billing_corrects(self, pair: Pair) -> None:
        bill = samples.document("U/1", number="FV/2026/04/000001")
        note = replace(bill, document_id="note", kind=DocumentKind.NOTE, number="NK/2026/000001")
        pair.documents.put_documents([bill, note])
        assert list(pair.documents.issued("U/1")) == [bill.issued()]
        assert pair.documents.document("note") == note
        assert list(pair.documents.contracts_of("NK/2026/000001")) == ["U/1"]


class TestDocuments:
    def test_a_document_comes_back_as_it_was_put(self, pair: Pair) -> None:
        document = samples.document()
        pair.documents.put_documents([document])
        pair.documents.put_documents([document])
        assert pair.documents.document(document.document_id) == document

    def test_an_unknown_document_is_none(self, pair: Pair) -> None:
        assert pair.documents.document("none") is None

    def test_documents_are_found_by_contract_in_order_of_issue(self, pair: Pair) -> None:
        first = samples.document("U/1", number="FV/2026/04/000001")
        second = replace(first, document_id="second", number="FV/2026/05/000001", issue_date=date(2026, 5, 8))
        other = samples.document("U/2", number="FV/2026/04/000002")
        pair.documents.put_documents([second, other, first])
        pair.documents.put_documents([first])
        assert list(pair.documents.issued("U/1")) == [first.issued(), second.issued()]
        assert list(pair.documents.issued("U/9")) == []

    def test_documents_are_found_by_number(self, pair: Pair) -> None:
        pair.documents.put_documents([samples.document("U/2", number="FV/2026/04/000002")])
        assert list(pair.documents.contracts_of("FV/2026/04/000002")) == ["U/2"]
        assert list(pair.documents.contracts_of("FV/2026/04/000003")) == []


def correction(
    *, last: str = "doc-U/1", name: str = "k1", number: int = 1, **moved: object
) -> tuple[NumberBlock, CursorMove]:
    """Make the block of one correction of the first bill of U/1."""
    known = {"revision": 0, "billed_to": date(2026, 4, 6), "carried": "", "to_billed_to": date(2026, 4, 6)}
    move = CursorMove(**(known | {"to_carried": ""} | moved))  # type: ignore[arg-type]  # one field by name
    (entry,) = samples.block("U/1").entries
    corrects = Corrects("doc-U/1", last, move)
    entry = replace(entry, document_id=name, kind=DocumentKind.CORRECTION, corrects=corrects)
    block = samples.block(run_id=f"corrections-{name}")
    return replace(block, prefix="FK/{number:06}", first=number, entries=(entry,)), move


class TestChains:
    @pytest.fixture
    def billed(self, pair: Pair) -> Pair:
        pair.documents.take_block(samples.block("U/1", events=("e1", "e2")), first_bills=frozenset({"U/1"}))
        return pair

    def test_a_correction_becomes_the_last_of_its_chain(self, billed: Pair) -> None:
        assert billed.documents.chain_ends(["doc-U/1"]) == {}
        billed.documents.take_block(correction()[0], first_bills=frozenset())
        assert billed.documents.chain_ends(["doc-U/1", "other"]) == {"doc-U/1": "k1"}
        again, _ = correction(last="k1", name="k2", number=2, revision=1)
        billed.documents.take_block(again, first_bills=frozenset())
        assert billed.documents.chain_ends(["doc-U/1"]) == {"doc-U/1": "k2"}

    @pytest.mark.parametrize("last", ["doc-U/1", "elsewhere"])
    def test_a_document_is_corrected_by_one_correction_at_a_time(self, billed: Pair, last: str) -> None:
        billed.documents.take_block(correction()[0], first_bills=frozenset())
        late, _ = correction(last=last, name="k2", number=2, revision=1)
        with pytest.raises(AlreadyBilledError) as caught:
            billed.documents.take_block(late, first_bills=frozenset())
        assert caught.value.contracts == ("U/1",)
        assert billed.documents.chain_ends(["doc-U/1"]) == {"doc-U/1": "k1"}
        assert billed.documents.next_ordinal("FK/{number:06}") == 2

    def test_what_it_hands_on_stands_on_the_cursor(self, billed: Pair) -> None:
        billed.documents.take_block(correction(to_carried='{"used":[]}')[0], first_bills=frozenset())
        assert billed.runs.standing("U/1") == Standing(date(2026, 4, 6), '{"used":[]}', "doc-U/1", 1)

    @pytest.mark.parametrize(
        "moved", [{"carried": "other"}, {"billed_to": date(2026, 5, 6)}, {"revision": 1}]
    )
    def test_a_cursor_that_moved_meanwhile_refuses_it(self, billed: Pair, moved: dict[str, object]) -> None:
        before = billed.runs.standing("U/1")
        with pytest.raises(AlreadyBilledError):
            billed.documents.take_block(correction(**moved)[0], first_bills=frozenset())  # type: ignore[arg-type]
        assert billed.runs.standing("U/1") == before

    def test_a_released_period_takes_the_cursor_back_and_frees_its_events(self, billed: Pair) -> None:
        block, _ = correction(to_billed_to=date(2026, 2, 4), frees=("e1",))
        billed.documents.take_block(block, first_bills=frozenset())
        assert billed.runs.billed_to("U/1") == date(2026, 2, 4)
        assert billed.runs.billed_events("U/1") == {"e2"}

    def test_a_bill_drafted_before_a_correction_is_refused_after_it(self, billed: Pair) -> None:
        billed.documents.take_block(correction()[0], first_bills=frozenset())
        (entry,) = samples.block("U/1").entries
        following = replace(entry, document_id="next", start=entry.end, end=entry.end + timedelta(days=30))
        block = replace(samples.block("U/1", first=2, number=1), entries=(following,))
        with pytest.raises(AlreadyBilledError):
            billed.documents.take_block(block, first_bills=frozenset())
        known = replace(block, entries=(replace(following, revision=1),))
        billed.documents.take_block(known, first_bills=frozenset())
        assert billed.runs.billed_to("U/1") == following.end


class TestCollectives:
    def _block(
        self, *contracts: str, first: int = 1, number: int = 0, run_id: str = samples.RUN_ID
    ) -> NumberBlock:
        one = samples.collective(*contracts)
        (entry,) = samples.block(one.contract_no, first=first).entries
        whole = replace(entry, document_id=one.document_id, kind=one.kind, parts=one.parts)
        return replace(samples.block(first=first, number=number, run_id=run_id), entries=(whole,))

    def test_one_number_moves_the_cursor_of_every_contract(self, pair: Pair) -> None:
        block = self._block("U/1", "U/2", "U/3")
        pair.documents.take_block(block, first_bills=frozenset({"U/1", "U/2", "U/3"}))
        assert pair.documents.next_ordinal(PREFIX) == 2
        parts = {part.contract_no: part for part in block.entries[0].parts}
        for no, part in parts.items():
            standing = pair.runs.standing(no)
            assert standing == Standing(part.end, samples.HANDED_ON.text(), part.document_id, 0)
        assert pair.runs.cursor("ZB-1") is None
        assert pair.documents.block(samples.RUN_ID, 0, issue_date=samples.ISSUE_DATE) == block

    def test_a_contract_billed_meanwhile_keeps_all_of_them_back(self, pair: Pair) -> None:
        pair.documents.take_block(samples.block("U/2"), first_bills=frozenset({"U/2"}))
        rival = self._block("U/1", "U/2", "U/3", first=2, number=1)
        with pytest.raises(AlreadyBilledError) as caught:
            pair.documents.take_block(rival, first_bills=frozenset({"U/1", "U/3"}))
        assert caught.value.contracts == ("U/2",)
        assert [pair.runs.billed_to(no) for no in ("U/1", "U/3")] == [None, None]
        assert pair.documents.next_ordinal(PREFIX) == 2

    def test_ninety_contracts_fit_one_transaction(self, pair: Pair) -> None:
        contracts = [f"U/{n}" for n in range(MOST_PARTS)]
        pair.documents.take_block(self._block(*contracts), first_bills=frozenset(contracts))
        assert pair.runs.billed_to(contracts[-1]) == date(2026, 4, 6)

    def test_two_periods_in_one_block_move_a_cursor_over_both(self, pair: Pair) -> None:
        (first,) = self._block("U/1", "U/2").entries
        moved = [
            replace(
                part,
                start=part.end,
                end=part.end + timedelta(days=30),
                document_id=f"next-{part.contract_no}",
            )
            for part in first.parts
        ]
        second = replace(first, document_id="next", number="FV/2026/04/000002", parts=tuple(moved))
        both = replace(self._block("U/1"), entries=(first, second))
        pair.documents.take_block(both, first_bills=frozenset({"U/1", "U/2"}))
        assert pair.runs.billed_to("U/2") == moved[1].end
        standing = pair.runs.standing("U/2")
        assert standing is not None
        assert standing.last_document == "next-U/2"

    def test_a_contract_finds_its_bill_the_account_the_whole_and_the_number_all_of_them(
        self, pair: Pair
    ) -> None:
        whole = samples.issued_collective("U/1", "U/2")
        alone = samples.document("U/2", number="FV/2026/04/000002")
        pair.documents.put_documents([whole, replace(alone, document_id="alone")])
        assert [one.content for one in pair.documents.issued("ZB-1")] == [whole.content]
        found = list(pair.documents.issued("U/2"))
        assert [one.number for one in found] == [whole.number, alone.number]
        assert found[0] == whole.issued_to("U/2")
        assert (found[0].account, found[1].account) == ("ZB-1", "")
        assert list(pair.documents.contracts_of(whole.number)) == ["U/1", "U/2"]
        assert pair.documents.document(whole.document_id) == whole

    def test_a_correction_of_a_bill_goes_on_a_chain_of_its_own(self, pair: Pair) -> None:
        block = self._block("U/1", "U/2")
        pair.documents.take_block(block, first_bills=frozenset({"U/1", "U/2"}))
        part = block.entries[0].parts[1]
        move = CursorMove(0, part.end, part.carried, part.end, part.carried)
        (entry,) = samples.block("U/2", first=2).entries
        corrects = Corrects(part.document_id, part.document_id, move)
        correction = replace(entry, document_id="k", kind=DocumentKind.CORRECTION, corrects=corrects)
        taken = replace(samples.block(first=2, number=1), entries=(correction,))
        pair.documents.take_block(taken, first_bills=frozenset())
        others = [one.document_id for one in block.entries[0].parts]
        assert dict(pair.documents.chain_ends(others)) == {part.document_id: "k"}
        with pytest.raises(AlreadyBilledError):
            pair.documents.take_block(replace(taken, batch=2, first=3), first_bills=frozenset())
