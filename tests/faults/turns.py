"""Functions that take turns: each runs in a thread of its own and stops at every AWS call until it is its turn again.

Only one thread moves at a time and the choice of the next comes from a seeded generator, so a schedule is the same
whenever it is run.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Killed(BaseException):
    """The process died; no handler of exceptions gets to see it."""


class ConnectionLostError(Exception):
    """The call failed, before or after it took effect."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong: at the `at`-th call of a function, before or after it takes effect."""

    at: int
    after: bool
    kills: bool


class Actor(threading.Thread):
    """One invocation of a function."""

    def __init__(self, work: Callable[[], Any], fault: Fault | None) -> None:
        super().__init__(daemon=True)
        self.work, self.fault = work, fault
        self.calls = 0
        self.met = False
        self.killed = False
        self.result: Any = None
        self.broken: BaseException | None = None
        self._mine, self._done = threading.Semaphore(0), threading.Semaphore(0)

    def run(self) -> None:
        self._mine.acquire()
        try:
            self.result = self.work()
        except Killed:
            self.killed = True
        except BaseException as error:  # noqa: BLE001 - shown by the test, in its own thread
            self.broken = error
        self._done.release()

    def move(self) -> bool:
        """Let the function go on to its next call; tell whether it has ended."""
        if not self.ident:
            self.start()
        self._mine.release()
        self._done.acquire()
        return not self.is_running

    @property
    def is_running(self) -> bool:
        """Tell whether the function waits for its next turn."""
        return self.result is None and not self.killed and self.broken is None

    def before_call(self) -> None:
        """Stop before a call until it is this function's turn; then fail if that is its lot."""
        self._done.release()
        self._mine.acquire()
        if self.fault is not None and not self.fault.after and self.calls == self.fault.at:
            self.calls += 1
            self._fail()

    def after_call(self) -> None:
        """Count a call, and fail after it if that is this function's lot."""
        self.calls += 1
        if self.fault is not None and self.fault.after and self.calls == self.fault.at + 1:
            self._fail()

    def _fail(self) -> None:
        self.met = True
        raise Killed if self.fault is not None and self.fault.kills else ConnectionLostError


def watch(client: Any) -> None:
    """Make a client's calls stops of whichever actor makes them."""
    client.meta.events.register("before-call", _before)
    client.meta.events.register_last("after-call", _after)


def _before(**_: object) -> None:
    actor = threading.current_thread()
    if isinstance(actor, Actor):
        actor.before_call()


def _after(**_: object) -> None:
    actor = threading.current_thread()
    if isinstance(actor, Actor):
        actor.after_call()
