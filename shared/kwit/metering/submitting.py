"""Submit one reading as a customer: judged like a row of a file, answered at once, kept once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import Severity
from kwit.intake.sheet import Cell, SheetRow
from kwit.intake.table import RowReader, Table
from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange, Period
from kwit.metering.correcting import CorrectionDesk
from kwit.metering.ports import PointDirectory, ReadingStore, SubmissionStore, TermsDirectory
from kwit.metering.readings import IntervalDay, ReadingKind, RegisterReading, Standing
from kwit.metering.register_rows import READINGS, Candidate, RegisterRows
from kwit.metering.sequence import settle_point
from kwit.metering.submissions import (
    SOURCE,
    Answer,
    Caller,
    Outcome,
    Remark,
    SaidReading,
    Submission,
    id_of_content,
    id_of_key,
)
from kwit.metering.usage import current_days, version_that_counts
from kwit.metering.validation.review import StateReview
from kwit.metering.validation.rules import PointTerms, RuleCode
from kwit.metering.versions import last_word

# A customer can answer for what the display shows and for what was used, not for what another source says.
_ANSWERED_BY_CUSTOMER = frozenset({RuleCode.USE_HIGH, RuleCode.USE_LOW, RuleCode.ZERO_USE, RuleCode.ROLLOVER,
                                   RuleCode.OVER_POWER, RuleCode.WRONG_SCALE})  # fmt: skip
_MEASURED = frozenset({ReadingKind.ACTUAL, ReadingKind.REMOTE})
_FIELDS = {"ppe": "ppe", "meter_no": "meter_no", "date": "day", "register": "register", "state": "state_kwh",
           "kind": "kind", "zone": "register"}  # fmt: skip
_ORDER_PL = {
    "reading_before_last": "Stan jest niższy niż wcześniejszy znany stan tego liczydła.",
    "reading_above_next": "Stan jest wyższy niż późniejszy znany stan tego liczydła.",
}


class PointNotHeldError(LookupError):
    """A caller has no contract at a point, or there is no such point; carries its code as asked for."""

    def __init__(self, ppe: str) -> None:
        super().__init__("the caller holds no such point")
        self.ppe = ppe


class KeyReusedError(ValueError):
    """A caller used its key for another reading before; carries the key."""

    def __init__(self, key: str) -> None:
        super().__init__("the key names another reading")
        self.key = key


@dataclass(frozen=True, slots=True)
class Counter:
    """What submitting needs: who knows the meters, the readings, the submissions, the rules and the invoices."""

    directory: PointDirectory
    readings: ReadingStore
    submissions: SubmissionStore
    terms: TermsDirectory
    desk: CorrectionDesk


def submit(
    *, said: SaidReading, caller: Caller, held: Sequence[DateRange], counter: Counter, known_at: datetime
) -> Answer:
    """Judge a customer's reading by the rules of files; keep it when it is accepted; answer at once.

    `held` are the days on which the caller has a contract at the point: only readings of those days are shown
    in sentences or used by the rules. The same submission again is answered the same and keeps nothing new. A
    doubt that a file's reading would be held for is asked back; confirmed, the reading is accepted, marked, and
    held only for what a customer cannot answer for. One counter serves one submission.

    Raises PointNotHeldError, KeyReusedError.
    """
    if not held:
        raise PointNotHeldError(said.ppe)
    if said.key:
        earlier = counter.submissions.find(id_of_key(caller, said.key))
        if earlier is not None:
            return _same_again(earlier, said)
    row = _Row(said, counter.directory, known_at)
    if row.candidate is None:
        return _answer(row, Outcome.IMPLAUSIBLE)
    known = counter.readings.registers(said.ppe)
    mine = [one for one in known if _within(one.boundary, held)]
    versions = [one for one in mine if _place(one) == _place(row.candidate.reading)]
    current = version_that_counts(versions)
    if current is not None and current.state_wh == row.candidate.reading.state_wh and not current.reckoned:
        return _known_already(current, caller, counter.submissions)
    # A version that withdraws counts for nothing, but a state said after it is a new one.
    row.name_source(caller, after=last_word(versions))
    _refuse_at_once(row.candidate, held, current)
    if row.candidate.accepted:
        _judge(row.candidate, mine, known, held, counter)
    return _conclude(row, row.candidate, caller, mine, counter)


def _same_again(earlier: Submission, said: SaidReading) -> Answer:
    if not earlier.said.same_as(said):
        raise KeyReusedError(said.key)
    return earlier.answer


def _known_already(current: RegisterReading, caller: Caller, submissions: SubmissionStore) -> Answer:
    """Answer as the party's own submission was answered that brought the state, or say that it is known."""
    if current.source.file == SOURCE:
        earlier = submissions.find(current.source.content_hash)
        if earlier is not None and earlier.caller.party_id == caller.party_id:
            return earlier.answer
    sentence = "Ten stan jest już znany."
    return Answer(Outcome.ACCEPTED, current, (Remark("known_already", Severity.WARN, "state_kwh", sentence),))


class _Row:
    """A submission as the only row of a table, read by the reader of files."""

    def __init__(self, said: SaidReading, directory: PointDirectory, known_at: datetime) -> None:
        cells: dict[str, Cell] = {
            "ppe": said.ppe, "meter_no": said.meter_no, "date": said.day, "register": said.register,
            "state": said.state_kwh, "kind": str(ReadingKind.CUSTOMER),
        }  # fmt: skip
        places = {key: place for place, key in enumerate(cells)}
        row = SheetRow(1, tuple(cells.values()))
        headings = {key: _FIELDS[key] for key in cells}
        self.said = said
        self.reader = RowReader(Table(READINGS, "", places, headings, (row,)), row)
        rows = RegisterRows(DroppedFile(SOURCE, b"", "", known_at), directory, known_at)
        rows.read(self.reader)
        self.candidate: Candidate | None = next(iter(rows.candidates), None)

    def name_source(self, caller: Caller, *, after: RegisterReading | None) -> None:
        """Name the submission as the source of the reading."""
        if self.candidate is not None:
            reading, key = self.candidate.reading, self.said.key
            name = id_of_key(caller, key) if key else id_of_content(caller, reading, after=after)
            self.candidate.reading = replace(reading, source=Source(SOURCE, name, 1))

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """List what was found, under the names of the submission's fields."""
        found = (Remark.of(one) for one in self.reader.findings)
        return tuple(replace(one, name=_FIELDS.get(one.name, one.name)) for one in found)


def _within(boundary: date, held: Iterable[DateRange]) -> bool:
    """Tell whether a midnight lies in, or at an end of, the days held: its state is on the caller's bills."""
    return any(span.start <= boundary and (span.end is None or boundary <= span.end) for span in held)


def _place(reading: RegisterReading) -> tuple[str, str, date]:
    return reading.meter_no, reading.register, reading.boundary


def _refuse_at_once(candidate: Candidate, held: Sequence[DateRange], current: RegisterReading | None) -> None:
    if not _within(candidate.reading.boundary, held):
        candidate.refuse("contract_not_yours", "W tym dniu punktu nie obejmuje umowa odbiorcy.")
    elif current is not None and current.kind in _MEASURED:
        candidate.refuse(
            "read_by_operator",
            "Na ten dzień jest już odczyt licznika o innym stanie; w razie wątpliwości złóż reklamację.",
        )


def _judge(
    candidate: Candidate,
    mine: Sequence[RegisterReading],
    known: Sequence[RegisterReading],
    held: Sequence[DateRange],
    counter: Counter,
) -> None:
    """Judge by what the caller may know; then let the states of others refuse what cannot follow them."""
    ppe = candidate.reading.ppe
    review = StateReview.of(
        meters=counter.directory.meters(ppe) or (),
        stored=mine,
        terms=partial(_terms, counter.terms, ppe),
        series=partial(_series, counter.readings, ppe, held),
    )
    settle_point([candidate], mine, judge=review.judge)
    review.finish([candidate])
    if not candidate.accepted or len(mine) == len(known):
        return
    probe = Candidate(
        _without_findings(candidate.reader), candidate.column, candidate.reading, candidate.digits
    )
    settle_point([probe], known)
    for code in (one.code for one in probe.reader.findings if one.code in _ORDER_PL and probe.refused):
        candidate.refuse(code, _ORDER_PL[code])


def _without_findings(reader: RowReader) -> RowReader:
    row = SheetRow(reader.number, ())
    return RowReader(Table(READINGS, "", {}, {}, (row,)), row)


def _terms(directory: TermsDirectory, ppe: str, day: date) -> PointTerms:
    return directory.terms(ppe, on=day)


def _series(
    store: ReadingStore, ppe: str, held: Sequence[DateRange], register: str, period: Period
) -> Sequence[IntervalDay]:
    """Return the days of a register within a period; none when the caller does not hold all of it."""
    if not any(span.covers(period.range) for span in held):
        return ()
    return [one for one in current_days(store.intervals(ppe, period=period)) if one.register == register]


def _conclude(
    row: _Row, candidate: Candidate, caller: Caller, mine: Sequence[RegisterReading], counter: Counter
) -> Answer:
    if not candidate.accepted:
        return _answer(row, Outcome.IMPLAUSIBLE)
    doubts = candidate.reading.standing.held
    if doubts and not row.said.confirmed:
        return _answer(row, Outcome.NEEDS_CONFIRMATION)
    left = tuple(code for code in doubts if code not in _ANSWERED_BY_CUSTOMER)
    confirmed = tuple(code for code in doubts if code in _ANSWERED_BY_CUSTOMER)
    reading = replace(candidate.reading, standing=Standing(held=left, confirmed=confirmed))
    counter.desk.states(reading.ppe, [reading], known=mine)
    submission = Submission(
        submission_id=reading.source.content_hash,
        caller=caller,
        said=row.said,
        reading=reading,
        remarks=row.remarks,
        tasks=tuple(counter.desk.found),
    )
    kept = counter.submissions.keep(submission)
    return _same_again(kept, row.said) if row.said.key else kept.answer


def _answer(row: _Row, outcome: Outcome) -> Answer:
    return Answer(outcome, None, row.remarks)
