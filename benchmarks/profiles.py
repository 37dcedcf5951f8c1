"""Where the time of a bill goes: the functions with most time of their own, as cProfile counts it."""

import cProfile
import io
import pstats
import re
from collections.abc import Sequence

from benchmarks.items import Item

_CALLS = 500
_TOP = 15


def profiles(items: Sequence[Item]) -> str:
    """Profile some hundred bills of every item; paths are cut to the package."""
    return "\n".join(f"## {item.name}: {_CALLS} bills\n{_profile(item)}" for item in items)


def _profile(item: Item) -> str:
    item.kwit()
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(_CALLS):
        item.kwit()
    profile.disable()
    text = io.StringIO()
    pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(_TOP)
    told = re.sub(r"/\S*/(kwit|benchmarks|python3\.\d+)/", r"\1/", text.getvalue())
    return "\n".join(
        line.rstrip() for line in told.splitlines() if line.strip() and "Random listing" not in line
    )
