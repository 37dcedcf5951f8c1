"""Print docs/cdk-nag.md from the last synthesis: ``python -m infra.findings_page > docs/cdk-nag.md``."""

import json
import sys
from pathlib import Path
from typing import Any

from infra.local.synth import synthesise

_HEAD = """# cdk-nag: acknowledged findings

The app is checked against the AwsSolutions rules at every synthesis, and any other finding stops it.
This page is written by `python -m infra.findings_page`; a test compares the two.

| finding | where | why it is accepted |
|---|---|---|
"""


def page(assembly: Path) -> str:
    """Write one row for each finding and reason, with the constructs it was found in."""
    report: dict[str, Any] = json.loads((assembly / "validation-report.json").read_text())
    rows: dict[tuple[str, str], set[str]] = {}
    for plugin in report["pluginReports"]:
        for finding in plugin.get("suppressedViolations", []):
            row = rows.setdefault((finding["ruleName"], finding["reason"]), set())
            row.update(_short(construct["constructPath"]) for construct in finding["violatingConstructs"])
    lines = [
        f"| `{name}` | {', '.join(sorted(places))} | {reason} |"
        for (name, reason), places in sorted(rows.items())
    ]
    return _HEAD + "\n".join(lines) + "\n"


def _short(path: str) -> str:
    return path.removesuffix("/Resource").removesuffix("/DefaultPolicy")


if __name__ == "__main__":
    sys.stdout.write(page(synthesise()))
