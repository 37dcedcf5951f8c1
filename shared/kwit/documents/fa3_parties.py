"""The parties of a structured invoice: who sells, who buys, who takes the energy, and the seller's registers."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from kwit.billing.content import PartyData
from kwit.documents.fa3_elements import LONGEST_KEY, add
from kwit.registry.company import CompanySettings

_LONGEST_PHONE = 16
_NO = "2"
_INTERNAL_UNIT = "2"
_TAKES_ENERGY = "Odbiorca energii"


def write_seller(root: ET.Element, settings: CompanySettings) -> None:
    """Name the seller (Podmiot1)."""
    seller = settings.seller
    party = ET.SubElement(root, "Podmiot1")
    names = ET.SubElement(party, "DaneIdentyfikacyjne")
    add(names, "NIP", seller.nip)
    add(names, "Nazwa", seller.name)
    _address(party, seller.street, f"{seller.postcode} {seller.city}")
    contact = ET.SubElement(party, "DaneKontaktowe")
    add(contact, "Email", seller.email)
    add(contact, "Telefon", seller.phone, longest=_LONGEST_PHONE)


def write_buyer(root: ET.Element, payer: PartyData) -> None:
    """Name the buyer (Podmiot2), a consumer without a number (BrakID).

    The registry knows neither units under a local government (JST) nor members of VAT groups (GV): both are "no".
    """
    party = ET.SubElement(root, "Podmiot2")
    _names(party, payer)
    _address(party, payer.street, f"{payer.postcode} {payer.city}")
    add(party, "NrKlienta", payer.party_id, longest=LONGEST_KEY)
    add(party, "JST", _NO)
    add(party, "GV", _NO)


def write_receivers(root: ET.Element, payer: PartyData, customers: Iterable[PartyData]) -> None:
    """Name those who take the energy where another one buys it (Podmiot3).

    The role 2 (odbiorca) is for units of the buyer itself, so for those under its NIP; others are told in words.
    """
    for customer in customers:
        if customer.party_id == payer.party_id:
            continue
        party = ET.SubElement(root, "Podmiot3")
        _names(party, customer)
        _address(party, customer.street, f"{customer.postcode} {customer.city}")
        if customer.nip and customer.nip == payer.nip:
            add(party, "Rola", _INTERNAL_UNIT)
        else:
            add(party, "RolaInna", "1")
            add(party, "OpisRoli", _TAKES_ENERGY)


def write_foot(root: ET.Element, settings: CompanySettings) -> None:
    """Write what art. 206 KSH wants on a company's letters (Stopka): its capital and its numbers in registers."""
    seller = settings.seller
    numbers = [("KRS", seller.krs), ("REGON", seller.regon), ("BDO", seller.bdo)]
    known = [one for one in numbers if one[1]]
    if not known and not seller.capital:
        return
    foot = ET.SubElement(root, "Stopka")
    if seller.capital:
        add(ET.SubElement(foot, "Informacje"), "StopkaFaktury", f"Kapitał zakładowy {seller.capital}")
    if known:
        register = ET.SubElement(foot, "Rejestry")
        for name, number in known:
            add(register, name, number)


def _address(parent: ET.Element, street: str, place: str) -> None:
    address = ET.SubElement(parent, "Adres")
    add(address, "KodKraju", "PL")
    lines = [line for line in (street, place) if line.strip()]
    for number, line in enumerate(lines, start=1):
        add(address, f"AdresL{number}", line)


def _names(parent: ET.Element, party: PartyData) -> None:
    names = ET.SubElement(parent, "DaneIdentyfikacyjne")
    if party.nip:
        add(names, "NIP", party.nip)
    else:
        add(names, "BrakID", "1")
    add(names, "Nazwa", party.name)
