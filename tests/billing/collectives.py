"""Payers with several contracts on one collective account, in memory."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from kwit.billing.collective_content import CollectiveContent
from kwit.documents.document import Document
from kwit.registry.company import CompanySettings, SeriesSettings
from tests.billing.company import company_settings
from tests.billing.memory_case import Company, MemorySettings, party
from tests.billing.office import documents

ACCOUNT, PAYER = "ZB-0001", "K-U/1"
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
DAY, LATER = date(2026, 4, 8), date(2026, 5, 8)
CONTRACTS = ("U/1", "U/2", "U/3")
KWH = {MARCH: "1000", APRIL: "1100", MAY: "1205.5"}


def settings(**changes: object) -> CompanySettings:
    """Return the example company's settings with every profile changed, and a series of collective invoices."""
    company = company_settings()
    profiles = {code: one.model_copy(update=changes) for code, one in company.profiles.items()}
    series = dict(company.series) | {"collective": SeriesSettings(pattern="ZB/{year}/{month:02}/{number:06}")}
    return company.model_copy(update={"profiles": profiles, "series": series})


def add(one: Company, no: str, *, days: Sequence[date] = (MARCH, APRIL), **changes: object) -> None:
    """Add a contract of the account with its states; each uses a little more than the one before."""
    more = int(no.partition("/")[2])
    states = [(day, str(Decimal(KWH[day]) + more * 7 * (day != MARCH))) for day in days]
    one.add(no, states=states, **({"collective": ACCOUNT, "payer_id": PAYER} | changes))


def town(contracts: Sequence[str] = CONTRACTS, **changes: object) -> Company:
    """Make a company whose payer has contracts on one account, and a contract of another beside them."""
    one = Company(settings=MemorySettings(settings()))
    one.registry.put([party("U/1")])
    for no in contracts:
        add(one, no, **changes)
    add(one, "U/9", collective="", payer_id="K-U/9")
    return one


def collectives(one: Company) -> list[Document]:
    """Return the collective invoices of a company by number."""
    return [found for found in documents(one) if isinstance(found.read(), CollectiveContent)]


def content_of(document: Document) -> CollectiveContent:
    """Read the content of a collective invoice."""
    content = document.read()
    assert isinstance(content, CollectiveContent)
    return content
