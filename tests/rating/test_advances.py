"""Advances are deducted as they were invoiced and asked for as they follow, as charges of a section of their own."""

from decimal import Decimal

from kwit.rating.advances import Advance, advance_charges
from kwit.rating.facts import Facts, GivenCharge
from tests.rating.price_lists import charge, price
from tests.rating.test_bases import rated

PAID = Advance("Faktura zaliczkowa 3/2026", Decimal("100.00"), Decimal("0.23"))
NEXT = Advance("Zaliczka, maj 2026", Decimal("120.50"), Decimal("0.08"))


def test_an_advance_is_a_charge_with_its_sign_and_its_evidence() -> None:
    assert advance_charges(invoiced=[PAID], following=[NEXT], document="Umowa 7") == (
        GivenCharge(
            code="advance_invoiced",
            name="Faktura zaliczkowa 3/2026",
            section="advance",
            quantity=Decimal(-1),
            unit="szt.",
            price=Decimal("100.00"),
            vat_rate=Decimal("0.23"),
            posting="advance.advance_invoiced",
            document="Umowa 7",
            where="advances",
        ),
        GivenCharge(
            code="advance_following",
            name="Zaliczka, maj 2026",
            section="advance",
            quantity=Decimal(1),
            unit="szt.",
            price=Decimal("120.50"),
            vat_rate=Decimal("0.08"),
            posting="advance.advance_following",
            document="Umowa 7",
            where="advances",
        ),
    )


def test_a_document_need_not_be_named() -> None:
    assert [one.document for one in advance_charges(invoiced=[PAID], following=())] == [""]


def test_a_settlement_is_what_was_used_less_what_was_invoiced() -> None:
    facts = Facts(given=advance_charges(invoiced=[PAID, PAID], following=[NEXT]))
    result = rated(charge("energy", price("0.50")), kwh={"all": 500}, facts=facts)
    assert [line.net for line in result.lines] == [
        Decimal("250.00"),
        Decimal("-100.00"),
        Decimal("-100.00"),
        Decimal("120.50"),
    ]
    assert [(row.net, row.vat) for row in result.vat_rows] == [
        (Decimal("120.50"), Decimal("9.64")),
        (Decimal("50.00"), Decimal("11.50")),
    ]
