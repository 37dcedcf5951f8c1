"""Check a correction against itself: both bills add up, and the difference is theirs by line, rate and cause."""

from decimal import Decimal

from kwit.billing.content import BillContent
from kwit.billing.correcting import kwh_billed, wh_read
from kwit.billing.correction_content import CorrectionContent, vat_differences
from kwit.billing.drafts import DraftRef
from kwit.kernel.money import ZERO, total


def correction_faults(content: CorrectionContent, ref: DraftRef) -> list[str]:
    """Name every figure of a correction that does not agree, its bills' own apart."""
    before, after = content.before, content.after
    differences = _minus(after, before)
    told = (content.net, content.vat, content.gross, content.due)
    checks = {
        "differences": (told, differences),
        "reference": ((ref.net, ref.vat, ref.gross), told[:3]),
        "causes": (_sums(content), told[:3]),
        "net of lines": (total(one.net for one in content.lines), content.net),
        "VAT rows": (content.vat_rows, vat_differences(before, after)),
        "energy read": (ref.wh_read, wh_read(after) - wh_read(before)),
        "energy billed": (ref.kwh_billed, kwh_billed(after) - kwh_billed(before)),
        "carried": ((ref.carried, content.carried), (after.carried, after.carried)),
        "days": ((before.start, before.end), (after.start, after.end)),
    }
    faults = [f"{name}: {left} against {right}" for name, (left, right) in checks.items() if left != right]
    chain = ref.corrects
    if chain is None or (chain.original, chain.last) != (
        content.original.document_id,
        content.corrected.document_id,
    ):
        faults.append(f"the reference goes on another chain than {content.original.number}")
    for name, olds, of in (("before", before.lines, "before"), ("after", after.lines, "after")):
        paired = sorted(index for one in content.lines if (index := getattr(one, of)) is not None)
        if paired != list(range(len(olds))):
            faults.append(f"lines {name} are not each told once")
    return faults


def _minus(after: BillContent, before: BillContent) -> tuple[Decimal, ...]:
    pairs = (
        (after.net, before.net),
        (after.vat, before.vat),
        (after.gross, before.gross),
        (after.due, before.due),
    )
    return tuple(new - old for new, old in pairs)


def _sums(content: CorrectionContent) -> tuple[Decimal, Decimal, Decimal]:
    zero = (ZERO, ZERO, ZERO)
    if not content.causes:
        return zero
    return (
        total(one.net for one in content.causes),
        total(one.vat for one in content.causes),
        total(one.gross for one in content.causes),
    )
