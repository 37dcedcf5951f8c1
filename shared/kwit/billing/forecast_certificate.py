"""Forecasts in the run certificate: a bill takes back what was invoiced; what was open is settled or stays open."""

from kwit.billing.content import BillContent, LineData
from kwit.billing.drafts import DocumentKind, DraftRef
from kwit.billing.forecast_content import invoiced
from kwit.billing.forecast_data import EXPECTED, SETTLED, forecasts_after, merged_parts
from kwit.kernel.money import ZERO, total


def forecast_faults(content: BillContent, ref: DraftRef) -> list[str]:
    """Name every figure of a document's forecasts that does not agree with its lines, reference or cursor."""
    faults: list[str] = []
    told = [
        (one.section, one.posting, one.vat_rate, -one.net, -(one.vat or ZERO)) for one in _settling(content)
    ]
    parts = [(one.section, one.posting, one.rate, one.net, one.vat) for one in merged_parts(content.settled)]
    if told != parts:
        faults.append(f"lines take back {told} of forecasts {parts}")
    if len({one.document_id for one in content.settled}) != len(content.settled):
        faults.append("a forecast is settled twice")
    if (content.expected.kwh if content.expected else 0) != ref.kwh_forecast:
        faults.append(f"expected energy against the reference {ref.kwh_forecast} kWh")
    return faults + _move_faults(content, ref) + _kind_faults(content, ref)


def _settling(content: BillContent) -> list[LineData]:
    return [line for line in content.lines if line.rule == SETTLED]


def _move_faults(content: BillContent, ref: DraftRef) -> list[str]:
    """Hold the move of a document against its reference, and what was open before it against what became of it."""
    move = content.forecasts
    stated = None if move is None else (move.turn, move.text)
    referred = None if ref.forecast is None else (ref.forecast.turn, ref.forecast.text)
    if stated != referred:
        return [f"forecasts {referred} against {stated}"]
    if move is None:
        return ["forecasts are settled and stay open"] if content.settled else []
    after = forecasts_after(move.move(alone=False))
    made = [one for one in after.open if one.document_id == ref.document_id]
    faults = []
    left = total(one.net for one in (*content.settled, *after.open)) - total(one.net for one in made)
    if left != move.before:
        faults.append(f"forecasts open before: {move.before}, settled or left open: {left}")
    if {one.document_id for one in content.settled} & {one.document_id for one in after.open}:
        faults.append("a forecast is settled and stays open")
    if content.expected is not None and made != [invoiced(content, document_id=ref.document_id)]:
        faults.append("a forecast is not handed on as it is invoiced")
    return faults


def _kind_faults(content: BillContent, ref: DraftRef) -> list[str]:
    """See that what is expected is billed by forecasts alone, and by every line of them."""
    marked = [any(one.name == EXPECTED for one in line.inputs) for line in content.lines]
    if content.expected is None:
        return ["a line of a bill is expected"] if any(marked) else []
    if ref.kind is not DocumentKind.FORECAST or not all(marked):
        return ["a forecast is not marked as one"]
    return []
