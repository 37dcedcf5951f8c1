"""The desk that watches readings which invoices rest on: each change becomes a task for correction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from kwit.kernel.energy import nearest
from kwit.kernel.time import DateRange
from kwit.metering.ports import Invoiced, TaskStore
from kwit.metering.readings import IntervalDay, ReadingKind, RegisterReading
from kwit.metering.tasks import Cause, CorrectionTask
from kwit.metering.usage import current_days, current_states


@dataclass(slots=True)
class CorrectionDesk:
    """Collects the tasks of one drop, and files them before its readings are stored."""

    invoiced: Invoiced
    tasks: TaskStore
    found: list[CorrectionTask] = field(default_factory=list)

    def file(self) -> None:
        """Hand all tasks found to the store."""
        if self.found:
            self.tasks.add(self.found)
            self.found = []

    def states(
        self, ppe: str, readings: Sequence[RegisterReading], *, known: Iterable[RegisterReading]
    ) -> None:
        """Look at the states that a drop brings to a point, given all versions known before it.

        A state that validation holds changes nothing yet; accepting it is a change of its own.
        """
        before = [one for one in current_states(known) if not one.standing.held]
        changes = [one for one in readings if not one.standing.held and not _told(one, before)]
        if not changes:
            return
        for contract_no, billed in self.invoiced.invoiced(ppe):
            for reading in changes:
                mine = [
                    one
                    for one in before
                    if (one.meter_no, one.register) == (reading.meter_no, reading.register)
                ]
                task = _change(contract_no, billed, reading, mine) or _after_estimate(
                    contract_no, billed, reading, mine
                )
                if task is not None:
                    self.found.append(task)

    def days(self, ppe: str, days: Sequence[IntervalDay], *, known: Iterable[IntervalDay]) -> None:
        """Look at the days of series that a drop brings: the changed ones of a register make one task."""
        before = {(one.register, one.day): one for one in current_days(known) if not one.standing.held}
        changed = [
            (before[one.register, one.day], one)
            for one in days
            if not one.standing.held and (one.register, one.day) in before
        ]
        if not changed:
            return
        for contract_no, billed in self.invoiced.invoiced(ppe):
            for register in dict.fromkeys(new.register for _, new in changed):
                pairs = sorted(
                    ((old, new) for old, new in changed if new.register == register and new.day in billed),
                    key=lambda pair: pair[1].day,
                )
                if pairs:
                    self.found.append(_series_task(contract_no, pairs))


def _told(reading: RegisterReading, before: Sequence[RegisterReading]) -> bool:
    """Tell whether the state was known already, made in whatever way."""
    key = (reading.meter_no, reading.register, reading.boundary)
    same = (one for one in before if (one.meter_no, one.register, one.boundary) == key)
    return any(one.state_wh == reading.state_wh for one in same) and not reading.standing.void


def _change(
    contract_no: str, billed: DateRange, reading: RegisterReading, known: Sequence[RegisterReading]
) -> CorrectionTask | None:
    """Make the task of a state inside, or at an end of, the days already invoiced."""
    end = billed.end or date.max
    if not billed.start <= reading.boundary <= end:
        return None
    old = next((one for one in known if one.boundary == reading.boundary), None)
    if old is None and (reading.standing.void or reading.boundary in {billed.start, end}):
        return None
    start = max((one.boundary for one in known if one.boundary < reading.boundary), default=billed.start)
    stop = min((one.boundary for one in known if one.boundary > reading.boundary), default=end)
    return CorrectionTask(
        cause=_cause(old, reading),
        contract_no=contract_no,
        ppe=reading.ppe,
        meter_no=reading.meter_no,
        register=reading.register,
        boundary=reading.boundary,
        start=max(start, billed.start),
        end=min(stop, end),
        before_wh=old.state_wh if old else None,
        after_wh=None if reading.standing.void else reading.state_wh,
        known_at=reading.known_at,
        source=str(reading.source),
    )


def _cause(old: RegisterReading | None, new: RegisterReading) -> Cause:
    if new.standing.void:
        return Cause.VOIDED_AFTER_INVOICE
    if new.standing.edit is not None:
        return Cause.EDITED_AFTER_INVOICE
    if old is None:
        return Cause.LATE_READING
    estimated, taken = old.kind is ReadingKind.ESTIMATED, new.kind is not ReadingKind.ESTIMATED
    return Cause.ACTUAL_AFTER_ESTIMATE if estimated and taken else Cause.CHANGED_AFTER_INVOICE


def _after_estimate(
    contract_no: str, billed: DateRange, reading: RegisterReading, known: Sequence[RegisterReading]
) -> CorrectionTask | None:
    """Make the task of the first reading taken after an invoice that ended with an estimate.

    What the state at that end would have been is told by a straight line from the last reading taken before.
    """
    if reading.kind is ReadingKind.ESTIMATED or reading.standing.void or billed.end is None:
        return None
    taken = [one for one in known if one.kind is not ReadingKind.ESTIMATED]
    last = next((one for one in known if one.boundary == billed.end), None)
    before = max(
        (one for one in taken if one.boundary < billed.end), key=lambda one: one.boundary, default=None
    )
    later = any(billed.end <= one.boundary < reading.boundary for one in taken)
    if last is None or last.kind is not ReadingKind.ESTIMATED or before is None or later:
        return None
    if reading.boundary <= billed.end or reading.state_wh < before.state_wh:
        return None
    share = Fraction((last.boundary - before.boundary).days, (reading.boundary - before.boundary).days)
    line = before.state_wh + nearest((reading.state_wh - before.state_wh) * share)
    if line == last.state_wh:
        return None
    return CorrectionTask(
        cause=Cause.ACTUAL_AFTER_ESTIMATE,
        contract_no=contract_no,
        ppe=reading.ppe,
        meter_no=reading.meter_no,
        register=reading.register,
        boundary=last.boundary,
        start=max(before.boundary, billed.start),
        end=billed.end,
        before_wh=last.state_wh,
        after_wh=line,
        known_at=reading.known_at,
        source=str(reading.source),
    )


def _series_task(contract_no: str, pairs: Sequence[tuple[IntervalDay, IntervalDay]]) -> CorrectionTask:
    _, first = pairs[0]
    gone = all(new.standing.void for _, new in pairs)
    return CorrectionTask(
        cause=_series_cause(pairs),
        contract_no=contract_no,
        ppe=first.ppe,
        meter_no="",
        register=first.register,
        boundary=first.day,
        start=first.day,
        end=pairs[-1][1].day + timedelta(days=1),
        before_wh=sum(sum(old.values_wh) for old, _ in pairs),
        after_wh=None if gone else sum(sum(new.values_wh) for _, new in pairs if not new.standing.void),
        known_at=first.known_at,
        source=str(first.source),
    )


def _series_cause(pairs: Sequence[tuple[IntervalDay, IntervalDay]]) -> Cause:
    if any(new.standing.void for _, new in pairs):
        return Cause.VOIDED_AFTER_INVOICE
    if any(new.standing.edit for _, new in pairs):
        return Cause.EDITED_AFTER_INVOICE
    reckoned = any(old.reckoned for old, _ in pairs)
    return Cause.ACTUAL_AFTER_ESTIMATE if reckoned else Cause.CHANGED_AFTER_INVOICE
