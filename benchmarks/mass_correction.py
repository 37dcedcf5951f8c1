"""One version of a price list wrong for two months over many contracts: bill, correct, explain, add up.

`python -m benchmarks.mass_correction [CONTRACTS]` carries it out on stores in memory and prints the figures: every
bill of both months is issued with a price of energy 0.05 zł too high, the corrected version of the list comes, one
run corrects all, and the corrections are held against the same bills issued afresh with the right prices.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from kwit.kernel.money import ZERO, total
from kwit.ledger.postings import postings_of
from kwit.metering.readings import Reading, RegisterReading
from kwit.registry.records import Contract, Meter, MeteringPoint, Party, Record
from kwit.reports.sales import sales_report
from kwit.tariffs.price_list import PriceList
from tests.billing.company import company_settings
from tests.billing.memory_case import Company, contract, meter, party, point, state
from tests.billing.office import approved, corrections, documents, issued, order, rated
from tests.fakes.reading_store import MemoryReadings
from tests.fakes.registry_store import MemoryRegistry
from tests.rating.cases import all_lists

LIST, TOO_DEAR = "jasna-energia", Decimal("0.05")
_MARCH, _APRIL, _MAY, _CORRECTED = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1), date(2026, 5, 6)


@dataclass(frozen=True, slots=True)
class MassCorrection:
    """What a mass correction came to, PLN; `fresh` is the gross of the same bills with the right prices."""

    contracts: int
    invoices: int
    corrections: int
    held: int
    kwh: int
    issued: Decimal
    fresh: Decimal
    net: Decimal
    gross: Decimal
    causes: dict[str, Decimal]
    debit: Decimal
    credit: Decimal
    reported: Decimal
    numbers: tuple[str, ...]
    faults: tuple[str, ...]
    billing_s: float
    correcting_s: float


@dataclass
class _Registry(MemoryRegistry):
    """The registry in memory, by key: a thousand contracts are asked for thousands of times."""

    by_key: dict[tuple[type, str], list[Record]] = field(default_factory=lambda: defaultdict(list))

    def put(self, records: Iterable[Record]) -> None:
        for one in records:
            keys = {Party: "party_id", MeteringPoint: "ppe", Meter: "ppe", Contract: "contract_no"}
            self.by_key[type(one), getattr(one, keys[type(one)])].append(one)

    def party(self, party_id: str) -> Sequence[Party]:
        return self.by_key[Party, party_id]  # type: ignore[return-value]  # the key names the type

    def point(self, ppe: str) -> Sequence[MeteringPoint]:
        return self.by_key[MeteringPoint, ppe]  # type: ignore[return-value]

    def meters(self, ppe: str) -> Sequence[Meter]:
        return self.by_key[Meter, ppe]  # type: ignore[return-value]

    def contract(self, contract_no: str) -> Sequence[Contract]:
        return self.by_key[Contract, contract_no]  # type: ignore[return-value]

    def contract_numbers(self) -> Sequence[str]:
        return sorted(name for kind, name in self.by_key if kind is Contract)


@dataclass
class _Readings(MemoryReadings):
    """Register states in memory, by point."""

    by_point: dict[str, list[RegisterReading]] = field(default_factory=lambda: defaultdict(list))

    def put(self, readings: Iterable[Reading]) -> None:
        for one in readings:
            if isinstance(one, RegisterReading):
                self.by_point[one.ppe].append(one)

    def registers(self, ppe: str, **_: object) -> Sequence[RegisterReading]:
        return self.by_point[ppe]


def wrong_versions() -> list[PriceList]:
    """Return the list with every price of energy too high, as a version of its own."""
    wrong = []
    for one in all_lists()[LIST]:
        charges = tuple(
            replace(
                charge,
                prices=tuple(replace(price, amount=price.amount + TOO_DEAR) for price in charge.prices),
            )
            if charge.code == "energy"
            else charge
            for charge in one.charges
        )
        wrong.append(replace(one, charges=charges, content_hash="e" * 64))
    return wrong


def company_of(contracts: int) -> Company:
    """Make contracts of different use, with states of three month ends."""
    one = Company(registry=_Registry(), readings=_Readings())
    for index in range(contracts):
        no = f"U/{index:05d}"
        first = Decimal(1000 + index)
        second = first + 80 + index * 7 % 311 + Decimal(index % 10) / 10
        third = second + 95 + index * 11 % 287
        one.registry.put([contract(no), party(no), point(no), meter(no)])
        days = ((_MARCH, first), (_APRIL, second), (_MAY, third))
        one.readings.put([state(no, day, str(kwh)) for day, kwh in days])
    return one


def _carry_out(one: Company, day: date, asked: object = None) -> tuple[int, tuple[str, ...]]:
    run, certificate = rated(one, day, asked) if asked is not None else rated(one, day)  # type: ignore[arg-type]
    issued(one, approved(one, run, certificate))
    return len(certificate.holds), certificate.faults


def correct_in_memory(*, contracts: int) -> MassCorrection:
    """Bill two months with the wrong version, correct them with the right one, and add everything up."""
    one = company_of(contracts)
    one.price_lists.added[LIST] = wrong_versions()
    began = time.perf_counter()
    _carry_out(one, _MAY)
    billed = time.perf_counter()
    del one.price_lists.added[LIST]
    held, faults = _carry_out(one, _CORRECTED, order(price_lists=(LIST,), reason="Błędna cena w cenniku."))
    corrected = time.perf_counter()
    fresh = company_of(contracts)
    _carry_out(fresh, _MAY)
    return _added_up(one, fresh, held, faults, (billed - began, corrected - billed))


def _added_up(
    one: Company, fresh: Company, held: int, faults: tuple[str, ...], seconds: tuple[float, float]
) -> MassCorrection:
    every, accounts = documents(one), company_settings().accounts
    invoices = [found for found in every if found.number.startswith("FV")]
    made = corrections(one)
    causes: dict[str, Decimal] = {}
    for content in made:
        for cause in content.causes:
            causes[cause.cause] = causes.get(cause.cause, ZERO) + cause.gross
    rows = [row for found in every for row in postings_of(document=found, accounts=accounts)]
    report = sales_report(documents=every, first=_MAY, last=_CORRECTED)
    return MassCorrection(
        contracts=len({content.contract_no for content in made}),
        invoices=len(invoices),
        corrections=len(made),
        held=held,
        kwh=sum(row.kwh for content in made for row in content.after.energy),
        issued=total(found.bill().gross for found in invoices),
        fresh=total(found.bill().gross for found in documents(fresh)),
        net=total(content.net for content in made),
        gross=total(content.gross for content in made),
        causes=causes,
        debit=total(row.debit for row in rows),
        credit=total(row.credit for row in rows),
        reported=report.gross,
        numbers=tuple(found.number for found in every if found.number.startswith("FK")),
        faults=faults,
        billing_s=seconds[0],
        correcting_s=seconds[1],
    )


def main() -> None:
    """Carry it out and print what it came to."""
    done = correct_in_memory(contracts=int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    print(
        f"contracts {done.contracts}, invoices {done.invoices}, corrections {done.corrections}, held {done.held}"
    )
    print(f"issued {done.issued} zł, corrections {done.gross} zł (net {done.net} zł), afresh {done.fresh} zł")
    print(f"issued + corrections - afresh = {done.issued + done.gross - done.fresh} zł")
    print(f"by cause: {', '.join(f'{cause} {gross} zł' for cause, gross in done.causes.items())}")
    print(f"postings: debit {done.debit} zł, credit {done.credit} zł; sales report {done.reported} zł")
    print(f"numbers {done.numbers[0]} to {done.numbers[-1]}")
    rate = done.corrections / done.correcting_s
    print(
        f"billing {done.billing_s:.1f} s, correcting {done.correcting_s:.1f} s ({rate:.0f} corrections a second)"
    )


if __name__ == "__main__":
    main()
