"""The content of a note: an accounting note (nota księgowa) or an interest note (nota odsetkowa), neither with VAT.

An accounting note charges what no supply stands behind: contractual penalties, costs of reminders, compensation for
recovery. An interest note charges the delay in paying invoices: art. 481 of the Civil Code, or the act of 8 March 2013
on excessive delays in commercial transactions. Art. 20 and 21 of the Accounting Act say what such a voucher names.
"""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kwit.billing.content import ENGINE, PartyData
from kwit.kernel.identifiers import canonical_json
from kwit.kernel.money import total
from kwit.tariffs.interest import InterestLaw

NoteKind = Literal["accounting", "interest"]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoteRow(_Data):
    """One thing that is charged: what for (`title`), why it may be (`basis`), how much in PLN."""

    title: str
    basis: str
    amount: Decimal


class InterestPeriod(_Data):
    """Days of delay at one rate, from `start` up to, not including, `end`; a `rate` of 0.0925 is 9.25 % a year."""

    start: date
    end: date
    rate: Decimal
    amount: Decimal

    @property
    def days(self) -> int:
        """Count the days."""
        return (self.end - self.start).days


class InterestRow(_Data):
    """The interest on one late payment: of which invoice, of how much PLN, due when, paid when, at which rates.

    `paid_on` is None while it is not paid; interest is then charged up to the end of the last period.
    """

    invoice: str
    principal: Decimal
    due_date: date
    paid_on: date | None
    periods: tuple[InterestPeriod, ...]
    amount: Decimal

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if total(one.amount for one in self.periods) != self.amount:
            raise ValueError(f"interest on {self.invoice} is not the sum of its periods")
        edges = [(one.start, one.end) for one in self.periods]
        if any(start >= end for start, end in edges) or any(
            before[1] != after[0] for before, after in pairwise(edges)
        ):
            raise ValueError(f"periods of interest on {self.invoice} do not follow each other")
        return self


class NoteOrigin(_Data):
    """The order that a note rests on: the file as dropped, its SHA-256 in hex, and the row that the note begins at."""

    file: str
    content_hash: str
    row: int
    sheet: str = ""


def _nothing(value: object) -> bool:
    return not value


class NoteContent(_Data):
    """Everything a note says, but for what issuing adds: number, issue date, due date.

    `start` and `end` are the days it concerns, `due` what is to be paid in PLN. `issued_by` names who made it out
    (art. 21 ust. 1 pkt 5 of the Accounting Act). An interest note has rows of interest and a `law`, an accounting
    note plain rows. `text` is what the order wants told beside, `order` where the order stands.
    """

    format: Literal["kwit/note/1"] = "kwit/note/1"
    engine: str = ENGINE
    kind: NoteKind
    contract_no: str
    start: date
    end: date
    payment_days: int
    settings_version: str
    customer: PartyData
    payer: PartyData
    rows: tuple[NoteRow, ...] = ()
    interest: tuple[InterestRow, ...] = ()
    law: InterestLaw | None = None
    issued_by: str = ""
    text: str = Field(default="", exclude_if=_nothing)
    order: NoteOrigin | None = Field(default=None, exclude_if=_nothing)
    due: Decimal

    @model_validator(mode="after")
    def _sound(self) -> Self:
        interest = self.kind == "interest"
        if (
            bool(self.interest) is not interest
            or bool(self.rows) is interest
            or (self.law is not None) is not interest
        ):
            raise ValueError(f"a note of the kind {self.kind} has the rows or the law of the other kind")
        amounts = [one.amount for one in self.rows] + [one.amount for one in self.interest]
        if total(amounts) != self.due:
            raise ValueError("a note's rows do not add up to what is due")
        return self

    def canonical(self) -> bytes:
        """Write the content as the one text its hash is taken of."""
        return canonical_json(self.model_dump(mode="json"))
