"""The words people write in headings and cells, Polish or English, brought to one form."""

import re
import unicodedata
from collections.abc import Mapping

_NOT_WORD = re.compile(r"[^0-9a-z]+")
_STROKED = str.maketrans({"ł": "l", "Ł": "l", "ß": "ss"})


def plain(text: str) -> str:
    """Bring a heading or a word to plain lower case: no diacritics, no signs, single spaces.

    >>> plain(" Wartość [kWh] ")
    'wartosc kwh'
    """
    bare = unicodedata.normalize("NFKD", text.translate(_STROKED).casefold())
    return _NOT_WORD.sub(" ", "".join(sign for sign in bare if not unicodedata.combining(sign))).strip()


def plain_word(text: str) -> str:
    """Bring a cell's word to plain form, but keep the sign it ends with: `A+` and `A-` are opposites.

    >>> plain_word(" A- ")
    'a-'
    """
    end = text.strip()[-1:].replace("\u2212", "-")
    return plain(text) + (end if end in {"+", "-"} else "")


YES_NO: Mapping[str, bool] = {
    "tak": True, "t": True, "yes": True, "y": True, "true": True, "prawda": True, "1": True, "x": True,
    "nie": False, "n": False, "no": False, "false": False, "falsz": False, "0": False,
}  # fmt: skip

ZONES: Mapping[str, str] = {
    "all": "all", "calodobowa": "all", "calodobowy": "all", "cala doba": "all", "jednostrefowa": "all",
    "calodobowo": "all", "suma": "all",
    "day": "day", "dzienna": "day", "dzien": "day", "dzienny": "day",
    "night": "night", "nocna": "night", "noc": "night", "nocny": "night",
    "peak": "peak", "szczytowa": "peak", "szczyt": "peak", "szczytowy": "peak",
    "offpeak": "offpeak", "off peak": "offpeak", "pozaszczytowa": "offpeak", "pozaszczyt": "offpeak",
    "poza szczytem": "offpeak", "pozaszczytowy": "offpeak",
    "am peak": "am_peak", "szczyt przedpoludniowy": "am_peak", "przedpoludniowa": "am_peak",
    "pm peak": "pm_peak", "szczyt popoludniowy": "pm_peak", "popoludniowa": "pm_peak",
    "rest": "rest", "pozostale": "rest", "pozostale godziny": "rest", "pozostale godziny doby": "rest",
    "pozostala": "rest",
    "valley": "valley", "dolina": "valley", "doliny": "valley",
}  # fmt: skip
"""Zones of the day (strefy czasowe) as price lists code them, by the words files name them with."""

QUANTITIES: Mapping[str, str] = {
    "import": "import", "pobor": "import", "pobrana": "import", "energia pobrana": "import",
    "energia czynna pobrana": "import", "pobrana po zbilansowaniu": "import", "a": "import",
    "a+": "import", "a-": "export",
    "export": "export", "oddanie": "export", "oddana": "export", "energia oddana": "export",
    "energia czynna oddana": "export", "oddana po zbilansowaniu": "export",
    "import unbalanced": "import_unbalanced", "pobrana przed bilansowaniem": "import_unbalanced",
    "pobrana przed zbilansowaniem": "import_unbalanced",
    "reactive inductive": "reactive_inductive", "bierna indukcyjna": "reactive_inductive",
    "energia bierna indukcyjna": "reactive_inductive", "r1": "reactive_inductive",
    "reactive capacitive": "reactive_capacitive", "bierna pojemnosciowa": "reactive_capacitive",
    "energia bierna pojemnosciowa": "reactive_capacitive", "r4": "reactive_capacitive",
}  # fmt: skip
"""What a register counts, by the words files name it with."""
