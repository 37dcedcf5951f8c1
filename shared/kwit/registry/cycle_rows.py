"""The columns of a contract's row that give a clock a cycle of its own: months, anchor, in advance or in arrears."""

from datetime import date

from kwit.intake.table import RowReader
from kwit.registry.records import Cycle

CYCLES = frozenset({1, 2, 3, 6, 12})
_IN_ADVANCE = {
    "z gory": True, "gory": True, "in advance": True, "advance": True, "tak": True, "yes": True,
    "z dolu": False, "dolu": False, "in arrears": False, "arrears": False, "nie": False, "no": False,
}  # fmt: skip


def cycle_of(reader: RowReader, clock: str, *, starts: date) -> Cycle | None:
    """Read the own cycle of a clock (`fixed` or `own`), None when the row gives it none; it runs from `starts`.

    What is unsound rejects the row; so does an anchor or a way of payment without a length.
    """
    months, anchor, advance = f"{clock}_cycle_months", f"{clock}_cycle_anchor", f"{clock}_in_advance"
    in_advance = reader.choice(advance, _IN_ADVANCE, default=False, code="bad_cycle")
    begins = reader.day(anchor) or starts
    if reader.cell(months) is None:
        for key in (anchor, advance):
            if reader.cell(key) is not None:
                reader.reject("bad_cycle", key, "Cykl opłat wymaga podania liczby miesięcy.")
        return None
    length = reader.whole(months, default=1)
    if length not in CYCLES:
        reader.reject("bad_cycle", months, "Okres rozliczeniowy to 1, 2, 3, 6 albo 12 miesięcy.")
    return Cycle(length, begins, in_advance)
