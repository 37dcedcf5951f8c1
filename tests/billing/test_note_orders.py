"""Orders of notes are read from YAML and from tables as people write them, and every error has its row."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kwit.billing.note_order_file import read_note_orders
from kwit.billing.note_orders import Charge, LatePayment, NoteOrder, OrdersRead, Place, order_findings
from kwit.intake.findings import Finding
from tests.intake.files import workbook

SAMPLES = Path(__file__).parents[2] / "events" / "inbox" / "note-orders"
HEAD = "Nr klienta;Tytuł;Podstawa;Kwota [zł];Zlecił;Nota;Waluta;Dni płatności"


def table(*rows: str, head: str = HEAD, encoding: str = "windows-1250") -> OrdersRead:
    return read_note_orders("\r\n".join((head, *rows)).encode(encoding))


def yaml(*lines: str) -> OrdersRead:
    return read_note_orders("\n".join(("format: kwit/note-order/1", "by: jan", "notes:", *lines)).encode())


def places(findings: list[Finding] | tuple[Finding, ...]) -> list[tuple[int, str]]:
    return sorted((one.row, one.code) for one in findings)


class TestTables:
    def test_rows_of_one_sign_are_one_note_and_others_each_their_own(self) -> None:
        read = table(
            "K1;Kara;§ 12;1 234,50;Ewa;A;PLN;7",
            "K2;Wezwanie;§ 9;15;Ewa;;;",
            "K1;Wezwanie;§ 9;15,00;Ewa;A;PLN;7",
            "K2;Wezwanie;§ 8;15;Ewa;;;",
        )
        assert (read.encoding, read.rows, read.findings) == ("windows-1250", 4, ())
        first, second, third = read.orders
        assert [one.amount for one in first.charges] == [Decimal("1234.50"), Decimal("15.00")]
        assert (first.place, first.payment_days, first.by) == (Place(2), 7, "Ewa")
        assert (second.place, second.payment_days, second.currency) == (Place(3), None, "PLN")
        assert third.place == Place(5)

    def test_rows_of_one_note_that_differ_are_named(self) -> None:
        read = table("K1;Kara;§ 12;10;Ewa;A;PLN;7", "K2;Kara;§ 12;10;Ewa;A;PLN;7")
        assert places(read.findings) == [(3, "note_rows_differ")]

    def test_what_a_cell_lacks_is_named_by_row_and_the_rest_is_looked_at(self) -> None:
        read = table("K1;;§ 12;10;Ewa;;;", ";Kara;§ 12;abc;Ewa;;;", "K1;Kara;§ 12;-10;Ewa;;;x")
        assert places(read.findings) == [
            (2, "missing_value"), (3, "missing_value"), (3, "not_a_number"), (4, "not_a_number"),
        ]  # fmt: skip

    def test_a_missing_column_is_named(self) -> None:
        read = table("K1;Kara;10;Ewa", head="Klient;Tytuł;Kwota;Zlecił")
        assert [(one.code, one.column) for one in read.findings] == [("missing_column", "basis")]

    def test_the_sample_of_interest_is_two_notes(self) -> None:
        read = read_note_orders((SAMPLES / "odsetki.csv").read_bytes())
        assert (read.encoding, read.findings) == ("windows-1250", ())
        first, second = read.orders
        assert (first.law, first.kind, len(first.late)) == ("civil_code", "interest", 2)
        assert (first.late[0].amount, first.late[0].due_date) == (Decimal("312.40"), date(2025, 12, 15))
        assert (first.late[0].paid_on, first.late[0].until) == (date(2026, 3, 20), None)
        assert (first.late[1].paid_on, first.late[1].until) == (None, date(2026, 4, 7))
        assert second.law == "civil_code"

    def test_an_unknown_law_is_named(self) -> None:
        head = "Klient;Faktura;Kwota;Termin płatności;Zapłacono;Rodzaj odsetek;Zlecił"
        read = table("K1;FV/1;10;2026-01-20;2026-03-01;lichwiarskie;Ewa", head=head)
        assert places(read.findings) == [(2, "unknown_word")]

    def test_a_workbook_has_charges_and_interest_on_sheets_of_their_own(self) -> None:
        content = workbook(
            {
                "Noty": [
                    ["Klient", "Tytuł", "Podstawa", "Kwota", "Zlecił"],
                    ["K1", "Kara", "§ 12", 10.5, "Ewa"],
                ],
                "Odsetki": [
                    ["Klient", "Faktura", "Kwota", "Termin", "Zapłacono", "Ustawa", "Zlecił"],
                    ["K1", "FV/1", 100, date(2026, 1, 20), date(2026, 3, 1), "KC", "Ewa"],
                ],
            }
        )
        read = read_note_orders(content)
        assert read.findings == ()
        assert [one.kind for one in read.orders] == ["accounting", "interest"]
        assert read.orders[0].charges[0].amount == Decimal("10.5")
        assert read.orders[1].late[0].paid_on == date(2026, 3, 1)
        assert [one.place for one in read.orders] == [Place(2, "Noty"), Place(2, "Odsetki")]


class TestYaml:
    def test_the_sample_is_a_note_of_each_kind(self) -> None:
        read = read_note_orders((SAMPLES / "noty.yaml").read_bytes())
        assert (read.findings, read.day, read.dry, read.rows) == ((), date(2026, 4, 8), False, 4)
        assert [one.kind for one in read.orders] == ["accounting", "interest"]
        assert order_findings(read.orders) == []

    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            (("  - {customer: K1, charges: [{title: a, basis: b, amount: 1.50}]}",), [(4, "bad_field")]),
            (("  - {customer: K1, extra: 1}",), [(4, "bad_field")]),
            ((" ]",), [(4, "not_yaml")]),
            (
                (
                    "  - customer: K1",
                    "    law: civil_code",
                    "    charges:",
                    "      - {title: a, basis: b, amount: '1'}",
                ),
                [(4, "law_without_interest")],
            ),
            (
                (
                    "  - customer: K1",
                    "    law: civil_code",
                    "    charges: [{title: a, basis: b, amount: '1'}]",
                    "    interest: [{invoice: a, amount: '1', due_date: 2026-01-01, paid_on: 2026-02-01}]",
                ),
                [(4, "two_kinds")],
            ),
        ],
    )
    def test_an_error_is_named_by_its_line(
        self, lines: tuple[str, ...], expected: list[tuple[int, str]]
    ) -> None:
        assert places(yaml(*lines).findings) == expected

    def test_an_order_of_nothing_is_refused(self) -> None:
        read = read_note_orders(b"format: kwit/note-order/1\nby: jan\nnotes: []\n")
        assert places(read.findings) == [(0, "nothing_charged")]


CHARGE = Charge(Place(2), "Kara", "§ 12", Decimal("10.00"))
LATE = LatePayment(Place(2), "FV/1", Decimal("10.00"), date(2026, 1, 20), date(2026, 3, 1), None)
ORDER = NoteOrder(Place(2), "jan", "K1", charges=(CHARGE,))


class TestFindings:
    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"customer": ""}, "missing_value"),
            ({"by": ""}, "missing_value"),
            ({"currency": "EUR"}, "currency"),
            ({"payment_days": 366}, "payment_days"),
            ({"payment_days": -1}, "payment_days"),
            ({"text": "x" * 501}, "too_long"),
            ({"charges": ()}, "nothing_charged"),
            ({"charges": (CHARGE,) * 201}, "too_many_rows"),
            ({"charges": (replace(CHARGE, title=""),)}, "missing_value"),
            ({"charges": (replace(CHARGE, basis=""),)}, "missing_value"),
            ({"charges": (replace(CHARGE, title="x" * 501),)}, "too_long"),
            ({"charges": (replace(CHARGE, amount=Decimal(0)),)}, "amount_not_positive"),
            ({"charges": (replace(CHARGE, amount=Decimal("-0.01")),)}, "amount_not_positive"),
            ({"charges": (replace(CHARGE, amount=Decimal("1E+9")),)}, "amount_not_positive"),
            ({"charges": (replace(CHARGE, amount=Decimal("0.005")),)}, "amount_below_grosz"),
            ({"charges": (), "late": (LATE,)}, "missing_value"),
            ({"charges": (), "late": (replace(LATE, invoice=""),), "law": "civil_code"}, "missing_value"),
            ({"charges": (), "late": (replace(LATE, paid_on=None),), "law": "civil_code"}, "paid_or_until"),
            (
                {"charges": (), "late": (replace(LATE, until=date(2026, 3, 2)),), "law": "civil_code"},
                "paid_or_until",
            ),
            ({"charges": (CHARGE, CHARGE)}, "row_twice"),
        ],
    )
    def test_name_what_is_wrong_with_an_order_by_itself(
        self, fields: Mapping[str, object], code: str
    ) -> None:
        found = order_findings([replace(ORDER, **fields)])  # type: ignore[arg-type]  # one field by name in each case
        assert code in {one.code for one in found}
        assert all(one.row == 2 and one.sentence_pl for one in found)

    def test_of_a_sound_order_are_none(self) -> None:
        assert order_findings([ORDER]) == []
        whole = replace(CHARGE, amount=Decimal("10.5000"))
        assert order_findings([replace(ORDER, charges=(whole,))]) == []

    def test_name_the_same_row_in_two_notes_and_two_who_order(self) -> None:
        again = replace(ORDER, place=Place(3), charges=(replace(CHARGE, place=Place(3)),), by="ewa")
        assert places(order_findings([ORDER, again])) == [(0, "several_orderers"), (3, "row_twice")]
        other = replace(again, by="jan", customer="K2")
        assert order_findings([ORDER, other]) == []
