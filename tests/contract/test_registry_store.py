"""The registry's store keeps every version, whichever it is."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kwit.aws.registry_store import DynamoRegistry
from kwit.aws.table import Table
from kwit.kernel.provenance import Source
from kwit.registry.events import ContractEvent, first_told
from kwit.registry.ports import RegistryStore
from kwit.registry.records import Contract, ContractKind, Meter, MeteringPoint, Party, PartyKind, Register
from tests.fakes.registry_store import MemoryRegistry

KNOWN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCE = Source("kartoteka.xlsx", "a" * 64, 2, "Kontrahenci")
PPE, OTHER = "590543000000001232", "590543000000001249"
SINCE = date(2025, 1, 1)

PARTY = Party("K-1", PartyKind.PERSON, "Ż", "ul. Gęsia 7", "80-001", "Gdańsk", SINCE, KNOWN, SOURCE)
POINT = MeteringPoint(PPE, "ENERGA", "ul. Gęsia 7", "80-001", "Gdańsk", 3, SINCE, KNOWN, SOURCE)
METER = Meter("777", PPE, SINCE, None, 1, (Register("1.8.0", "all"),), SINCE, KNOWN, SOURCE)
CONTRACT = Contract(
    "U/1", ContractKind.COMPREHENSIVE, "K-1", "K-1", PPE, "G11", ("a", "b"), "p", SINCE, None, SINCE, 2, SINCE, 14,
    SINCE, KNOWN, SOURCE,
)  # fmt: skip


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> RegistryStore:
    if request.param == "memory":
        return MemoryRegistry()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoRegistry(tables["registry"])


class TestVersions:
    def test_come_back_as_they_were_put(self, store: RegistryStore) -> None:
        store.put([PARTY, POINT, METER, CONTRACT])
        assert list(store.party("K-1")) == [PARTY]
        assert list(store.point(PPE)) == [POINT]
        assert list(store.meters(PPE)) == [METER]
        assert list(store.meter("777")) == [METER]
        assert list(store.contract("U/1")) == [CONTRACT]
        assert list(store.contracts_at(PPE)) == [CONTRACT]
        assert list(store.contract_numbers()) == ["U/1"]

    def test_of_all_contracts_are_listed_together(self, store: RegistryStore) -> None:
        later = replace(CONTRACT, valid_from=date(2026, 5, 1))
        near = replace(CONTRACT, contract_no="U/10")
        store.put([later, near, CONTRACT, CONTRACT])
        found = {number: list(versions) for number, versions in store.contracts()}
        assert found == {"U/1": [CONTRACT, later], "U/10": [near]}
        assert list(store.contract_numbers()) == ["U/1", "U/10"]

    def test_put_twice_are_kept_once(self, store: RegistryStore) -> None:
        store.put([PARTY, CONTRACT])
        store.put([PARTY, CONTRACT])
        assert (len(store.party("K-1")), len(store.contract("U/1"))) == (1, 1)

    def test_known_later_stand_beside_the_earlier_ones(self, store: RegistryStore) -> None:
        later = replace(PARTY, name="Ź", known_at=KNOWN.replace(day=3))
        store.put([PARTY])
        store.put([later])
        assert sorted(store.party("K-1"), key=lambda party: party.known_at) == [PARTY, later]

    def test_of_two_files_known_at_one_instant_do_not_replace_each_other(self, store: RegistryStore) -> None:
        twin = replace(PARTY, name="Ź", source=replace(SOURCE, content_hash="b" * 64))
        store.put([PARTY])
        store.put([twin])
        assert {party.name for party in store.party("K-1")} == {"Ż", "Ź"}

    def test_of_a_meter_are_found_at_every_point_it_stood(self, store: RegistryStore) -> None:
        moved = replace(METER, ppe=OTHER, installed=date(2026, 1, 1), valid_from=date(2026, 1, 1))
        store.put([METER, moved])
        assert {meter.ppe for meter in store.meter("777")} == {PPE, OTHER}
        assert [meter.ppe for meter in store.meters(OTHER)] == [OTHER]

    def test_of_a_contract_that_changed_its_point_are_found_at_each(self, store: RegistryStore) -> None:
        moved = replace(CONTRACT, ppe=OTHER, valid_from=date(2026, 1, 1))
        store.put([CONTRACT, moved])
        assert [list(store.contracts_at(ppe)) for ppe in (PPE, OTHER)] == [[CONTRACT], [moved]]

    def test_of_a_framework_contract_are_found_by_the_distributor_it_is_with(
        self, store: RegistryStore
    ) -> None:
        opens = replace(
            CONTRACT, contract_no="R/1", kind=ContractKind.FRAMEWORK_SALE, ppe="", distributor="ENERGA"
        )
        elsewhere = replace(opens, distributor="PGE", valid_from=date(2026, 1, 1))
        store.put([CONTRACT, opens, elsewhere])
        assert [list(store.frameworks_with(name)) for name in ("ENERGA", "PGE", "")] == [
            [opens], [elsewhere], [],
        ]  # fmt: skip

    def test_on_a_collective_account_come_with_all_their_versions(self, store: RegistryStore) -> None:
        on_it = replace(CONTRACT, collective="ZB-1", valid_from=date(2026, 1, 1))
        other = replace(CONTRACT, contract_no="U/2", collective="ZB-1")
        store.put([CONTRACT, on_it, other, replace(CONTRACT, contract_no="U/3")])
        found = [list(store.contracts_on(name)) for name in ("ZB-1", "ZB-2")]
        assert found == [[CONTRACT, on_it, other], []]

    def test_of_a_connection_settle_no_point(self, store: RegistryStore) -> None:
        joining = replace(CONTRACT, contract_no="PRZ/1", kind=ContractKind.CONNECTION)
        store.put([joining, replace(joining, contract_no="PRZ/2", ppe="")])
        assert (list(store.contracts_at(PPE)), list(store.contracts_at(""))) == ([], [])
        assert list(store.contract_numbers()) == ["PRZ/1", "PRZ/2"]

    def test_of_an_event_come_back_as_often_as_it_was_told(self, store: RegistryStore) -> None:
        told = ContractEvent(
            "U/1", date(2026, 3, 12), "service_seal", Decimal("2.5"), KNOWN, SOURCE, note="7"
        )
        again = replace(told, source=replace(SOURCE, row=9))
        other = replace(told, contract_no="U/2")
        store.put([told, other])
        store.put([told, again])
        assert {event.source.row for event in store.events("U/1")} == {2, 9}
        assert list(store.events("U/2")) == [other]
        assert list(store.events("U/3")) == []
        assert first_told(store.events("U/1")) == [told]

    def test_of_the_unknown_are_none(self, store: RegistryStore) -> None:
        assert [list(store.party("x")), list(store.meter("x")), list(store.contracts_at(PPE))] == [[], [], []]
