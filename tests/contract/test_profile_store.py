"""Dropped profiles, in memory and in DynamoDB alike."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kwit.aws.profile_store import DynamoProfiles
from kwit.aws.table import Table
from kwit.metering.profile_import import ProfileStore
from tests.fakes.profiles import MemoryProfiles

FIRST = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 1, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=2)))


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> ProfileStore:
    if request.param == "memory":
        return MemoryProfiles()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoProfiles(tables["registry"])


class TestProfiles:
    def test_are_the_latest_of_each_name_that_were_known(self, store: ProfileStore) -> None:
        store.put(name="b", content=b"one", content_hash="1" * 64, known_at=FIRST)
        store.put(name="b", content=b"two", content_hash="2" * 64, known_at=LATER)
        store.put(name="a", content="ż".encode(), content_hash="3" * 64, known_at=FIRST)
        before = FIRST - timedelta(seconds=1)
        assert store.versions(known_by=before) == []
        assert store.versions(known_by=FIRST) == [("a", "3" * 64, "ż".encode()), ("b", "1" * 64, b"one")]
        assert store.versions(known_by=LATER) == [("a", "3" * 64, "ż".encode()), ("b", "2" * 64, b"two")]

    def test_kept_twice_are_kept_once(self, store: ProfileStore) -> None:
        for _ in range(2):
            store.put(name="a", content=b"one", content_hash="1" * 64, known_at=FIRST)
        assert store.versions(known_by=FIRST) == [("a", "1" * 64, b"one")]
