"""A structured invoice of every kind is valid, adds up, and says to another reader what the document says."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ksef_client.documents.fa3 import FA3Invoice, FA3ParseError, parse_invoice_xml

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent, FactorData, LineData
from kwit.billing.contents import Content
from kwit.billing.correction_content import CorrectedData, CorrectionContent, compose_correction
from kwit.billing.note_content import NoteContent
from kwit.documents.document import Document
from kwit.documents.fa3 import fa3_xml, made_at
from kwit.documents.fa3_check import check_fa3
from kwit.kernel.identifiers import content_hash
from kwit.kernel.money import ZERO, grosze, total
from tests.billing.company import company_settings
from tests.documents import bills
from tests.documents.fa3_kinds import FIRM, KINDS, UNIT, priced, totalled
from tests.documents.test_fa3 import told

HALF_A_GROSZ = Decimal("0.005")
MISREAD = {"settlement_corrected"}
"""Kinds whose totals the other reader adds up wrongly: it gives a line before a correction its sign only above zero."""


def xml_of(document: Document) -> bytes:
    return fa3_xml(document=document, settings=company_settings(), made_at=made_at(document))


@cache
def document_of(kind: str) -> Document:
    return KINDS[kind]()


@cache
def written(kind: str) -> bytes:
    return xml_of(document_of(kind))


def content_of(document: Document) -> Content:
    content = document.read()
    assert not isinstance(content, NoteContent)
    return content


def lines_of(content: Content) -> list[tuple[int, LineData]]:
    """Return the lines that are written, those before a correction with -1."""
    if isinstance(content, CorrectionContent):
        return [(-1, line) for line in content.before.lines] + [(1, line) for line in content.after.lines]
    every = content.bills if isinstance(content, CollectiveContent) else (content,)
    return [(1, line) for bill in every for line in bill.lines]


def by_rate(rows: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for rate, amount in rows:
        found[rate] = found.get(rate, ZERO) + amount
    return {rate: amount for rate, amount in found.items() if amount}


def off_at_most(content: Content) -> Decimal:
    """Return how far VAT rounded on each line may be from the document's, which may round it elsewhere.

    A line that takes forecasts back has the VAT that they had.
    """
    lines = [line for _, line in lines_of(content)]
    if all(line.vat is not None for line in lines):
        return total(abs(grosze(line.net * line.vat_rate) - (line.vat or ZERO)) for line in lines)
    return HALF_A_GROSZ * (len(lines) + len(content.vat_rows))


def read_nets(read: FA3Invoice) -> dict[str, Decimal]:
    """Add up the lines that the other reader found, by field of the net."""
    return by_rate(
        (line.tax.summary_fields[0], line.effective_net_amount * (-1 if line.before_correction else 1))
        for line in read.lines
    )


def agree(document: Document, xml: bytes, *, totals: bool = True) -> None:
    """See that the other reader finds in an invoice what its document says."""
    content, read = content_of(document), parse_invoice_xml(xml)
    assert read.warnings == ()
    assert (read.invoice_number, read.issue_date) == (document.number, document.issue_date)
    assert read.buyer.identifier.value == (content.payer.nip or None)
    fields = {Decimal("0.23"): "P_13_1", Decimal("0.08"): "P_13_2", Decimal("0.05"): "P_13_3"}
    assert read_nets(read) == by_rate((fields[line.vat_rate], s * line.net) for s, line in lines_of(content))
    assert len(read.lines) == len(lines_of(content))
    if not totals:
        return
    assert read.total_net == content.net
    # It has no sums but those of lines, with VAT rounded on each: exact where the document rounds so too.
    assert abs(read.total_vat - content.vat) <= off_at_most(content)
    assert read.summary_gross - read.total_vat == content.gross - content.vat


def asks_for_what_is_owed(content: Content, xml: bytes) -> None:
    """See that an invoice asks for its due and the balance before it, and until when where that is anything."""
    balance = ZERO if isinstance(content, CorrectionContent) else content.opening_balance or ZERO
    owed = content.due + balance
    overpaid = [f"-{one}" for one in told(xml, "Fa/Rozliczenie/DoRozliczenia")]
    asked = [Decimal(one) for one in (*told(xml, "Fa/Rozliczenie/DoZaplaty"), *overpaid)]
    assert asked == [owed] or (asked == [] and owed == content.gross >= 0)
    assert bool(told(xml, "Fa/Platnosc/TerminPlatnosci/Termin")) is (owed > 0)


@pytest.mark.parametrize("kind", sorted(KINDS))
class TestEveryKind:
    def test_is_valid_and_adds_up(self, kind: str) -> None:
        assert check_fa3(written(kind)) == []

    def test_says_to_another_reader_what_the_document_says(self, kind: str) -> None:
        agree(document_of(kind), written(kind), totals=kind not in MISREAD)

    def test_has_the_sums_of_the_document(self, kind: str) -> None:
        content, xml = content_of(document_of(kind)), written(kind)
        nets = [Decimal(one) for n in (1, 2, 3) for one in told(xml, f"Fa/P_13_{n}")]
        vats = [Decimal(one) for n in (1, 2, 3) for one in told(xml, f"Fa/P_14_{n}")]
        assert (total(nets), total(vats)) == (content.net, content.vat)
        assert [Decimal(one) for one in told(xml, "Fa/P_15")] == [content.gross]

    def test_asks_for_what_its_first_page_asks_for(self, kind: str) -> None:
        asks_for_what_is_owed(content_of(document_of(kind)), written(kind))


class TestWhatItSays:
    def test_energy_is_for_a_period_whoever_reads_it(self) -> None:
        for kind in ("household", "forecast", "settlement", "correction_price"):
            content, read = content_of(document_of(kind)), parse_invoice_xml(written(kind))
            assert (read.period_from, read.period_to, read.sale_date) == (
                content.start, content.end - timedelta(days=1), None,
            )  # fmt: skip

    def test_a_connection_is_done_on_a_day_named_where_it_is_not_that_of_issue(self) -> None:
        found = {
            kind: (told(written(kind), "Fa/P_6"), told(written(kind), "Fa/FaWiersz/P_6A"))
            for kind in KINDS
            if kind.startswith("connection")
        }
        assert found == {
            "connection": ([], []),
            "connection_of_another_day": (["2026-03-20"], []),
            "connection_of_many_days": ([], ["2026-03-05", "2026-03-25"]),
            "connection_cancelled": (["2026-03-20"], []),
        }
        assert told(written("connection"), "Fa/OkresFa") == []

    def test_a_forecast_and_its_settlement_are_plain_invoices(self) -> None:
        for kind in ("forecast", "settlement", "settlement_below_forecasts"):
            assert told(written(kind), "Fa/RodzajFaktury") == ["VAT"]
            assert told(written(kind), "Fa/FakturaZaliczkowa") == []
        content = content_of(document_of("settlement"))
        assert isinstance(content, BillContent)
        taken_back = [one for one in told(written("settlement"), "Fa/FaWiersz/P_8B") if one == "-1"]
        assert len(taken_back) == len([line for line in content.lines if line.charge == "forecast"]) > 0

    def test_a_correction_names_its_effect_and_the_first_invoice_of_its_chain(self) -> None:
        effects = {
            kind: told(written(f"correction_{kind}"), "Fa/TypKorekty") for kind in ("cancelled", "price")
        }
        assert effects == {"cancelled": ["2"], "price": ["1"]}
        content = content_of(document_of("correction_of_a_correction"))
        assert isinstance(content, CorrectionContent)
        named = told(written("correction_of_a_correction"), "Fa/DaneFaKorygowanej/NrFaKorygowanej")
        assert named == [content.original.number] != [content.corrected.number]

    def test_a_correction_that_changes_no_net_names_no_effect(self) -> None:
        same = bills.household()
        assert told(xml_of(correction(same, same)), "Fa/TypKorekty") == []

    def test_lines_of_a_correction_have_numbers_of_their_own(self) -> None:
        numbers = told(written("correction_price"), "Fa/FaWiersz/NrWierszaFa")
        assert numbers == [str(n) for n in range(1, len(numbers) + 1)]

    def test_the_balance_and_the_deposit_stand_between_gross_and_what_is_to_be_paid(self) -> None:
        reasons = {
            kind: told(written(kind), "Fa/Rozliczenie/Obciazenia/Powod")
            + told(written(kind), "Fa/Rozliczenie/Odliczenia/Powod")
            for kind in (
                "household",
                "debt",
                "credit",
                "deposit",
                "deposit_refunded",
                "correction_with_balance",
            )
        }
        assert reasons == {
            "household": [],
            "debt": ["Niedopłata z poprzednich rozliczeń"],
            "credit": ["Nadpłata z poprzednich rozliczeń"],
            "deposit": ["Depozyt prosumencki"],
            "deposit_refunded": ["Depozyt prosumencki", "Zwrot niewykorzystanego depozytu prosumenckiego"],
            "correction_with_balance": [],
        }

    def test_who_takes_the_energy_is_a_unit_of_the_buyer_or_another_party(self) -> None:
        unit, other = written("unit_of_the_buyer"), written("another_pays")
        assert (told(unit, "Podmiot3/Rola"), told(unit, "Podmiot3/RolaInna")) == (["2"], [])
        assert (told(other, "Podmiot3/Rola"), told(other, "Podmiot3/RolaInna")) == ([], ["1"])
        assert told(other, "Podmiot3/DaneIdentyfikacyjne/NIP") == [UNIT]
        assert told(other, "Podmiot2/DaneIdentyfikacyjne/NIP") == [FIRM]

    def test_split_payment_is_never_asked_for_because_energy_is_not_in_annex_15(self) -> None:
        assert content_of(document_of("collective_ninety")).gross > 15_000
        assert told(written("collective_ninety"), "Fa/Adnotacje/P_18A") == ["2"]

    def test_a_zone_is_named_once_and_as_the_tariff_names_it(self) -> None:
        names = told(written("firm_with_series"), "Fa/FaWiersz/P_7")
        assert "Energia czynna szczytowa (01.03.2026–31.03.2026)" in names
        assert not [name for name in names if "peak" in name]


class TestPrices:
    def line_written(self, **changes: Any) -> tuple[list[str], list[str], list[str]]:
        content = bills.household()
        line = content.lines[0].model_copy(update=changes)
        line = line.model_copy(update={"net": grosze(line.product()), "vat": None})
        xml = xml_of(bills.issued(totalled(content, [line])))
        assert check_fa3(xml) == []
        return tuple(told(xml, f"Fa/FaWiersz/{name}") for name in ("P_8A", "P_8B", "P_9A"))  # type: ignore[return-value]  # three

    def test_of_more_decimals_than_the_schema_takes_are_rounded_where_the_net_is_the_same(self) -> None:
        fraction = FactorData(name="dni", value=Decimal(1) / 15)
        assert self.line_written(quantity=Decimal(2), price=Decimal(10), factors=(fraction,)) == (
            ["kWh"], ["2"], ["0.66666667"],
        )  # fmt: skip

    def test_that_rounding_would_change_are_left_out_with_their_quantity(self) -> None:
        tiny = Decimal("0.000000004")
        assert self.line_written(quantity=Decimal(10_000_000), price=tiny) == ([], [], [])


class TestLimitsOfTheOtherReader:
    """What ksef-client 0.20 cannot do with invoices that the official schema takes, and ours may be."""

    def test_it_calls_a_negative_unit_price_an_error_though_it_reads_it(self) -> None:
        read = parse_invoice_xml(written("negative_price"))
        assert read.lines[0].unit_net_price == Decimal("-0.12345678")
        assert any("cena netto" in one.message for one in read.validate().errors)

    def test_it_calls_a_negative_quantity_an_error_though_it_reads_it(self) -> None:
        read = parse_invoice_xml(written("settlement"))
        assert any(line.quantity == -1 for line in read.lines)
        assert any("ilość" in one.message for one in read.validate().errors)

    def test_it_calls_an_invoice_without_lines_an_error(self) -> None:
        assert any(
            "pozycji" in one.message for one in parse_invoice_xml(written("no_lines")).validate().errors
        )

    def test_it_does_not_read_a_line_without_a_quantity_at_all(self) -> None:
        content = bills.household()
        line = content.lines[0].model_copy(
            update={"quantity": Decimal(10_000_000), "price": Decimal("0.000000004"), "net": Decimal("0.04")}
        )
        xml = xml_of(bills.issued(totalled(content, [line])))
        assert check_fa3(xml) == []
        with pytest.raises(FA3ParseError, match="P_8B"):
            parse_invoice_xml(xml)

    def test_it_adds_up_wrongly_what_was_below_zero_before_a_correction(self) -> None:
        for kind in MISREAD:
            content = content_of(document_of(kind))
            assert isinstance(content, CorrectionContent)
            before = total(line.net for line in content.before.lines if line.net < 0)
            assert parse_invoice_xml(written(kind)).total_net == content.net + 2 * before


RATE = st.sampled_from([Decimal("0.23"), Decimal("0.08"), Decimal("0.05")])
NAME = st.text(min_size=1, max_size=40).map(lambda text: f"Opłata {text}")


@st.composite
def charge_lines(draw: st.DrawFn) -> LineData:
    """Make a line of any price, above or below zero, with factors that may have no end."""
    line = draw(st.sampled_from(bills.firm_with_series().lines))
    factors = draw(st.lists(st.fractions("1/31", 2, max_denominator=31), max_size=2))
    fields = {
        "name": draw(NAME),
        "zone": draw(st.sampled_from(["", "all", "peak", "elsewhere"])),
        "quantity": Decimal(draw(st.integers(-10_000, 10_000_000))).scaleb(-draw(st.integers(0, 6))),
        "price": Decimal(draw(st.integers(-10_000, 1_000_000))).scaleb(-draw(st.integers(2, 6))),
        "factors": tuple(FactorData(name="f", value=Decimal(f.numerator) / f.denominator) for f in factors),
        "vat_rate": draw(RATE),
        "vat": None,
        "unit": draw(st.sampled_from(["kWh", "MWh", "month", "kW", "item"])),
    }
    made = line.model_copy(update=fields)
    return made.model_copy(update={"net": grosze(made.product())})


@st.composite
def any_bill(draw: st.DrawFn) -> BillContent:
    """Make a bill of any lines, with a balance before it and a deposit that pays a part."""
    bill = totalled(bills.firm_with_series(), draw(st.lists(charge_lines(), max_size=6)))
    balance = draw(st.none() | st.decimals("-5000", "5000", places=2))
    paid = draw(st.sampled_from([ZERO, Decimal("0.01"), Decimal("99.99")]))
    payer = bill.payer.model_copy(update={"name": draw(NAME), "nip": draw(st.sampled_from(["", FIRM]))})
    payable = bill.gross - paid if paid else None
    return bills.changed(bill, opening_balance=balance, payable=payable, payer=payer)


def correction(before: BillContent, after: BillContent) -> Document:
    """Put what lies between two bills under a number."""
    named = CorrectedData(document_id="d" * 32, number="FV/2026/04/000001", issue_date=date(2026, 4, 8))
    content = compose_correction(
        before=before, after=after, original=named, corrected=named, reason="Odczyt", payer=before.payer,
        settings_version="s1", laws=frozenset(),
    )  # fmt: skip
    made = document_of("correction_price")
    text = content.canonical()
    return type(made)(
        document_id=made.document_id, kind=made.kind, number=made.number, issue_date=made.issue_date,
        due_date=made.due_date, run_id=made.run_id, contract_no=made.contract_no, content=text,
        content_hash=content_hash(text),
    )  # fmt: skip


class TestAnyBill:
    @given(any_bill())
    def test_is_valid_adds_up_and_is_read_alike(self, bill: BillContent) -> None:
        document = bills.issued(bill)
        xml = xml_of(document)
        assert check_fa3(xml) == []
        asks_for_what_is_owed(bill, xml)
        if b"<P_8B>" in xml and xml.count(b"<P_8B>") == len(bill.lines):
            agree(document, xml)

    @given(any_bill(), any_bill())
    def test_corrected_into_any_other_is_valid_and_tells_the_difference(
        self, before: BillContent, after: BillContent
    ) -> None:
        document = correction(before, after)
        xml = xml_of(document)
        assert check_fa3(xml) == []
        assert Decimal(told(xml, "Fa/P_15")[0]) == after.gross - before.gross
        asks_for_what_is_owed(content_of(document), xml)
        for field, rate in (("P_13_1", "0.23"), ("P_13_2", "0.08"), ("P_13_3", "0.05")):
            nets = [
                total(row.net for row in bill.vat_rows if row.rate == Decimal(rate))
                for bill in (after, before)
            ]
            assert total(Decimal(one) for one in told(xml, f"Fa/{field}")) == nets[0] - nets[1]


def test_a_line_with_another_price_has_another_net() -> None:
    assert priced(bills.household().lines[0], "-1").net < 0
