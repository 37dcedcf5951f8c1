"""Registry rows for tests: one sound party, point, meter and contract, to be changed cell by cell."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tests.intake.files import Rows, workbook

KNOWN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PPE = "590543000000001232"
OTHER_PPE = "590543000000001249"

PARTY = {
    "ID kontrahenta": "K-1", "Rodzaj": "osoba", "Nazwa": "Żaneta Łącka", "Ulica": "ul. Gęsia 7",
    "Kod pocztowy": "80-001", "Miasto": "Gdańsk", "NIP": "", "PESEL": "44051401359", "REGON": "",
    "E-mail": "zaneta@example.org", "Rachunek": "61 1090 1014 0000 0712 1981 2874", "Obowiązuje od": "",
}  # fmt: skip
POINT = {
    "PPE": PPE, "OSD": "ENERGA-OPERATOR S.A.", "Ulica": "ul. Gęsia 7", "Kod pocztowy": "80-001", "Miasto": "Gdańsk",
    "Liczba faz": "3", "Obowiązuje od": "",
}  # fmt: skip
METER = {
    "Nr licznika": "0012345", "PPE": PPE, "Data montażu": "2024-01-10", "Data demontażu": "", "Mnożna": "1",
    "Interwał": "", "Obowiązuje od": "",
}  # fmt: skip
REGISTER = {"Nr licznika": "0012345", "Kod rejestru": "1.8.0", "Strefa": "całodobowa", "Liczba cyfr": "6"}
CONTRACT = {
    "Nr umowy": "U/1", "Rodzaj umowy": "kompleksowa", "Kontrahent": "K-1", "Płatnik": "", "PPE": PPE, "Grupa": "G11",
    "Cenniki": "jasna-oferta-dom, energa-operator, levies-pl", "Profil": "vat-on-total", "Początek": "2025-01-01",
    "Ostatni dzień": "", "Rozliczać od": "2026-01-01", "Okres rozliczeniowy": "2", "Depozyt": "", "Saldo": "-12,50",
    "Termin płatności": "14", "Moc umowna": "", "Zużycie roczne": "2400", "Współczynnik mocowy": "",
    "Obowiązuje od": "",
}  # fmt: skip

Row = Mapping[str, object]


def sheet(*rows: Row) -> Rows:
    """Write rows under the heading of the first."""
    return [list(rows[0]), *(list(row.values()) for row in rows)] if rows else []


def registry(
    *,
    parties: tuple[Row, ...] = (PARTY,),
    points: tuple[Row, ...] = (POINT,),
    meters: tuple[Row, ...] = (METER,),
    registers: tuple[Row, ...] = (REGISTER,),
    contracts: tuple[Row, ...] = (CONTRACT,),
) -> bytes:
    """Write a registry workbook."""
    sheets = {
        "Kontrahenci": sheet(*parties),
        "Punkty": sheet(*points),
        "Liczniki": sheet(*meters),
        "Rejestry": sheet(*registers),
        "Umowy": sheet(*contracts),
    }
    return workbook({name: rows for name, rows in sheets.items() if rows})
