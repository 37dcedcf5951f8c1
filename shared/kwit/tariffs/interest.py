"""Rates of interest for delay (stopy odsetek za opóźnienie), from the dated table packaged with the price lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from itertools import pairwise
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kwit.kernel.money import exact
from kwit.tariffs.yaml_file import read_yaml

INTEREST_FILE = "interest-pl.yaml"
InterestLaw = Literal["civil_code", "commercial_transactions"]
INTEREST_LAWS: tuple[InterestLaw, ...] = get_args(InterestLaw)


class InterestFileError(ValueError):
    """The packaged table of interest cannot be read; carries what is wrong with it."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{INTEREST_FILE}: {problem}")
        self.problem = problem


class RateUnknownError(LookupError):
    """No rate of interest is confirmed for a day; carries the law and the day."""

    def __init__(self, law: str, day: date) -> None:
        super().__init__(f"no rate of interest by {law} is known for {day.isoformat()}")
        self.law = law
        self.day = day


@dataclass(frozen=True, slots=True)
class InterestRate:
    """A rate from a day on: 0.0925 is 9.25 % a year. `source` says who announced it."""

    law: InterestLaw
    valid_from: date
    rate: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class RateSpan:
    """Days at one rate, from `start` up to, not including, `end`."""

    start: date
    end: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class InterestTable:
    """The rates of all laws and, by law, the first day that nobody has confirmed a rate for."""

    rates: tuple[InterestRate, ...]
    known_to: tuple[tuple[InterestLaw, date], ...]

    def spans(self, law: InterestLaw, *, start: date, end: date) -> list[RateSpan]:
        """Split days at the changes of the rate; neighbours of one rate are one span.

        Raises RateUnknownError, with the first day for which no rate is known.
        """
        limit = dict(self.known_to).get(law, date.min)
        rates = sorted((one for one in self.rates if one.law == law), key=lambda one: one.valid_from)
        if not rates or start < rates[0].valid_from:
            raise RateUnknownError(law, start)
        if end > limit:
            raise RateUnknownError(law, max(start, limit))
        found: list[RateSpan] = []
        edges = [*(one.valid_from for one in rates), limit]
        for one, (since, until) in zip(rates, pairwise(edges), strict=True):
            first, last = max(start, since), min(end, until)
            if first >= last:
                continue
            if found and found[-1].rate == one.rate:
                first = found.pop().start
            found.append(RateSpan(first, last, one.rate))
        return found

    def with_rates(
        self, added: Iterable[InterestRate], *, known_to: Sequence[tuple[InterestLaw, date]]
    ) -> "InterestTable":
        """Return the table with further rates; one from a day that has a rate takes its place."""
        kept = {(one.law, one.valid_from): one for one in (*self.rates, *added)}
        limits = dict(self.known_to)
        for law, day in known_to:
            limits[law] = max(day, limits.get(law, day))
        ordered = sorted(kept.values(), key=lambda one: (one.law, one.valid_from))
        return InterestTable(tuple(ordered), tuple(sorted(limits.items())))


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Rate(_Data):
    start: date = Field(alias="from")
    percent: str
    source: str = Field(min_length=1)


class _Rates(_Data):
    known_to: date
    rates: tuple[_Rate, ...] = Field(min_length=1)


class _File(_Data):
    format: Literal["kwit/interest/1"]
    civil_code: _Rates
    commercial_transactions: _Rates


def interest_table() -> InterestTable:
    """Read the rates of Poland: art. 481 § 2 KC, and art. 4 pkt 3 of the act of 8 March 2013.

    Callers keep the result. Raises InterestFileError.
    """
    return read_interest(files("price_lists").joinpath(INTEREST_FILE).read_bytes())


def read_interest(content: bytes) -> InterestTable:
    """Read a table of rates, each with the day it begins on, per cent a year and its source.

    Raises InterestFileError.
    """
    file = read_yaml(content)
    for found in file.findings:
        raise InterestFileError(found.english)
    try:
        told = _File.model_validate(file.data)
        tables = {law: getattr(told, law) for law in INTEREST_LAWS}
        rates = [
            InterestRate(law, one.start, exact(one.percent).scaleb(-2), one.source)
            for law, table in tables.items()
            for one in table.rates
        ]
    except (ValidationError, ValueError) as error:
        raise InterestFileError(str(error)) from None
    for before, after in pairwise(rates):
        if before.law == after.law and before.valid_from >= after.valid_from:
            raise InterestFileError(f"{after.law}: {after.valid_from} does not follow {before.valid_from}")
    return InterestTable(tuple(rates), tuple((law, table.known_to) for law, table in tables.items()))
