"""Chains of documents: an issued bill, its corrections one after another, and what it says now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kwit.billing.content import BillContent
from kwit.billing.contents import Content, read_content
from kwit.billing.correction_content import CorrectionContent
from kwit.billing.corrects import Standing
from kwit.billing.drafts import DocumentKind
from kwit.billing.ports import IssuedDocument, IssuedStore

_BILLS = frozenset({DocumentKind.INVOICE, DocumentKind.FINAL, DocumentKind.CONNECTION})


class DocumentsMissingError(LookupError):
    """Documents of a contract have their numbers but are not kept yet; carries the contract and what is missing."""

    def __init__(self, contract_no: str, missing: str) -> None:
        super().__init__(f"contract {contract_no}: {missing}")
        self.contract_no = contract_no
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Chain:
    """An issued bill and what became of it: `now` is what it says after its last correction."""

    original: IssuedDocument
    last: IssuedDocument
    now: BillContent
    numbers: frozenset[str]
    cancelled: bool = False
    released: bool = False

    @property
    def corrected(self) -> bool:
        """Tell whether the bill was ever corrected."""
        return self.last.document_id != self.original.document_id

    def events(self) -> frozenset[str]:
        """Return the ids of the events that the bill holds now."""
        told = (one for line in self.now.lines for one in line.inputs)
        return frozenset(one.value for one in told if one.name == "event")


def chains_of(
    *,
    contract_no: str,
    since: date,
    documents: Sequence[IssuedDocument],
    ends: Mapping[str, str],
    standing: Standing,
) -> list[Chain]:
    """Return the chains of a contract's bills by their days, those whose period was released left out.

    `ends` names the last document of every bill that was corrected. The chains cover every day from
    `since`, the first that kWit bills, up to the cursor.
    Raises DocumentsMissingError.
    """
    by_id = {one.document_id: one for one in documents}
    if standing.last_document and standing.last_document not in by_id:
        raise DocumentsMissingError(contract_no, "its last bill is not kept yet")
    contents = {one.document_id: read_content(one.content) for one in documents}
    numbers = _numbers(contents, by_id)
    found = []
    for one in documents:
        content = contents[one.document_id]
        if one.kind not in _BILLS or not isinstance(content, BillContent):
            continue
        last = by_id.get(ends.get(one.document_id, one.document_id))
        if last is None:
            raise DocumentsMissingError(contract_no, f"the last correction of {one.number} is not kept yet")
        told = contents[last.document_id]
        mine = frozenset(numbers[one.document_id])
        if isinstance(told, CorrectionContent):
            found.append(Chain(one, last, told.after, mine, told.cancelled, told.released))
        else:
            found.append(Chain(one, last, content, mine))
    standing_ones = sorted((one for one in found if not one.released), key=lambda one: one.now.start)
    _check(contract_no, since, standing_ones, standing.billed_to)
    return standing_ones


def _numbers(contents: Mapping[str, Content], by_id: Mapping[str, IssuedDocument]) -> dict[str, set[str]]:
    """Gather, of every original, its own number and those of its corrections."""
    numbers: dict[str, set[str]] = {}
    for document_id, content in contents.items():
        original = content.original.document_id if isinstance(content, CorrectionContent) else document_id
        numbers.setdefault(original, set()).add(by_id[document_id].number)
    return numbers


def _check(contract_no: str, since: date, chains: Sequence[Chain], billed_to: date) -> None:
    """See that each bill begins where the one before ended, and the last ends at the cursor."""
    ends = [since, *(one.now.end for one in chains)]
    starts = [*(one.now.start for one in chains), billed_to]
    for end, start in zip(ends, starts, strict=True):
        if start != end:
            raise DocumentsMissingError(contract_no, f"no bill is kept of the days from {end} to {start}")


@dataclass(frozen=True, slots=True)
class BillsBefore:
    """The bills that contracts had before, as they stand after their corrections."""

    store: IssuedStore

    def bill_before(self, contract_no: str, start: date) -> BillContent | None:
        """Return the content of the contract's bill of the latest period that began before a day, or None.

        A bill whose period was released stands for nothing any more.
        """
        stands: dict[str, BillContent] = {}
        for one in self.store.issued(contract_no):
            content = read_content(one.content)
            if one.kind is DocumentKind.FORECAST:
                continue  # of the same days as a bill, and settled by one
            if isinstance(content, BillContent):
                stands[one.document_id] = content
            elif not isinstance(content, CorrectionContent):
                continue
            elif content.released:
                stands.pop(content.original.document_id, None)
            else:
                stands[content.original.document_id] = content.after
        earlier = [content for content in stands.values() if content.start < start]
        return max(earlier, key=lambda content: content.start, default=None)
