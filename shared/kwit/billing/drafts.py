"""Drafts (projekty dokumentów), holds (wstrzymania) and runs (przebiegi), as the stores keep them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from kwit.billing.clocks import ClockMove, ForecastMove, moves_of
from kwit.billing.corrects import Corrects, TaskRef


class DocumentKind(StrEnum):
    """Kinds of documents (rodzaje dokumentów); each has its number series in every unit of the company."""

    INVOICE = "invoice"
    FINAL = "final"
    FORECAST = "forecast"
    COLLECTIVE = "collective"
    CONNECTION = "connection"
    CORRECTION = "correction"
    NOTE = "note"
    INTEREST_NOTE = "interest_note"

    @property
    def is_note(self) -> bool:
        """Tell whether documents of the kind are notes: no sale, without VAT, moving no clock of a contract."""
        return self in {DocumentKind.NOTE, DocumentKind.INTEREST_NOTE}


class HoldCode(StrEnum):
    """Why a bill waits. Each code has a Polish sentence in the run's report."""

    READING_MISSING = "reading_missing"
    READING_BEFORE_LAST = "reading_before_last"
    READING_HELD = "reading_held"
    PROLONGED_ESTIMATION = "prolonged_estimation"
    ESTIMATE_ABOVE_READING = "estimate_above_reading"
    INTERVALS_MISSING = "intervals_missing"
    NO_METER = "no_meter"
    PRICE_MISSING = "price_missing"
    REGISTRY_INCOMPLETE = "registry_incomplete"
    RATING_PROBLEM = "rating_problem"
    RATING_FAILED = "rating_failed"
    AMOUNT_HIGH = "amount_high"
    USE_HIGH = "use_high"
    NEGATIVE = "negative"
    UNCONFIRMED_PRICES = "unconfirmed_prices"
    USE_ABOVE_HISTORY = "use_above_history"
    USE_BELOW_HISTORY = "use_below_history"
    ZERO_USE = "zero_use"
    ESTIMATED = "estimated"
    NEW_CONTRACT = "new_contract"
    LONG_PERIOD = "long_period"
    RISK_HIGH = "risk_high"
    NO_DOCUMENTS = "no_documents"
    DOCUMENT_MISSING = "document_missing"
    ESTIMATE_STANDS = "estimate_stands"
    CORRECTIONS_CONTINUE = "corrections_continue"
    RELEASE_NOT_LAST = "release_not_last"
    CLOCKS_APART = "clocks_apart"
    FRAMEWORK_MISSING = "framework_missing"
    DOCUMENT_UNKNOWN = "document_unknown"
    FORECAST_USE_UNKNOWN = "forecast_use_unknown"
    FORECAST_NOT_CORRECTED = "forecast_not_corrected"
    FORECASTS_SETTLED = "forecasts_settled"
    COLLECTIVE_WAITS = "collective_waits"


@dataclass(frozen=True, slots=True)
class RiskReason:
    """Why a draft deserves a look (powód ryzyka): a code, its points of 100, and the value it concerns."""

    code: HoldCode
    points: int
    detail: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A bill not yet issued: its identity, the canonical bytes of its content and their hash.

    `document_id` is made of contract, charges and period, so any run that bills the same period makes the
    same id. `carried` is what it hands on to the next bill, as text; `events` are the ids of those it bills;
    `unit` is the unit of the company (jednostka) whose series it is numbered in. `clocks` are the clocks that it
    moves where they stand apart, none when all move together from `start` to `end`; `turn` counts the drafts of the
    contract that the same run made before it. A correction says what it corrects and which tasks it settles, and
    its figures are differences; `revision` is that of the contract's cursor that a bill starts from. `forecast` is how
    it moves the contract's forecasts, and `kwh_forecast` the energy that a forecast expects. `collective` is the
    account whose collective invoice it goes on and `falls_due` the day since when it may be billed; a collective
    invoice has the bills that it is made of as `parts`.
    """

    document_id: str
    run_id: str
    contract_no: str
    start: date
    end: date
    content: bytes
    content_hash: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    wh_read: int
    kwh_billed: int
    carried: str = ""
    events: tuple[str, ...] = ()
    kind: DocumentKind = DocumentKind.INVOICE
    unit: str = ""
    clocks: tuple[ClockMove, ...] = ()
    turn: int = 0
    reasons: tuple[RiskReason, ...] = ()
    revision: int = 0
    corrects: Corrects | None = None
    settles: tuple[TaskRef, ...] = ()
    forecast: ForecastMove | None = None
    kwh_forecast: int = 0
    collective: str = ""
    falls_due: date | None = None
    parts: tuple["DraftRef", ...] = ()

    @property
    def risk(self) -> int:
        """Return the risk, 0 to 100: the points of the reasons together."""
        return min(100, sum(reason.points for reason in self.reasons))


@dataclass(frozen=True, slots=True)
class Hold:
    """A period that is not billed, with the reason and the value it concerns; `risk` runs from 0 to 100.

    `document_id` names the draft that waits for a person to release it; without one nothing could be rated.
    """

    contract_no: str
    start: date
    end: date
    code: HoldCode
    detail: str
    risk: int
    wh_read: int = 0
    document_id: str = ""


class RunStatus(StrEnum):
    """Where a run stands."""

    PLANNED = "planned"
    RATED = "rated"
    WAITING = "waiting_for_approval"
    APPROVED = "approved"
    ISSUING = "issuing"
    ISSUED = "issued"
    NOT_BALANCED = "not_balanced"
    DISCARDED = "discarded"


class RunKind(StrEnum):
    """What a run makes: the bills that are due, corrections of documents issued before, or notes that a file orders."""

    BILLS = "bills"
    CORRECTIONS = "corrections"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What somebody asks of a run (zlecenie przebiegu); the daily run has the plain one.

    Empty selections mean all. `until` bills up to that day off the cycle; `documents` are numbers of documents to
    be corrected, `cancel` corrects them to zero, `release` lets their periods be billed again; `dry` waits for
    approval whatever the policy says. `by` is who asks, `reason` why, in the words that a correction prints.
    """

    kind: RunKind = RunKind.BILLS
    by: str = ""
    reason: str = ""
    contracts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    price_lists: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    until: date | None = None
    cancel: bool = False
    release: bool = False
    dry: bool = False


DAILY = RunOrder()


class RunStep(StrEnum):
    """Steps of a run whose first time is kept."""

    PLANNED = "planned"
    CLOSED = "closed"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class Run:
    """A billing run (przebieg rozliczeniowy): one business date, its order, its chunks, how far it has come.

    `times` are the instants at which its steps were first done. The last `account_chunks` of the chunks hold contracts
    of collective accounts, each account as whole as it can be; over the others contracts stand sorted.
    """

    run_id: str
    business_date: date
    contracts: int
    chunks: int
    chunks_done: int = 0
    status: RunStatus = RunStatus.PLANNED
    batches: int = 0
    batches_done: int = 0
    issue_date: date | None = None
    order: RunOrder = DAILY
    approvals: int = 0
    approvals_issued: int = 0
    times: tuple[tuple[RunStep, datetime], ...] = ()
    account_chunks: int = 0

    @property
    def sorted_chunks(self) -> int:
        """Return how many chunks, the first ones, have contracts sorted over them."""
        return self.chunks - self.account_chunks


@dataclass(frozen=True, slots=True)
class DraftRef:
    """A draft by name, in its chunk, with what a certificate and an approval need of it.

    A collective invoice has the bills that it is made of as `parts`, and the number of its account for `contract_no`;
    a note that concerns no contract has its customer's number there.
    """

    document_id: str
    chunk: int
    contract_no: str
    start: date
    end: date
    content_hash: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    wh_read: int
    kwh_billed: int
    carried: str = ""
    events: tuple[str, ...] = ()
    kind: DocumentKind = DocumentKind.INVOICE
    unit: str = ""
    clocks: tuple[ClockMove, ...] = ()
    turn: int = 0
    risk: int = 0
    revision: int = 0
    corrects: Corrects | None = None
    settles: tuple[TaskRef, ...] = ()
    forecast: ForecastMove | None = None
    kwh_forecast: int = 0
    parts: tuple["DraftRef", ...] = ()

    @property
    def steps(self) -> tuple["DraftRef", ...]:
        """Return what moves the cursors of contracts: the parts of a collective invoice, else the draft itself.

        A note moves none.
        """
        return () if self.kind.is_note else self.parts or (self,)

    @property
    def contracts(self) -> tuple[str, ...]:
        """Return the numbers of the contracts that it bills or concerns."""
        return tuple(one.contract_no for one in self.parts or (self,))

    @property
    def names(self) -> frozenset[str]:
        """Return what a choice may name it by: its contracts, and the account of a collective invoice."""
        return frozenset((self.contract_no, *self.contracts))

    @property
    def moves(self) -> tuple[ClockMove, ...]:
        """Return how the document moves the clocks of its contract; one of forecasts alone moves none."""
        if self.forecast is not None and self.forecast.alone:
            return ()
        return moves_of(start=self.start, end=self.end, carried=self.carried, clocks=self.clocks)


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What came of one chunk of contracts: the drafts by reference and the holds.

    `held` are drafts that wait for a person to release them, each named by a hold; `faults` name every figure of
    a draft that does not agree with the others; `without_difference` are tasks for correction whose re-rating
    found nothing to correct; `evidence` is the hash of what the chunk was rated from.
    """

    run_id: str
    chunk: int
    contracts: int
    drafts: tuple[DraftRef, ...]
    holds: tuple[Hold, ...]
    nothing_due: tuple[str, ...] = field(default=())
    held: tuple[DraftRef, ...] = ()
    faults: tuple[str, ...] = ()
    evidence: str = ""
    without_difference: tuple[TaskRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """A decision that drafts of a run are issued as they are (zatwierdzenie): who, when, and the hash of the drafts.

    `only` and `without` choose by contract among the drafts not approved before, empty meaning all and none;
    `released` names contracts whose held drafts are approved with them.
    """

    run_id: str
    number: int
    by: str
    at: datetime
    drafts_hash: str
    drafts: int
    gross: Decimal
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BatchTotals:
    """What the documents of an issued batch add up to: by their lines, their totals and their postings, PLN.

    `hashes` is the hash of the contents' hashes in the order of the numbers `first` to `last`.
    """

    documents: int
    first: str
    last: str
    lines_net: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal
    due: Decimal
    debit: Decimal
    credit: Decimal
    receivable: Decimal
    hashes: str
    faults: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Approved drafts in the order they will be numbered in, for one series."""

    run_id: str
    number: int
    series: str
    issue_date: date
    drafts: tuple[DraftRef, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """The issue of an approval's drafts: under which date, in how many batches.

    `series` tells how many batches on end belong to which series.
    """

    approval: int
    issue_date: date
    batches: int
    series: tuple[tuple[str, int], ...] = ()

    def numbered(self) -> list[tuple[int, str]]:
        """Return the numbers of the batches, each with its series."""
        names = [series for series, count in self.series for _ in range(count)]
        return [(batch_number(self.approval, index), series) for index, series in enumerate(names)]


def series_of(batches: Sequence[Batch]) -> tuple[tuple[str, int], ...]:
    """Tell how many batches on end belong to which series."""
    groups = itertools.groupby(batches, key=lambda batch: batch.series)
    return tuple((series, len(list(group))) for series, group in groups)


_BATCHES_OF_AN_APPROVAL = 100_000


def batch_number(approval: int, index: int) -> int:
    """Number the batches of all approvals of a run without a gap to look up.

    >>> batch_number(1, 2)
    100002
    """
    return approval * _BATCHES_OF_AN_APPROVAL + index


def evidence_name(run_id: str, chunk: int, evidence: str) -> str:
    """Name the evidence of a chunk.

    >>> evidence_name("2026-04-08-daily", 3, "ab")
    '2026-04-08-daily/000003-ab'
    """
    return f"{run_id}/{chunk:06d}-{evidence}"


def approval_of_batch(number: int) -> int:
    """Return the approval that a batch belongs to."""
    return number // _BATCHES_OF_AN_APPROVAL
