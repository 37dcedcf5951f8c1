"""Measure calls by process time: several rounds, the peers in turn, the median of each."""

import statistics
import time
from collections.abc import Callable, Mapping


def per_second(
    calls: Mapping[str, Callable[[], object]], *, rounds: int = 5, seconds: float = 0.4
) -> dict[str, float]:
    """Return the calls per second of each peer: the median of rounds, each of about `seconds` of process time."""
    counts = {name: _calls_in(call, seconds) for name, call in calls.items()}
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            began = time.process_time()
            for _ in range(counts[name]):
                call()
            found[name].append(counts[name] / (time.process_time() - began))
    return {name: statistics.median(rates) for name, rates in found.items()}


def _calls_in(call: Callable[[], object], seconds: float) -> int:
    call()
    began, count = time.process_time(), 0
    while time.process_time() - began < seconds / 4:
        call()
        count += 1
    return max(count * 4, 1)
