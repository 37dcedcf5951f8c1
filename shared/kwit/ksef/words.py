"""What KSeF's codes mean for the people who bill, in Polish sentences.

Source of the codes: the Ministry's description of the API (open-api.json, CIRFMF/ksef-docs), status of an invoice of
a session and status of a session.
"""

from collections.abc import Mapping, Sequence

TAKEN, DUPLICATE, UNKNOWN_SESSION = 200, 440, 21173
TRANSIENT: frozenset[int] = frozenset({405, 500, 550})
"""Codes after which the same invoice may be sent again: the session failed, or KSeF stopped by itself."""

_INVOICE: Mapping[int, str] = {
    405: "KSeF przerwał przetwarzanie z powodu błędu sesji; fakturę wyślemy ponownie",
    410: "Token lub certyfikat nie ma prawa wystawiania faktur tego sprzedawcy; nadaj uprawnienie i wyślij ponownie",
    415: "Sprzedawca nie zgłosił w e-Urzędzie Skarbowym zamiaru wystawiania faktur z załącznikiem",
    430: "KSeF uznał plik faktury za nieprawidłowy",
    435: "KSeF nie odszyfrował pliku faktury",
    440: "KSeF ma już fakturę tego sprzedawcy o tym numerze i rodzaju, a jej treść jest inna",
    450: "KSeF uznał dane faktury za niezgodne z regułami",
    500: "KSeF zgłosił błąd, którego nie opisał; fakturę wyślemy ponownie",
    550: "KSeF przerwał przetwarzanie; fakturę wyślemy ponownie",
}
_SESSION: Mapping[int, str] = {
    405: "KSeF nie przyjął paczki: jej elementy nie zgadzają się z opisem",
    415: "KSeF nie odszyfrował klucza sesji",
    420: "Paczka ma więcej faktur, niż KSeF przyjmuje w jednej sesji",
    430: "KSeF nie rozpakował paczki faktur",
    435: "KSeF nie odszyfrował części paczki",
    440: "KSeF anulował sesję, bo nie otrzymał faktur na czas",
    445: "W sesji nie było żadnej prawidłowej faktury",
    500: "KSeF zgłosił błąd sesji, którego nie opisał",
    21173: "KSeF nie zna sesji, w której wysłano fakturę",
}
_LONGEST = 600


def invoice_sentence(code: int, words: str, details: Sequence[str] = ()) -> str:
    """Say what a status of an invoice means, with KSeF's own words behind it."""
    return _sentence(_INVOICE.get(code, "KSeF odmówił przyjęcia faktury"), code, words, details)


def session_sentence(code: int, words: str) -> str:
    """Say what a status of a session means, with KSeF's own words behind it."""
    return _sentence(_SESSION.get(code, "KSeF nie przyjął sesji"), code, words, ())


def _sentence(told: str, code: int, words: str, details: Sequence[str]) -> str:
    own = "; ".join(part for part in (words, *details) if part)
    return f"{told} (kod {code}{f': {own}' if own else ''}).".replace("\n", " ")[:_LONGEST]
