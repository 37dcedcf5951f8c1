"""Export: a block goes out once, in one package, however often and wherever the export is interrupted."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pytest

from kwit.documents.document import Document
from kwit.ledger.export import MOST_BLOCKS, DocumentsMissingError, Exported, Package, export_postings
from kwit.ledger.postings import AccountMissingError
from tests.billing import samples
from tests.billing.company import company_settings
from tests.crash import Crash
from tests.fakes.packages import MemoryFiles, MemoryPackages

DAY = samples.ISSUE_DATE


def document_for(contract_no: str, number: str) -> Document:
    return replace(samples.document(contract_no, number=number), document_id=f"doc-{contract_no}")


@dataclass
class Books:
    """Blocks of a day with their documents, and the files they are exported to."""

    store: MemoryPackages = field(default_factory=MemoryPackages)
    files: MemoryFiles = field(default_factory=MemoryFiles)

    def issue(self, *contracts: str, number: int, documents: bool = True) -> None:
        first = self.store.documents.next_ordinal("FV/2026/04/{number:06}")
        block = samples.block(*contracts, first=first, number=number)
        self.store.documents.take_block(block, first_bills=frozenset(contracts))
        if documents:
            self.keep(number)

    def keep(self, number: int) -> None:
        block = self.store.block(samples.RUN_ID, number, issue_date=DAY)
        assert block is not None
        self.store.documents.put_documents([document_for(e.contract_no, e.number) for e in block.entries])

    def export(self) -> list[Exported]:
        return export_postings(
            day=DAY, store=self.store, files=self.files, accounts=company_settings().accounts
        )

    def numbers(self) -> list[str]:
        return [
            line.split(";")[0]
            for content in self.files.files.values()
            for line in content.decode("utf-8-sig").splitlines()[1:]
            if ";receivable;" in line
        ]


class TestExport:
    def test_the_blocks_of_a_day_go_into_one_package(self) -> None:
        books = Books()
        books.issue("U/1", "U/2", number=0)
        books.issue("U/3", number=1)
        (exported,) = books.export()
        assert (exported.documents, exported.debit) == (3, samples.GROSS * 3)
        assert exported.key.startswith("exports/postings-2026-04-08-")
        assert books.numbers() == [f"FV/2026/04/00000{n}" for n in (1, 2, 3)]

    def test_exporting_again_touches_no_file(self) -> None:
        books = Books()
        books.issue("U/1", number=0)
        assert len(books.export()) == 1
        writes = list(books.files.writes)
        assert books.export() == []
        assert books.files.writes == writes

    def test_a_crash_between_file_and_mark_writes_the_same_bytes_again(self) -> None:
        books = Books()
        books.issue("U/1", number=0)
        first = books.export()
        before = dict(books.files.files)
        books.store.written.clear()
        assert books.export() == first
        assert books.files.files == before

    def test_later_blocks_get_a_package_of_their_own(self) -> None:
        books = Books()
        books.issue("U/1", number=0)
        (first,) = books.export()
        before = books.files.files[first.key]
        books.issue("U/2", number=1)
        (second,) = books.export()
        assert second.key != first.key
        assert books.files.files[first.key] == before
        assert sorted(books.numbers()) == ["FV/2026/04/000001", "FV/2026/04/000002"]

    def test_a_crash_after_the_claim_is_made_good(self) -> None:
        @dataclass
        class Dying(MemoryFiles):
            def put(self, key: str, content: bytes, content_type: str) -> None:
                raise Crash

        books = Books()
        books.issue("U/1", number=0)
        books.files = Dying()
        with pytest.raises(Crash):
            books.export()
        books.files = MemoryFiles()
        books.issue("U/2", number=1)
        assert sum(one.documents for one in books.export()) == 2
        assert sorted(books.numbers()) == ["FV/2026/04/000001", "FV/2026/04/000002"]

    def test_documents_not_kept_yet_are_waited_for(self) -> None:
        books = Books()
        books.issue("U/1", "U/2", number=0, documents=False)
        with pytest.raises(DocumentsMissingError) as caught:
            books.export()
        assert (caught.value.batch, caught.value.missing) == (0, 2)
        assert books.files.files == {}
        books.keep(0)
        assert books.export()[0].documents == 2

    def test_a_twin_that_claims_first_is_seen(self) -> None:
        @dataclass
        class Twin(MemoryPackages):
            raced: bool = False

            def claim(self, package: Package) -> bool:
                if not self.raced:
                    self.raced = True
                    assert super().claim(replace(package, package_id="twin"))
                return super().claim(package)

        books = Books(Twin())
        books.issue("U/1", number=0)
        (exported,) = books.export()
        assert exported.key.endswith("-twin.csv")

    def test_many_blocks_are_cut_into_packages(self) -> None:
        books = Books()
        for number in range(MOST_BLOCKS + 1):
            books.issue(f"U/{number}", number=number)
        assert sorted(one.documents for one in books.export()) == [1, MOST_BLOCKS]
        assert len(set(books.numbers())) == len(books.numbers()) == MOST_BLOCKS + 1

    def test_a_day_without_documents_writes_nothing(self) -> None:
        assert Books().export() == []

    def test_an_empty_block_gives_a_package_without_rows(self) -> None:
        books = Books()
        books.issue(number=0)
        (exported,) = books.export()
        assert (exported.documents, exported.debit) == (0, Decimal("0.00"))

    def test_a_missing_account_is_named_before_a_file_is_written(self) -> None:
        books = Books()
        books.issue("U/1", number=0)
        with pytest.raises(AccountMissingError):
            export_postings(day=DAY, store=books.store, files=books.files, accounts={"receivable": "200"})
        assert books.files.files == {}

    def test_documents_issued_after_their_day_s_export_go_out_with_a_later_one(self) -> None:
        books = Books()
        books.issue("U/1", number=0)
        accounts = company_settings().accounts
        later = date(2026, 4, 20)
        (exported,) = export_postings(day=later, store=books.store, files=books.files, accounts=accounts)
        assert exported.key.startswith("exports/postings-2026-04-08-")
        assert books.export() == []

    def test_a_day_before_the_issue_has_nothing(self) -> None:
        books = Books()
        books.issue("U/1", number=0)
        day = date(2026, 4, 7)
        assert export_postings(day=day, store=books.store, files=books.files, accounts={}) == []
