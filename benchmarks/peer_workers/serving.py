"""Serve one peer from its own interpreter: JSON lines in, JSON lines out; only the standard library is needed."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.measure import clocked

Bill = Callable[[], object]


def serve(prepare: Callable[[Mapping[str, Any]], Bill]) -> None:
    """Prepare the item of the first line, tell the peer's net, then tell calls per second for every further line."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    bill = prepare(json.loads(sys.stdin.readline()))
    answers.write(json.dumps({"net": str(bill())}) + "\n")
    answers.flush()
    clock: Callable[[], float] | None = None
    for _ in sys.stdin:
        clock = clock or clocked(bill)
        answers.write(json.dumps({"per_second": clock()}) + "\n")
        answers.flush()
