"""The view says in Polish, and in finished text, all that the pages show."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.documents.use_words import ESTIMATES
from kwit.documents.view import BillView, bill_view, payment_code
from kwit.metering.readings import EstimationMethod
from kwit.registry.information import InformationSettings
from tests.billing.company import company_settings
from tests.documents.bills import (
    SHAPES,
    changed,
    estimated,
    firm_with_series,
    household,
    issued,
    on_total,
    view_of,
    with_balance,
    with_feed_in,
    with_history,
)


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if is_dataclass(value):
        return [text for one in fields(value) for text in texts(getattr(value, one.name))]
    return [text for one in value for text in texts(one)] if isinstance(value, tuple) else []


def facts(view: BillView) -> Mapping[str, str]:
    return dict(view.facts)


NOTHING_TOLD = InformationSettings(
    negotiations="", contact_point="", switching="", comparison_tool="", rights="", incentives=""
)


class TestAnyShape:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_no_text_shows_how_the_program_writes_values(self, shape: str) -> None:
        for text in texts(view_of(SHAPES[shape]())):
            for trace in ("None", "Decimal(", "E+", "nan", "0E", "True", "datetime"):
                assert trace not in text

    @pytest.mark.parametrize("shape", SHAPES)
    def test_the_same_bill_gives_the_same_view(self, shape: str) -> None:
        assert view_of(SHAPES[shape]()) == view_of(SHAPES[shape]())


class TestUse:
    def test_without_history_the_bill_says_so(self) -> None:
        view = view_of(household())
        assert view.use_sentences[0] == "Zużycie w okresie: 150 kWh w 31 dni, średnio 4,8 kWh dziennie."
        assert view.use_sentences[1] == "Zużycia z tego samego okresu rok temu nie mamy w systemie."

    @pytest.mark.parametrize(
        ("wh", "words"),
        [
            (160_000, "W tym samym okresie rok temu: 160 kWh (zmiana o −6%)."),
            (100_000, "W tym samym okresie rok temu: 100 kWh (zmiana o +50%)."),
            (150_200, "W tym samym okresie rok temu: 150 kWh (bez zmian)."),
            (0, "W tym samym okresie rok temu: 0 kWh."),
        ],
    )
    def test_last_year_is_compared(self, wh: int, words: str) -> None:
        assert view_of(with_history(last_year_wh=wh)).use_sentences[1] == words

    def test_the_chart_marks_this_period_and_scales_to_the_highest(self) -> None:
        bars = view_of(with_history()).bars
        assert len(bars) == 13
        assert [bar.current for bar in bars] == [False] * 12 + [True]
        assert max(bar.per_mille for bar in bars) == 1000
        assert bars[-1].label == "03.26"

    def test_feed_in_is_told(self) -> None:
        assert "Energia oddana do sieci po bilansowaniu: 43 kWh." in view_of(with_feed_in()).use_sentences

    def test_estimated_readings_are_told_and_marked(self) -> None:
        view = view_of(estimated())
        assert "Część odczytów jest szacowana; oznaczono je literą S." in view.use_sentences
        assert view.readings[0].cells[3].endswith("(31.03.2026, S)")
        assert "S – szacowany" in view.reading_legend

    def test_the_way_of_an_estimate_is_told(self) -> None:
        bill = estimated()
        (span,) = bill.usage
        assert span.last is not None
        last = span.last.model_copy(update={"method": "daily_average"})
        view = view_of(bill.model_copy(update={"usage": (span.model_copy(update={"last": last}),)}))
        assert "S – szacowany (wg średniego dobowego zużycia w poprzednim okresie)" in view.reading_legend

    def test_estimated_days_of_a_series_are_told(self) -> None:
        bill = firm_with_series()
        marks = {"estimated_days": 2, "methods": ("interpolation", "proxy_day")}
        view = view_of(
            bill.model_copy(update={"usage": tuple(one.model_copy(update=marks) for one in bill.usage)})
        )
        sentence = next(one for one in view.use_sentences if "szacowanymi" in one)
        assert sentence == (
            "Dni z wartościami szacowanymi w szeregu czasowym: 2 (wg odczytów przed tym dniem i po nim; "
            "wg tego samego dnia tygodnia w poprzednich tygodniach)."
        )
        assert "w tym szacowane: 2" in view.readings[0].cells[2]

    def test_every_way_of_estimating_has_its_words(self) -> None:
        assert set(ESTIMATES) == {str(method) for method in EstimationMethod}


class TestReadings:
    def test_states_name_the_day_they_close_and_their_kind(self) -> None:
        assert view_of(household()).readings[0].cells == (
            "L-U/1", "1.8.0 pobór", "1\u00a0000,000 (28.02.2026, R)", "1\u00a0150,400 (31.03.2026, R)", "1",
            "150,400",
        )  # fmt: skip

    def test_a_series_tells_its_days(self) -> None:
        cells = view_of(firm_with_series()).readings[0].cells
        assert cells[:4] == ("L-U/1", "A+ pobór", "szereg czasowy, 31 dni", "")


class TestMoney:
    def test_an_underpayment_is_added(self) -> None:
        view = view_of(with_balance("123.45"))
        assert view.payable == "347,89\u00a0zł"
        assert view.balance == (
            "Saldo przed tą fakturą: niedopłata 123,45\u00a0zł.",
            "Wartość faktury 224,44\u00a0zł, do zapłaty razem 347,89\u00a0zł.",
        )

    def test_a_credit_is_taken_off(self) -> None:
        view = view_of(with_balance("-20.00"))
        assert view.payable == "204,44\u00a0zł"
        assert view.balance[0] == "Saldo przed tą fakturą: nadpłata 20,00\u00a0zł."

    def test_a_credit_over_the_bill_leaves_nothing_to_pay_and_a_rest(self) -> None:
        view = view_of(with_balance("-500.00"))
        assert (view.payable, view.payable_words) == ("0,00\u00a0zł", "zero złotych, zero groszy")
        assert view.balance[-1] == "Nadpłata 275,56\u00a0zł przechodzi na następne rozliczenie."

    @pytest.mark.parametrize("amount", ["0", "0.00"])
    def test_a_balance_of_nothing_is_not_mentioned(self, amount: str) -> None:
        assert view_of(with_balance(amount)).balance == ()

    def test_vat_of_sections_is_shown_only_where_it_binds(self) -> None:
        by_line, total = view_of(household()).summary, view_of(on_total()).summary
        assert [row.cells[2] for row in by_line] == ["22,25", "19,73", "41,98"]
        assert [row.cells[2] for row in total[:-1]] == ["", ""]
        assert total[-1].cells[1:] == ("2\u00a0271,74", "522,50", "2\u00a0794,24")

    def test_sums_of_sections_close_their_tables(self) -> None:
        for _, rows in view_of(household()).lines:
            shown = [Decimal(row.cells[4].replace("\u00a0", "").replace(",", ".")) for row in rows]
            assert sum(shown[:-1]) == shown[-1]
            assert [row.strong for row in rows] == [False] * (len(rows) - 1) + [True]


class TestParties:
    def test_a_payer_other_than_the_customer_names_both(self) -> None:
        bill = household()
        other = bill.payer.model_copy(update={"party_id": "K-9", "name": "Gmina Łęczna", "nip": "5261040828"})
        view = view_of(changed(bill, payer=other))
        assert view.payer_name == "Gmina Łęczna"
        assert view.payer_lines[-2:] == ("NIP 5261040828", "Odbiorca: Żaneta Łącka")
        assert "klient K-9" in view.transfer_title

    def test_the_payers_own_account_is_printed_everywhere(self) -> None:
        bill = household()
        payer = bill.payer.model_copy(update={"bank_account": "PL27114020040000300201355387"})
        view = view_of(changed(bill, payer=payer))
        assert view.account == "27 1140 2004 0000 3002 0135 5387"
        assert "|27114020040000300201355387|" in view.payment_qr

    def test_facts_of_a_firm_name_its_power(self) -> None:
        assert facts(view_of(firm_with_series()))["Moc umowna"] == "20 kW"
        assert "Moc umowna" not in facts(view_of(household()))

    def test_the_last_day_of_the_contract_is_named(self) -> None:
        bill = household()
        assert facts(view_of(bill))["Umowa obowiązuje do"] == "czas nieokreślony"
        ending = changed(bill, contract_ends=bill.end)
        assert facts(view_of(ending))["Umowa obowiązuje do"] == "31.03.2026"

    def test_settings_without_register_data_print_no_empty_labels(self) -> None:
        settings = company_settings()
        bare = {"krs": "", "court": "", "capital": "", "regon": "", "bdo": ""}
        seller = settings.seller.model_copy(update=bare)
        view = bill_view(
            document=issued(household()),
            settings=settings.model_copy(
                update={"seller": seller, "fuel_mix": None, "complaint_text": "", "information": NOTHING_TOLD}
            ),
        )
        assert view.seller_lines == (
            "ul. Słoneczna 12, 00-950 Warszawa",
            "NIP 5261040828",
            "tel. +48 22 123 45 67, bok@jasna-energia.example",
            "www.jasna-energia.example",
        )
        assert [label for label, _ in view.notes] == ["Akcyza", "Podstawa cen", "Awarie"]


class TestNotes:
    def test_every_price_list_is_named_with_its_pages(self) -> None:
        sources = dict(view_of(household()).notes)["Podstawa cen"]
        assert "Cennik energii elektrycznej Jasna Energia S.A. 2026 (s. 2, 3)" in sources
        assert sources.endswith(".")

    def test_unofficial_prices_say_so(self) -> None:
        bill = household()
        doubtful = tuple(one.model_copy(update={"confidence": "secondary"}) for one in bill.price_lists)
        assert (
            "stawki niepotwierdzone urzędowo"
            in dict(view_of(changed(bill, price_lists=doubtful)).notes)["Podstawa cen"]
        )

    def test_without_excise_nothing_is_said_of_it(self) -> None:
        assert "Akcyza" not in dict(view_of(changed(household(), excise=None)).notes)


class TestPaymentCode:
    @given(
        st.decimals(0, 10**7, places=2),
        st.text(max_size=60),
        st.text(max_size=60),
    )
    def test_it_always_has_nine_fields_of_the_allowed_length(
        self, amount: Decimal, name: str, title: str
    ) -> None:
        code = payment_code(
            nip="5261040828", account="PL61109010140000071219812874", amount=amount, name=name, title=title
        )
        parts = code.split("|")
        assert len(parts) == 9
        assert parts[:3] == ["5261040828", "PL", "61109010140000071219812874"]
        assert len(parts[2]) == 26
        assert int(parts[3]) == amount * 100
        assert len(parts[3]) >= 6
        assert len(parts[4]) <= 20
        assert len(parts[5]) <= 32
