"""Check a collective invoice against its parts: they add up to it, and VAT is rounded once where it should be."""

from kwit.billing.collective_content import (
    CollectiveContent,
    added_rows,
    rounded_on_document,
)
from kwit.billing.drafts import DraftRef
from kwit.kernel.money import ZERO, grosze, total


def collective_faults(content: CollectiveContent, ref: DraftRef) -> list[str]:
    """Name every figure of a collective invoice that its parts or its reference do not agree with, theirs apart."""
    bills = content.bills
    if not bills:
        return ["it has no parts"]
    checks = {
        "parts": ([part.document_id for part in content.parts], [part.document_id for part in ref.parts]),
        "contracts": ([bill.contract_no for bill in bills], list(ref.contracts)),
        "each contract once": (len({bill.contract_no for bill in bills}), len(bills)),
        "payers": ({bill.payer.party_id for bill in bills}, {content.payer.party_id}),
        "account": (content.account, ref.contract_no),
        "settings": ({bill.settings_version for bill in bills}, {content.settings_version}),
        "days": ((content.start, content.end), (min(b.start for b in bills), max(b.end for b in bills))),
        "VAT rows": (content.vat_rows, added_rows(bills)),
        "net, VAT and gross of rows": (
            (content.net, content.vat, content.gross),
            (
                total(row.net for row in content.vat_rows),
                total(row.vat for row in content.vat_rows),
                total(row.gross for row in content.vat_rows),
            ),
        ),
        "to be paid": (content.due, total(bill.due for bill in bills)),
        "balance": (content.opening_balance or ZERO, total(bill.opening_balance or ZERO for bill in bills)),
        "reference": ((ref.net, ref.vat, ref.gross), (content.net, content.vat, content.gross)),
        "energy of the reference": (
            (ref.wh_read, ref.kwh_billed),
            (sum(part.wh_read for part in ref.parts), sum(part.kwh_billed for part in ref.parts)),
        ),
    }
    faults = [f"{name}: {left} against {right}" for name, (left, right) in checks.items() if left != right]
    return faults + _rounding_faults(content)


def _rounding_faults(content: CollectiveContent) -> list[str]:
    """Round VAT on the whole net again where parts round it on the document, and see that no share is too much."""
    faults = []
    nets = [rounded_on_document(bill) for bill in content.bills]
    shares = [{one.rate: one.vat for one in bill.vat_shares} for bill in content.bills]
    for rate in sorted({rate for own in nets for rate in own}):
        told = total(
            grosze(own[rate] * rate) + share.get(rate, ZERO)
            for own, share in zip(nets, shares, strict=True)
            if rate in own
        )
        whole = grosze(total(own.get(rate, ZERO) for own in nets) * rate)
        if told != whole:
            faults.append(f"VAT at {rate} of the whole net is {whole}, its parts bear {told}")
    return faults
