"""The notes of a bill that come from the company's settings alone: disputes, rights, sources of energy, breakdowns."""

from collections.abc import Iterable

from kwit.documents.phrases import POLISH, Speech
from kwit.registry.company import CompanySettings

Notes = tuple[tuple[str, str], ...]


def disputes(settings: CompanySettings, say: Speech = POLISH) -> Notes:
    """Say how to complain and who settles a dispute out of court (directive 2019/944, articles 25 and 26)."""
    told = settings.information
    official = (say(told.negotiations), say(told.contact_point))
    return _note(say("Reklamacje i spory"), (settings.complaint_text, *official))


def rights(settings: CompanySettings, say: Speech = POLISH) -> Notes:
    """Say how to change the seller, compare offers and save energy (directive 2019/944, annex I)."""
    told = settings.information
    official = (say(told.switching), say(told.comparison_tool), say(told.rights))
    return _note(say("Prawa odbiorcy"), (*official, settings.notice_text))


def incentives(settings: CompanySettings, say: Speech = POLISH) -> Notes:
    """Say that sources of energy have other support than the levies shown (directive 2019/944, annex I, 1 (a))."""
    return _note(say("Źródła energii"), (say(settings.information.incentives),))


def price_lists(settings: CompanySettings, say: Speech = POLISH) -> str:
    """Say where price lists and tariffs are."""
    link = settings.information.tariff_link or settings.seller.website
    return f"{say('Cenniki i taryfy')}: {link}." if link else ""


def breakdowns(settings: CompanySettings, say: Speech = POLISH) -> Notes:
    """Name the telephone of the emergency service and of the company."""
    seller = settings.seller
    told = say(
        "Pogotowie energetyczne: {emergency}. Obsługa klienta: {phone}, {email}.",
        emergency=seller.emergency_phone,
        phone=seller.phone,
        email=seller.email,
    )
    return ((say("Awarie"), told),)


def _note(label: str, sentences: Iterable[str]) -> Notes:
    text = " ".join(one.strip() for one in sentences if one)
    return ((label, text),) if text else ()
