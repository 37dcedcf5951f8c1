"""Files that nobody should drop: each ends in a result, quickly, and nothing of it is stored half-way.

docs/hostile.md is made of these very runs: `make goldens` writes it, and a test holds that it is true.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kwit.intake.result_workbook import result_workbook
from tests.metering.hostile.books import BOOKS
from tests.metering.hostile.case import Case, HostileOffice
from tests.metering.hostile.series import ALL_SERIES
from tests.metering.hostile.tables import TABLES

PAGE = Path(__file__).parents[2] / "docs" / "hostile.md"
GROUPS = (("Tables", TABLES), ("Workbooks", BOOKS), ("Interval values", ALL_SERIES))
CASES = [case for _, cases in GROUPS for case in cases]
SECONDS = 30
"""No file may take longer, on a slow and busy machine."""

START, END = "<!-- files -->\n", "<!-- end of files -->\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_file(case: Case) -> None:
    office = HostileOffice()
    content = case.make()
    began = time.monotonic()
    result = office.drop(content, name=case.name)
    took = time.monotonic() - began
    codes = tuple(one.code for one in result.findings if one.code != "unverified_profile")
    assert (str(result.status), codes, office.stored) == (case.status, case.codes, case.stored)
    assert office.store.puts == (1 if case.stored else 0)
    assert office.remarks.open_remarks() == []
    assert took < SECONDS
    # What is said of it can be written down, whatever signs it held.
    assert result.as_json().decode()
    assert result_workbook(result).startswith(b"PK")
    # The same bytes again end the same, and write nothing more.
    assert office.drop(content, name=case.name) == result
    assert office.stored == case.stored


def test_files_are_many_and_each_is_another() -> None:
    names = Counter(case.what for case in CASES)
    assert names.most_common(1)[0][1] == 1
    assert len(CASES) >= 100


def rendered(groups: Sequence[tuple[str, Sequence[Case]]]) -> Iterator[str]:
    """Write the tables of the page."""
    for title, cases in groups:
        yield f"\n### {title}\n\n| What is in it | Result | Codes | Stored |\n|---|---|---|---|\n"
        for case in cases:
            counts = Counter(case.codes)
            codes = ", ".join(f"`{code}`" + (f" × {n}" if n > 1 else "") for code, n in counts.items())
            yield f"| {case.what} | {case.status} | {codes} | {case.stored or '–'} |\n".replace("  ", " ")
    yield "\n"


def test_page_tells_what_the_files_get(request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    told = f"{before}{START}{''.join(rendered(GROUPS))}{END}{after}"
    if request.config.getoption("--rewrite-goldens"):
        PAGE.write_text(told, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == told, "docs/hostile.md differs; read the diff of make goldens"
