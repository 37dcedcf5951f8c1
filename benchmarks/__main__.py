"""Write benchmarks/out/results.json: figures of this run, with ratios to a plain version of the same work."""

import json
import platform
from pathlib import Path

from benchmarks.household import household_bills
from benchmarks.pages import bill_pages

OUT = Path(__file__).with_name("out") / "results.json"


def main() -> None:
    """Run every benchmark, print the figures and keep them."""
    results = {
        "method": "process time of one core, median of rounds, peers in turn within one run",
        "python": platform.python_version(),
        **household_bills(),
        **bill_pages(),
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
