"""The price lists that travel with kWit, as bytes by file name; check.py reads them like any other."""

from importlib.resources import files

from kwit.tariffs.holidays import HOLIDAYS_FILE
from kwit.tariffs.interest import INTEREST_FILE

NO_PRICE_LISTS = frozenset({HOLIDAYS_FILE, INTEREST_FILE})
"""Dated tables that lie beside the price lists and are none."""


def shipped_price_lists() -> dict[str, bytes]:
    """Return the packaged price lists, bytes by file name, in order of name."""
    entries = sorted(files("price_lists").iterdir(), key=lambda entry: entry.name)
    return {
        entry.name: entry.read_bytes()
        for entry in entries
        if entry.name.endswith(".yaml") and entry.name not in NO_PRICE_LISTS
    }
