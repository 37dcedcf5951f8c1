"""Drafts of notes: each order of a file with the parties, terms and rates that it takes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kwit.billing.case import contract_on
from kwit.billing.compose import party_data
from kwit.billing.drafts import DocumentKind, Draft, HoldCode, RiskReason
from kwit.billing.interest import NotLateError, interest_row
from kwit.billing.note_content import InterestRow, NoteContent, NoteOrigin, NoteRow
from kwit.billing.note_orders import LatePayment, NoteOrder
from kwit.intake.findings import Finding
from kwit.kernel.identifiers import content_hash, deterministic_id
from kwit.kernel.money import ZERO, grosze, total
from kwit.registry.company import CompanySettings
from kwit.registry.ports import RegistryStore
from kwit.registry.records import Contract, Party, PartyKind, in_force, timeline
from kwit.tariffs.interest import InterestLaw, InterestRate, InterestTable, RateUnknownError

PAYMENT_DAYS = 14
"""Days to pay a note in, where neither its order nor a contract says otherwise."""

_DAY = timedelta(days=1)
_KINDS = {"accounting": DocumentKind.NOTE, "interest": DocumentKind.INTEREST_NOTE}
_KEYS = {"accounting": "note", "interest": "interest"}


@dataclass(frozen=True, slots=True)
class NoteMaking:
    """What the notes of one file are made by: the run, the file's name and hash, settings, rates and holidays."""

    run_id: str
    business_date: date
    file: str
    file_hash: str
    settings: CompanySettings
    settings_version: str
    table: InterestTable
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True)
class _Found:
    """Whom a note concerns."""

    customer: Party
    payer: Party
    contract: Contract | None


def rates_in_force(table: InterestTable, settings: CompanySettings) -> InterestTable:
    """Return the packaged rates with those that the company tells itself."""
    told = settings.interest_rates
    rates = [InterestRate(one.law, one.valid_from, one.percent.scaleb(-2), one.source) for one in told]
    return table.with_rates(rates, known_to=[(one.law, one.known_to) for one in told])


def account_findings(orders: Sequence[NoteOrder], settings: CompanySettings) -> list[Finding]:
    """Refuse orders of a kind that the settings name no account for: nobody could post them."""
    found: dict[str, Finding] = {}
    for order in orders:
        for key in (_KEYS[order.kind], "receivable"):
            if key not in settings.accounts:
                sentence = f"Ustawienia nie mają konta «{key}», na które trzeba zaksięgować notę."
                found.setdefault(key, order.place.reject("account_missing", sentence, value=key))
    return list(found.values())


def make_note(order: NoteOrder, *, registry: RegistryStore, by: NoteMaking) -> Draft | list[Finding]:
    """Make the draft of one order, or name everything for which it cannot be made."""
    found = _whom(order, registry, by.business_date)
    findings = [found] if isinstance(found, Finding) else list(_of_law(order, found))
    findings += _of_day(order, by.business_date)
    interest: list[InterestRow] = []
    for late in order.late:
        row = _counted(late, order.law, by)
        if isinstance(row, Finding):
            findings.append(row)
        else:
            interest.append(row)
    if findings or isinstance(found, Finding):
        return findings
    return _draft(_content(order, found, tuple(interest), by), order, found, by)


def party_findings(order: NoteOrder, *, registry: RegistryStore, day: date) -> list[Finding]:
    """Name a party or contract that is not known, of an order of which other things are wrong already."""
    found = _whom(order, registry, day)
    return [found] if isinstance(found, Finding) else []


def _whom(order: NoteOrder, registry: RegistryStore, day: date) -> _Found | Finding:
    """Find the customer, and the contract and its payer where a contract is named."""
    customer = in_force(registry.party(order.customer), on=day)
    if customer is None:
        return _unknown_party(order, order.customer)
    if not order.contract_no:
        return _Found(customer, customer, None)
    versions = timeline(registry.contract(order.contract_no))
    if not versions:
        sentence = "Nie ma takiej umowy w kartotece."
        return order.place.reject("unknown_contract", sentence, column="contract", value=order.contract_no)
    contract = contract_on(versions, day)
    if order.customer not in {contract.party_id, contract.payer_id}:
        sentence = "Umowa jest innego kontrahenta."
        return order.place.reject("contract_of_another", sentence, column="contract", value=order.contract_no)
    payer = in_force(registry.party(contract.payer_id), on=day)
    return _unknown_party(order, contract.payer_id) if payer is None else _Found(customer, payer, contract)


def _unknown_party(order: NoteOrder, party_id: str) -> Finding:
    sentence = "Nie ma takiego kontrahenta w kartotece."
    return order.place.reject("unknown_party", sentence, column="customer", value=party_id)


def _of_law(order: NoteOrder, found: _Found) -> Iterable[Finding]:
    if order.law == "commercial_transactions" and found.customer.kind is PartyKind.PERSON:
        sentence = "Odsetki w transakcjach handlowych nie dotyczą osoby, która nie jest przedsiębiorcą."
        yield order.place.reject("law_not_for_person", sentence, column="law", value=order.customer)


def _of_day(order: NoteOrder, today: date) -> Iterable[Finding]:
    if order.day is not None and order.day > today:
        yield order.place.reject("day_in_future", "Dzień zdarzenia jest w przyszłości.", value=order.day)
    for late in order.late:
        last = late.paid_on or late.until
        if last is not None and last > today:
            sentence = "Odsetki liczy się najdalej do dnia zlecenia."
            yield late.place.reject("day_in_future", sentence, value=last)


def _counted(late: LatePayment, law: InterestLaw | None, by: NoteMaking) -> InterestRow | Finding:
    last = late.paid_on or late.until
    if law is None or last is None:
        return late.place.reject("missing_value", "Brak danych do policzenia odsetek.")
    try:
        row = interest_row(
            invoice=late.invoice,
            principal=grosze(late.amount),
            due_date=late.due_date,
            paid_on=late.paid_on,
            last_day=last,
            law=law,
            table=by.table,
            holidays=by.holidays,
        )
    except NotLateError as error:
        sentence = f"Zapłacono w terminie, który upłynął {error.fell_due:%d.%m.%Y}; odsetek nie ma."
        return late.place.reject("not_late", sentence, value=late.invoice)
    except RateUnknownError as error:
        sentence = (
            f"Nie znamy stopy odsetek na {error.day:%d.%m.%Y}; dopisz ją w ustawieniach (interest_rates)."
        )
        return late.place.reject("rate_unknown", sentence, value=error.day.isoformat())
    if not row.amount:
        return late.place.reject("no_interest", "Odsetki wynoszą 0,00 zł.", value=late.invoice)
    return row


def _content(
    order: NoteOrder, found: _Found, interest: tuple[InterestRow, ...], by: NoteMaking
) -> NoteContent:
    day = order.day or by.business_date
    rows = tuple(
        NoteRow(title=one.title, basis=one.basis, amount=grosze(one.amount)) for one in order.charges
    )
    periods = [part for row in interest for part in row.periods]
    terms = found.contract.payment_days if found.contract is not None else PAYMENT_DAYS
    return NoteContent(
        kind=order.kind,
        contract_no=order.contract_no,
        start=min((one.start for one in periods), default=day),
        end=max((one.end for one in periods), default=day + _DAY),
        payment_days=terms if order.payment_days is None else order.payment_days,
        settings_version=by.settings_version,
        customer=party_data(found.customer),
        payer=party_data(found.payer),
        rows=rows,
        interest=interest,
        law=order.law,
        issued_by=order.by,
        text=order.text,
        order=NoteOrigin(
            file=by.file, content_hash=by.file_hash, row=order.place.row, sheet=order.place.sheet
        ),
        due=total([one.amount for one in rows] + [one.amount for one in interest]),
    )


def _draft(content: NoteContent, order: NoteOrder, found: _Found, by: NoteMaking) -> Draft:
    canonical = content.canonical()
    return Draft(
        document_id=note_id(by.file_hash, order),
        run_id=by.run_id,
        contract_no=order.contract_no or order.customer,
        start=content.start,
        end=content.end,
        content=canonical,
        content_hash=content_hash(canonical),
        net=content.due,
        vat=ZERO,
        gross=content.due,
        wh_read=0,
        kwh_billed=0,
        kind=_KINDS[content.kind],
        unit=found.contract.unit if found.contract is not None else "",
        reasons=tuple(_reasons(content.due, by.settings)),
    )


def _reasons(due: Decimal, settings: CompanySettings) -> Iterable[RiskReason]:
    limit, points = settings.holds.gross_over, settings.holds.points_of("amount_high")
    if due > limit and points:
        yield RiskReason(HoldCode.AMOUNT_HIGH, points, f"{due} zł is over {limit} zł")


def note_id(file_hash: str, order: NoteOrder) -> str:
    """Make the id of the note that an order asks for: the file by its hash, and the row."""
    return deterministic_id("note", file_hash, order.place.sheet, order.place.row)
