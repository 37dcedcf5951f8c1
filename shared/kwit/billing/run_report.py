"""The report of a run, as JSON: its certificate, totals and every hold with its reason."""

import json
from collections.abc import Sequence

from kwit.billing.certificate import Certificate
from kwit.billing.drafts import Approval, BatchTotals, Run, RunStatus
from kwit.billing.holds import hold_sentence
from kwit.kernel.money import total


def run_report(
    *,
    run: Run,
    certificate: Certificate,
    approvals: Sequence[Approval] = (),
    issued: Sequence[BatchTotals] = (),
) -> bytes:
    """Write what a run proves about itself, what it held back, who approved it and what was issued of it."""
    report = {
        "run_id": run.run_id,
        "business_date": run.business_date.isoformat(),
        "status": str(run.status),
        "contracts_due": certificate.contracts,
        "nothing_due": certificate.nothing_due,
        "drafts": len(certificate.drafts),
        "contracts_drafted": len({no for ref in certificate.drafts for no in ref.contracts}),
        "held": len(certificate.holds),
        "energy": {
            "wh_read": certificate.wh_read,
            "wh_held": certificate.wh_held,
            "kwh_billed": certificate.kwh_billed,
            "kwh_forecast": certificate.kwh_forecast,
            "rounding_wh": certificate.rounding_wh,
        },
        "money": {
            "net": str(certificate.net),
            "vat": str(certificate.vat),
            "gross": str(certificate.gross),
        },
        "order": _order(run),
        "times": {str(step): at.isoformat() for step, at in run.times},
        "drafts_hash": certificate.drafts_hash,
        "balances": certificate.balances,
        "faults": list(certificate.faults),
        "holds": [
            {
                "contract_no": hold.contract_no,
                "start": hold.start.isoformat(),
                "end": hold.end.isoformat(),
                "code": str(hold.code),
                "risk": hold.risk,
                "document_id": hold.document_id,
                "sentence": hold_sentence(hold.code),
                "detail": hold.detail,
            }
            for hold in certificate.holds
        ],
        "approvals": [_approval(one) for one in approvals],
        "issued": _issued(issued, approvals, complete=run.status is RunStatus.ISSUED),
    }
    return json.dumps(report, ensure_ascii=False, indent=2).encode()


def _order(run: Run) -> dict[str, object]:
    order = run.order
    return {
        "kind": str(order.kind),
        "by": order.by,
        "reason": order.reason,
        "dry": order.dry,
        "until": order.until.isoformat() if order.until else None,
        "contracts": list(order.contracts),
        "groups": list(order.groups),
        "price_lists": list(order.price_lists),
        "documents": list(order.documents),
        "cancel": order.cancel,
    }


def _approval(one: Approval) -> dict[str, object]:
    return {
        "by": one.by,
        "at": one.at.isoformat(),
        "drafts": one.drafts,
        "gross": str(one.gross),
        "drafts_hash": one.drafts_hash,
        "only": list(one.only),
        "without": list(one.without),
        "released": list(one.released),
        "reason": one.reason,
    }


def _issued(
    batches: Sequence[BatchTotals], approvals: Sequence[Approval], *, complete: bool
) -> dict[str, object]:
    """Return what issued documents add up to, by lines, documents, receivables and postings, and every fault."""
    passed_over = [no for one in batches for no in one.passed_over]
    return {
        "documents": sum(one.documents for one in batches),
        "numbers": [[one.first, one.last] for one in batches if one.documents],
        "lines_net": str(total(one.lines_net for one in batches)),
        "net": str(total(one.net for one in batches)),
        "vat": str(total(one.vat for one in batches)),
        "gross": str(total(one.gross for one in batches)),
        "due": str(total(one.due for one in batches)),
        "receivable": str(total(one.receivable for one in batches)),
        "debit": str(total(one.debit for one in batches)),
        "credit": str(total(one.credit for one in batches)),
        "hashes": [one.hashes for one in batches],
        "passed_over": passed_over,
        "faults": issue_faults(batches, approvals, complete=complete),
    }


def issue_faults(
    batches: Sequence[BatchTotals], approvals: Sequence[Approval], *, complete: bool
) -> list[str]:
    """Name what does not agree between lines, documents, receivables and postings of what was issued."""
    faults = [fault for one in batches for fault in one.faults]
    for one in batches:
        checks = {
            "lines against net": (one.lines_net, one.net),
            "net and VAT against gross": (one.net + one.vat, one.gross),
            "receivables against what is due": (one.receivable, one.due),
            "debit against credit": (one.debit, one.credit),
        }
        faults += [
            f"{one.first}: {name}, {left} and {right}"
            for name, (left, right) in checks.items()
            if left != right
        ]
    documents = sum(one.documents for one in batches)
    approved = sum(one.drafts for one in approvals)
    passed_over = any(one.passed_over for one in batches)
    if complete and documents != approved and not passed_over:
        faults.append(f"{approved} drafts approved, {documents} documents issued")
    return faults
