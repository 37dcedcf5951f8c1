"""Statutory holidays (dni ustawowo wolne od pracy), from the dated list packaged with the price lists."""

from datetime import date
from importlib.resources import files

from kwit.tariffs.yaml_file import read_yaml

HOLIDAYS_FILE = "holidays-pl.yaml"


class HolidaysFileError(ValueError):
    """The packaged list of holidays cannot be read; carries what is wrong with it."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{HOLIDAYS_FILE}: {problem}")
        self.problem = problem


def statutory_holidays() -> frozenset[date]:
    """Read the statutory holidays of Poland, 2016 to 2040; callers keep the result.

    Source: ustawa z 18.01.1951 o dniach wolnych od pracy; 24 December since 2025.
    Raises HolidaysFileError.
    """
    return read_holidays(files("price_lists").joinpath(HOLIDAYS_FILE).read_bytes())


def read_holidays(content: bytes) -> frozenset[date]:
    """Read a list of holidays: under `holidays`, a name in Polish for each date.

    Raises HolidaysFileError.
    """
    file = read_yaml(content)
    for found in file.findings:
        raise HolidaysFileError(found.english)
    holidays = file.data.get("holidays") if isinstance(file.data, dict) else None
    if not isinstance(holidays, dict):
        raise HolidaysFileError("no mapping `holidays`")
    return frozenset(_day(text) for text in holidays)


def _day(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise HolidaysFileError(f"not a date: {text!r}") from None
