"""Postings: every document becomes one balanced entry, and the file reads back as it was."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.billing.content import BillContent
from kwit.billing.note_content import NoteContent
from kwit.billing.prosumer_content import DepositData
from kwit.documents.document import Document
from kwit.kernel.money import grosze
from kwit.kernel.time import Period
from kwit.ledger.postings import (
    COLUMNS,
    AccountMissingError,
    NotBalancedError,
    Posting,
    account_of,
    of_sale,
    posted,
    postings_csv,
    postings_of,
)
from kwit.rating.lines import Line, PriceSource, QuantitySource
from kwit.rating.profile import VatRounding
from kwit.rating.vat import totals
from tests.billing.company import company_settings
from tests.documents import notes
from tests.documents.bills import changed, firm_with_series, household, issued, on_total

ACCOUNTS = company_settings().accounts


def sums(rows: list[Posting]) -> tuple[Decimal, Decimal]:
    return sum((row.debit for row in rows), Decimal(0)), sum((row.credit for row in rows), Decimal(0))


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


class TestAccounts:
    TABLE: Mapping[str, str] = {"sale": "701", "sale.trade_fee": "702", "vat": "222"}

    @pytest.mark.parametrize(
        ("key", "account"),
        [("sale.trade_fee", "702"), ("sale.energy", "701"), ("sale.energy.night", "701"), ("sale", "701")],
    )
    def test_the_longest_part_of_the_key_decides(self, key: str, account: str) -> None:
        assert account_of(key, self.TABLE) == account

    @pytest.mark.parametrize("key", ["distribution.oze", "sales", ""])
    def test_a_key_without_an_account_is_named(self, key: str) -> None:
        with pytest.raises(AccountMissingError) as caught:
            account_of(key, self.TABLE)
        assert caught.value.key == key


class TestPostings:
    @pytest.mark.parametrize("content", [household(), firm_with_series(), on_total()])
    def test_receivable_equals_revenue_and_vat(self, content: BillContent) -> None:
        rows = postings_of(document=issued(content), accounts=ACCOUNTS)
        assert sums(rows) == (content.gross, content.gross)
        assert (rows[0].account, rows[0].debit) == ("200", content.gross)
        assert [(row.description, row.credit) for row in rows if row.key == "vat"] == [
            ("VAT 23%", content.vat)
        ]
        assert {row.account for row in rows if row.key == "distribution.oze"} == {"702-8"}

    def test_lines_of_one_key_are_one_posting(self) -> None:
        rows = postings_of(document=issued(household()), accounts=ACCOUNTS)
        assert [(row.key, str(row.credit)) for row in rows if row.key.startswith("sale")] == [
            ("sale.energy", "86.81"), ("sale.trade_fee", "9.90")]  # fmt: skip

    def test_postings_name_document_payer_and_group(self) -> None:
        row = postings_of(document=issued(household()), accounts=ACCOUNTS)[0]
        assert (row.document, row.day, row.party_id, row.group) == (
            "FV/2026/04/000001", date(2026, 4, 8), "K-U/1", "G11")  # fmt: skip

    def test_a_document_that_does_not_add_up_is_not_posted(self) -> None:
        wrong = changed(household(), gross=household().gross + Decimal("0.01"))
        with pytest.raises(NotBalancedError) as caught:
            postings_of(document=issued(wrong), accounts=ACCOUNTS)
        assert (caught.value.number, caught.value.debit - caught.value.credit) == (
            "FV/2026/04/000001", Decimal("0.01"))  # fmt: skip

    @given(
        st.lists(
            st.tuples(
                st.decimals(-(10**6), 10**6, places=2),
                st.sampled_from(["0.23", "0.08", "0.05", "0"]),
                st.sampled_from(["sale", "distribution", "other"]),
                st.sampled_from(["energy", "fee", "oze"]),
            ),
            min_size=1,
            max_size=12,
        ),
        st.sampled_from(VatRounding),
    )
    def test_any_mix_of_rates_sections_and_roundings_balances(
        self, figures: list[tuple[Decimal, str, str, str]], rounding: VatRounding
    ) -> None:
        document = document_of(figures, rounding)
        accounts = {"receivable": "200", "vat": "222", "sale": "701", "distribution": "702", "other": "760"}
        rows = postings_of(document=document, accounts=accounts)
        debit, credit = sums(rows)
        assert debit == credit == document.bill().gross
        read = rows_of(postings_csv(rows))
        signed = [
            (1 if row["strona"] == "Wn" else -1) * Decimal(row["kwota"].replace(",", ".")) for row in read
        ]
        assert sum(signed) == 0


def document_of(figures: list[tuple[Decimal, str, str, str]], rounding: VatRounding) -> Document:
    """Make a document of any lines, with VAT as the engine rounds it."""
    whole = household()
    lines = [
        Line(
            charge=code, name=code, section=section, zone="", period=Period(whole.start, whole.end),
            quantity=Decimal(1), unit="kWh", price=net, net=net, vat_rate=Decimal(rate),
            vat=grosze(net * Decimal(rate)) if rounding is VatRounding.LINE else None,
            posting=f"{section}.{code}", quantity_source=QuantitySource("r", 1, 1),
            price_source=PriceSource("l", "v", "d", "1", "own"),
        )
        for net, rate, section, code in figures
    ]  # fmt: skip
    added = totals(lines, rounding=rounding)
    model = whole.lines[0]
    data = tuple(
        model.model_copy(update={"net": one.net, "vat_rate": one.vat_rate, "vat": one.vat, "posting": one.posting,
                                 "section": one.section, "charge": one.charge})
        for one in lines
    )  # fmt: skip
    rows = tuple(
        whole.vat_rows[0].model_copy(update={"rate": r.rate, "net": r.net, "vat": r.vat, "gross": r.gross})
        for r in added.rows
    )
    return issued(changed(whole, lines=data, vat_rows=rows, net=added.net, vat=added.vat, gross=added.gross))


class TestCsv:
    def test_it_reads_back_row_by_row(self) -> None:
        postings = postings_of(document=issued(household()), accounts=ACCOUNTS)
        rows = rows_of(postings_csv(postings))
        assert tuple(rows[0]) == COLUMNS
        assert rows[0] == {
            "dokument": "FV/2026/04/000001",
            "data": "2026-04-08",
            "okres": "2026-04",
            "konto": "200",
            "strona": "Wn",
            "kwota": "224,44",
            "klucz": "receivable",
            "grupa": "G11",
            "kontrahent": "K-U/1",
            "NIP": "",
            "opis": "należność",
        }
        assert {row["strona"] for row in rows[1:]} == {"Ma"}
        assert len(rows) == len(postings)

    def test_a_receivable_that_a_deposit_pays_stands_on_the_other_side(self) -> None:
        bill = household()
        deposit = DepositData(
            pays_charges=(), pays_sections=("sale",), opening=Decimal("50.00"), months=(), available=Decimal("50.00"),
            limit=Decimal("118.95"), used=Decimal("50.00"), left=Decimal("0.00"),
        )  # fmt: skip
        paid = changed(bill, deposit=deposit, payable=bill.gross - 50)
        every = postings_of(document=issued(paid), accounts=ACCOUNTS)
        rows = rows_of(postings_csv(every))
        assert [(r["strona"], r["kwota"]) for r in rows if r["klucz"] == "receivable"] == [
            ("Wn", f"{bill.gross}".replace(".", ",")), ("Ma", "50,00"),
        ]  # fmt: skip
        assert [row for row in every if of_sale(row)] == postings_of(document=issued(bill), accounts=ACCOUNTS)

    def test_a_receivable_of_nothing_stays_on_its_side(self) -> None:
        row = replace(postings_of(document=issued(household()), accounts=ACCOUNTS)[0], debit=Decimal("0.00"))
        (read,) = rows_of(postings_csv([row]))
        assert (read["strona"], read["kwota"]) == ("Wn", "0,00")

    @given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20))
    def test_no_text_becomes_a_formula_or_breaks_a_row(self, text: str) -> None:
        row = replace(
            postings_of(document=issued(household()), accounts=ACCOUNTS)[0],
            party_id=text,
            group=text,
            nip=text,
        )
        (read,) = rows_of(postings_csv([row]))
        assert read["kwota"] == "224,44"
        assert read["kontrahent"].lstrip("'") == text.lstrip("'")
        assert not read["kontrahent"].startswith(("=", "+", "-", "@", "\t", "\r"))

    @pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "+48", "-2", "@SUM(A1)", "\tx"])
    def test_what_a_spreadsheet_would_compute_is_marked_as_text(self, text: str) -> None:
        row = replace(postings_of(document=issued(household()), accounts=ACCOUNTS)[0], party_id=text)
        (read,) = rows_of(postings_csv([row]))
        assert read["kontrahent"] == f"'{text}"


class TestNotes:
    @pytest.mark.parametrize(
        ("document", "key", "account", "amounts"),
        [
            (notes.accounting, "note", "760-1", ["168.92", "15.00"]),
            (notes.interest, "interest", "750-1", ["188.23", "14.05"]),
        ],
    )
    def test_are_a_receivable_against_the_account_of_their_kind_without_vat(
        self, document: Callable[[], Document], key: str, account: str, amounts: list[str]
    ) -> None:
        receivable, *rest = postings_of(document=document(), accounts=ACCOUNTS)
        assert (receivable.account, receivable.debit, receivable.credit) == (
            "200", sum(map(Decimal, amounts)), 0,
        )  # fmt: skip
        assert [(row.key, row.account, row.debit, str(row.credit)) for row in rest] == [
            (key, account, 0, amount) for amount in amounts
        ]
        assert {(row.document, row.group) for row in (receivable, *rest)} == {(document().number, "")}

    def test_without_an_account_are_named(self) -> None:
        accounts = {key: one for key, one in ACCOUNTS.items() if key != "note"}
        with pytest.raises(AccountMissingError) as caught:
            postings_of(document=notes.accounting(), accounts=accounts)
        assert caught.value.key == "note"
        found = posted([notes.accounting(), notes.interest()], accounts)
        assert len(found.faults) == 1
        assert (found.debit, found.receivable) == (Decimal("202.28"), Decimal("202.28"))

    def test_that_do_not_add_up_are_not_posted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        document = notes.accounting()
        content = document.read()
        assert isinstance(content, NoteContent)
        monkeypatch.setattr(Document, "read", lambda _: content.model_copy(update={"due": Decimal("183.93")}))
        with pytest.raises(NotBalancedError):
            postings_of(document=document, accounts=ACCOUNTS)
