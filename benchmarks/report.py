"""The results as Markdown: one table of ratios for each item, for docs/benchmarks.md."""

from collections.abc import Mapping, Sequence
from typing import Any

NAMES = {
    "plain_decimal": "plain Decimal",
    "bare_integers": "bare integers",
    "pysam": "NREL-PySAM 7.1.1.post1",
    "electric-emission-cost": "electric-emission-cost 0.0.5",
    "ratebook": "ratebook 0.1.0",
    "tariff-core": "tariff-core 2026.10.1",
}
_WHOLE = {"plain_decimal": "names, prices found, provenance", "bare_integers": "the same, and every line"}


def report(results: Mapping[str, Any], items: Mapping[str, str]) -> str:
    """Write a table for each item: bills per second, kWit's rate over the peer's, what the peer leaves out."""
    return "\n".join(_table(results, name, title) for name, title in items.items())


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} x" if ratio >= 100 else f"{ratio:.2g} x"


def _table(results: Mapping[str, Any], name: str, title: str) -> str:
    own = results[f"{name}_per_s"]
    rows = [
        f"### {title}",
        "",
        "| Version | bills/s/core | kWit is | left out |",
        "|---|---|---|---|",
        f"| **kWit**, {results[f'{name}_lines']} lines | {own:,} | | |",
    ]
    left_out = {**_WHOLE, **results[f"{name}_peers_leave_out"]}
    for version, rate in results[f"{name}_versions_per_s"].items():
        shown = f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"
        rows.append(f"| {NAMES[version]} | {shown} | {_times(own / rate)} | {left_out[version]} |")
    for peer, why in results[f"{name}_peers_cannot"].items():
        rows.append(f"| {NAMES[peer]} | cannot | | {why} |")
    return "\n".join([*rows, ""])


def readings_table(results: Mapping[str, Any], keys: Sequence[str]) -> str:
    """Write the figures of files of readings as a table, each with its ratio to the version beside it."""
    rows = ["### Files of readings and their storage", "", "| Key | figure | kWit is |", "|---|---|---|"]
    for key in keys:
        stem = key.removesuffix("_per_s")
        ratios = [
            f"{_times(v)} {k.rpartition('_to_')[2]}"
            for k, v in results.items()
            if k.startswith(f"{stem}_ratio_to_")
        ]
        rows.append(f"| `{key}` | {results[key]:,} | {', '.join(ratios)} |")
    return "\n".join([*rows, ""])
