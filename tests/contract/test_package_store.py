"""Packages bind blocks once, in memory and in DynamoDB alike."""

from dataclasses import dataclass

import pytest

from kwit.aws.document_store import DynamoDocuments
from kwit.aws.package_store import DynamoPackages
from kwit.aws.table import Table
from kwit.ledger.export import Package, PackageStore
from tests.billing import samples
from tests.fakes.document_store import MemoryDocuments
from tests.fakes.packages import MemoryPackages

DAY = samples.ISSUE_DATE
ONE = Package("p1", DAY, ((samples.RUN_ID, 0),))
BOTH = Package("p2", DAY, ((samples.RUN_ID, 0), (samples.RUN_ID, 1)))


@dataclass
class Shelf:
    """A packages' store over two blocks of a day."""

    store: PackageStore
    documents: MemoryDocuments | DynamoDocuments


@pytest.fixture(params=["memory", "dynamodb"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    if request.param == "memory":
        memory = MemoryDocuments()
        made = Shelf(MemoryPackages(memory), memory)
    else:
        tables: dict[str, Table] = request.getfixturevalue("tables")
        dynamo = DynamoDocuments(tables["documents"], tables["billing"])
        made = Shelf(DynamoPackages(dynamo), dynamo)
    made.documents.take_block(samples.block("U/1", number=0), first_bills=frozenset({"U/1"}))
    made.documents.take_block(samples.block("U/2", first=2, number=1), first_bills=frozenset({"U/2"}))
    return made


def numbers(shelf: Shelf) -> list[int]:
    return [block.batch for block in shelf.store.unpacked_blocks(DAY)]


class TestPackages:
    def test_blocks_wait_until_they_are_bound(self, shelf: Shelf) -> None:
        assert numbers(shelf) == [0, 1]
        assert shelf.store.claim(ONE)
        assert numbers(shelf) == [1]
        assert list(shelf.store.waiting_packages(DAY)) == [ONE]

    def test_a_block_is_bound_once_and_all_or_none(self, shelf: Shelf) -> None:
        assert shelf.store.claim(ONE)
        assert not shelf.store.claim(BOTH)
        assert numbers(shelf) == [1]
        assert list(shelf.store.waiting_packages(DAY)) == [ONE]

    def test_the_same_package_twice_is_bound_once(self, shelf: Shelf) -> None:
        assert shelf.store.claim(BOTH)
        assert not shelf.store.claim(BOTH)
        assert list(shelf.store.waiting_packages(DAY)) == [BOTH]
        assert numbers(shelf) == []

    def test_a_package_marked_as_written_waits_no_more(self, shelf: Shelf) -> None:
        assert shelf.store.claim(ONE)
        shelf.store.mark_written(ONE)
        shelf.store.mark_written(ONE)
        assert list(shelf.store.waiting_packages(DAY)) == []
        assert numbers(shelf) == [1]

    def test_a_block_comes_with_the_documents_kept_so_far(self, shelf: Shelf) -> None:
        block = shelf.store.block(samples.RUN_ID, 0, issue_date=DAY)
        assert block == samples.block("U/1", number=0)
        assert list(shelf.store.documents_of_block(block)) == []
        kept = samples.document()
        entry = type(block.entries[0])(
            kept.document_id,
            kept.number,
            0,
            "U/1",
            block.entries[0].start,
            block.entries[0].end,
            kept.content_hash,
        )
        shelf.documents.put_documents([kept])
        known = type(block)(block.run_id, 0, block.prefix, 1, DAY, (entry, *block.entries))
        assert list(shelf.store.documents_of_block(known)) == [kept]
