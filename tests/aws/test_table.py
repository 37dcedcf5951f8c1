"""The table: conditions tell, transactions name their reasons, batches come back until all of it is done."""

import time
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from kwit.aws.table import (
    OnceTable,
    Table,
    TransactionRefusedError,
    UnprocessedItemsError,
    key_of,
    number,
    packed,
    text,
    unpacked,
)

KEY = ("A", "1")


@pytest.fixture
def table(tables: dict[str, Table]) -> Table:
    return tables["billing"]


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Do not sleep; tell how long it would have been."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


class Refusing:
    """A client that answers every call with an error or with a prepared answer."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Mapping[str, Any]] = []

    def __getattr__(self, operation: str) -> Any:
        def call(**asked: Any) -> Any:
            self.asked.append(asked)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if isinstance(answer, str):
                raise ClientError({"Error": {"Code": answer, "Message": "m"}}, operation)
            return answer

        return call


def stubbed(*answers: Any) -> tuple[Table, Refusing]:
    client: Any = Refusing(*answers)
    return Table(client, "t"), client


class TestItems:
    def test_an_item_comes_back_or_is_none(self, table: Table) -> None:
        assert table.get(KEY) is None
        table.put(KEY, name=text("ż"), count=number(3))
        item = table.get(KEY)
        assert item is not None
        assert (item["name"]["S"], item["count"]["N"]) == ("ż", "3")

    def test_a_new_item_is_written_once(self, table: Table) -> None:
        assert table.put_new(KEY, name=text("first"))
        assert not table.put_new(KEY, name=text("second"))
        item = table.get(KEY)
        assert item is not None
        assert item["name"]["S"] == "first"

    def test_an_update_tells_whether_its_condition_held(self, table: Table) -> None:
        table.put(KEY, state=text("a"))
        for expected, held in (("a", True), ("a", False), ("b", True)):
            assert held is table.update(
                KEY,
                expression="SET #s = :new".replace("#s", "state_now"),
                condition="attribute_not_exists(state_now)" if expected == "a" else "state_now = :new",
                values={":new": text("b")},
            )

    def test_a_delete_tells_whether_its_condition_held(self, table: Table) -> None:
        table.put(KEY, stage=text("a"))
        assert not table.delete(KEY, condition="stage = :s", values={":s": text("b")})
        assert table.delete(KEY, condition="stage = :s", values={":s": text("a")})
        assert table.get(KEY) is None

    @pytest.mark.parametrize("operation", ["put_new", "update", "delete"])
    def test_any_other_error_is_no_failed_condition(self, operation: str) -> None:
        table, _ = stubbed("ProvisionedThroughputExceededException")
        calls = {
            "put_new": lambda: table.put_new(KEY),
            "update": lambda: table.update(KEY, expression="", condition="", values={}),
            "delete": lambda: table.delete(KEY, condition="", values={}),
        }
        with pytest.raises(ClientError, match="ProvisionedThroughputExceeded"):
            calls[operation]()

    @given(st.binary(max_size=3000))
    def test_packed_bytes_come_back(self, data: bytes) -> None:
        assert unpacked({"data": packed(data)}) == data


class TestQuery:
    def test_a_partition_comes_in_order_of_its_sort_keys(self, table: Table) -> None:
        for sort in ("B#2", "A#1", "B#1"):
            table.put(("P", sort))
        table.put(("Q", "B#3"))
        assert [item["sk"]["S"] for item in table.query("P")] == ["A#1", "B#1", "B#2"]
        assert [item["sk"]["S"] for item in table.query("P", prefix="B#")] == ["B#1", "B#2"]
        assert list(table.query("none")) == []

    def test_all_pages_are_read(self) -> None:
        last = key_of(("P", "1"))
        table, client = stubbed({"Items": [{"n": 1}], "LastEvaluatedKey": last}, {"Items": [{"n": 2}]})
        assert [item["n"] for item in table.query("P")] == [1, 2]
        assert client.asked[1]["ExclusiveStartKey"] == last
        assert all(asked["ConsistentRead"] for asked in client.asked)

    def test_a_page_that_a_million_bytes_end_is_followed(self, table: Table) -> None:
        for index in range(6):
            table.put(("P", f"{index}"), data={"B": bytes(300_000)})
        assert len(list(table.query("P"))) == 6


class TestBatches:
    def test_many_items_are_written_and_read(self, table: Table) -> None:
        keys = [("P", f"{index:04}") for index in range(230)]
        table.put_many(key_of(key) for key in keys)
        found = table.get_many([*keys, ("P", "none")])
        assert sorted(item["sk"]["S"] for item in found) == [sort for _, sort in keys]

    def test_nothing_is_no_call(self) -> None:
        table, client = stubbed("ValidationException")
        table.put_many([])
        assert table.get_many([]) == []
        assert client.asked == []

    def test_items_left_unprocessed_are_written_again_and_only_those(self, naps: list[float]) -> None:
        left = {"UnprocessedItems": {"t": [{"PutRequest": {"Item": {"n": 2}}}]}}
        table, client = stubbed(left, {"UnprocessedItems": {}})
        table.put_many([{"n": 1}, {"n": 2}])
        assert [len(asked["RequestItems"]["t"]) for asked in client.asked] == [2, 1]
        assert len(naps) == 1

    def test_writing_that_never_ends_gives_up_with_the_count(self, naps: list[float]) -> None:
        table, _ = stubbed({"UnprocessedItems": {"t": [{"PutRequest": {}}]}})
        with pytest.raises(UnprocessedItemsError) as caught:
            table.put_many([{"n": 1}, {"n": 2}])
        assert caught.value.left == 1
        assert sum(naps) < 4
        assert naps == sorted(naps)

    def test_keys_left_unprocessed_are_read_again(self, naps: list[float]) -> None:
        left = {"Responses": {"t": [{"n": 1}]}, "UnprocessedKeys": {"t": {"Keys": [key_of(KEY)]}}}
        table, client = stubbed(left, {"Responses": {"t": [{"n": 2}]}, "UnprocessedKeys": {}})
        assert table.get_many([KEY, ("A", "2")]) == [{"n": 1}, {"n": 2}]
        assert client.asked[1]["RequestItems"] == left["UnprocessedKeys"]

    def test_reading_that_never_ends_gives_up_with_the_count(self, naps: list[float]) -> None:
        table, _ = stubbed({"Responses": {}, "UnprocessedKeys": {"t": {"Keys": [key_of(KEY)]}}})
        with pytest.raises(UnprocessedItemsError, match="1 items"):
            table.get_many([KEY])


class TestTransactions:
    def test_all_or_nothing(self, table: Table) -> None:
        table.put(("A", "2"))
        with pytest.raises(TransactionRefusedError) as caught:
            table.transact([table.new_item(KEY), table.new_item(("A", "2"))])
        assert caught.value.reasons == (None, "ConditionalCheckFailed")
        assert table.get(KEY) is None
        table.transact([table.new_item(KEY, n=number(1))])
        assert table.get(KEY) is not None

    def test_a_change_counts_under_its_condition(self, table: Table) -> None:
        table.put(KEY, n=number(1))
        change = table.change(
            KEY, expression="SET n = n + :one", condition="n = :one", values={":one": number(1)}
        )
        table.transact([change])
        with pytest.raises(TransactionRefusedError):
            table.transact([change])
        item = table.get(KEY)
        assert item is not None
        assert item["n"]["N"] == "2"

    def test_an_error_that_is_no_refusal_passes_through(self) -> None:
        table, _ = stubbed("InternalServerError")
        with pytest.raises(ClientError, match="InternalServerError"):
            table.transact([])


class Conflicting:
    """A client whose first transactions meet others on the same items."""

    def __init__(self, conflicts: int, *, reason: str = "TransactionConflict") -> None:
        self.left, self.calls = conflicts, 0
        self.reason = reason

    def transact_write_items(self, **_: Any) -> None:
        self.calls += 1
        if self.left:
            self.left -= 1
            reasons = [{"Code": "None"}, {"Code": self.reason}]
            answer: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": "m"},
                "CancellationReasons": reasons,
            }
            raise ClientError(answer, "TransactWriteItems")


class TestConflicts:
    def test_of_transactions_are_waited_for_a_little_longer_each_time(self, naps: list[float]) -> None:
        client: Any = Conflicting(3)
        Table(client, "t").transact([])
        assert (client.calls, len(naps)) == (4, 3)
        assert all(later > earlier / 2 for earlier, later in pairwise(naps))

    def test_that_do_not_end_are_told(self, naps: list[float]) -> None:
        client: Any = Conflicting(99)
        with pytest.raises(TransactionRefusedError):
            Table(client, "t").transact([])
        assert sum(naps) < 3

    def test_are_no_refused_conditions(self, naps: list[float]) -> None:
        client: Any = Conflicting(1, reason="ConditionalCheckFailed")
        with pytest.raises(TransactionRefusedError):
            Table(client, "t").transact([])
        assert (client.calls, naps) == (1, [])


def test_a_partition_is_read_once_and_found_by_any_prefix(table: Table) -> None:
    for sort in ("A#1", "A#2", "B#1"):
        table.put(("P", sort))
    once = OnceTable(table.client, table.name)
    assert [item["sk"]["S"] for item in once.query("P", prefix="A#")] == ["A#1", "A#2"]
    table.put(("P", "B#2"))
    assert [item["sk"]["S"] for item in once.query("P", prefix="B#")] == ["B#1"]
    assert len(list(OnceTable(table.client, table.name).query("P"))) == 4
