"""Rows of events: read, told apart from repeats, and checked against their contract."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kwit.intake.repeats import of_same_drop
from kwit.intake.table import RowReader
from kwit.registry.checks import KnownRecords
from kwit.registry.events import ContractEvent, first_told
from kwit.registry.records import Contract, ContractKind, timeline
from kwit.registry.rows import SINCE_EVER, Origin


@dataclass(slots=True)
class EventDraft:
    """A row on its way to become an event; `record` is None when the row is unsound."""

    reader: RowReader
    record: ContractEvent | None
    repeated: bool = False

    @property
    def sound(self) -> bool:
        """Tell whether nothing rejects the row."""
        return self.record is not None and self.reader.sound


def event_draft(reader: RowReader, origin: Origin) -> EventDraft:
    """Read an event (zdarzenie): contract, day, charge and quantity are needed."""
    contract_no, charge = reader.required("contract_no"), reader.required("charge")
    reader.required("day")
    reader.required("quantity")
    quantity, measure = reader.decimal("quantity"), reader.decimal("measure")
    if quantity == 0:
        reader.reject("zero_quantity", "quantity", "Ilość zdarzenia nie może być zerem.")
    if measure is not None and measure <= 0:
        reader.reject("not_positive", "measure", "Odchylenie musi być dodatnie.")
    day = reader.day("day") or SINCE_EVER
    if quantity is None or not reader.sound:
        return EventDraft(reader, None)
    event = ContractEvent(
        contract_no=contract_no,
        day=day,
        charge=charge,
        quantity=quantity,
        known_at=origin.known_at,
        source=origin.source(reader),
        variant=reader.text("variant"),
        measure=measure,
        note=reader.text("note"),
    )
    return EventDraft(reader, event)


@dataclass(slots=True)
class KnownEvents:
    """The events of the store and of the file so far, by contract and id."""

    known: KnownRecords
    _events: dict[str, dict[str, ContractEvent]] = field(default_factory=dict)

    def of(self, contract_no: str) -> dict[str, ContractEvent]:
        """Return the events of a contract; those that an earlier attempt at this very drop kept are left out."""
        if contract_no not in self._events:
            origin = self.known.origin
            kept = [
                event
                for event in self.known.store.events(contract_no)
                if not of_same_drop(event.source, event.known_at, file=origin.file, known_at=origin.known_at)
            ]
            self._events[contract_no] = {event.event_id: event for event in first_told(kept)}
        return self._events[contract_no]


def settle_events(drafts: Sequence[EventDraft], known: KnownRecords) -> None:
    """Decide every row: an event of no contract, outside it, or told otherwise before, is rejected."""
    events = KnownEvents(known)
    for draft in drafts:
        event = draft.record
        if event is None or not draft.sound:
            continue
        if not _fits_contract(draft.reader, event, timeline(known.contract(event.contract_no)), known):
            continue
        told = events.of(event.contract_no)
        before = told.get(event.event_id)
        if before is None:
            told[event.event_id] = event
        elif before.says_the_same(event):
            draft.repeated = True
        else:
            sentence = (
                f"To zdarzenie jest już znane z ilością {before.quantity}; inne zdarzenie tego dnia wymaga "
                "innej uwagi, a cofnięcie – ilości ujemnej z inną uwagą."
            )
            draft.reader.reject("event_changed", "quantity", sentence)


def _fits_contract(
    reader: RowReader, event: ContractEvent, versions: Sequence[Contract], known: KnownRecords
) -> bool:
    if not versions:
        reader.reject("unknown_contract", "contract_no", "Nieznana umowa.")
        return False
    ends, kind = versions[-1].ends, versions[-1].kind
    if kind.is_framework:
        reader.reject("not_of_this_kind", "contract_no", "Umowa ramowa nie rozlicza zdarzeń.")
        return False
    if event.day < versions[0].billed_to:
        reader.reject(
            "before_billing", "day", "Dzień zdarzenia jest przed pierwszym dniem rozliczanym w kWit."
        )
        return False
    if kind is ContractKind.CONNECTION:
        return True  # its works are settled when they are done, be it after its end
    if ends is not None and event.day >= ends:
        reader.reject("outside_contract", "day", "Dzień zdarzenia leży po zakończeniu umowy.")
        return False
    if ends is not None and ends <= known.today:
        sentence = (
            "Umowa już się skończyła: zdarzenie trafi na rachunek, jeśli ostatniego jeszcze nie wystawiono."
        )
        reader.warn("contract_ended", "contract_no", sentence)
    return True
