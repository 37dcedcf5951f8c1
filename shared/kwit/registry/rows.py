"""Rows of the registry's tables as records; what is wrong with a row stays with its reader as findings."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Generic

from kwit.intake.dropped_file import DroppedFile
from kwit.intake.table import RowReader
from kwit.intake.words import QUANTITIES, ZONES, plain
from kwit.kernel.identifiers import PointCodeError, point_code
from kwit.kernel.money import fraction_digits
from kwit.kernel.provenance import Source
from kwit.registry.cycle_rows import CYCLES, check_forecast, cycle_of, forecast_plan
from kwit.registry.identifiers import (
    IdentifierError,
    checked_account,
    checked_collective,
    checked_country,
    checked_email,
    checked_group,
    checked_nip,
    checked_pesel,
    checked_postcode,
    checked_regon,
    checked_unit,
)
from kwit.registry.kind_rows import CONTRACT_KINDS, check_kind, required_by
from kwit.registry.records import (
    Contract,
    ContractKind,
    Meter,
    MeteringPoint,
    Party,
    PartyKind,
    Prosumer,
    Quantity,
    Register,
    Version,
)
from kwit.registry.settlement_rows import settlement_terms

SINCE_EVER = date(2000, 1, 1)
"""The day from which the first version of a party or a point holds when its row names none."""

INTERVALS = frozenset({15, 30, 60})

_PARTY_KINDS = {
    "person": PartyKind.PERSON, "osoba": PartyKind.PERSON, "osoba fizyczna": PartyKind.PERSON,
    "firm": PartyKind.FIRM, "firma": PartyKind.FIRM, "company": PartyKind.FIRM,
    "przedsiebiorstwo": PartyKind.FIRM,
}  # fmt: skip
_LANGUAGES = {"pl": "", "polski": "", "polish": "", "en": "en", "angielski": "en", "english": "en"}
_PROSUMERS = {
    "none": Prosumer.NONE, "nie": Prosumer.NONE, "brak": Prosumer.NONE, "no": Prosumer.NONE,
    "net billing": Prosumer.NET_BILLING, "netbilling": Prosumer.NET_BILLING,
    "net metering": Prosumer.NET_METERING, "netmetering": Prosumer.NET_METERING,
    "opusty": Prosumer.NET_METERING,
}  # fmt: skip
_QUANTITIES: Mapping[str, Quantity] = {word: Quantity(code) for word, code in QUANTITIES.items()}
_LIST_SIGNS = re.compile(r"[,;\s]+")
_REGISTER_SIGNS = re.compile(r"[,;\n]+")


@dataclass(slots=True)
class Draft(Generic[Version]):
    """A row on its way to become a version.

    `record` is None when the row is unsound; `key`, written in `column`, names what the row is about (a meter
    also by its `place`); `dated` tells whether the row
    names the day it holds from; `parts` are the rows of its registers.
    """

    column: str
    key: str
    reader: RowReader
    record: Version | None
    dated: bool
    place: str = ""
    parts: list[RowReader] = field(default_factory=list)
    repeated: bool = False

    @property
    def sound(self) -> bool:
        """Tell whether nothing rejects the row or its parts."""
        return self.record is not None and self.reader.sound and all(part.sound for part in self.parts)


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that rows come from and the instant it became known."""

    file: DroppedFile
    known_at: datetime

    def source(self, reader: RowReader) -> Source:
        """Name the place of a row."""
        return Source(self.file.name, self.file.content_hash, reader.number, reader.sheet)


def _checked(reader: RowReader, key: str, check: Callable[[str], str], *, text: str | None = None) -> str:
    """Return the checked text under a key, empty when the cell is; a bad one rejects the row."""
    written = reader.text(key) if text is None else text
    if not written:
        return ""
    try:
        return check(written)
    except IdentifierError as error:
        reader.reject(error.code, key, error.sentence_pl)
        return ""


def ppe_of(reader: RowReader) -> str:
    """Return the checked point code of a row, empty when it is missing or bad (then the row is rejected)."""
    text = reader.required("ppe")
    if not text:
        return ""
    try:
        return point_code(text)
    except PointCodeError as error:
        code = "ppe_check_digit" if "check digit" in error.problem else "bad_ppe"
        wrong = "złą cyfrę kontrolną" if code == "ppe_check_digit" else "złą budowę (ma mieć 18 cyfr)"
        reader.reject(code, "ppe", f"Kod PPE ma {wrong}.")
        return ""


def _address(reader: RowReader, *, country: str) -> tuple[str, str, str]:
    postcode = reader.required("postcode")
    checked = _checked(
        reader, "postcode", lambda text: checked_postcode(text, country=country), text=postcode
    )
    return reader.required("street"), checked, reader.required("city")


def party_draft(reader: RowReader, origin: Origin) -> Draft[Party]:
    """Read a party (kontrahent): a firm needs a NIP or REGON unless foreign; a person may give a PESEL."""
    party_id = reader.required("party_id")
    nip = _checked(reader, "nip", checked_nip)
    country = _checked(reader, "country", checked_country) or "PL"
    kind = reader.choice(
        "kind",
        _PARTY_KINDS,
        default=PartyKind.FIRM if reader.text("nip") else PartyKind.PERSON,
        code="bad_kind",
    )
    street, postcode, city = _address(reader, country=country)
    party = Party(
        party_id=party_id,
        kind=kind,
        name=reader.required("name"),
        street=street,
        postcode=postcode,
        city=city,
        valid_from=reader.day("valid_from") or SINCE_EVER,
        known_at=origin.known_at,
        source=origin.source(reader),
        nip=nip,
        pesel=_checked(reader, "pesel", checked_pesel),
        regon=_checked(reader, "regon", checked_regon),
        email=_checked(reader, "email", checked_email),
        bank_account=_checked(reader, "bank_account", checked_account),
        country=country,
        language=reader.choice("language", _LANGUAGES, default="", code="bad_language"),
    )
    if kind is PartyKind.FIRM and country == "PL" and reader.sound and not (party.nip or party.regon):
        reader.warn("firm_without_nip", "nip", "Firma bez NIP i REGON: faktury do KSeF nie da się wystawić.")
    return Draft(
        "party_id", party_id, reader, party if reader.sound else None, reader.cell("valid_from") is not None
    )


def point_draft(reader: RowReader, origin: Origin) -> Draft[MeteringPoint]:
    """Read a metering point (punkt poboru energii)."""
    ppe = ppe_of(reader)
    street, postcode, city = _address(reader, country="PL")
    phases = reader.whole("phases", default=3)
    if phases not in {1, 3}:
        reader.reject("bad_phases", "phases", "Liczba faz to 1 albo 3.")
    point = MeteringPoint(
        ppe=ppe,
        distributor=reader.required("distributor"),
        street=street,
        postcode=postcode,
        city=city,
        phases=phases,
        valid_from=reader.day("valid_from") or SINCE_EVER,
        known_at=origin.known_at,
        source=origin.source(reader),
    )
    return Draft("ppe", ppe, reader, point if reader.sound else None, reader.cell("valid_from") is not None)


def meter_draft(reader: RowReader, origin: Origin) -> Draft[Meter]:
    """Read a meter (licznik); its registers may stand in its own row, as `1.8.1=dzienna, 1.8.2=nocna`."""
    meter_no, ppe = reader.required("meter_no"), ppe_of(reader)
    reader.required("installed")
    installed, removed = reader.day("installed") or SINCE_EVER, reader.day("removed")
    if removed is not None and removed <= installed:
        reader.reject("bad_dates", "removed", "Demontaż licznika musi być po montażu.")
    multiplier = reader.whole("multiplier", default=1)
    if multiplier < 1:
        reader.reject("bad_multiplier", "multiplier", "Mnożna licznika musi być liczbą całkowitą od 1.")
    minutes = reader.whole("interval_minutes", default=0) or None
    if minutes is not None and minutes not in INTERVALS:
        reader.reject("bad_interval", "interval_minutes", "Interwał profilu to 15, 30 albo 60 minut.")
    meter = Meter(
        meter_no=meter_no,
        ppe=ppe,
        installed=installed,
        removed=removed,
        multiplier=multiplier,
        registers=_registers_in_row(reader),
        valid_from=reader.day("valid_from") or installed,
        known_at=origin.known_at,
        source=origin.source(reader),
        winter_time=reader.flag("winter_time"),
        interval_minutes=minutes,
    )
    return Draft(
        "meter_no",
        meter_no,
        reader,
        meter if reader.sound else None,
        reader.cell("valid_from") is not None,
        ppe,
    )


def _registers_in_row(reader: RowReader) -> tuple[Register, ...]:
    registers: dict[str, Register] = {}
    for piece in filter(str.strip, _REGISTER_SIGNS.split(reader.text("registers"))):
        code, _, word = piece.partition("=")
        zone = ZONES.get(plain(word) or "all")
        if zone is None or not code.strip() or code.strip() in registers:
            reader.reject(
                "bad_registers", "registers", "Rejestry zapisuje się jako: 1.8.1=dzienna, 1.8.2=nocna."
            )
            return ()
        registers[code.strip()] = Register(code.strip(), zone, _usual_quantity(code.strip()))
    return tuple(registers[code] for code in sorted(registers))


def _usual_quantity(code: str) -> Quantity:
    """Tell what a register counts by its code (OBIS, IEC 62056-61).

    2.8 is active energy given, 5.8 reactive energy of the first quadrant (inductive, with energy drawn), 8.8 of
    the fourth (capacitive, with energy drawn); anything else is taken for energy drawn.
    """
    for start, quantity in _BY_CODE.items():
        if code.rpartition(":")[2].startswith(f"{start}."):
            return quantity
    return Quantity.IMPORT


_BY_CODE = {
    "2.8": Quantity.EXPORT,
    "5.8": Quantity.REACTIVE_INDUCTIVE,
    "8.8": Quantity.REACTIVE_CAPACITIVE,
}


def register_of(reader: RowReader) -> Register:
    """Read a register (rejestr, liczydło) of a meter; its code tells what it counts unless the row does."""
    code = reader.required("code")
    usual = _usual_quantity(code)
    digits = reader.whole("digits", default=6)
    if not 4 <= digits <= 9:
        reader.reject("bad_digits", "digits", "Liczba cyfr liczydła to od 4 do 9.")
    return Register(
        code=code,
        zone=reader.choice("zone", ZONES, default="all", code="unknown_zone"),
        quantity=reader.choice("quantity", _QUANTITIES, default=usual),
        digits=digits,
    )


def contract_draft(reader: RowReader, origin: Origin) -> Draft[Contract]:
    """Read a contract (umowa). `last_day` is the last day it holds, as people write it."""
    contract_no, party_id = reader.required("contract_no"), reader.required("party_id")
    kind = reader.choice("kind", CONTRACT_KINDS, default=ContractKind.COMPREHENSIVE, code="bad_kind")
    ppe = ppe_of(reader) if kind.settles_point or reader.text("ppe") else ""
    reader.required("starts")
    starts, last_day = reader.day("starts") or SINCE_EVER, reader.day("last_day")
    ends = None if last_day is None else last_day + timedelta(days=1)
    group = _checked(reader, "group", checked_group, text=required_by(kind, reader, "group"))
    price_lists = tuple(code for code in _LIST_SIGNS.split(required_by(kind, reader, "price_lists")) if code)
    contract = Contract(
        contract_no=contract_no,
        kind=kind,
        party_id=party_id,
        payer_id=reader.text("payer_id", default=party_id),
        ppe=ppe,
        group=group,
        price_lists=price_lists,
        profile=required_by(kind, reader, "profile"),
        starts=starts,
        ends=ends,
        billed_to=reader.day("billed_to") or starts,
        cycle_months=reader.whole("cycle_months", default=1),
        cycle_anchor=reader.day("cycle_anchor") or starts,
        payment_days=reader.whole("payment_days", default=14),
        valid_from=reader.day("valid_from") or starts,
        known_at=origin.known_at,
        source=origin.source(reader),
        remote_reading=reader.flag("remote_reading"),
        contracted_kw=reader.decimal("contracted_kw"),
        annual_kwh=None if reader.cell("annual_kwh") is None else reader.whole("annual_kwh", default=0),
        capacity_share=reader.decimal("capacity_share"),
        prosumer=reader.choice("prosumer", _PROSUMERS, default=Prosumer.NONE),
        deposit=reader.decimal("deposit"),
        balance=reader.decimal("balance"),
        settlement=settlement_terms(reader),
        fixed_cycle=cycle_of(reader, "fixed", starts=starts),
        own_cycle=cycle_of(reader, "own", starts=starts),
        distributor=reader.text("distributor"),
        framework_no=reader.text("framework_no"),
        unit=_checked(reader, "unit", checked_unit),
        forecast=forecast_plan(reader),
        collective=_checked(reader, "collective", checked_collective),
    )
    check_kind(reader, contract)
    _check_terms(reader, contract)
    return Draft(
        "contract_no",
        contract_no,
        reader,
        contract if reader.sound else None,
        reader.cell("valid_from") is not None,
    )


def _check_terms(reader: RowReader, contract: Contract) -> None:
    ends = contract.ends
    if ends is not None and ends <= contract.starts:
        reader.reject("bad_dates", "last_day", "Umowa kończy się przed swoim początkiem.")
    for key, day in (("billed_to", contract.billed_to), ("valid_from", contract.valid_from)):
        if day < contract.starts or (ends is not None and day > ends):
            reader.reject("outside_contract", key, "Dzień leży poza czasem trwania umowy.")
    if contract.cycle_months not in CYCLES:
        reader.reject("bad_cycle", "cycle_months", "Okres rozliczeniowy to 1, 2, 3, 6 albo 12 miesięcy.")
    if not 1 <= contract.payment_days <= 180:
        reader.reject("bad_payment_days", "payment_days", "Termin płatności to od 1 do 180 dni.")
    check_forecast(reader, contract)
    _check_amounts(reader, contract)


def _check_amounts(reader: RowReader, contract: Contract) -> None:
    for key, amount in (("deposit", contract.deposit), ("balance", contract.balance)):
        if amount is not None and fraction_digits(amount) > 2:
            reader.reject("finer_than_grosz", key, "Kwota ma więcej niż dwa miejsca po przecinku.")
    if contract.deposit is not None and contract.deposit < 0:
        reader.reject("negative", "deposit", "Depozyt nie może być ujemny.")
    if contract.contracted_kw is not None and contract.contracted_kw <= 0:
        reader.reject("not_positive", "contracted_kw", "Moc umowna musi być dodatnia.")
    if contract.annual_kwh is not None and contract.annual_kwh < 0:
        reader.reject("negative", "annual_kwh", "Zużycie roczne nie może być ujemne.")
    if contract.capacity_share is not None and not 0 < contract.capacity_share <= 1:
        reader.reject("bad_share", "capacity_share", "Współczynnik opłaty mocowej leży między 0 a 1.")
