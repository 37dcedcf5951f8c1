"""The notes of a bill that come from the company's settings alone: disputes, rights, sources of energy, breakdowns."""

from collections.abc import Iterable

from kwit.registry.company import CompanySettings

Notes = tuple[tuple[str, str], ...]


def disputes(settings: CompanySettings) -> Notes:
    """Say how to complain and who settles a dispute out of court (directive 2019/944, articles 25 and 26)."""
    told = settings.information
    return _note("Reklamacje i spory", (settings.complaint_text, told.negotiations, told.contact_point))


def rights(settings: CompanySettings) -> Notes:
    """Say how to change the seller, compare offers and save energy (directive 2019/944, annex I)."""
    told = settings.information
    return _note("Prawa odbiorcy", (told.switching, told.comparison_tool, told.rights, settings.notice_text))


def incentives(settings: CompanySettings) -> Notes:
    """Say that sources of energy have other support than the levies shown (directive 2019/944, annex I, 1 (a))."""
    return _note("Źródła energii", (settings.information.incentives,))


def price_lists(settings: CompanySettings) -> str:
    """Say where price lists and tariffs are."""
    link = settings.information.tariff_link or settings.seller.website
    return f"Cenniki i taryfy: {link}." if link else ""


def breakdowns(settings: CompanySettings) -> Notes:
    """Name the telephone of the emergency service and of the company."""
    seller = settings.seller
    told = (
        f"Pogotowie energetyczne: {seller.emergency_phone}. Obsługa klienta: {seller.phone}, {seller.email}."
    )
    return (("Awarie", told),)


def _note(label: str, sentences: Iterable[str]) -> Notes:
    text = " ".join(one.strip() for one in sentences if one)
    return ((label, text),) if text else ()
