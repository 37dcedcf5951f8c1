"""Tell the finance system the numbers that KSeF gave: documents exported before are exported again with them.

From the day of acceptance on, registers (JPK_V7) and transfers between businesses must name the number.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kwit.documents.ksef_numbers import KsefNumber
from kwit.kernel.identifiers import content_hash
from kwit.ledger.export import ExportFiles
from kwit.ledger.postings import plain_text

_HEAD = ("numer", "data_wystawienia", "numer_ksef", "nadany", "tryb")


class KsefNumberStore(Protocol):
    """Numbers of KSeF that no export has told yet."""

    def new_numbers(self) -> Sequence[KsefNumber]:
        """Return the numbers not told yet, by day of issue and number."""
        ...

    def told(self, numbers: Sequence[KsefNumber]) -> None:
        """Take numbers off the list of those not told yet."""
        ...


@dataclass(frozen=True, slots=True)
class NumbersExported:
    """An export of numbers: its key and how many it tells; no key when there was nothing to tell."""

    key: str = ""
    numbers: int = 0


def export_ksef_numbers(*, day: date, store: KsefNumberStore, files: ExportFiles) -> NumbersExported:
    """Write the numbers not told yet to a file of the day, then take them off the list.

    After a crash between the two the same rows are written again, under the same name when nothing was added.
    """
    numbers = store.new_numbers()
    if not numbers:
        return NumbersExported()
    content = numbers_csv(numbers)
    key = f"exports/ksef-numbers-{day.isoformat()}-{content_hash(content)[:12]}.csv"
    files.put(key, content, "text/csv")
    store.told(numbers)
    return NumbersExported(key, len(numbers))


def numbers_csv(numbers: Sequence[KsefNumber]) -> bytes:
    """Write numbers as CSV (semicolons, UTF-8 with a byte order mark), a document a row."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEAD)
    for one in numbers:
        taken = one.taken_at.isoformat() if one.taken_at else ""
        writer.writerow(
            [plain_text(one.number), one.issue_date.isoformat(), one.ksef_number, taken, one.mode]
        )
    return text.getvalue().encode("utf-8-sig")
