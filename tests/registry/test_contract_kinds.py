"""Kinds of contracts come in by rows of the sheet `umowy`, each with the columns that go with it."""

from datetime import date

import pytest

from kwit.intake.findings import ImportResult
from kwit.registry.importing import import_registry
from kwit.registry.records import Contract, ContractKind
from tests.fakes.import_log import MemoryImports
from tests.fakes.registry_store import MemoryRegistry
from tests.intake.files import dropped
from tests.registry.sheets import CONTRACT, KNOWN, PARTY, PPE, Row, registry

SELLER_PARTY = PARTY | {
    "ID kontrahenta": "K-S", "Rodzaj": "firma", "Nazwa": "Sprzedawca S.A.", "NIP": "5260250274", "PESEL": "",
}  # fmt: skip
WIDE = CONTRACT | {"OSD": "", "Umowa ramowa": ""}
"""A sound contract with the columns of every kind."""
EMPTY = {"PPE": "", "Grupa": "", "Cenniki": "", "Profil": "", "Saldo": "", "Zużycie roczne": ""}
GUD = WIDE | EMPTY | {
    "Nr umowy": "GUD/1", "Rodzaj umowy": "GUD", "Kontrahent": "K-S", "OSD": "ENERGA-OPERATOR S.A.",
}  # fmt: skip
GUD_K = GUD | {"Nr umowy": "GUDK/1", "Rodzaj umowy": "GUD-K"}
WITH_SELLER = GUD | {"Nr umowy": "GS/1", "Rodzaj umowy": "GUD-K ze sprzedawcą", "OSD": ""}
CONNECTION = WIDE | {"Nr umowy": "PRZ/1", "Rodzaj umowy": "umowa o przyłączenie", "PPE": "", "Saldo": ""}
DISTRIBUTION = WIDE | {"Nr umowy": "D/1", "Rodzaj umowy": "dystrybucja", "Umowa ramowa": "GS/1"}


def drop(*contracts: Row, store: MemoryRegistry | None = None) -> tuple[MemoryRegistry, ImportResult]:
    """Drop a workbook with the contracts on a registry."""
    kept = MemoryRegistry() if store is None else store
    content = registry(parties=(PARTY, SELLER_PARTY), contracts=contracts)
    file = dropped(content, name="kartoteka.xlsx")
    return kept, import_registry(file=file, store=kept, imports=MemoryImports(), known_at=KNOWN)


def codes(result: ImportResult) -> list[tuple[str, str]]:
    return [(finding.code, finding.column) for finding in result.findings]


def test_a_contract_that_measures_nothing_has_no_forecasts() -> None:
    row = CONNECTION | {"Okres rozliczeniowy": "2", "Okres prognozy": "1"}
    _, result = drop(row)
    assert ("bad_forecast", "Okres prognozy") in codes(result)


def kept(store: MemoryRegistry, no: str) -> Contract:
    (found,) = store.contract(no)
    return found


class TestEveryKind:
    def test_is_read_from_a_sample_of_its_row(self) -> None:
        sale = WIDE | {"Nr umowy": "S/1", "Rodzaj umowy": "sprzedaż"}
        store, result = drop(sale, GUD, GUD_K, WITH_SELLER, CONNECTION, DISTRIBUTION)
        assert codes(result) == []
        assert {no: kept(store, no).kind for no in store.contract_numbers()} == {
            "S/1": ContractKind.SALE,
            "GUD/1": ContractKind.FRAMEWORK_SALE,
            "GUDK/1": ContractKind.FRAMEWORK_COMPREHENSIVE,
            "GS/1": ContractKind.FRAMEWORK_SELLER,
            "PRZ/1": ContractKind.CONNECTION,
            "D/1": ContractKind.DISTRIBUTION,
        }

    def test_that_opens_a_network_is_found_by_the_distributor(self) -> None:
        store, _ = drop(GUD, GUD_K, WITH_SELLER)
        found = store.frameworks_with("ENERGA-OPERATOR S.A.")
        assert sorted(one.contract_no for one in found) == ["GUD/1", "GUDK/1"]

    def test_but_what_settles_a_point_needs_its_point_group_prices_and_profile(self) -> None:
        _, result = drop(WIDE | EMPTY)
        missing = {column for code, column in codes(result) if code == "missing_value"}
        assert {"PPE", "Grupa", "Cenniki", "Profil"} <= missing

    @pytest.mark.parametrize(
        ("row", "code", "column"),
        [
            (GUD | {"OSD": ""}, "missing_value", "OSD"),
            (GUD | {"PPE": PPE}, "not_of_this_kind", "PPE"),
            (WIDE | {"OSD": "ENERGA-OPERATOR S.A."}, "not_of_this_kind", "OSD"),
            (WIDE | {"Umowa ramowa": "GS/1"}, "not_of_this_kind", "Umowa ramowa"),
            (CONNECTION | {"Okres opłat stałych": "1"}, "not_of_this_kind", "Okres opłat stałych"),
            (
                CONNECTION | {"Okres prognozy": "2", "Okres rozliczeniowy": "6"},
                "not_of_this_kind",
                "Okres prognozy",
            ),
            (CONNECTION | {"Depozyt": "12,50"}, "not_of_this_kind", "Depozyt"),
            (CONNECTION | {"Grupa": ""}, "missing_value", "Grupa"),
            (CONNECTION | {"PPE": "1"}, "bad_ppe", "PPE"),
        ],
    )
    def test_has_columns_that_do_not_go_with_it(self, row: Row, code: str, column: str) -> None:
        _, result = drop(row)
        assert (code, column) in codes(result)
        assert result.accepted < 6

    @pytest.mark.parametrize(("before", "after"), [(WIDE, CONNECTION), (GUD, GUD_K), (CONNECTION, GUD)])
    def test_stays_what_it_is(self, before: Row, after: Row) -> None:
        store, _ = drop(before)
        later = {**after, "Nr umowy": before["Nr umowy"], "Obowiązuje od": "2026-02-01"}
        _, result = drop(later, store=store)
        assert ("kind_changed", "Rodzaj umowy") in codes(result)
        assert len(store.contract(str(before["Nr umowy"]))) == 1

    def test_may_go_from_comprehensive_to_sale(self) -> None:
        store, _ = drop(WIDE)
        drop({**WIDE, "Rodzaj umowy": "sprzedaż", "Obowiązuje od": "2026-02-01"}, store=store)
        assert [one.kind for one in store.contract("U/1")] == [ContractKind.COMPREHENSIVE, ContractKind.SALE]


class TestAConnection:
    def test_may_run_beside_any_contract_of_its_point_and_beside_another_connection(self) -> None:
        here = CONNECTION | {"PPE": PPE}
        store, result = drop(WIDE, here, here | {"Nr umowy": "PRZ/2"})
        assert codes(result) == []
        assert [one.contract_no for one in store.contracts_at(PPE)] == ["U/1"]

    def test_may_name_a_point_that_nobody_knows_yet(self) -> None:
        other = "590543000000001249"
        store, result = drop(CONNECTION | {"PPE": other})
        assert (codes(result), kept(store, "PRZ/1").ppe) == ([], other)


class TestDistributionUnderAFramework:
    @pytest.mark.parametrize("order", [(WITH_SELLER, DISTRIBUTION), (DISTRIBUTION, WITH_SELLER)])
    def test_is_paid_by_the_seller(self, order: tuple[Row, ...]) -> None:
        store, _ = drop(*order)
        assert (kept(store, "D/1").party_id, kept(store, "D/1").payer_id) == ("K-1", "K-S")

    def test_told_again_is_repeated(self) -> None:
        store, _ = drop(WITH_SELLER, DISTRIBUTION)
        before = dict(store.versions)
        _, result = drop(WITH_SELLER, {**DISTRIBUTION, "Płatnik": "K-S"}, store=store)
        assert (codes(result), store.versions) == ([], before)

    def test_goes_to_the_seller_in_force_on_its_day(self) -> None:
        other = {**WITH_SELLER, "Kontrahent": "K-1", "Obowiązuje od": "2025-06-01"}
        store, _ = drop(WITH_SELLER, other, DISTRIBUTION)
        assert kept(store, "D/1").payer_id == "K-S"
        assert kept(store, "D/1").valid_from == date(2025, 1, 1)

    def test_that_names_another_payer_is_rejected(self) -> None:
        third = PARTY | {"ID kontrahenta": "K-3", "PESEL": ""}
        content = registry(
            parties=(PARTY, SELLER_PARTY, third), contracts=(WITH_SELLER, DISTRIBUTION | {"Płatnik": "K-3"})
        )
        store = MemoryRegistry()
        result = import_registry(
            file=dropped(content, name="k.xlsx"), store=store, imports=MemoryImports(), known_at=KNOWN
        )
        assert codes(result) == [("payer_not_of_framework", "Płatnik")]

    @pytest.mark.parametrize("contracts", [(DISTRIBUTION,), (GUD | {"Nr umowy": "GS/1"}, DISTRIBUTION)])
    def test_that_names_no_framework_with_a_seller_is_rejected(self, contracts: tuple[Row, ...]) -> None:
        _, result = drop(*contracts)
        assert ("unknown_framework", "Umowa ramowa") in codes(result)

    def test_depends_on_its_frameworks_row(self) -> None:
        _, result = drop(WITH_SELLER | {"Początek": "kiedyś"}, DISTRIBUTION)
        assert ("depends_on_rejected", "Umowa ramowa") in codes(result)


class TestAnEvent:
    def events(self, no: str, day: str) -> tuple[MemoryRegistry, ImportResult]:
        """Drop an event of a contract that ended with January 2026."""
        ended = {"Ostatni dzień": "2026-01-31"}
        store, _ = drop(WIDE | ended, GUD | ended, CONNECTION | ended)
        rows = f"Nr umowy;Data;Opłata;Ilość;Odmiana\n{no};{day};connection_power;12;cable\n".encode()
        file = dropped(rows, name="zdarzenia.csv")
        return store, import_registry(file=file, store=store, imports=MemoryImports(), known_at=KNOWN)

    def test_of_a_connection_may_come_after_its_end(self) -> None:
        store, result = self.events("PRZ/1", "2026-02-20")
        assert (codes(result), len(store.events("PRZ/1"))) == ([], 1)

    def test_of_another_contract_may_not(self) -> None:
        _, result = self.events("U/1", "2026-02-20")
        assert [code for code, _ in codes(result)] == ["outside_contract"]

    def test_of_a_framework_contract_is_rejected_for_nobody_would_bill_it(self) -> None:
        store, result = self.events("GUD/1", "2026-01-20")
        assert ([code for code, _ in codes(result)], store.events("GUD/1")) == (["not_of_this_kind"], [])
