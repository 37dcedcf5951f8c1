"""Contracts of a collective account have one payer and one unit at any time, as the files together say."""

from datetime import date

import pytest

from kwit.intake.findings import ImportResult
from kwit.registry.importing import import_registry
from tests.fakes.import_log import MemoryImports
from tests.fakes.registry_store import MemoryRegistry
from tests.intake.files import dropped
from tests.registry.sheets import CONTRACT, KNOWN, OTHER_PPE, PARTY, POINT, Row, registry

OTHER_PARTY = PARTY | {"ID kontrahenta": "K-2", "PESEL": ""}
FIRST = CONTRACT | {"Konto zbiorcze": "ZB-1", "Jednostka": ""}
SECOND = FIRST | {"Nr umowy": "U/2", "PPE": OTHER_PPE, "Saldo": ""}


def drop(*contracts: Row, store: MemoryRegistry | None = None) -> tuple[MemoryRegistry, ImportResult]:
    """Drop a workbook with the contracts on a registry."""
    kept = MemoryRegistry() if store is None else store
    content = registry(
        parties=(PARTY, OTHER_PARTY), points=(POINT, POINT | {"PPE": OTHER_PPE}), contracts=contracts
    )
    file = dropped(content, name="kartoteka.xlsx")
    return kept, import_registry(file=file, store=kept, imports=MemoryImports(), known_at=KNOWN)


def codes(result: ImportResult) -> list[tuple[str, str]]:
    return [(finding.code, finding.column) for finding in result.findings]


def test_the_account_stands_in_the_row_of_a_contract() -> None:
    store, result = drop(FIRST, SECOND)
    assert codes(result) == []
    assert sorted(one.contract_no for one in store.contracts_on("ZB-1")) == ["U/1", "U/2"]


@pytest.mark.parametrize("difference", [{"Płatnik": "K-2"}, {"Jednostka": "POL"}])
def test_another_payer_or_unit_beside_it_is_rejected(difference: Row) -> None:
    store, _ = drop(FIRST)
    _, result = drop(SECOND | difference, store=store)
    assert codes(result) == [("collective_differs", "Konto zbiorcze")]
    assert "U/1" in result.findings[0].sentence_pl
    assert list(store.contract("U/2")) == []


def test_of_two_rows_of_one_file_that_do_not_go_together_none_goes_in() -> None:
    store, result = drop(FIRST, SECOND | {"Płatnik": "K-2"})
    assert [code for code, _ in codes(result)] == ["collective_differs"] * 2
    assert store.contract_numbers() == []


@pytest.mark.parametrize(
    "difference",
    [
        {"Płatnik": "K-2", "Konto zbiorcze": "ZB-2"},
        {"Płatnik": "K-2", "Konto zbiorcze": ""},
        {"Kontrahent": "K-2", "Płatnik": "K-1"},
    ],
)
def test_another_account_none_or_another_customer_is_no_matter(difference: Row) -> None:
    _, result = drop(FIRST, SECOND | difference)
    assert codes(result) == []


def test_days_that_do_not_meet_may_differ() -> None:
    ended = FIRST | {"Ostatni dzień": "2025-12-31", "Rozliczać od": ""}
    later = SECOND | {"Początek": "2026-01-01", "Rozliczać od": "", "Płatnik": "K-2"}
    _, result = drop(ended, later)
    assert codes(result) == []


def test_a_payer_changes_for_a_whole_account_by_one_file() -> None:
    store, _ = drop(FIRST, SECOND)
    changed = {"Płatnik": "K-2", "Obowiązuje od": "2026-04-01"}
    _, result = drop(FIRST | changed, SECOND | changed, store=store)
    assert codes(result) == []
    _, alone = drop(FIRST | changed | {"Płatnik": "K-1", "Obowiązuje od": "2026-05-01"}, store=store)
    assert codes(alone) == [("collective_differs", "Konto zbiorcze")]
    assert max(one.valid_from for one in store.contract("U/1")) == date(2026, 4, 1)


def test_a_name_that_no_account_can_have_is_rejected() -> None:
    store, result = drop(FIRST | {"Konto zbiorcze": "konto: gmina #1"})
    assert codes(result) == [("bad_collective_account", "Konto zbiorcze")]
    assert store.contract_numbers() == []


def test_a_connection_is_billed_alone() -> None:
    row = FIRST | {"Rodzaj umowy": "umowa o przyłączenie", "Saldo": ""}
    _, result = drop(row)
    assert codes(result) == [("not_of_this_kind", "Konto zbiorcze")]
