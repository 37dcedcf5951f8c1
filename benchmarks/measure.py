"""Measure calls by process time: several rounds, the peers in turn, the median of each."""

import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 5
SECONDS = 0.4


def per_second(
    calls: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS, seconds: float = SECONDS
) -> dict[str, float]:
    """Return the calls per second of each peer: the median of rounds, each of about `seconds` of process time."""
    clocks = {name: clocked(call, seconds=seconds) for name, call in calls.items()}
    return medians(clocks, rounds=rounds)


def medians(clocks: Mapping[str, Callable[[], float]], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Ask every clock for its calls per second, in turn, round by round; return the median of each."""
    found: dict[str, list[float]] = {name: [] for name in clocks}
    for _ in range(rounds):
        for name, clock in clocks.items():
            found[name].append(clock())
    return {name: statistics.median(rates) for name, rates in found.items()}


def clocked(call: Callable[[], object], *, seconds: float = SECONDS) -> Callable[[], float]:
    """Return a clock of a call: each reading runs it for about `seconds` and tells the calls per second."""
    count = _calls_in(call, seconds)

    def reading() -> float:
        began = time.process_time()
        for _ in range(count):
            call()
        return count / (time.process_time() - began)

    return reading


def _calls_in(call: Callable[[], object], seconds: float) -> int:
    call()
    began, count, spent = time.process_time(), 0, 0.0
    while spent < seconds / 4:
        call()
        count += 1
        spent = time.process_time() - began
    return max(round(count * seconds / spent), 1)
