"""The lines of a structured invoice (FaWiersz) and what an energy bill says beside them (DodatkowyOpis)."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

from kwit.billing.content import BillContent, LineData
from kwit.documents.fa3_elements import LONGEST_KEY, add, fields_of, money, plain
from kwit.documents.view import printed_unit
from kwit.kernel.money import fraction_digits, grosze, half_up
from kwit.registry.records import ContractKind

_PRICE_DIGITS, _QUANTITY_DIGITS = 8, 6
_DAY = timedelta(days=1)
_WHOLE_DAY = "all"


def write_lines(
    invoice: ET.Element,
    bill: BillContent,
    *,
    number: str,
    after: int = 0,
    before_correction: bool = False,
    where: str = "",
) -> int:
    """Write a bill's lines, numbered from behind `after`; return the last number.

    `where` is added to their names; lines `before_correction` are marked so (StanPrzed). Raises RateNotInFa3Error
    with the document's `number`.
    """
    labels = zone_labels(bill)
    days = days_of_lines(bill)
    dated = is_connection(bill) and len(days) > 1
    for ordinal, line in enumerate(bill.lines, start=after + 1):
        row = ET.SubElement(invoice, "FaWiersz")
        add(row, "NrWierszaFa", ordinal)
        if dated:
            add(row, "P_6A", _last_day(line).isoformat())
        add(row, "P_7", f"{_name(line, labels)}{where}")
        _price(row, line)
        add(row, "P_11", money(line.net))
        add(row, "P_12", fields_of(line.vat_rate, number=number)[1])
        if before_correction:
            add(row, "StanPrzed", "1")
    return after + len(bill.lines)


def _price(row: ET.Element, line: LineData) -> None:
    """Write unit, quantity and unit price with every factor in it (art. 106e ust. 1 pkt 8 and 9 VAT act).

    Of more decimals than the schema takes the last ones are rounded, but only where the net is the same with them.
    """
    price = line.price
    for factor in line.factors:
        price *= factor.value
    written = _rounded(line.quantity, _QUANTITY_DIGITS), _rounded(price, _PRICE_DIGITS)
    if written != (line.quantity, price) and grosze(written[0] * written[1]) != line.net:
        return
    add(row, "P_8A", printed_unit(line))
    add(row, "P_8B", plain(written[0]))
    add(row, "P_9A", plain(written[1]))


def _rounded(number: Decimal, digits: int) -> Decimal:
    number = number.normalize()
    return number if fraction_digits(number) <= digits else half_up(number, digits=digits)


def _name(line: LineData, labels: Mapping[str, str]) -> str:
    label = labels.get(line.zone, "")
    zone = f", strefa {label}" if label and label not in line.name else ""
    return f"{line.name}{zone} ({line.start:%d.%m.%Y}–{_last_day(line):%d.%m.%Y})"


def _last_day(line: LineData) -> date:
    return line.end - _DAY


def zone_labels(bill: BillContent) -> Mapping[str, str]:
    """Return what a bill calls its zones, where there is more than the whole day."""
    expected = bill.expected.energy if bill.expected else ()
    return {row.zone: row.label for row in (*expected, *bill.energy) if row.zone != _WHOLE_DAY}


def is_connection(bill: BillContent) -> bool:
    """Tell whether a bill is of a connection, which is done on a day, and not of energy, which is for a period."""
    return bill.contract_kind == ContractKind.CONNECTION


def days_of_lines(bill: BillContent) -> frozenset[date]:
    """Return the days on which what the lines charge was done."""
    return frozenset(_last_day(line) for line in bill.lines)


def write_descriptions(invoice: ET.Element, bill: BillContent, *, of: str = "") -> None:
    """Say what an energy bill says beside its lines: point, meters' use, excise; `of` begins every key."""
    told: list[tuple[str, str]] = [
        ("Kod PPE", bill.point.ppe),
        ("Adres punktu poboru", bill.point.address),
        ("Umowa", bill.contract_no),
        ("Grupa taryfowa", bill.group),
    ]
    told += [
        (f"Zużycie, strefa {row.label}", f"{row.kwh} kWh") for row in bill.energy if row.quantity == "import"
    ]
    if bill.excise is not None:
        amount = money(bill.excise.amount).replace(".", ",")
        told.append(
            ("Informacja o akcyzie", f"Od {bill.excise.kwh} kWh naliczono akcyzę w kwocie {amount} zł")
        )
    for key, value in told:
        if value:
            one = ET.SubElement(invoice, "DodatkowyOpis")
            add(one, "Klucz", f"{of}{key}", longest=LONGEST_KEY)
            add(one, "Wartosc", value, longest=LONGEST_KEY)
