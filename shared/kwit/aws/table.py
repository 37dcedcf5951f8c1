"""A DynamoDB table as kWit uses it: string keys, few attributes, data as compressed JSON in one binary."""

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from kwit.aws.compression import compressed, decompressed
from kwit.aws.keys import Key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Any]
_BATCH = 25
_BATCH_GET = 100
_CONFLICTS = 7


class UnprocessedItemsError(RuntimeError):
    """DynamoDB kept refusing part of a batch; carries how many items were left."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} items were left unprocessed")
        self.left = left


class TransactionRefusedError(RuntimeError):
    """A transaction was cancelled; `reasons` has one code per action, None where the action was fine."""

    def __init__(self, reasons: Sequence[str | None]) -> None:
        super().__init__(f"transaction refused: {[reason for reason in reasons if reason]}")
        self.reasons = tuple(reasons)

    @property
    def is_conflict(self) -> bool:
        """Tell whether nothing was wrong but that another transaction was under way."""
        found = {reason for reason in self.reasons if reason}
        return bool(found) and found <= {"TransactionConflict"}


def text(value: str) -> dict[str, str]:
    """Write a string attribute."""
    return {"S": value}


def number(value: int) -> dict[str, str]:
    """Write a whole-number attribute."""
    return {"N": str(value)}


def packed(data: bytes) -> dict[str, bytes]:
    """Write bytes compressed, as a binary attribute."""
    return {"B": compressed(data)}


def unpacked(item: Item, attribute: str = "data") -> bytes:
    """Read bytes that `packed` wrote."""
    return decompressed(item[attribute]["B"])


def key_of(key: Key) -> dict[str, dict[str, str]]:
    """Write a key."""
    return {"pk": text(key[0]), "sk": text(key[1])}


@dataclass(frozen=True, slots=True)
class Table:
    """One table and the client to reach it."""

    client: "DynamoDBClient"
    name: str

    def get(self, key: Key) -> Item | None:
        """Read one item, consistently."""
        answer = self.client.get_item(TableName=self.name, Key=key_of(key), ConsistentRead=True)
        return answer.get("Item")

    def put(self, key: Key, **attributes: dict[str, Any]) -> None:
        """Write one item, whatever stood there."""
        self.client.put_item(TableName=self.name, Item={**key_of(key), **attributes})

    def put_new(self, key: Key, **attributes: dict[str, Any]) -> bool:
        """Write one item unless the key is taken; tell whether it was written."""
        try:
            self.client.put_item(
                TableName=self.name,
                Item={**key_of(key), **attributes},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def update(self, key: Key, *, expression: str, condition: str, values: Mapping[str, Any]) -> bool:
        """Update one item under a condition; tell whether the condition held."""
        try:
            self.client.update_item(
                TableName=self.name,
                Key=key_of(key),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def delete(self, key: Key, *, condition: str, values: Mapping[str, Any]) -> bool:
        """Delete one item under a condition; tell whether the condition held."""
        try:
            self.client.delete_item(
                TableName=self.name,
                Key=key_of(key),
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def remove(self, key: Key) -> None:
        """Delete one item, whether or not it is there."""
        self.client.delete_item(TableName=self.name, Key=key_of(key))

    def query(self, partition: str, *, prefix: str = "") -> Iterator[Item]:
        """Yield the items of a partition, consistently read, in the order of their sort keys."""
        condition = "pk = :pk" + (" AND begins_with(sk, :sk)" if prefix else "")
        values = {":pk": text(partition)} | ({":sk": text(prefix)} if prefix else {})
        yield from self._each(condition, values)

    def between(self, partition: str, *, first: str, last: str) -> Iterator[Item]:
        """Yield the items with sort keys from `first` up to and including `last`, consistently read, in order."""
        values = {":pk": text(partition), ":first": text(first), ":last": text(last)}
        yield from self._each("pk = :pk AND sk BETWEEN :first AND :last", values)

    def _each(self, condition: str, values: Mapping[str, Any]) -> Iterator[Item]:
        start: dict[str, Any] = {}
        while True:
            answer = self.client.query(
                TableName=self.name,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values,
                ConsistentRead=True,
                **start,
            )
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def put_many(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Write items in batches; each must have a key of its own. Raises UnprocessedItemsError."""
        waiting = [{"PutRequest": {"Item": item}} for item in items]
        for first in range(0, len(waiting), _BATCH):
            self._write(waiting[first : first + _BATCH])

    def _write(self, requests: Sequence[Any]) -> None:
        left = list(requests)
        for attempt in range(6):
            answer = self.client.batch_write_item(RequestItems={self.name: left})
            left = list(answer.get("UnprocessedItems", {}).get(self.name, []))
            if not left:
                return
            time.sleep(0.05 * 2**attempt)
        raise UnprocessedItemsError(len(left))

    def get_many(self, keys: Sequence[Key]) -> list[Item]:
        """Read items in batches, consistently, in any order; missing ones are left out."""
        found: list[Item] = []
        for first in range(0, len(keys), _BATCH_GET):
            wanted: Any = {
                "Keys": [key_of(key) for key in keys[first : first + _BATCH_GET]],
                "ConsistentRead": True,
            }
            request: Any = {self.name: wanted}
            for attempt in range(6):
                answer = self.client.batch_get_item(RequestItems=request)
                found += answer["Responses"].get(self.name, [])
                request = answer.get("UnprocessedKeys", {})
                if not request:
                    break
                time.sleep(0.05 * 2**attempt)
            else:
                raise UnprocessedItemsError(len(request[self.name]["Keys"]))
        return found

    def transact(self, actions: Sequence[Any]) -> None:
        """Write all actions or none. Raises TransactionRefusedError.

        Another transaction on the same item at the same moment is waited for: many chunks of a run end at once.
        """
        for attempt in range(_CONFLICTS):
            try:
                self._transact(actions)
            except TransactionRefusedError as error:
                if attempt == _CONFLICTS - 1 or not error.is_conflict:
                    raise
                time.sleep(random.uniform(0.5, 1.5) * 0.02 * 2**attempt)  # noqa: S311 - who waits how long, no secret
            else:
                return

    def _transact(self, actions: Sequence[Any]) -> None:
        try:
            self.client.transact_write_items(TransactItems=actions)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            reasons = error.response.get("CancellationReasons", [])
            codes = [
                None if reason.get("Code") in {None, "None"} else str(reason["Code"]) for reason in reasons
            ]
            raise TransactionRefusedError(codes) from error

    def new_item(self, key: Key, **attributes: dict[str, Any]) -> dict[str, Any]:
        """Make the action that writes an item unless its key is taken."""
        item = {**key_of(key), **attributes}
        return {
            "Put": {"TableName": self.name, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
        }

    def removal(self, key: Key) -> dict[str, Any]:
        """Make the action that takes an item out if it is there."""
        where = {"TableName": self.name, "Key": key_of(key), "ConditionExpression": "attribute_exists(pk)"}
        return {"Delete": where}

    def change(
        self, key: Key, *, expression: str, condition: str, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Make the action that updates an item under a condition."""
        return {
            "Update": {
                "TableName": self.name,
                "Key": key_of(key),
                "UpdateExpression": expression,
                "ConditionExpression": condition,
                "ExpressionAttributeValues": dict(values),
            }
        }


@dataclass(frozen=True, slots=True)
class OnceTable(Table):
    """A table of which each partition is read once and whole, however often and by whatever prefix it is asked for.

    For as long as one piece of work lasts: what others write meanwhile is not seen.
    """

    seen: dict[str, list[Item]] = field(default_factory=dict)

    def query(self, partition: str, *, prefix: str = "") -> Iterator[Item]:
        """Yield the items of a partition in the order of their sort keys."""
        if partition not in self.seen:
            self.seen[partition] = list(Table.query(self, partition))
        yield from (item for item in self.seen[partition] if item["sk"]["S"].startswith(prefix))
