"""Bill a portfolio of any size on the embedded cloud, measure it, check it, rate every document again.

``python -m benchmarks.scale --contracts N --seed S`` writes its figures into benchmarks/out/results.json beside
those of the other benchmarks, and ends with 1 when anything about the run is not as it must be.
"""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

from benchmarks.scale.checks import check_run, mail_bytes, replay_all, result_bytes
from benchmarks.scale.cloud_run import Fired, fire_day, load
from benchmarks.scale.dictionary import write_samples
from benchmarks.scale.figures import calls_table, cost_figures, stage_figures, use_figures
from benchmarks.scale.memory import MemoryWatch
from benchmarks.scale.portfolio import expected_documents, portfolio_of
from events.portfolio import BUSINESS_DATE, SELLER_NIP
from infra.local.cloud import EmbeddedCloud
from infra.local.ksef.connected import connected
from infra.local.synth import synthesise
from kwit.aws.cost import read_prices
from kwit.billing.runs import run_id_of

RESULTS = Path(__file__).parents[1] / "out" / "results.json"
KEY = "scale"


def main() -> None:
    """Carry it out, print the figures and keep them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--contracts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument(
        "--samples", type=Path, help="write the documents here, for the making of a dictionary"
    )
    asked = parser.parse_args()
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {text}", flush=True)

    portfolio = portfolio_of(asked.contracts, seed=asked.seed)
    expected = expected_documents(portfolio)
    say(f"{len(portfolio)} contracts, seed {asked.seed}: {expected} can be billed")
    with (
        EmbeddedCloud(assembly=synthesise()) as cloud,
        connected(cloud, nip=SELLER_NIP, day=BUSINESS_DATE),
        MemoryWatch(cloud.server_pid) as memory,
    ):
        loading = load(cloud, portfolio, say=say)
        fired = fire_day(cloud, memory, say=say)
        checked = check_run(
            cloud, run_id=run_id_of(BUSINESS_DATE), contracts=len(portfolio), expected=expected
        )
        say(f"{len(checked.documents)} documents, {checked.held} held, {checked.gross} zł: checked")
        if asked.samples:
            write_samples(cloud, checked.documents, asked.samples)
        replaying = time.monotonic()
        different = replay_all(cloud, checked.documents)
        say(f"{len(checked.documents)} documents rated again: {len(different)} differences")
        figures = _figures(fired, len(checked.documents), mail_bytes(cloud))
        figures |= {
            "contracts": len(portfolio),
            "seed": asked.seed,
            "held": checked.held,
            "result_bytes": result_bytes(cloud, run_id_of(BUSINESS_DATE)),
            "loading_s": {name: round(seconds, 1) for name, seconds in loading.items()},
            "peak_mb": memory.peaks(),
            "processes": memory.workers(),
            "replayed": len(checked.documents),
            "replay_differences": len(different),
            "replay_s": round(time.monotonic() - replaying, 1),
            "faults": checked.faults,
        }
    for line in calls_table(fired.use, documents=len(checked.documents)):
        print(line)
    _keep(figures)
    print(json.dumps(figures, indent=2))
    faults = checked.faults + [f"{one.document_id}: {one.difference}" for one in different[:5]]
    faults += [f"{name} failed {one.failed} times" for name, one in fired.use.items() if one.failed]
    if faults:
        print("\n".join(faults), file=sys.stderr)
        sys.exit(1)


def _figures(fired: Fired, documents: int, sent_bytes: int) -> dict[str, object]:
    seconds = fired.seconds["plan_billing_run"]
    return {
        "machine": f"{os.cpu_count()} cores, CPython {platform.python_version()}, load {os.getloadavg()[0]:.1f}",
        "documents": documents,
        "run_s": round(seconds, 1),
        "contracts_per_s_end_to_end": round(documents / seconds, 2),
        "emulator_cpu_ms_per_invoice": round(fired.emulator_cpu_s / documents * 1000, 1),
        "stages": stage_figures(fired.stages),
        "schedules_s": {name: round(one, 1) for name, one in fired.seconds.items()},
        "by_function": use_figures(fired.use, documents=documents),
        **cost_figures(fired.use, read_prices(), documents=documents, mail_bytes=sent_bytes),
    }


def _keep(figures: dict[str, object]) -> None:
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept | {KEY: figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
