"""References of drafts: what approvals, batches and certificates need of them without their bytes."""

from kwit.billing.drafts import Draft, DraftRef


def draft_ref(draft: Draft, chunk: int) -> DraftRef:
    """Return the reference of a draft in its chunk."""
    return DraftRef(
        document_id=draft.document_id,
        chunk=chunk,
        contract_no=draft.contract_no,
        start=draft.start,
        end=draft.end,
        content_hash=draft.content_hash,
        net=draft.net,
        vat=draft.vat,
        gross=draft.gross,
        wh_read=draft.wh_read,
        kwh_billed=draft.kwh_billed,
        events=draft.events,
        carried=draft.carried,
        kind=draft.kind,
        unit=draft.unit,
        clocks=draft.clocks,
        turn=draft.turn,
        risk=draft.risk,
        revision=draft.revision,
        corrects=draft.corrects,
        settles=draft.settles,
        forecast=draft.forecast,
        kwh_forecast=draft.kwh_forecast,
        parts=draft.parts,
    )
