"""Texts of the company on its documents (teksty): what stands where, and on whose documents.

A text is data of the company settings: a place, conditions and a few words with names in double braces. Conditions
are about the document as it was approved and about its day of issue, so the same document shows the same texts for
ever. docs/texts.md lists places, conditions and names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Place = Literal["first_page", "details", "mail", "footer"]
Balance = Literal["owing", "overpaid", "none"]
LIMITS: Mapping[Place, int] = {"first_page": 320, "details": 1200, "mail": 1200, "footer": 120}
"""The most signs of a finished text in each place."""

MOST_SHOWN: Mapping[Place, int] = {"first_page": 2, "details": 12, "mail": 5, "footer": 1}
"""How many texts a place shows, the first ones in the order of the settings."""

_Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextConditions(_Text):
    """When a text is shown: every condition named must hold, of a list any member may.

    `valid_from` is the first day of issue with the text, `valid_to` the first one without it. `balance` is what stood
    open before the document; `units` are those of the company that the number of the document names; `customers` are
    numbers of payers or customers, which makes a campaign of a list.
    """

    valid_from: date | None = None
    valid_to: date | None = None
    groups: tuple[str, ...] = ()
    contract_kinds: tuple[str, ...] = ()
    document_kinds: tuple[str, ...] = ()
    payer: Literal["business", "household"] | None = None
    balance: Balance | None = None
    estimated: bool | None = None
    prosumer: bool | None = None
    language: Literal["pl", "en"] | None = None
    units: tuple[str, ...] = ()
    customers: tuple[str, ...] = Field(default=(), max_length=2000)


class TextSettings(_Text):
    """One text: `label` is the heading it has among the notes, `text` a template of a few words."""

    id: _Id
    place: Place
    label: str = Field(default="Informacja", max_length=30)
    when: TextConditions = TextConditions()
    text: str = Field(min_length=1, max_length=2000)


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What conditions ask of a document; `units` are the units of the company that its number may name."""

    issue_date: date
    document_kind: str
    business: bool
    parties: frozenset[str]
    group: str = ""
    contract_kind: str = ""
    balance: Balance = "none"
    estimated: bool = False
    prosumer: bool = False
    language: str = "pl"
    units: frozenset[str] = frozenset()


def holds(when: TextConditions, facts: TextFacts) -> bool:
    """Tell whether every condition holds of a document."""
    return (
        (when.valid_from is None or when.valid_from <= facts.issue_date)
        and (when.valid_to is None or facts.issue_date < when.valid_to)
        and _any(when.groups, facts.group)
        and _any(when.contract_kinds, facts.contract_kind)
        and _any(when.document_kinds, facts.document_kind)
        and (when.payer is None or (when.payer == "business") is facts.business)
        and (when.balance is None or when.balance == facts.balance)
        and (when.estimated is None or when.estimated is facts.estimated)
        and (when.prosumer is None or when.prosumer is facts.prosumer)
        and (when.language is None or when.language == facts.language)
        and (not when.units or not facts.units.isdisjoint(when.units))
        and (not when.customers or not facts.parties.isdisjoint(when.customers))
    )


def _any(wanted: tuple[str, ...], found: str) -> bool:
    return not wanted or found in wanted
