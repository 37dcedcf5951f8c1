"""Settings and price lists as versions in DynamoDB."""

from datetime import date, timedelta

import pytest

from kwit.aws.registry_store import DynamoPriceLists, DynamoSettings, SettingsMissingError
from kwit.aws.table import Table
from tests.billing.company import company_settings
from tests.rating.cases import KNOWN, all_lists

LATER = KNOWN + timedelta(hours=1)
DAY = date(2026, 4, 8)


class TestSettings:
    def test_without_a_drop_there_are_none(self, tables: dict[str, Table]) -> None:
        store = DynamoSettings(tables["registry"])
        with pytest.raises(SettingsMissingError):
            store.current(on=DAY)
        with pytest.raises(SettingsMissingError):
            store.version("s1")

    def test_the_version_known_last_is_current_and_the_old_one_can_be_asked(
        self, tables: dict[str, Table]
    ) -> None:
        store = DynamoSettings(tables["registry"])
        old = company_settings()
        new = old.model_copy(update={"approval": "manual"})
        store.put(old, version="s1", known_at=KNOWN)
        store.put(new, version="s2", known_at=LATER)
        assert store.current(on=DAY) == (new, "s2")
        assert store.newest() == ("s2", LATER)
        assert store.version("s1") == old

    def test_next_year_s_settings_wait_for_next_year(self, tables: dict[str, Table]) -> None:
        store = DynamoSettings(tables["registry"])
        now = company_settings()
        following = now.model_copy(update={"valid_from": date(2027, 1, 1)})
        store.put(now, version="s1", known_at=KNOWN)
        store.put(following, version="s2", known_at=LATER)
        assert store.current(on=date(2026, 12, 31))[1] == "s1"
        assert store.current(on=date(2027, 1, 1))[1] == "s2"
        with pytest.raises(SettingsMissingError):
            store.current(on=date(2025, 12, 31))


class TestPriceLists:
    def test_every_shipped_list_comes_back_as_the_engine_reads_it(self, tables: dict[str, Table]) -> None:
        store = DynamoPriceLists(tables["registry"])
        for versions in all_lists().values():
            for one in versions:
                store.put(one, yaml=b"format: kwit/price-list/1", known_at=KNOWN)
        for code, versions in all_lists().items():
            assert tuple(store.versions(code)) == versions

    def test_of_one_first_day_the_version_known_last_is_in_force(self, tables: dict[str, Table]) -> None:
        store = DynamoPriceLists(tables["registry"])
        one = all_lists()["jasna-energia"][0]
        fixed = type(one)(**{name: getattr(one, name) for name in one.__slots__} | {"content_hash": "f" * 64})
        store.put(fixed, yaml=b"", known_at=LATER)
        store.put(one, yaml=b"", known_at=KNOWN)
        assert list(store.versions("jasna-energia")) == [fixed]
        assert list(store.versions("nobody")) == []
