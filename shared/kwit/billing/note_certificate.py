"""What a run of notes proves of each of them: its rows add up, and its interest comes out again."""

from kwit.billing.drafts import DraftRef
from kwit.billing.interest import interest_of
from kwit.billing.note_content import NoteContent
from kwit.kernel.money import ZERO, grosze, total


def note_faults(content: NoteContent, ref: DraftRef) -> list[str]:
    """Name every figure of a note that does not agree with its reference or with the others."""
    faults = []
    amounts = [one.amount for one in content.rows] + [one.amount for one in content.interest]
    if total(amounts) != content.due:
        faults.append(f"rows {total(amounts)} against what is due {content.due}")
    if (ref.net, ref.vat, ref.gross) != (content.due, ZERO, content.due):
        faults.append(f"due {content.due} against the reference {ref.net}/{ref.vat}/{ref.gross}")
    faults += [f"{one} is no amount to charge" for one in amounts if one <= 0 or grosze(one) != one]
    for row in content.interest:
        for part in row.periods:
            counted = interest_of(principal=row.principal, rate=part.rate, days=part.days)
            if counted != part.amount:
                faults.append(f"{row.invoice}, {part.days} days: {part.amount} against {counted}")
    if ref.steps or ref.wh_read or ref.kwh_billed:
        faults.append("a note bills energy or moves a clock")
    return faults
