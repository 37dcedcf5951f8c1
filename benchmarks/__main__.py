"""Write benchmarks/out/results.json: figures of this run, with ratios to other versions of the same work."""

import json
import os
import platform
from collections.abc import Callable
from pathlib import Path

from benchmarks.household import household_item
from benchmarks.intake import intake
from benchmarks.interval import interval_item
from benchmarks.items import Item
from benchmarks.measure import ROUNDS, SECONDS, clocked, medians
from benchmarks.pages import bill_pages
from benchmarks.peers import PEERS, PeerUnavailableError, Worker, install
from benchmarks.profiles import profiles
from benchmarks.report import readings_table, report
from benchmarks.write_units import write_units
from benchmarks.year import year_item

OUT = Path(__file__).with_name("out")
_TITLES = {
    "household_bills": "Household month (G12w, registers)",
    "interval_bills": "Industrial month (B23, 2,976 quarters of active, inductive and capacitive energy)",
    "year_hourly_bills": "Year of 8,760 hours",
}
_READINGS = (
    "ptpiree_files_per_s",
    "xlsx_rows_per_s",
    "xlsx_states_imported_per_s",
    "interval_values_per_s",
    "interval_values_without_aws_per_s",
    "interval_values_of_csv_without_aws_per_s",
    "peak_mb_100k_rows",
    "wru_per_point_month_15min",
    "wru_per_point_month_15min_files_of_one_point",
    "wru_per_point_month_15min_monthly_file",
)
_NAMES = {"household": "household_bills", "interval": "interval_bills", "year": "year_hourly_bills"}


def main() -> None:
    """Run every benchmark, print the figures and keep them."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    interpreters: dict[str, Path] = {}
    missing: dict[str, str] = {}
    for peer in PEERS:
        try:
            interpreters[peer.name] = install(peer)
        except PeerUnavailableError as error:
            missing[peer.name] = error.reason
    items = [household_item(), interval_item(), year_item()]
    results: dict[str, object] = {
        "method": f"process time of one core, median of {ROUNDS} rounds of {SECONDS} s, peers in turn within one run",
        "python": platform.python_version(),
        "peers_missing": missing,
    }
    for item in items:
        results |= _measured(item, interpreters, missing)
    results |= bill_pages()
    results |= intake()
    results |= write_units()
    OUT.mkdir(exist_ok=True)
    kept = json.loads((OUT / "results.json").read_text()) if (OUT / "results.json").exists() else {}
    # Runs of many contracts have a target of their own; their figures stay beside these.
    results |= {name: kept[name] for name in ("scale", "million") if name in kept}
    (OUT / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    (OUT / "report.md").write_text(report(results, _TITLES) + "\n" + readings_table(results, _READINGS))
    (OUT / "profiles.txt").write_text(profiles(items))
    print(json.dumps(results, indent=2))


def _measured(item: Item, interpreters: dict[str, Path], missing: dict[str, str]) -> dict[str, object]:
    clocks: dict[str, Callable[[], float]] = {
        "kwit": clocked(item.kwit),
        "plain_decimal": clocked(item.plain_decimal),
        "bare_integers": clocked(item.bare_integers),
    }
    cannot = dict(item.cannot)
    workers: dict[str, Worker] = {}
    for peer in PEERS:
        if peer.name not in item.peers or peer.name not in interpreters:
            cannot[peer.name] = missing.get(peer.name) or cannot.get(peer.name, "not asked")
            continue
        try:
            workers[peer.name] = Worker(peer, interpreters[peer.name], item.peers[peer.name])
        except PeerUnavailableError as error:
            cannot[peer.name] = error.reason
    clocks |= {name: worker.per_second for name, worker in workers.items()}
    try:
        rates = medians(clocks)
    finally:
        for worker in workers.values():
            worker.stop()
    name = _NAMES[item.name]
    return {
        f"{name}_per_s": round(rates["kwit"]),
        f"{name}_lines": item.lines,
        f"{name}_ratio_to_plain_decimal": _ratio(rates, "plain_decimal"),
        f"{name}_ratio_to_bare_integers": _ratio(rates, "bare_integers"),
        f"{name}_versions_per_s": {one: round(rate, 1) for one, rate in rates.items() if one != "kwit"},
        f"{name}_ratio_to_peers": {peer: _ratio(rates, peer) for peer in workers},
        f"{name}_peers_leave_out": {peer: item.peers[peer].left_out for peer in workers},
        f"{name}_peers_cannot": cannot,
    }


def _ratio(rates: dict[str, float], other: str) -> float:
    return float(f"{rates['kwit'] / rates[other]:.3g}")


if __name__ == "__main__":
    main()
