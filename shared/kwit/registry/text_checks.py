"""Check the texts of dropped settings, so that none can trouble a run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kwit.registry.company import CompanySettings
from kwit.registry.text_templates import faults_of
from kwit.registry.texts import LIMITS, TextConditions, TextSettings

CONTRACT_KINDS = frozenset({"comprehensive", "sale", "distribution", "connection"})
DOCUMENT_KINDS = frozenset({
    "invoice", "final", "forecast", "collective", "connection", "correction", "note", "interest_note",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextFault:
    """What is wrong with a text: its id, its place in the settings, and a sentence."""

    text_id: str
    path: str
    sentence: str


def text_faults(settings: CompanySettings) -> tuple[TextFault, ...]:
    """Return all that is wrong with the texts of the settings."""
    return tuple(_faults(settings))


def _faults(settings: CompanySettings) -> Iterator[TextFault]:
    seen: set[str] = set()
    for index, one in enumerate(settings.texts):
        path = f"texts.{index}"
        if one.id in seen:
            yield TextFault(one.id, f"{path}.id", f"text {one.id}: the id is taken")
        seen.add(one.id)
        for fault in faults_of(one.text, most_signs=LIMITS[one.place]):
            yield TextFault(one.id, f"{path}.text", f"text {one.id}: {fault}")
        for fault in _conditions(one, settings):
            yield TextFault(one.id, f"{path}.when", f"text {one.id}: {fault}")


def _conditions(one: TextSettings, settings: CompanySettings) -> Iterator[str]:
    when = one.when
    yield from _strange("contract kind", when.contract_kinds, CONTRACT_KINDS)
    yield from _strange("document kind", when.document_kinds, DOCUMENT_KINDS)
    if when.valid_from and when.valid_to and when.valid_to <= when.valid_from:
        yield f"valid_to {when.valid_to} is not after valid_from {when.valid_from}"
    if when.units and not any("{unit}" in series.pattern for series in settings.series.values()):
        yield "units are told by the number of a document, and no series has {unit}"


def _strange(what: str, named: tuple[str, ...], known: frozenset[str]) -> Iterator[str]:
    for name in named:
        if name not in known:
            yield f"unknown {what} {name}; known are {', '.join(sorted(known))}"


def units_in_number(
    number: str, *, kind: str, settings: CompanySettings, when: TextConditions
) -> frozenset[str]:
    """Return which of the units that a condition names the number of a document bears."""
    return frozenset(unit for unit in when.units if _bears(number, settings.series_of(kind, unit=unit), unit))


def _bears(number: str, pattern: str, unit: str) -> bool:
    """Tell whether a number was made by a pattern that the unit is filled into."""
    if unit not in pattern:
        return False
    shape = re.sub(r"\\\{[^{}]*\\\}", r"\\d+", re.escape(pattern))
    return re.fullmatch(shape, number) is not None
