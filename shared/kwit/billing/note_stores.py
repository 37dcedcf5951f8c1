"""The stores of an order of notes, apart from its reader, which few functions carry."""

from dataclasses import dataclass

from kwit.billing.ports import EvidenceStore
from kwit.billing.runs import PlanningStores
from kwit.intake.ports import ImportLog


@dataclass(frozen=True, slots=True)
class NoteStores:
    """The stores that an order of notes works with."""

    planning: PlanningStores
    evidence: EvidenceStore
    imports: ImportLog
