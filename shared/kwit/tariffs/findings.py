"""What a check of a price list has to say: where, what, with which value, in English and in Polish."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

_LONGEST_VALUE = 120


class Severity(StrEnum):
    """An error keeps the file out; a warning goes with it."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """Everything a check can find."""

    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    BAD_YAML = "bad_yaml"
    ALIAS = "alias"
    EXPLICIT_TAG = "explicit_tag"
    TOO_DEEP = "too_deep"
    TOO_MANY_NODES = "too_many_nodes"
    MORE_DOCUMENTS = "more_documents"
    DUPLICATE_KEY = "duplicate_key"
    NOT_A_MAPPING = "not_a_mapping"
    NOT_A_LIST = "not_a_list"
    UNKNOWN_FIELD = "unknown_field"
    MISSING_FIELD = "missing_field"
    WRONG_VALUE = "wrong_value"
    UNQUOTED_NUMBER = "unquoted_number"
    NOT_A_DECIMAL = "not_a_decimal"
    NOT_A_DATE = "not_a_date"
    EMPTY_WINDOW = "empty_window"
    BAD_MONTHS = "bad_months"
    BAD_DAYS = "bad_days"
    BAD_HOURS = "bad_hours"
    HOUR_UNCOVERED = "hour_uncovered"
    HOUR_TWICE = "hour_twice"
    DAY_UNCOVERED = "day_uncovered"
    DAY_TWICE = "day_twice"
    CALENDAR_ZONES = "calendar_zones"
    UNKNOWN_CALENDAR = "unknown_calendar"
    CALENDAR_MISSING = "calendar_missing"
    UNUSED_CALENDAR = "unused_calendar"
    NO_ZONES = "no_zones"
    BRACKETS_DO_NOT_TILE = "brackets_do_not_tile"
    TIERS_DO_NOT_TILE = "tiers_do_not_tile"
    SEASONS_DO_NOT_TILE = "seasons_do_not_tile"
    UNKNOWN_GROUP = "unknown_group"
    UNKNOWN_ZONE = "unknown_zone"
    UNKNOWN_BRACKET = "unknown_bracket"
    UNKNOWN_SEASON = "unknown_season"
    UNKNOWN_UNIT = "unknown_unit"
    CHARGE_TWICE = "charge_twice"
    CHARGE_WITHOUT_PRICE = "charge_without_price"
    GROUP_WITHOUT_PRICE = "group_without_price"
    ONE_AMOUNT = "one_amount"
    ZONE_ON_WRONG_BASIS = "zone_on_wrong_basis"
    MIXED_SELECTORS = "mixed_selectors"
    NOT_IN_VALIDITY = "not_in_validity"
    PRICE_GAP = "price_gap"
    PRICE_OVERLAP = "price_overlap"
    MISSING_PRICE = "missing_price"
    PRICE_IN_GAP = "price_in_gap"
    NO_CITATION = "no_citation"
    WRONG_DIGITS = "wrong_digits"
    NEGATIVE_PRICE = "negative_price"
    OPEN_SEASONS = "open_seasons"
    RATE_GAP = "rate_gap"
    RATE_OVERLAP = "rate_overlap"
    RATE_OUT_OF_RANGE = "rate_out_of_range"
    VAT_WITHOUT_RATE = "vat_without_rate"
    VERSION_OVERLAP = "version_overlap"
    VERSION_GAP = "version_gap"
    VERSION_KIND = "version_kind"


# Sentences name {value} and, where one helps, {hint}: a word or a figure that needs no translation.
_SENTENCES: Mapping[Code, tuple[str, str]] = MappingProxyType(
    {
        Code.TOO_LARGE: (
            "the file has {value} bytes; at most {hint}",
            "plik ma {value} bajtów; najwyżej {hint}",
        ),
        Code.NOT_UTF8: ("the file is not UTF-8 text", "plik nie jest tekstem UTF-8"),
        Code.BAD_YAML: ("not readable as YAML: {value}", "nie da się odczytać jako YAML: {value}"),
        Code.ALIAS: (
            "anchors and aliases (& and *) are not allowed: {value}",
            "kotwice i odwołania (& i *) są niedozwolone: {value}",
        ),
        Code.EXPLICIT_TAG: ("YAML tags are not allowed: {value}", "znaczniki YAML są niedozwolone: {value}"),
        Code.TOO_DEEP: ("nested more than {hint} levels deep", "zagnieżdżenie głębsze niż {hint} poziomów"),
        Code.TOO_MANY_NODES: (
            "more than {hint} values in the file",
            "w pliku jest więcej niż {hint} wartości",
        ),
        Code.MORE_DOCUMENTS: (
            "a file holds exactly one YAML document, this one holds {value}",
            "plik zawiera dokładnie jeden dokument YAML, ten zawiera {value}",
        ),
        Code.DUPLICATE_KEY: ("the key {value} stands here twice", "klucz {value} występuje tu dwa razy"),
        Code.NOT_A_MAPPING: ("keys with values are needed here", "tu muszą stać klucze z wartościami"),
        Code.NOT_A_LIST: ("a list is needed here", "tu musi stać lista"),
        Code.UNKNOWN_FIELD: ("unknown field {value}", "nieznane pole {value}"),
        Code.MISSING_FIELD: ("the field is missing", "brakuje pola"),
        Code.WRONG_VALUE: ("{value} does not fit here: {hint}", "{value} tu nie pasuje: {hint}"),
        Code.UNQUOTED_NUMBER: (
            'write the number {value} in quotation marks ("{value}"), so that its decimals are kept',
            'liczbę {value} trzeba zapisać w cudzysłowie ("{value}"), aby zachować jej miejsca po przecinku',
        ),
        Code.NOT_A_DECIMAL: (
            "{value} is not a decimal number written with a point",
            "{value} nie jest liczbą dziesiętną zapisaną z kropką",
        ),
        Code.NOT_A_DATE: ("{value} is not a date (YYYY-MM-DD)", "{value} nie jest datą (RRRR-MM-DD)"),
        Code.EMPTY_WINDOW: (
            "{value} must be after {hint}: `until` is the first day no longer in it",
            "{value} musi być po {hint}: `until` to pierwszy dzień już nieobjęty",
        ),
        Code.BAD_MONTHS: (
            '{value} is not a list of months ("4-9", "10-3")',
            "{value} nie jest listą miesięcy („4-9”)",
        ),
        Code.BAD_DAYS: (
            "{value} is not a kind of day; known: {hint}",
            "{value} nie jest rodzajem dnia; znane: {hint}",
        ),
        Code.BAD_HOURS: (
            '{value} is not a list of hours ("6-13 15-22")',
            "{value} nie jest listą godzin („6-13 15-22”)",
        ),
        Code.HOUR_UNCOVERED: (
            "the hour {value} belongs to no zone",
            "godzina {value} nie należy do żadnej strefy",
        ),
        Code.HOUR_TWICE: (
            "the hour {value} belongs to more than one zone: {hint}",
            "godzina {value} należy do więcej niż jednej strefy: {hint}",
        ),
        Code.DAY_UNCOVERED: (
            "no rule covers month/day kind {value}",
            "żadna reguła nie obejmuje: miesiąc/dzień {value}",
        ),
        Code.DAY_TWICE: (
            "more than one rule covers month/day kind {value}",
            "więcej niż jedna reguła obejmuje: miesiąc/dzień {value}",
        ),
        Code.CALENDAR_ZONES: (
            "the group's zones are {value}, its calendar's are {hint}",
            "strefy grupy to {value}, a strefy kalendarza to {hint}",
        ),
        Code.UNKNOWN_CALENDAR: ("no calendar is called {value}", "nie ma kalendarza {value}"),
        Code.CALENDAR_MISSING: (
            "a distributor's group with more zones needs a calendar",
            "grupa wielostrefowa operatora musi mieć kalendarz",
        ),
        Code.UNUSED_CALENDAR: (
            "no group uses the calendar {value}",
            "żadna grupa nie używa kalendarza {value}",
        ),
        Code.NO_ZONES: ("the group has no zone", "grupa nie ma żadnej strefy"),
        Code.TIERS_DO_NOT_TILE: (
            "tiers need at least two blocks, each with a larger up_to, and none on the last: {value}",
            "progi to co najmniej dwa bloki, każdy z większym up_to, a ostatni bez niego: {value}",
        ),
        Code.BRACKETS_DO_NOT_TILE: (
            "the bracket must begin at {hint} kWh, it begins at {value}",
            "przedział musi zaczynać się od {hint} kWh, a zaczyna się od {value}",
        ),
        Code.SEASONS_DO_NOT_TILE: (
            "the seasons do not tile the year: {value}",
            "pory roku nie wypełniają roku: {value}",
        ),
        Code.UNKNOWN_GROUP: ("no tariff group is called {value}", "nie ma grupy taryfowej {value}"),
        Code.UNKNOWN_ZONE: (
            "the group has no zone {value}; it has {hint}",
            "grupa nie ma strefy {value}; ma {hint}",
        ),
        Code.UNKNOWN_BRACKET: ("no bracket is called {value}", "nie ma przedziału {value}"),
        Code.UNKNOWN_SEASON: ("no season is called {value}", "nie ma pory roku {value}"),
        Code.UNKNOWN_UNIT: (
            "unit {value} does not fit the basis; known: {hint}",
            "jednostka {value} nie pasuje; znane: {hint}",
        ),
        Code.CHARGE_TWICE: (
            "the charge {value} is given twice for {hint}",
            "składnik {value} podano dwa razy dla {hint}",
        ),
        Code.CHARGE_WITHOUT_PRICE: ("the charge {value} has no price", "składnik {value} nie ma żadnej ceny"),
        Code.GROUP_WITHOUT_PRICE: (
            "no charge has a price for the group {value}",
            "grupa {value} nie ma żadnej ceny",
        ),
        Code.ONE_AMOUNT: (
            "exactly one of {hint} is needed, here: {value}",
            "potrzebne jest dokładnie jedno z: {hint}, jest: {value}",
        ),
        Code.ZONE_ON_WRONG_BASIS: (
            "a price by zone needs the basis energy_by_zone, not {value}",
            "cena strefowa wymaga podstawy energy_by_zone, nie {value}",
        ),
        Code.MIXED_SELECTORS: (
            "some prices of {value} name {hint} and some do not, so a customer could match two",
            "niektóre ceny {value} podają {hint}, a inne nie: odbiorca mógłby pasować do dwóch",
        ),
        Code.NOT_IN_VALIDITY: (
            "{value} is outside the days {hint}",
            "{value} wykracza poza dni {hint}",
        ),
        Code.PRICE_GAP: ("no price for {hint} in the days {value}", "brak ceny dla {hint} w dniach {value}"),
        Code.PRICE_OVERLAP: (
            "two prices for {hint} in the days {value}",
            "dwie ceny dla {hint} w dniach {value}",
        ),
        Code.MISSING_PRICE: ("{hint} has no price for {value}", "{hint} nie ma ceny dla {value}"),
        Code.PRICE_IN_GAP: (
            "a price stands in the days {value}, declared as not known",
            "cena stoi w dniach {value}, podanych jako nieznane",
        ),
        Code.NO_CITATION: (
            "say on which `page` the figure stands, or in `source.uncited` why none can be named",
            "trzeba podać stronę (`page`) albo w `source.uncited` powód, dla którego jej nie ma",
        ),
        Code.WRONG_DIGITS: (
            "{value} must have exactly {hint} decimals",
            "{value} musi mieć miejsc po przecinku: {hint}",
        ),
        Code.NEGATIVE_PRICE: ("the price {value} is negative", "cena {value} jest ujemna"),
        Code.OPEN_SEASONS: (
            "a list with seasons needs its last day (`valid.until`)",
            "cennik z porami roku musi mieć koniec obowiązywania (`valid.until`)",
        ),
        Code.RATE_GAP: ("no rate {hint} in the days {value}", "brak stawki {hint} w dniach {value}"),
        Code.RATE_OVERLAP: ("two rates {hint} in the days {value}", "dwie stawki {hint} w dniach {value}"),
        Code.RATE_OUT_OF_RANGE: (
            "{value} is not a fraction from 0 to under 1 (23% is 0.23)",
            "{value} nie jest ułamkiem od 0 do mniej niż 1 (23% to 0.23)",
        ),
        Code.VAT_WITHOUT_RATE: ("no rate is called vat_{value}", "nie ma stawki vat_{value}"),
        Code.VERSION_OVERLAP: (
            "the days {value} are also in the version {hint}; only exactly the same days replace it",
            "dni {value} są też w wersji {hint}; zastąpić ją może tylko ten sam okres",
        ),
        Code.VERSION_GAP: ("no version covers the days {value}", "żadna wersja nie obejmuje dni {value}"),
        Code.VERSION_KIND: (
            "the kind is {value}, earlier versions are {hint}",
            "rodzaj to {value}, wcześniej {hint}",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: the path in the file (`charges[0].prices[2].page`), its line, and two sentences."""

    path: str
    code: Code
    value: str
    english: str
    polish: str
    severity: Severity = Severity.ERROR
    line: int | None = None


def write_path(parts: tuple[str | int, ...]) -> str:
    """Write a path the way people read it.

    >>> write_path(("charges", 0, "prices", 2, "page"))
    'charges[0].prices[2].page'
    """
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def finding(
    code: Code,
    *,
    path: tuple[str | int, ...] = (),
    value: object = "",
    hint: object = "",
    severity: Severity = Severity.ERROR,
    line: int | None = None,
) -> Finding:
    """Make a finding with its two sentences; long values are cut for reading."""
    shown = str(value)
    if len(shown) > _LONGEST_VALUE:
        shown = shown[: _LONGEST_VALUE - 1] + "…"
    english, polish = (text.format(value=shown, hint=hint) for text in _SENTENCES[code])
    return Finding(write_path(path), code, shown, english, polish, severity, line)
