"""Files that nobody should drop and everybody does; each with what its result must say."""

import io
import zipfile
from dataclasses import dataclass
from datetime import date

from events.inbox_files import ptpiree_files, states_csv
from events.portfolio import Customer

_HEADS = "Kod PPE;Nr licznika;Rejestr;Data odczytu;Stan [kWh];Rodzaj odczytu\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A file by its key below ``inbox/``, its bytes, and codes its result must hold.

    ``declared`` is the size that only its event claims; nothing that large is ever written.
    """

    key: str
    content: bytes
    codes: frozenset[str]
    declared: int | None = None


def hostile_files(portfolio: list[Customer]) -> list[Hostile]:
    """Make the bad files around the sound portfolio."""
    one = portfolio[0]
    stay = one.stays[0]
    last = max(state for _, code, state, _ in stay.states if code == "1.8.0")

    def row(ppe: str, day: str, state: str) -> str:
        return f"{ppe};{stay.meter_no};1.8.0;{day};{state};zdalny\r\n"

    rows = (
        row(one.ppe[:-1] + str((int(one.ppe[-1]) + 1) % 10), "10.04.2026", "9999,000")
        + row("590310600000000019", "10.04.2026", "9999,000")
        + row(one.ppe, "02.04.2026", f"{last // 1000 - 5},000")
        + row(one.ppe, "01.01.2099", f"{last // 1000 + 9},000")
        + row(one.ppe, "31.13.2026", "1,0")
        + row(one.ppe, "03.04.2026", "wysoki")
    )
    comma = row(one.ppe, "04.04.2026", f"{last // 1000 + 6},500")
    mixed = row(one.ppe, "03.04.2026", f"{last // 1000 + 3}.250") + comma
    first_of_april = date(2026, 4, 1)
    known = [(one, stay, day, code, wh, kind) for day, code, wh, kind in stay.states if day == first_of_april]

    def bad(key: str, content: bytes, *codes: str, declared: int | None = None) -> Hostile:
        return Hostile(key=key, content=content, codes=frozenset(codes), declared=declared)

    wrong = ("ppe_check_digit", "unknown_point", "reading_before_last", "reading_in_future", "not_a_date")
    crc_name, crc_wrong = _wrong_checksum(portfolio)
    bomb = _workbook(b"<x/>" * 30_000_000)
    return [
        bad("readings/zle-wiersze.csv", (_HEADS + rows).encode("cp1250"), *wrong, "not_a_number"),
        bad("readings/przecinek-i-kropka.csv", (_HEADS + mixed).encode("utf-8-sig")),
        bad("readings/te-same-wiersze.csv", states_csv(known, encoding="utf-8"), "duplicate_row"),
        bad("readings/uciety.xlsx", _workbook(b"")[:200], "truncated_workbook"),
        bad("readings/daleka-komorka.xlsx", _workbook(_FAR_CELL), "sheet_too_large"),
        bad("readings/bomba.xlsx", bomb, "workbook_too_large"),
        bad("readings/dwa-gigabajty.csv", b"", "file_too_large", declared=2 * 1024**3),
        bad(f"readings/{crc_name}", crc_wrong, "wrong_crc"),
        bad("price-lists/dziura-w-datach.yaml", _PRICE_GAP.encode(), "price_gap", "hour_uncovered"),
        bad("registry/druga-umowa.csv", _second_contract(one), "contract_overlap"),
        bad("notatki/plik.docx", b"PK nic ciekawego", "unknown_kind"),
    ]


_FAR_CELL = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
)
_PRICE_GAP = """\
format: kwit/price-list/1
code: dziurawy
kind: distributor
issuer: Operator Przykładowy
title: Cennik z dziurą w datach i w dobie
valid: {from: 2026-01-01, until: 2027-01-01}
source: {document: Cennik z dziurą, confidence: own, uncited: made for the example}
calendars:
  g12:
    - {months: all, days: all, hours: {day: "6-13 15-21", night: "13-15 22-6"}}
groups:
  G12: {household: true, zones: {day: dzienna, night: nocna}, calendar: g12}
charges:
  - code: network_variable
    name: Składnik zmienny
    section: distribution
    basis: energy_by_zone
    unit: kWh
    digits: 4
    posting: distribution.network_variable
    prices:
      - {group: G12, until: 2026-03-01, by_zone: {day: "0.3000", night: "0.1000"}}
      - {group: G12, from: 2026-04-01, by_zone: {day: "0.3100", night: "0.1100"}}
"""


def _wrong_checksum(portfolio: list[Customer]) -> tuple[str, bytes]:
    """Change one digit of a day file and leave its checksum as it was."""
    key, content = next(iter(ptpiree_files(portfolio).items()))
    lines = content.split(b"\r\n")
    digit = b"1" if lines[8][:1] != b"1" else b"2"
    lines[8] = digit + lines[8][1:]
    return key.rpartition("/")[2], b"\r\n".join(lines)


def _second_contract(one: Customer) -> bytes:
    """Write a contract for a point that another one holds."""
    columns = {
        "Nr umowy": "U/2026/9999",
        "Rodzaj umowy": "kompleksowa",
        "Nr klienta": one.party_id,
        "Kod PPE": one.ppe,
        "Grupa taryfowa": one.group,
        "Cenniki": ", ".join(one.lists),
        "Profil": "standard",
        "Początek": "2026-02-01",
        "Okres rozliczeniowy": "1",
        "Początek cyklu": "2026-01-01",
    }
    return f"{';'.join(columns)}\r\n{';'.join(columns.values())}\r\n".encode("cp1250")


def _workbook(sheet: bytes) -> bytes:
    """Pack a sheet's XML into the least that is a workbook."""
    buffer = io.BytesIO()
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    packages = "http://schemas.openxmlformats.org/package/2006"

    def relation(kind: str, target: str) -> str:
        one = f'<Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/>'
        return f'<Relationships xmlns="{packages}/relationships">{one}</Relationships>'

    book = '<sheets><sheet name="Odczyty" sheetId="1" r:id="r1"/></sheets>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types"/>',
        "_rels/.rels": relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">{book}</workbook>',
        "xl/_rels/workbook.xml.rels": relation("worksheet", "worksheets/sheet1.xml"),
    }
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return buffer.getvalue()
