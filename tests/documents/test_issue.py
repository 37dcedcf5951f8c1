"""Issuing a batch: numbers without gaps, every period once, whatever other runs did meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from kwit.billing.drafts import Draft, RunStatus
from kwit.documents.document import NumberBlock
from kwit.documents.issue import BatchUnknownError, DraftChangedError, Issued, issue_batch
from kwit.documents.ports import AlreadyBilledError, BlockTakenError, SeriesMovedError
from kwit.documents.totals import Posted
from kwit.kernel.identifiers import content_hash
from kwit.ledger.postings import posted
from tests.billing import samples
from tests.billing.company import company_settings
from tests.fakes.document_store import MemoryDocuments
from tests.fakes.queues import MemoryQueues
from tests.fakes.run_store import MemoryRuns

PREFIX = "FV/2026/04/{number:06}"


@dataclass
class Office:
    """An approved run of given drafts, in one batch."""

    drafts: Sequence[Draft]
    cursors: dict[str, date] = field(default_factory=dict)
    queues: MemoryQueues = field(default_factory=MemoryQueues)

    def __post_init__(self) -> None:
        self.runs = MemoryRuns(self.cursors)
        self.documents: Any = MemoryDocuments(self.cursors)
        self.runs.create_run(
            samples.run(contracts=len(self.drafts)), [[one.contract_no for one in self.drafts]]
        )
        self.runs.finish_chunk(samples.chunk_result(*self.drafts), list(self.drafts))
        self.runs.set_status(samples.RUN_ID, expected=RunStatus.PLANNED, status=RunStatus.RATED)
        self.runs.approve(samples.approval(*self.drafts))
        batch = samples.batch(*self.drafts)
        self.runs.issue(samples.RUN_ID, approval=0, batches=[batch], issue_date=samples.ISSUE_DATE)

    def issue(self) -> Issued:
        return issue_batch(
            run_id=samples.RUN_ID,
            number=0,
            runs=self.runs,
            documents=self.documents,
            queue=self.queues,
            post=lambda documents: posted(documents, company_settings().accounts),
        )

    def numbers(self) -> dict[str, str]:
        return {one.contract_no: one.number for one in self.documents.documents.values()}


def later(one: Draft, start: date, end: date) -> Draft:
    """Make a draft of another period of the same contract."""
    return replace(one, document_id=f"{one.document_id}-{start}", start=start, end=end)


class TestIssue:
    def test_drafts_get_numbers_in_order_and_become_documents_of_the_same_bytes(self) -> None:
        office = Office([samples.draft("U/1"), samples.draft("U/2")])
        issued = office.issue()
        assert issued.run.status is RunStatus.ISSUED
        assert office.numbers() == {"U/1": "FV/2026/04/000001", "U/2": "FV/2026/04/000002"}
        document = office.documents.document(office.drafts[0].document_id)
        assert document.content == office.drafts[0].content
        assert content_hash(document.content) == document.content_hash
        assert (document.issue_date, document.due_date) == (date(2026, 4, 8), date(2026, 4, 22))
        assert office.queues.renders == [one.document_id for one in office.drafts]

    def test_a_second_message_asks_to_render_again_and_changes_nothing(self) -> None:
        office = Office([samples.draft("U/1")])
        office.issue()
        before = (dict(office.documents.documents), dict(office.documents.counters), dict(office.cursors))
        office.issue()
        assert (office.documents.documents, office.documents.counters, office.cursors) == before
        assert len(office.queues.renders) == 2

    def test_a_batch_nobody_made_is_named(self) -> None:
        office = Office([])
        with pytest.raises(BatchUnknownError, match="no batch 7"):
            issue_batch(
                run_id=samples.RUN_ID,
                number=7,
                runs=office.runs,
                documents=office.documents,
                queue=office.queues,
                post=lambda _: Posted(),
            )

    def test_two_periods_of_one_contract_get_neighbouring_numbers(self) -> None:
        first = samples.draft("U/1")
        second = later(first, first.end, date(2026, 6, 4))
        office = Office([first, second, samples.draft("U/2")])
        issued = office.issue()
        assert issued.block is not None
        assert [entry.number[-1] for entry in issued.block.entries] == ["1", "2", "3"]
        assert office.cursors == {"U/1": date(2026, 6, 4), "U/2": date(2026, 4, 6)}


class TestPassedOver:
    def test_a_contract_billed_by_another_run_takes_no_number(self) -> None:
        office = Office([samples.draft("U/1"), samples.draft("U/2")], {"U/1": date(2026, 4, 6)})
        issued = office.issue()
        assert office.numbers() == {"U/2": "FV/2026/04/000001"}
        assert issued.block is not None
        assert issued.block.passed_over == ("U/1",)

    def test_a_gap_before_the_second_period_passes_the_whole_contract_over(self) -> None:
        first = samples.draft("U/1")
        office = Office([first, later(first, date(2026, 5, 1), date(2026, 6, 4))])
        issued = office.issue()
        assert office.numbers() == {}
        assert issued.block is not None
        assert issued.block.passed_over == ("U/1",)

    def test_when_all_are_passed_over_the_series_does_not_move(self) -> None:
        office = Office([samples.draft("U/1")], {"U/1": date(2026, 4, 6)})
        assert office.issue().run.status is RunStatus.ISSUED
        assert office.documents.next_ordinal(PREFIX) == 1
        assert office.queues.renders == []

    def test_a_contract_that_another_run_bills_in_between_is_passed_over(self) -> None:
        office = Office([samples.draft("U/1"), samples.draft("U/2")])

        @dataclass
        class Raced(MemoryDocuments):
            raced: bool = False

            def take_block(self, block: NumberBlock, *, first_bills: frozenset[str]) -> None:
                if not self.raced:
                    self.raced = True
                    self.cursors["U/1"] = date(2026, 4, 6)
                    raise AlreadyBilledError(["U/1"])
                super().take_block(block, first_bills=first_bills)

        office.documents = Raced(office.cursors)
        office.issue()
        assert office.numbers() == {"U/2": "FV/2026/04/000001"}


@dataclass
class Moving(MemoryDocuments):
    """Another writer takes a number before each of the first `times` attempts."""

    times: int = 1

    def take_block(self, block: NumberBlock, *, first_bills: frozenset[str]) -> None:
        if self.times:
            self.times -= 1
            self.counters[block.prefix] = self.next_ordinal(block.prefix) + 1
        super().take_block(block, first_bills=first_bills)


class TestRaces:
    @pytest.mark.parametrize("times", [1, 7])
    def test_a_series_that_moved_is_read_again(self, times: int) -> None:
        office = Office([samples.draft("U/1")])
        office.documents = Moving(office.cursors, times=times)
        office.issue()
        assert office.numbers() == {"U/1": f"FV/2026/04/00000{times + 1}"}

    def test_a_series_that_keeps_moving_gives_the_message_back(self) -> None:
        office = Office([samples.draft("U/1")])
        office.documents = Moving(office.cursors, times=99)
        with pytest.raises(SeriesMovedError):
            office.issue()
        assert office.numbers() == {}

    def test_a_block_that_a_twin_took_is_used(self) -> None:
        office = Office([samples.draft("U/1")])

        @dataclass
        class Twin(MemoryDocuments):
            def take_block(self, block: NumberBlock, *, first_bills: frozenset[str]) -> None:
                super().take_block(block, first_bills=first_bills)
                raise BlockTakenError(block.run_id, block.batch)

        office.documents = Twin(office.cursors)
        office.issue()
        assert office.numbers() == {"U/1": "FV/2026/04/000001"}


class TestDraftChanged:
    def test_a_draft_with_other_bytes_is_not_issued(self) -> None:
        office = Office([samples.draft("U/1")])
        ((key, one),) = office.runs.drafts.items()
        office.runs.drafts[key] = replace(one, content=one.content + b" ")
        with pytest.raises(DraftChangedError) as caught:
            office.issue()
        assert caught.value.document_id == one.document_id
        assert office.numbers() == {}

    def test_a_draft_that_is_gone_is_not_issued(self) -> None:
        office = Office([samples.draft("U/1")])
        office.runs.drafts.clear()
        with pytest.raises(DraftChangedError):
            office.issue()
