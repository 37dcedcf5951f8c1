"""Events of contracts come in row by row: each once, whichever files tell of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kwit.intake.findings import ImportResult, ImportStatus
from tests.intake.files import table_text
from tests.registry.sheets import CONTRACT, registry
from tests.registry.test_importing import Office, codes, counts

EVENT = {
    "Nr umowy": "U/1",
    "Data": "2026-03-12",
    "Opłata": "service_seal",
    "Ilość": "2",
    "Odmiana": "further",
    "Uwaga": "zlecenie 17/03",
}
LATER = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)


def sheet(*rows: dict[str, Any]) -> bytes:
    heading = list(EVENT)
    return table_text([heading, *([row.get(name, "") for name in heading] for row in rows)]).encode()


@pytest.fixture
def office() -> Office:
    office = Office()
    assert office.drop(registry()).status is ImportStatus.ACCEPTED
    return office


def drop(
    office: Office, *rows: dict[str, Any], at: datetime = LATER, name: str = "zdarzenia.csv"
) -> ImportResult:
    return office.drop(sheet(*rows), at=at, name=name)


class TestAnEvent:
    def test_goes_in_with_every_value(self, office: Office) -> None:
        result = drop(office, EVENT)
        assert (result.status, counts(result), result.findings) == (ImportStatus.ACCEPTED, (1, 0, 0), ())
        (event,) = office.store.events("U/1")
        assert (event.day, event.charge, event.quantity) == (date(2026, 3, 12), "service_seal", 2)
        assert (event.variant, event.note, event.measure) == ("further", "zlecenie 17/03", None)
        assert (event.source.file, event.source.row) == ("zdarzenia.csv", 2)

    def test_may_come_with_its_contract_in_one_workbook_or_be_taken_back(self, office: Office) -> None:
        result = drop(office, EVENT, EVENT | {"Ilość": "-2", "Uwaga": "cofnięcie 17/03"})
        assert counts(result) == (2, 0, 0)
        assert sum(event.quantity for event in office.store.events("U/1")) == 0

    def test_told_twice_in_one_file_or_in_two_is_one(self, office: Office) -> None:
        assert counts(drop(office, EVENT, EVENT)) == (1, 0, 1)
        assert counts(drop(office, EVENT, EVENT | {"Uwaga": "inne"}, name="dwa.csv")) == (1, 0, 1)
        assert len(office.store.events("U/1")) == 2

    def test_of_an_attempt_that_broke_off_is_made_again_with_the_same_result(self, office: Office) -> None:
        first = drop(office, EVENT)
        office.imports.results.clear()
        again = drop(office, EVENT)
        assert (counts(again), len(office.store.events("U/1"))) == (counts(first), 1)

    def test_told_otherwise_than_before_is_rejected_and_changes_nothing(self, office: Office) -> None:
        drop(office, EVENT)
        result = drop(office, EVENT | {"Ilość": "3"}, name="dwa.csv")
        assert [code for code, *_ in codes(result)] == ["event_changed"]
        assert [event.quantity for event in office.store.events("U/1")] == [Decimal(2)]

    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("Nr umowy", "", "missing_value"),
            ("Nr umowy", "U/9", "unknown_contract"),
            ("Data", "", "missing_value"),
            ("Data", "2025-12-31", "before_billing"),
            ("Opłata", "", "missing_value"),
            ("Ilość", "", "missing_value"),
            ("Ilość", "dwa", "not_a_number"),
            ("Ilość", "0", "zero_quantity"),
        ],
    )
    def test_that_is_wrong_is_rejected_alone(
        self, office: Office, column: str, value: str, code: str
    ) -> None:
        result = drop(office, EVENT | {column: value}, EVENT | {"Uwaga": "dobre"})
        assert [one for one, *_ in codes(result)] == [code]
        assert counts(result) == (1, 1, 0)

    @pytest.mark.parametrize(
        ("day", "code", "accepted"),
        [("2026-03-31", "contract_ended", 1), ("2026-04-01", "outside_contract", 0)],
    )
    def test_of_an_ended_contract_says_so(self, day: str, code: str, accepted: int) -> None:
        office = Office()
        office.drop(registry(contracts=(CONTRACT | {"Ostatni dzień": "31.03.2026"},)))
        result = drop(office, EVENT | {"Data": day})
        assert [one for one, *_ in codes(result)] == [code]
        assert result.accepted == accepted
