"""Which documents go to KSeF."""

from datetime import date

from kwit.ksef.policy import goes_to_ksef
from tests.documents import notes
from tests.ksef.office import firm_bill, ksef_settings


def test_a_note_to_a_firm_never_goes() -> None:
    settings = ksef_settings()
    note = notes.accounting()
    assert note.read().payer.nip
    assert settings.ksef is not None
    assert settings.ksef.since <= date(2026, 4, 8)
    assert not goes_to_ksef(document=note, settings=settings)
    assert goes_to_ksef(document=firm_bill(), settings=settings)
