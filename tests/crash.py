"""Crash a process at a chosen AWS call, before or after the call takes effect."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_READS = ("GetItem", "BatchGetItem", "Query", "Scan")


class Crash(BaseException):
    """The process died; no handler of exceptions gets to see it."""


@dataclass
class Fault:
    """Dies at the `at`-th call, counted from 0 over all watched clients, `before` or `after` it.

    `writes` counts only calls that change something: a crash at a read leaves what a crash after the last write
    before it leaves.
    """

    at: int
    when: str
    calls: int = 0
    writes: bool = False

    def watch(self, client: Any) -> None:
        client.meta.events.register("before-call", self._before)
        client.meta.events.register("after-call", self._after)

    def unwatch(self, client: Any) -> None:
        client.meta.events.unregister("before-call", self._before)
        client.meta.events.unregister("after-call", self._after)

    def _counts(self, model: Any) -> bool:
        return not self.writes or not model.name.startswith(_READS)

    def _before(self, *, model: Any, **_: object) -> None:
        if self._counts(model) and self.when == "before" and self.calls == self.at:
            self.calls += 1
            raise Crash

    def _after(self, *, model: Any, **_: object) -> None:
        if not self._counts(model):
            return
        self.calls += 1
        if self.when == "after" and self.calls == self.at + 1:
            raise Crash


@contextmanager
def watched(fault: Fault, *clients: Any) -> Iterator[Fault]:
    """Let a fault watch clients while the block runs."""
    for client in clients:
        fault.watch(client)
    try:
        yield fault
    finally:
        for client in clients:
            fault.unwatch(client)
