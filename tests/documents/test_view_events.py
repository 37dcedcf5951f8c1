"""A bill shows its events by name, day and unit, and a fraction no longer than the page has room for."""

from datetime import date
from decimal import Decimal

from kwit.documents.view import bill_view
from tests.billing.company import company_settings
from tests.billing.test_event_turn import APRIL, Office, event


class TestAnEventOnABill:
    def test_has_a_row_among_the_other_charges(self) -> None:
        office = Office(
            event(quantity=Decimal("12.5")), event(date(2026, 3, 20), charge="rebate_slow_repair")
        )
        office.issue(office.rate(APRIL))
        (document,) = office.documents.documents.values()
        tables = dict(bill_view(document=document, settings=company_settings()).lines)
        service, rebate, _ = (row.cells for row in tables["Pozostałe"])
        assert service[:3] == (
            "Nadzór nad pracami wykonawców przy urządzeniach Operatora, 12.03.2026",
            "12,5",
            "h",
        )
        assert service[4] == "932,13"
        assert rebate[3].replace("\u00a0", " ") == "8 181,72 × 0,066667 × -1"
        assert rebate[4] == "-545,45"
