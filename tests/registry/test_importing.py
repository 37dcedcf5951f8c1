"""The registry comes in row by row: what is sound becomes versions, the rest is reported."""

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.findings import ImportResult, ImportStatus
from kwit.registry.importing import import_registry
from kwit.registry.records import (
    Contract,
    Cycle,
    DepositPrice,
    ForecastMethod,
    ForecastPlan,
    Meter,
    MonthlyBase,
    Quantity,
    Register,
    SettlementTerms,
    YearlyLimit,
)
from tests.fakes.import_log import MemoryImports
from tests.fakes.registry_store import MemoryRegistry
from tests.intake.files import dropped, table_text
from tests.registry.sheets import (
    CONTRACT,
    KNOWN,
    METER,
    OTHER_PPE,
    PARTY,
    POINT,
    PPE,
    REGISTER,
    registry,
    sheet,
)

SOUND = registry()
LATER = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)


@dataclass
class Office:
    """A registry that files are dropped on."""

    store: MemoryRegistry = field(default_factory=MemoryRegistry)
    imports: MemoryImports = field(default_factory=MemoryImports)

    reached: dict[str, date] = field(default_factory=dict)

    def billed_to(self, contract_no: str) -> date | None:
        return self.reached.get(contract_no)

    def drop(self, content: bytes, *, at: datetime = KNOWN, name: str = "kartoteka.xlsx") -> ImportResult:
        return import_registry(
            file=dropped(content, name=name),
            store=self.store,
            imports=self.imports,
            known_at=at,
            billed=self,
        )


@pytest.fixture
def office() -> Office:
    return Office()


def codes(result: ImportResult) -> list[tuple[str, str, int]]:
    return [(finding.code, finding.sheet, finding.row) for finding in result.findings]


def counts(result: ImportResult) -> tuple[int, int, int]:
    return result.accepted, result.rejected, result.duplicate


class TestCycles:
    @pytest.mark.parametrize(
        ("cells", "fixed", "own"),
        [
            ({}, None, None),
            (
                {
                    "Okres opłat stałych": "3",
                    "Początek cyklu opłat stałych": "31.01.2026",
                    "Opłaty stałe płatne": "z góry",
                },
                Cycle(3, date(2026, 1, 31), in_advance=True),
                None,
            ),
            (
                {"Okres opłat stałych": "1", "Okres opłat umownych": "12", "Opłaty umowne płatne": "z dołu"},
                Cycle(1, date(2025, 1, 1)),
                Cycle(12, date(2025, 1, 1)),
            ),
        ],
    )
    def test_of_the_clocks_reach_the_contract(
        self, office: Office, cells: dict[str, str], fixed: Cycle | None, own: Cycle | None
    ) -> None:
        office.drop(registry(contracts=(CONTRACT | cells,)))
        (contract,) = office.store.contract("U/1")
        assert (contract.fixed_cycle, contract.own_cycle) == (fixed, own)

    @pytest.mark.parametrize(
        "cells",
        [
            {"Okres opłat stałych": "5"},
            {"Opłaty stałe płatne": "z góry"},
            {"Początek cyklu opłat umownych": "2026-01-31"},
            {"Okres opłat umownych": "1", "Opłaty umowne płatne": "kiedyś"},
        ],
    )
    def test_that_make_no_sense_reject_the_row(self, office: Office, cells: dict[str, str]) -> None:
        result = office.drop(registry(contracts=(CONTRACT | cells,)))
        assert [finding.code for finding in result.findings] == ["bad_cycle"]
        assert not office.store.contract("U/1")


class TestForecasts:
    @pytest.mark.parametrize(
        ("cells", "plan"),
        [
            ({}, None),
            ({"Okres prognozy": "1"}, ForecastPlan(1)),
            (
                {"Okres rozliczeniowy": "12", "Okres prognozy": "2", "Prognoza dni przed": "14",
                 "Sposób prognozy": "średnia dobowa"},
                ForecastPlan(2, 14, ForecastMethod.DAILY_AVERAGE),
            ),
        ],
    )  # fmt: skip
    def test_stand_in_the_row_of_the_contract(
        self, office: Office, cells: dict[str, str], plan: ForecastPlan | None
    ) -> None:
        office.drop(registry(contracts=(CONTRACT | cells,)))
        (contract,) = office.store.contract("U/1")
        assert contract.forecast == plan

    @pytest.mark.parametrize(
        ("cells", "code"),
        [
            ({"Okres prognozy": "2"}, "bad_forecast"),
            ({"Okres rozliczeniowy": "12", "Okres prognozy": "5"}, "bad_forecast"),
            ({"Sposób prognozy": "deklarowane"}, "bad_forecast"),
            ({"Okres prognozy": "1", "Prognoza dni przed": "61"}, "bad_forecast"),
            ({"Okres prognozy": "1", "Sposób prognozy": "wróżba"}, "bad_forecast"),
            ({"Okres prognozy": "1", "Prosument": "net-billing"}, "forecast_of_prosumer"),
        ],
    )
    def test_that_make_no_sense_reject_the_row(
        self, office: Office, cells: dict[str, str], code: str
    ) -> None:
        result = office.drop(registry(contracts=(CONTRACT | cells,)))
        assert [finding.code for finding in result.findings] == [code]
        assert not office.store.contract("U/1")


class TestSettlementTerms:
    def test_every_column_reaches_the_contract(self, office: Office) -> None:
        row = CONTRACT | {
            "Prosument": "net-metering", "Współczynnik opustu": "0,8", "Kredyt kWh": "12,5",
            "Cena depozytu": "RCE", "Mnożnik depozytu": "1,23", "Limit roczny": "energy=2000",
            "Zużycie bazowe": "network_variable=150; quality=1/2/3/4/5/6/7/8/9/10/11/12", "Straty": "2,5",
            "Straty stałe kW": "-0,4", "tg fi": "0,4", "Współczynnik mocowy A": "0,5", "Okres kwalifikacji": "doba",
            "Napięcie": "SN", "Moc obniżona": "tak", "Przedpłatowy": "tak", "Odbiorca specjalny": "tak",
            "Odbiorca przemysłowy": "b",
        }  # fmt: skip
        assert office.drop(registry(contracts=(row,))).status is ImportStatus.ACCEPTED
        (found,) = office.store.contract("U/1")
        assert found.settlement == SettlementTerms(
            yearly_limits=(YearlyLimit("energy", 2000),),
            monthly_bases=(
                MonthlyBase("network_variable", (150,) * 12), MonthlyBase("quality", tuple(range(1, 13))),
            ),
            losses_percent=Decimal("2.5"), losses_kw=Decimal("-0.4"), tg_phi0=Decimal("0.4"),
            capacity_coefficient=Decimal("0.5"), capacity_qualification="day", deposit_price=DepositPrice.RCE,
            deposit_factor=Decimal("1.23"), opust=Decimal("0.8"), credit_kwh=Decimal("12.5"), voltage="medium",
            lowered_power=True, prepaid=True, special=True, industrial="letter_b",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("Limit roczny", "2000", "bad_limits"), ("Limit roczny", "energy=1/2", "bad_limits"),
            ("Zużycie bazowe", "energy=1/2/3", "bad_limits"), ("Zużycie bazowe", "energy=1;energy=2", "bad_limits"),
            ("Limit roczny", "energy=9999999999", "bad_limits"), ("tg fi", "0,1", "out_of_range"),
            ("Współczynnik opustu", "8", "out_of_range"), ("Mnożnik depozytu", "0,5", "out_of_range"),
            ("Okres kwalifikacji", "rok", "unknown_word"), ("Straty", "dużo", "not_a_number"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_rejected(self, office: Office, column: str, value: str, code: str) -> None:
        result = office.drop(registry(contracts=(CONTRACT | {column: value},)))
        assert code in {one.code for one in result.findings}
        assert not office.store.contract("U/1")


class TestSoundWorkbook:
    def test_goes_in_whole_with_one_call_to_the_store(self, office: Office) -> None:
        result = office.drop(registry())
        assert (result.status, counts(result), result.findings) == (ImportStatus.ACCEPTED, (5, 0, 0), ())
        assert office.store.puts == 1

    def test_keeps_every_value_of_a_contract(self, office: Office) -> None:
        office.drop(registry())
        [contract] = office.store.contract("U/1")
        assert (contract.group, contract.price_lists, contract.billed_to, contract.cycle_months) == (
            "G11", ("jasna-oferta-dom", "energa-operator", "levies-pl"), date(2026, 1, 1), 2,
        )  # fmt: skip
        assert (contract.payer_id, contract.balance, contract.valid_from) == (
            "K-1",
            Decimal("-12.50"),
            date(2025, 1, 1),
        )

    @pytest.mark.parametrize(
        ("told", "language"), [("angielski", "en"), ("EN", "en"), ("polski", ""), ("", "")]
    )
    def test_knows_the_language_of_a_partys_documents(self, office: Office, told: str, language: str) -> None:
        office.drop(registry(parties=(PARTY | {"Język": told},)))
        [party] = office.store.party("K-1")
        assert party.language == language

    def test_brings_identifiers_to_one_form(self, office: Office) -> None:
        office.drop(registry())
        [party] = office.store.party("K-1")
        assert (party.bank_account, party.name) == ("PL61109010140000071219812874", "Żaneta Łącka")

    @pytest.mark.parametrize(
        ("code", "quantity"),
        [
            ("5.8.0", Quantity.REACTIVE_INDUCTIVE),
            ("1-0:8.8.1", Quantity.REACTIVE_CAPACITIVE),
            ("15.8.0", Quantity.IMPORT),
            ("U2h", Quantity.IMPORT),
        ],
    )
    def test_tells_by_its_code_what_a_register_counts(
        self, office: Office, code: str, quantity: Quantity
    ) -> None:
        office.drop(registry(registers=(REGISTER | {"Kod rejestru": code},)))
        (meter,) = office.store.meters(PPE)
        assert [register.quantity for register in meter.registers] == [quantity]

    def test_joins_registers_to_their_meter(self, office: Office) -> None:
        export = REGISTER | {"Kod rejestru": "2.8.0"}
        office.drop(registry(registers=(REGISTER, export)))
        [meter] = office.store.meters(PPE)
        assert meter.registers == (Register("1.8.0", "all"), Register("2.8.0", "all", Quantity.EXPORT))

    def test_names_the_row_each_record_came_from(self, office: Office) -> None:
        office.drop(registry())
        source = office.store.point(PPE)[0].source
        assert (source.file, source.sheet, source.row) == ("kartoteka.xlsx", "Punkty", 2)

    def test_takes_the_last_day_as_a_day_of_the_contract(self, office: Office) -> None:
        office.drop(registry(contracts=(CONTRACT | {"Ostatni dzień": "31.12.2026"},)))
        assert office.store.contract("U/1")[0].ends == date(2027, 1, 1)


class TestRegistersInTheRowOfTheMeter:
    def test_are_read(self, office: Office) -> None:
        row = METER | {"Rejestry": "1.8.1=dzienna, 1.8.2=nocna; 2.8.0"}
        office.drop(registry(meters=(row,), registers=(), contracts=()))
        assert office.store.meters(PPE)[0].registers == (
            Register("1.8.1", "day"), Register("1.8.2", "night"), Register("2.8.0", "all", Quantity.EXPORT),
        )  # fmt: skip

    @pytest.mark.parametrize("written", ["1.8.1=wieczorna", "1.8.1=dzienna, =nocna", "1.8.0, 1.8.0"])
    def test_are_refused_when_unclear(self, office: Office, written: str) -> None:
        result = office.drop(registry(meters=(METER | {"Rejestry": written},), registers=(), contracts=()))
        assert codes(result) == [("bad_registers", "Liczniki", 2)]

    def test_may_be_missing_with_a_remark(self, office: Office) -> None:
        result = office.drop(registry(registers=()))
        assert (codes(result), result.warned) == ([("meter_without_registers", "Liczniki", 2)], 1)


class TestCsvPerKind:
    def test_finds_the_kind_by_its_heading(self, office: Office) -> None:
        for rows in (PARTY, POINT, METER, REGISTER, CONTRACT):
            text = table_text(sheet(rows)).replace("jasna-oferta-dom, ", "")
            result = office.drop(text.encode("windows-1250"), name="a.csv")
            assert counts(result) == (1, 0, 0), result.findings
        assert len(office.store.versions) == 5
        assert office.store.party("K-1")[0].name == "Żaneta Łącka"

    def test_registers_of_a_known_meter_make_its_new_version_from_the_same_day(self, office: Office) -> None:
        office.drop(registry(registers=()))
        office.drop(table_text(sheet(REGISTER)).encode(), at=LATER, name="rejestry.csv")
        first, second = office.store.meters(PPE)
        assert (first.registers, second.registers) == ((), (Register("1.8.0", "all"),))
        assert (second.valid_from, second.known_at, second.source.file) == (
            first.valid_from,
            LATER,
            "rejestry.csv",
        )


class TestRejectedRow:
    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("PESEL", "44051401358", "bad_pesel"),
            ("NIP", "5262542705", "bad_nip"),
            ("REGON", "017301608", "bad_regon"),
            ("Rachunek", "61109010140000071219812875", "bad_bank_account"),
            ("Rachunek", "PL6110901014000007121981287", "bad_bank_account"),
            ("E-mail", "a@b@example.org", "bad_email"),
            ("E-mail", "zaneta@localhost", "bad_email"),
            ("E-mail", "a@example.org\nBcc: x@example.org", "bad_email"),
            ("Kod pocztowy", "8001", "bad_postcode"),
            ("Nazwa", "", "missing_value"),
            ("Rodzaj", "krasnal", "bad_kind"),
            ("Język", "po śląsku", "bad_language"),
            ("Obowiązuje od", "jutro", "not_a_date"),
        ],
    )
    def test_of_a_party_says_why(self, office: Office, column: str, value: str, code: str) -> None:
        result = office.drop(registry(parties=(PARTY | {column: value},), contracts=()))
        assert codes(result) == [(code, "Kontrahenci", 2)]
        assert (counts(result), office.store.party("K-1")) == ((3, 1, 0), [])

    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("PPE", "590543000000001233", "ppe_check_digit"),
            ("PPE", "59054300000000123", "bad_ppe"),
            ("PPE", 590543000000001232, "digits_lost"),
            ("Liczba faz", "2", "bad_phases"),
            ("OSD", "", "missing_value"),
        ],
    )
    def test_of_a_point_says_why(self, office: Office, column: str, value: object, code: str) -> None:
        result = office.drop(
            registry(points=(POINT | {column: value},), meters=(), registers=(), contracts=())
        )
        assert codes(result) == [(code, "Punkty", 2)]

    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("Data demontażu", "2024-01-10", "bad_dates"),
            ("Mnożna", "0", "bad_multiplier"),
            ("Mnożna", "1,5", "not_a_whole_number"),
            ("Interwał", "20", "bad_interval"),
            ("Data montażu", "", "missing_value"),
            ("PPE", OTHER_PPE, "unknown_point"),
        ],
    )
    def test_of_a_meter_says_why(self, office: Office, column: str, value: str, code: str) -> None:
        result = office.drop(registry(meters=(METER | {column: value},), contracts=()))
        assert codes(result) == [(code, "Liczniki", 2)]
        assert office.store.meter("0012345") == []

    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("Okres rozliczeniowy", "5", "bad_cycle"),
            ("Cenniki", "", "missing_value"),
            ("Profil", "", "missing_value"),
            ("Grupa", "g-11!", "bad_group"),
            ("Jednostka", "{number}", "bad_unit_code"),
            ("Rozliczać od", "2024-12-31", "outside_contract"),
            ("Ostatni dzień", "2024-12-31", "bad_dates"),
            ("Saldo", "1,234567", "finer_than_grosz"),
            ("Depozyt", "-1", "negative"),
            ("Moc umowna", "0", "not_positive"),
            ("Zużycie roczne", "-1", "negative"),
            ("Współczynnik mocowy", "1,5", "bad_share"),
            ("Termin płatności", "365", "bad_payment_days"),
            ("Kontrahent", "K-9", "unknown_party"),
            ("Płatnik", "K-9", "unknown_payer"),
            ("PPE", OTHER_PPE, "unknown_point"),
            ("Rodzaj umowy", "ustna", "bad_kind"),
        ],
    )
    def test_of_a_contract_says_why(self, office: Office, column: str, value: str, code: str) -> None:
        result = office.drop(registry(contracts=(CONTRACT | {column: value},)))
        assert code in {found for found, _, _ in codes(result)}
        assert (counts(result)[1], office.store.contract("U/1")) == (1, [])

    def test_of_a_firm_without_a_number_goes_in_with_a_remark(self, office: Office) -> None:
        result = office.drop(registry(parties=(PARTY | {"Rodzaj": "firma"},)))
        assert (codes(result), result.rejected) == ([("firm_without_nip", "Kontrahenci", 2)], 0)

    def test_takes_down_only_what_depends_on_it(self, office: Office) -> None:
        second = PARTY | {"ID kontrahenta": "K-2", "PESEL": "", "E-mail": ""}
        other_point = POINT | {"PPE": OTHER_PPE}
        other_contract = CONTRACT | {"Nr umowy": "U/2", "Kontrahent": "K-2", "PPE": OTHER_PPE}
        result = office.drop(
            registry(
                parties=(PARTY | {"PESEL": "1"}, second),
                points=(POINT, other_point),
                contracts=(CONTRACT, other_contract),
            )
        )
        assert codes(result) == [("bad_pesel", "Kontrahenci", 2), ("depends_on_rejected", "Umowy", 2)]
        assert office.store.contract_numbers() == ["U/2"]

    def test_of_a_register_takes_its_meter_down(self, office: Office) -> None:
        result = office.drop(registry(registers=(REGISTER | {"Strefa": "wieczorna"},)))
        assert codes(result) == [("depends_on_rejected", "Liczniki", 2), ("unknown_zone", "Rejestry", 2)]
        assert (counts(result), office.store.meters(PPE)) == ((3, 2, 0), [])

    def test_of_a_register_without_a_meter_is_reported(self, office: Office) -> None:
        result = office.drop(registry(registers=(REGISTER, REGISTER | {"Nr licznika": "777"})))
        assert codes(result) == [("register_without_meter", "Rejestry", 3)]
        assert counts(result) == (5, 1, 0)

    def test_with_the_same_key_and_other_content_is_rejected_with_its_rival(self, office: Office) -> None:
        result = office.drop(registry(parties=(PARTY, PARTY | {"Nazwa": "Inna"}), contracts=()))
        assert codes(result) == [
            ("duplicate_in_file", "Kontrahenci", 2),
            ("duplicate_in_file", "Kontrahenci", 3),
        ]

    def test_with_the_same_key_and_content_counts_once(self, office: Office) -> None:
        result = office.drop(registry(parties=(PARTY, PARTY)))
        assert (result.status, counts(result)) == (ImportStatus.ACCEPTED, (5, 0, 1))


class TestOverlaps:
    def test_of_contracts_in_one_file_reject_the_later_row(self, office: Office) -> None:
        rival = CONTRACT | {"Nr umowy": "U/2", "Początek": "2025-06-01"}
        result = office.drop(registry(contracts=(CONTRACT, rival)))
        assert codes(result) == [("contract_overlap", "Umowy", 3)]
        assert office.store.contract_numbers() == ["U/1"]

    def test_of_a_contract_with_the_store_reject_the_row(self, office: Office) -> None:
        office.drop(registry())
        rival = CONTRACT | {"Nr umowy": "U/2", "Rodzaj umowy": "sprzedaż"}
        result = office.drop(registry(contracts=(rival,)), at=LATER)
        assert codes(result) == [("contract_overlap", "Umowy", 2)]

    def test_do_not_touch_sale_and_distribution_side_by_side(self, office: Office) -> None:
        sale = CONTRACT | {"Rodzaj umowy": "sprzedaż"}
        distribution = CONTRACT | {"Nr umowy": "U/2", "Rodzaj umowy": "dystrybucja"}
        assert office.drop(registry(contracts=(sale, distribution))).status is ImportStatus.ACCEPTED

    def test_end_where_the_first_contract_ends_in_the_same_file(self, office: Office) -> None:
        office.drop(registry())
        ended = CONTRACT | {"Ostatni dzień": "2026-03-31", "Obowiązuje od": "2025-01-01"}
        heir = CONTRACT | {"Nr umowy": "U/2", "Początek": "2026-04-01", "Rozliczać od": ""}
        result = office.drop(registry(contracts=(heir, ended)), at=LATER)
        assert (result.findings, office.store.contract_numbers()) == ((), ["U/1", "U/2"])

    def test_of_meters_reject_the_later_row(self, office: Office) -> None:
        result = office.drop(registry(meters=(METER, METER | {"Nr licznika": "999"}), registers=(REGISTER,)))
        assert ("meter_overlap", "Liczniki", 3) in codes(result)
        assert [meter.meter_no for meter in office.store.meters(PPE)] == ["0012345"]

    def test_of_one_meter_at_two_points_reject_the_later_row(self, office: Office) -> None:
        office.drop(registry())
        points = (POINT | {"PPE": OTHER_PPE},)
        result = office.drop(
            registry(points=points, meters=(METER | {"PPE": OTHER_PPE},), contracts=()), at=LATER
        )
        assert ("meter_elsewhere", "Liczniki", 2) in codes(result)

    def test_leave_room_for_an_exchange(self, office: Office) -> None:
        office.drop(registry())
        removed = METER | {"Data demontażu": "2026-02-10", "Obowiązuje od": "2024-01-10"}
        new = METER | {"Nr licznika": "999", "Data montażu": "2026-02-10"}
        result = office.drop(
            registry(meters=(new, removed), registers=(REGISTER | {"Nr licznika": "999"},)), at=LATER
        )
        assert result.status is ImportStatus.ACCEPTED, result.findings
        old = max(office.store.meter("0012345"), key=lambda meter: meter.known_at)
        assert (old.removed, old.registers) == (date(2026, 2, 10), (Register("1.8.0", "all"),))


class TestVersions:
    def test_the_same_file_again_writes_nothing(self, office: Office) -> None:
        content = registry()
        office.drop(content)
        again = office.drop(content, at=LATER, name="inna-nazwa.xlsx")
        assert (again.status, office.store.puts) == (ImportStatus.DUPLICATE_FILE, 1)

    def test_the_same_rows_in_another_file_write_nothing(self, office: Office) -> None:
        office.drop(registry())
        result = office.drop(registry(parties=(PARTY | {"Rodzaj": "person"},)), at=LATER)
        assert (result.status, counts(result), office.store.puts) == (ImportStatus.ACCEPTED, (0, 0, 5), 1)

    def test_a_change_with_its_day_is_a_new_version(self, office: Office) -> None:
        office.drop(registry())
        moved = PARTY | {"Ulica": "ul. Nowa 1", "Obowiązuje od": "2026-04-01"}
        result = office.drop(registry(parties=(moved,)), at=LATER)
        assert counts(result) == (1, 0, 4)
        assert [party.street for party in office.store.party("K-1")] == ["ul. Gęsia 7", "ul. Nowa 1"]

    @pytest.mark.parametrize(("since", "warned"), [("2026-03-15", True), ("2026-04-01", False)])
    def test_terms_that_change_behind_invoices_go_in_with_a_warning(
        self, office: Office, since: str, *, warned: bool
    ) -> None:
        office.drop(registry())
        office.reached[CONTRACT["Nr umowy"]] = date(2026, 4, 1)
        changed = CONTRACT | {"Grupa": "G12", "Obowiązuje od": since}
        result = office.drop(registry(contracts=(changed,)), at=LATER)
        assert counts(result)[0] == 1
        assert [one[0] for one in codes(result)] == (["invoiced_terms_changed"] if warned else [])

    def test_a_change_without_its_day_is_rejected(self, office: Office) -> None:
        office.drop(registry())
        result = office.drop(registry(contracts=(CONTRACT | {"Grupa": "G12"},)), at=LATER)
        assert codes(result) == [("missing_valid_from", "Umowy", 2)]

    def test_a_file_with_rejected_rows_is_read_again_once_they_can_go_in(self, office: Office) -> None:
        content = registry(parties=())
        first = office.drop(content)
        office.drop(registry(points=(), meters=(), registers=(), contracts=()), at=LATER)
        second = office.drop(content, at=LATER)
        assert (counts(first), counts(second)) == ((3, 1, 0), (1, 0, 3))

    def test_of_an_attempt_that_broke_off_are_made_again_with_the_same_result(self, office: Office) -> None:
        content = registry(points=(POINT, POINT | {"PPE": "1"}))
        first = office.drop(content)
        stored = dict(office.store.versions)
        office.imports.results.clear()
        assert office.drop(content) == first
        assert office.store.versions == stored


class TestDamagedFiles:
    @given(st.data())
    def test_of_workbooks_end_in_a_result(self, data: st.DataObject) -> None:
        content = bytearray(SOUND)
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
            content[place] = data.draw(st.integers(0, 255))
        office = Office()
        result = office.drop(bytes(content))
        assert result.accepted or result.findings

    @given(st.sampled_from([PARTY, POINT, METER, REGISTER, CONTRACT]), st.data())
    def test_of_tables_conserve_their_row(self, row: dict[str, str], data: st.DataObject) -> None:
        cells = {
            key: data.draw(
                st.one_of(st.just(value), st.text(max_size=12), st.sampled_from(["-1", "2026-02-30", "=1"]))
            )
            for key, value in row.items()
        }
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=";").writerows([list(cells), list(cells.values())])
        result = Office().drop(buffer.getvalue().encode())
        if any(finding.row == 0 and finding.severity == "reject" for finding in result.findings):
            assert counts(result) == (0, 0, 0)
        else:
            assert sum(counts(result)) >= 1


class TestUnreadableFile:
    @pytest.mark.parametrize("content", [b"", b"a;b\n1;2\n", b"PK\x03\x04broken", b"\x81\x90\xff"])
    def test_is_rejected_as_a_whole_with_a_finding(self, office: Office, content: bytes) -> None:
        result = office.drop(content)
        assert (result.status, office.store.puts) == (ImportStatus.REJECTED, 0)
        assert result.findings[0].sentence_pl

    def test_lacking_a_column_is_rejected_by_its_sheet(self, office: Office) -> None:
        without = {key: value for key, value in CONTRACT.items() if key != "Grupa"}
        result = office.drop(registry(contracts=(without,)))
        assert codes(result) == [("missing_column", "Umowy", 1)]
        assert (result.status, counts(result)) == (ImportStatus.PARTLY, (4, 0, 0))


def test_records_are_what_the_ports_promise(office: Office) -> None:
    office.drop(registry())
    assert all(isinstance(record, Meter) for record in office.store.meter("0012345"))
    assert all(isinstance(record, Contract) for record in office.store.contracts_at(PPE))
