"""Tasks for correction (zadania do korekty): an invoiced reading was changed, and somebody must settle it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kwit.kernel.identifiers import deterministic_id


class Cause(StrEnum):
    """What happened to a reading that an invoice rests on (przyczyna)."""

    ACTUAL_AFTER_ESTIMATE = "actual_after_estimate"
    CHANGED_AFTER_INVOICE = "changed_after_invoice"
    LATE_READING = "late_reading"
    EDITED_AFTER_INVOICE = "edited_after_invoice"
    VOIDED_AFTER_INVOICE = "voided_after_invoice"


@dataclass(frozen=True, slots=True)
class CorrectionTask:
    """One change behind an invoice, and the days whose invoices it touches: from `start` up to `end`.

    For a register's state `boundary` is its midnight and `before_wh`, `after_wh` are states in Wh before the
    multiplier; for a series `boundary` is the day and they are the day's sums. None stands where no reading
    was or is. `source` names the file and row of the change.
    """

    cause: Cause
    contract_no: str
    ppe: str
    meter_no: str
    register: str
    boundary: date
    start: date
    end: date
    before_wh: int | None
    after_wh: int | None
    known_at: datetime
    source: str

    @property
    def task_id(self) -> str:
        """Name the task by what it is about, so that the same change makes the same task."""
        after = "" if self.after_wh is None else self.after_wh
        return deterministic_id(
            "correction-task", self.contract_no, self.ppe, self.meter_no, self.register,
            self.boundary.isoformat(), str(self.cause), after, self.known_at.isoformat(), self.source,
        )  # fmt: skip


_SENTENCES = {
    Cause.ACTUAL_AFTER_ESTIMATE: "Po zafakturowanym szacunku przyszedł odczyt licznika.",
    Cause.CHANGED_AFTER_INVOICE: "Zmieniono odczyt, na którym opiera się faktura.",
    Cause.LATE_READING: "Przyszedł odczyt ze środka okresu już zafakturowanego.",
    Cause.EDITED_AFTER_INVOICE: "Osoba poprawiła odczyt, na którym opiera się faktura.",
    Cause.VOIDED_AFTER_INVOICE: "Osoba unieważniła odczyt, na którym opiera się faktura.",
}


def task_sentence(cause: Cause) -> str:
    """Say in Polish what happened."""
    return _SENTENCES[cause]
