"""Whose turn it is among a contract's events: each is billed once, on the first bill issued after it is known.

A bill takes every known event from before its end that no issued bill holds. Issuing adds the ids of a bill's
events to the contract's cursor in the very transaction that moves its billed-to day, so a draft that is not
issued bills nothing, and of two drafts with one event only one can be issued: the other no longer begins where
the cursor stands.
"""

from collections.abc import Sequence
from datetime import timedelta

from kwit.billing.case import Case
from kwit.kernel.time import Period
from kwit.rating.facts import Event
from kwit.rating.terms import Terms, terms_on
from kwit.registry.events import ContractEvent


def events_due(*, case: Case, period: Period, billed: frozenset[str]) -> tuple[ContractEvent, ...]:
    """Return the events to be billed with a period, late ones from before it included, by day."""
    return tuple(event for event in case.events if event.day < period.end and event.event_id not in billed)


def rated_events(events: Sequence[ContractEvent]) -> tuple[Event, ...]:
    """Return events as the engine takes them."""
    return tuple(
        Event(
            charge=one.charge,
            quantity=one.quantity,
            day=one.day,
            note=one.note,
            variant=one.variant,
            measure=one.measure,
            reference=one.event_id,
        )
        for one in events
    )


def terms_of_late_events(
    *, case: Case, terms: Sequence[Terms], annual_kwh: int | None, events: Sequence[ContractEvent]
) -> list[Terms]:
    """Return the terms of the days of late events, which are priced by their own day and not by the period's."""
    late: list[Terms] = []
    for day in sorted({event.day for event in events if terms_on(terms, event.day) is None}):
        late += case.terms_over(Period(day, day + timedelta(days=1)), annual_kwh=annual_kwh)
    return late
