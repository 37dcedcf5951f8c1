"""Write the example portfolio as the files a small seller would drop; the same call gives the same bytes."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import xlsxwriter
from stdnum.pl import nip as std_nip

from events.portfolio import APRIL, CITIES, DOUBTED, MARCH, OPERATORS, Customer, Stay
from kwit.kernel.time import Period, interval_starts, local_clock
from kwit.metering.day_file import DayFile, Quality, write_day_file
from kwit.metering.profile_files import unverified_day_file


def registry_workbook(portfolio: Sequence[Customer]) -> bytes:
    """Write the registry as one workbook with a sheet per kind."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": "Kartoteka", "created": datetime(2026, 4, 1, tzinfo=UTC)})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True})
    for name, heads, rows in _sheets(portfolio):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, heads, bold)
        for index, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(index, column, datetime(value.year, value.month, value.day), dates)  # noqa: DTZ001 - a cell has no zone
                else:
                    sheet.write(index, column, value)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    book.close()
    return buffer.getvalue()


Cell = str | int | date
SheetRows = tuple[str, tuple[str, ...], list[tuple[Cell, ...]]]


def _sheets(portfolio: Sequence[Customer]) -> Iterator[SheetRows]:
    parties: dict[str, tuple[Cell, ...]] = {}
    for one in portfolio:
        postcode, city = CITIES[one.network]
        nip = _nip(one.number) if one.firm else ""
        parties.setdefault(
            one.party_id,
            (
                one.party_id,
                "firma" if one.firm else "osoba",
                one.name,
                f"ul. Kwiatowa {one.number}",
                postcode,
                city,
                nip,
                one.email,
            ),
        )
    heads = ("Nr klienta", "Rodzaj", "Nazwa", "Ulica", "Kod pocztowy", "Miejscowość", "NIP", "E-mail")
    yield "Kontrahenci", heads, list(parties.values())
    points = [
        (c.ppe, OPERATORS[c.network][0], f"ul. Kwiatowa {c.number}", *CITIES[c.network], c.phases)
        for c in portfolio
    ]
    yield "Punkty", ("Kod PPE", "OSD", "Ulica", "Kod pocztowy", "Miejscowość", "Fazy"), list(points)
    meters: list[tuple[Cell, ...]] = [
        (stay.meter_no, c.ppe, stay.installed, stay.removed or "", 1, stay.interval_minutes or "")
        for c in portfolio
        for stay in c.stays
    ]
    yield "Liczniki", ("Nr licznika", "Kod PPE", "Montaż", "Demontaż", "Mnożna", "Interwał minut"), meters
    registers: list[tuple[Cell, ...]] = [
        (stay.meter_no, code, zone, quantity)
        for c in portfolio
        for stay in c.stays
        for code, zone, quantity in stay.registers
    ]
    yield "Rejestry", ("Nr licznika", "Kod rejestru", "Strefa", "Wielkość"), registers
    contract_heads = ("Nr umowy", "Rodzaj umowy", "Nr klienta", "Kod PPE", "Grupa taryfowa", "Cenniki", "Profil", "Początek", "Ostatni dzień",
             "Rozliczać od", "Okres rozliczeniowy", "Początek cyklu", "Termin płatności", "Odczyt zdalny", "Moc umowna",
             "Zużycie roczne", "Udział mocowy", "Prosument", "Saldo", "Konto zbiorcze")  # fmt: skip
    contracts: list[tuple[Cell, ...]] = [
        (c.contract_no, c.kind, c.party_id, c.ppe, c.group, ", ".join(c.lists), c.profile, c.starts, c.last_day or "", c.billed_to,
         c.cycle, c.anchor, 14, "tak" if c.remote else "nie", c.kw, c.annual or "", c.share, c.prosumer, c.balance, c.account)
        for c in portfolio
    ]  # fmt: skip
    yield "Umowy", contract_heads, contracts


def _nip(number: int) -> str:
    """Make a valid NIP for an invented firm."""
    bodies = (f"{(999_000_000 + number * 100 + serial) % 10**9:09d}" for serial in range(99))
    candidates = (body + digit for body in bodies for digit in "0123456789")
    return next(candidate for candidate in candidates if std_nip.is_valid(candidate))


StateRow = tuple[Customer, Stay, date, str, int, str]


def states(portfolio: Sequence[Customer], file: str, *, first: date, last: date) -> list[StateRow]:
    """List the states of the customers whose readings come in a kind of file, between two boundaries."""
    return [
        (customer, stay, day, code, wh, kind)
        for customer in portfolio
        if file in customer.files
        for stay in customer.stays
        for day, code, wh, kind in stay.states
        if first <= day <= last
    ]


def _as_written(day: date) -> date:
    """Return the date people write beside a state: the day it closes."""
    return day - timedelta(days=1)


def _kwh(wh: int, mark: str = ",") -> str:
    return f"{wh // 1000}{mark}{wh % 1000:03d}"


HEADS = ("Kod PPE", "Nr licznika", "Rejestr", "Data odczytu", "Stan [kWh]", "Rodzaj odczytu")


def states_csv(rows: Sequence[StateRow], *, encoding: str, mark: str = ",", remark: str = "") -> bytes:
    """Write states as semicolon CSV, with a column of remarks when there is one."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    more = (remark,) if remark else ()
    writer.writerow((*HEADS, "Uwagi") if remark else HEADS)
    for customer, stay, day, code, wh, kind in rows:
        day_text = _as_written(day).strftime("%d.%m.%Y")
        writer.writerow((customer.ppe, stay.meter_no, code, day_text, _kwh(wh, mark), kind, *more))
    return text.getvalue().encode(encoding)


def states_xlsx(rows: Sequence[StateRow]) -> bytes:
    """Write states as a workbook, with a title above the heads as people leave it there."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": "Odczyty", "created": datetime(2026, 4, 1, tzinfo=UTC)})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Odczyty")
    sheet.write(0, 0, "Odczyty za marzec 2026, dział pomiarów")
    sheet.write_row(2, 0, HEADS)
    for index, (customer, stay, day, code, wh, kind) in enumerate(rows, start=3):
        written = _as_written(day)
        sheet.write_row(index, 0, (customer.ppe, stay.meter_no, code))
        sheet.write_datetime(index, 3, datetime(written.year, written.month, written.day), dates)  # noqa: DTZ001 - a cell has no zone
        sheet.write(index, 4, _kwh(wh))
        sheet.write(index, 5, kind)
    book.close()
    return buffer.getvalue()


def ptpiree_files(portfolio: Sequence[Customer]) -> dict[str, bytes]:
    """Write a day file per point and day of March for the points settled from series."""
    files = {}
    for customer in portfolio:
        minutes = customer.stays[0].interval_minutes
        if minutes is None:
            continue
        for day in Period(MARCH, APRIL).each_day():
            values = tuple(
                _load(customer.number, instant, minutes) for instant in interval_starts(day, minutes=minutes)
            )
            measured = (Quality.ACTUAL,) * len(values)
            day_file = DayFile(customer.ppe, day, "import", minutes, values, measured)
            name, content = write_day_file(day_file=day_file, profile=unverified_day_file())
            files[f"readings/ptpiree/{name}"] = content
    return files


def _load(number: int, instant: datetime, minutes: int) -> int:
    """Return a firm's use in one interval, in Wh: shop hours on working days, little at night."""
    clock = local_clock(instant)
    busy = 8 <= clock.hour < 18 and clock.weekday() < 5
    watts = (4200 if busy else 640) + (number * 31 + clock.day * 17 + clock.hour * 53 + clock.minute) % 220
    return watts * minutes // 60


def history_file(portfolio: Sequence[Customer]) -> dict[str, bytes]:
    """Write every state up to the beginning of March, as a team brings it along."""
    kinds = ("xlsx", "csv", "bom", "missing", "unread")
    rows = [row for kind in kinds for row in states(portfolio, kind, first=date(2000, 1, 1), last=MARCH)]
    return {"readings/historia-do-2026-02.csv": states_csv(rows, encoding="utf-8")}


def edits_file(portfolio: Sequence[Customer]) -> dict[str, bytes]:
    """Write the edits of a person who looked at the one reading that validation holds."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("Kod PPE", "Nr licznika", "Rejestr", "Data odczytu", "Działanie", "Powód", "Autor"))
    for customer in portfolio:
        if customer.name == DOUBTED:
            stay = customer.stays[0]
            day, code, _, _ = stay.states[-1]
            reason = "potwierdzono telefonicznie: pompa ciepła od marca"
            where = (customer.ppe, stay.meter_no, code, _as_written(day).isoformat())
            writer.writerow((*where, "zaakceptuj", reason, "Anna Nowak"))
    return {"readings/korekty-2026-04-07.csv": text.getvalue().encode("utf-8")}


def march_files(portfolio: Sequence[Customer]) -> dict[str, bytes]:
    """Write the states after the beginning of March, in the kind of file each customer's come in."""

    def rows_of(kind: str) -> list[StateRow]:
        return states(portfolio, kind, first=MARCH + timedelta(days=1), last=date(2100, 1, 1))

    tables = {
        "readings/odczyty-2026-03.xlsx": states_xlsx(rows_of("xlsx")),
        "readings/odczyty-krakow-2026-03.csv": states_csv(
            rows_of("csv"), encoding="cp1250", remark="łączność dobra"
        ),
        "readings/odczyty-poznan-2026-03.csv": states_csv(rows_of("bom"), encoding="utf-8-sig", mark="."),
    }
    return tables | ptpiree_files(portfolio)
