"""The report of a run, as JSON: its certificate, totals and every hold with its reason."""

import json

from kwit.billing.certificate import Certificate
from kwit.billing.drafts import Run
from kwit.billing.holds import hold_sentence


def run_report(*, run: Run, certificate: Certificate) -> bytes:
    """Write what a run proves about itself and what it held back."""
    report = {
        "run_id": run.run_id,
        "business_date": run.business_date.isoformat(),
        "status": str(run.status),
        "contracts_due": certificate.contracts,
        "nothing_due": certificate.nothing_due,
        "drafts": len(certificate.drafts),
        "held": len(certificate.holds),
        "energy": {
            "wh_read": certificate.wh_read,
            "wh_held": certificate.wh_held,
            "kwh_billed": certificate.kwh_billed,
            "rounding_wh": certificate.rounding_wh,
        },
        "money": {
            "net": str(certificate.net),
            "vat": str(certificate.vat),
            "gross": str(certificate.gross),
        },
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
                "sentence": hold_sentence(hold.code),
                "detail": hold.detail,
            }
            for hold in certificate.holds
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=2).encode()
