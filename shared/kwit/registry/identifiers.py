"""Identifiers and addresses of parties: checked and brought to one form, or refused."""

import re

from stdnum import iban
from stdnum.exceptions import ValidationError
from stdnum.pl import nip, pesel, regon

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_POSTCODE_PL = re.compile(r"[0-9]{2}-[0-9]{3}")
_UNIT = re.compile(r"[A-Z0-9-]{1,10}")
_COLLECTIVE = re.compile(r"[0-9A-Za-z][0-9A-Za-z./_-]{0,39}")
_GROUP = re.compile(r"[A-Z][0-9]{0,2}[A-Za-z0-9-]{0,12}")
_BANK_WEIGHTS = (3, 9, 7, 1, 3, 9, 7)


class IdentifierError(ValueError):
    """An identifier or address is malformed; carries a code, the value and a sentence in Polish."""

    def __init__(self, code: str, value: str, sentence_pl: str) -> None:
        super().__init__(f"{code}: {value!r}")
        self.code = code
        self.value = value
        self.sentence_pl = sentence_pl


def checked_nip(text: str) -> str:
    """Return the ten digits of a tax number (NIP). Raises IdentifierError."""
    try:
        return str(nip.validate(text))
    except ValidationError:
        raise IdentifierError("bad_nip", text, "NIP ma złą cyfrę kontrolną albo budowę.") from None


def checked_pesel(text: str) -> str:
    """Return the eleven digits of a person's number (PESEL). Raises IdentifierError."""
    try:
        return str(pesel.validate(text))
    except ValidationError:
        raise IdentifierError("bad_pesel", text, "PESEL ma złą cyfrę kontrolną albo datę.") from None


def checked_regon(text: str) -> str:
    """Return the 9 or 14 digits of a business number (REGON). Raises IdentifierError."""
    try:
        return str(regon.validate(text))
    except ValidationError:
        raise IdentifierError("bad_regon", text, "REGON ma złą cyfrę kontrolną albo długość.") from None


def checked_account(text: str) -> str:
    """Return a bank account as IBAN; 26 bare digits are a Polish NRB.

    A Polish account must also carry a right check digit in its bank's routing number (numer rozliczeniowy).

    Raises IdentifierError.
    """
    bare = "".join(text.split()).replace("-", "").upper()
    number = f"PL{bare}" if bare.isascii() and bare.isdigit() and len(bare) == 26 else bare
    sentence = "Numer rachunku bankowego ma złe cyfry kontrolne albo długość."
    try:
        number = str(iban.validate(number, check_country=False))
    except ValidationError:
        raise IdentifierError("bad_bank_account", text, sentence) from None
    if number.startswith("PL"):
        routing = number[4:12]
        if len(number) != 28 or not routing.isdigit():
            raise IdentifierError("bad_bank_account", text, sentence)
        weighted = sum(int(digit) * weight for digit, weight in zip(routing[:7], _BANK_WEIGHTS, strict=True))
        if (10 - weighted % 10) % 10 != int(routing[7]):
            raise IdentifierError("bad_bank_account", text, sentence)
    return number


def checked_email(text: str) -> str:
    """Return an e-mail address whose domain is in ASCII form; anything that could split a header is refused.

    Raises IdentifierError.
    """
    local, at, domain = text.partition("@")
    sentence = "Adres e-mail ma złą budowę."
    try:
        ascii_domain = domain.encode("idna").decode().lower() if domain else ""
    except UnicodeError:
        raise IdentifierError("bad_email", text, sentence) from None
    labels = ascii_domain.split(".")
    sound = (
        bool(at)
        and len(local) <= 64
        and len(ascii_domain) <= 253
        and _LOCAL.fullmatch(local) is not None
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
    )
    if not sound:
        raise IdentifierError("bad_email", text, sentence)
    return f"{local}@{ascii_domain}"


def checked_postcode(text: str, *, country: str) -> str:
    """Return a postcode; a Polish one is NN-NNN, and five bare digits become it. Raises IdentifierError."""
    if country != "PL":
        return text
    bare = f"{text[:2]}-{text[2:]}" if len(text) == 5 and text.isascii() and text.isdigit() else text
    if not _POSTCODE_PL.fullmatch(bare):
        raise IdentifierError("bad_postcode", text, "Kod pocztowy musi mieć postać NN-NNN.")
    return bare


def checked_country(text: str) -> str:
    """Return a country as two capital letters (ISO 3166-1 alpha-2). Raises IdentifierError."""
    code = text.upper()
    if not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise IdentifierError("bad_country", text, "Kraj podaje się kodem z dwóch liter, na przykład PL.")
    return code


def checked_unit(text: str) -> str:
    """Return the code of a unit of the company (jednostka) as numbers bear it. Raises IdentifierError."""
    if not _UNIT.fullmatch(text):
        raise IdentifierError(
            "bad_unit_code",
            text,
            "Kod jednostki to od 1 do 10 wielkich liter, cyfr i łączników; przykład: LUB.",
        )
    return text


def checked_collective(text: str) -> str:
    """Return the number of a collective account (konto zbiorcze). Raises IdentifierError."""
    if not _COLLECTIVE.fullmatch(text):
        raise IdentifierError(
            "bad_collective_account",
            text,
            "Konto zbiorcze to od 1 do 40 liter łacińskich, cyfr, kropek, łączników i ukośników; przykład: ZB-0001.",
        )
    return text


def checked_group(text: str) -> str:
    """Return a tariff group (grupa taryfowa) such as G11 or C12a. Raises IdentifierError."""
    if not _GROUP.fullmatch(text):
        raise IdentifierError("bad_group", text, "Grupa taryfowa ma złą budowę; przykłady: G11, G12w, C11.")
    return text
