"""The run certificate: energy read = energy billed + stated exceptions, and the money adds up."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kwit.billing.carried import read_carried
from kwit.billing.clocks import ClockMove
from kwit.billing.collective_certificate import collective_faults
from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent, EnergyData, LineData
from kwit.billing.contents import read_issued
from kwit.billing.correcting import kwh_billed, wh_read
from kwit.billing.correction_certificate import correction_faults
from kwit.billing.correction_content import CorrectionContent
from kwit.billing.drafts import ChunkResult, Draft, DraftRef, Hold, Run
from kwit.billing.forecast_certificate import forecast_faults
from kwit.billing.forecast_data import SETTLED, merged_parts
from kwit.billing.note_certificate import note_faults
from kwit.billing.note_content import NoteContent
from kwit.kernel.energy import whole_kwh
from kwit.kernel.identifiers import canonical_json, content_hash
from kwit.kernel.money import ZERO, grosze, total


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a run proves about itself. `faults` is empty when it balances.

    Energy is in whole Wh: `wh_read` of all due periods with a known use, `wh_held` of those held back, and
    `rounding_wh` the stated difference between Wh read and whole kWh billed. `kwh_forecast` is what forecasts expect;
    it is billed when it is read.
    """

    run_id: str
    contracts: int
    nothing_due: int
    drafts: tuple[DraftRef, ...]
    held: tuple[DraftRef, ...]
    holds: tuple[Hold, ...]
    wh_read: int
    wh_held: int
    kwh_billed: int
    kwh_forecast: int
    rounding_wh: int
    net: Decimal
    vat: Decimal
    gross: Decimal
    drafts_hash: str
    faults: tuple[str, ...]

    @property
    def balances(self) -> bool:
        """Tell whether nothing was found wrong."""
        return not self.faults


def certify(*, run: Run, results: Sequence[ChunkResult]) -> Certificate:
    """Check a whole run against itself: every contract is accounted for, every draft added up when it was rated."""
    drafts = tuple(ref for result in results for ref in result.drafts)
    held = tuple(ref for result in results for ref in result.held)
    holds = tuple(hold for result in results for hold in result.holds)
    nothing = tuple(number for result in results for number in result.nothing_due)
    faults = [fault for result in results for fault in result.faults]
    accounted = {no for ref in (*drafts, *held) for no in ref.contracts} | set(nothing)
    accounted |= {hold.contract_no for hold in holds if not hold.document_id}
    if len(accounted) != run.contracts:
        faults.append(f"{run.contracts} contracts planned, {len(accounted)} accounted for")
    identities = [name for ref in (*drafts, *held) for name in _identities(ref)]
    if len(set(identities)) != len(identities):
        faults.append("two drafts have one identity")
    if {ref.document_id for ref in held} != {hold.document_id for hold in holds if hold.document_id}:
        faults.append("a draft that is held has no hold that names it")
    wh_drafted = sum(ref.wh_read for ref in drafts)
    wh_held = sum(hold.wh_read for hold in holds)
    kwh_billed = sum(ref.kwh_billed for ref in drafts)
    return Certificate(
        run_id=run.run_id,
        contracts=run.contracts,
        nothing_due=len(nothing),
        drafts=drafts,
        held=held,
        holds=holds,
        wh_read=wh_drafted + wh_held,
        wh_held=wh_held,
        kwh_billed=kwh_billed,
        kwh_forecast=sum(ref.kwh_forecast for ref in drafts),
        rounding_wh=wh_drafted - kwh_billed * 1000,
        net=total(ref.net for ref in drafts),
        vat=total(ref.vat for ref in drafts),
        gross=total(ref.gross for ref in drafts),
        drafts_hash=hash_of_drafts(drafts),
        faults=tuple(faults),
    )


def _identities(ref: DraftRef) -> list[str]:
    """Return the identity of a draft, and of a collective invoice those of its parts."""
    return [ref.document_id, *(part.document_id for part in ref.parts)]


def hash_of_drafts(drafts: Sequence[DraftRef]) -> str:
    """Return the hash of drafts: that of their contents' hashes by contract and first day."""
    ordered = sorted(drafts, key=lambda ref: (ref.chunk, ref.contract_no, ref.start))
    return content_hash(canonical_json([ref.content_hash for ref in ordered]))


def draft_faults(draft: Draft, ref: DraftRef) -> list[str]:
    """Name every figure of a draft that does not agree with its reference or with the others."""
    if content_hash(draft.content) != ref.content_hash:
        return [f"draft {ref.document_id} is not the one that was rated"]
    content = read_issued(draft.content)
    if isinstance(content, NoteContent):
        faults = note_faults(content, ref)
    elif isinstance(content, CollectiveContent):
        faults = collective_faults(content, ref)
        for part, own in zip(content.parts, ref.parts, strict=False):
            faults += [f"{own.contract_no}: {fault}" for fault in content_faults(part.bill, own)]
    elif isinstance(content, CorrectionContent):
        faults = correction_faults(content, ref)
        for name, bill in (("before", content.before), ("after", content.after)):
            faults += [f"bill {name}: {fault}" for fault in content_faults(bill, _own_ref(bill, ref))]
    else:
        faults = content_faults(content, ref)
    return [f"draft {ref.document_id}: {fault}" for fault in faults]


def _own_ref(bill: BillContent, ref: DraftRef) -> DraftRef:
    """Refer to a bill inside a correction by its own figures."""
    told = [one.value for line in bill.lines for one in line.inputs if one.name == "event"]
    return replace(
        ref,
        net=bill.net,
        vat=bill.vat,
        gross=bill.gross,
        wh_read=wh_read(bill),
        kwh_billed=kwh_billed(bill),
        carried=bill.carried,
        forecast=None if bill.forecasts is None else bill.forecasts.move(alone=False),
        events=tuple(told),
    )


def _factors(line: LineData) -> str:
    return "".join(f" x {factor.value} ({factor.name})" for factor in line.factors)


def content_faults(content: BillContent, ref: DraftRef) -> list[str]:
    """Add a bill up again from its lines and its usage and name every figure that does not agree."""
    faults = [
        f"line {line.charge} {line.zone}: {line.quantity} x {line.price}{_factors(line)} is not {line.net}"
        for line in content.lines
        if grosze(line.product()) != line.net
    ]
    checks = {
        "net of lines": (total(line.net for line in content.lines), content.net),
        "net of sections": (total(section.net for section in content.sections), content.net),
        "net of VAT rows": (total(row.net for row in content.vat_rows), content.net),
        "VAT of rows": (total(row.vat for row in content.vat_rows), content.vat),
        "gross": (content.net + content.vat, content.gross),
        "net, VAT and gross of the reference": (
            (ref.net, ref.vat, ref.gross),
            (content.net, content.vat, content.gross),
        ),
    }
    faults += [f"{name}: {left} against {right}" for name, (left, right) in checks.items() if left != right]
    if ref.carried != content.carried:
        faults.append(f"carried {ref.carried!r} against {content.carried!r}")
    told_moves = tuple(ClockMove(one.clock, one.start, one.end, one.carried) for one in content.clocks)
    if ref.clocks != told_moves:
        faults.append(f"clocks {ref.clocks} against {told_moves}")
    told = [one.value for line in content.lines for one in line.inputs if one.name == "event"]
    if sorted(told) != sorted(ref.events):
        faults.append(f"events {', '.join(ref.events)} against {', '.join(told)}")
    faults += _vat_faults(content) + _energy_faults(content, ref) + _deposit_faults(content)
    return faults + forecast_faults(content, ref)


def _deposit_faults(content: BillContent) -> list[str]:
    """Add a deposit up again: what came in is used, refunded, forfeited or left, and the bill asks for the rest."""
    deposit, paid = content.deposit, ZERO
    faults: list[str] = []
    if deposit is not None:
        left = deposit.opening + total(month.value for month in deposit.months) - deposit.used
        paid = deposit.used + total(one.refund for one in deposit.lapsed)
        carried = total(one.left for one in read_carried(content.carried).lots)
        told = (deposit.left, total(lot.left for lot in deposit.lots), carried)
        if told != (left, left, left) or not 0 <= deposit.used <= deposit.limit:
            faults.append(f"deposit: {_figures({'left': told})} against {left}")
        faults += [
            f"deposit of {one.month}: {one.left} against {one.refund} + {one.forfeited}"
            for one in deposit.lapsed
            if one.left != one.refund + one.forfeited
        ]
    if content.due != content.gross - paid:
        faults.append(f"to be paid {content.due} against {content.gross} - {paid}")
    return faults


def _vat_faults(content: BillContent) -> list[str]:
    """Work VAT out again by the rounding that the bill names: on lines, on sections or on the document."""
    by_line, on_document = content.vat_rounding == "line", content.vat_rounding == "document"
    nets: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    vats: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    faults: list[str] = []
    for line in content.lines:
        if line.rule == SETTLED:
            continue
        own = grosze(line.net * line.vat_rate) if by_line else None
        if line.vat != own:
            faults.append(f"line {line.charge} {line.zone}: VAT {line.vat} against {own}")
        nets[line.section, line.vat_rate] += line.net
        vats[line.section, line.vat_rate] += own or 0
    if not by_line:
        vats.update({cell: grosze(net * cell[1]) for cell, net in nets.items()})
    rows: dict[Decimal, tuple[Decimal, Decimal]] = {}
    sections: dict[str, tuple[Decimal, Decimal]] = {}
    for (section, rate), net in nets.items():
        vat = vats[section, rate]
        rows[rate] = _plus(rows.get(rate), net, vat)
        sections[section] = _plus(sections.get(section), net, vat)
    shares = {one.rate: one.vat for one in content.vat_shares}
    if on_document:
        rows = {rate: (net, grosze(net * rate) + shares.pop(rate, ZERO)) for rate, (net, _) in rows.items()}
    faults += [f"a share of VAT at {rate} that nothing is rounded at" for rate in shares]
    for part in merged_parts(content.settled):  # as it was rounded when it was invoiced
        rows[part.rate] = _plus(rows.get(part.rate), -part.net, -part.vat)
        sections[part.section] = _plus(sections.get(part.section), -part.net, -part.vat)
    told_rows = {row.rate: (row.net, row.vat, row.gross) for row in content.vat_rows}
    told_sections = {one.section: (one.net, one.vat, one.gross) for one in content.sections}
    for name, expected, told in (("VAT", rows, told_rows), ("section", sections, told_sections)):
        whole = {key: (net, vat, net + vat) for key, (net, vat) in expected.items()}
        if whole != told:
            faults.append(f"{name} totals {_figures(told)} against {_figures(whole)}")
    return faults


def _plus(before: tuple[Decimal, Decimal] | None, net: Decimal, vat: Decimal) -> tuple[Decimal, Decimal]:
    return (before[0] + net, before[1] + vat) if before else (net, vat)


def _figures(totals: Mapping[Any, tuple[Decimal, ...]]) -> str:
    return ", ".join(f"{key}: {'/'.join(map(str, figures))}" for key, figures in totals.items())


def _energy_faults(content: BillContent, ref: DraftRef) -> list[str]:
    """Follow energy from the readings to the zones, and from the zones to the lines that bill it."""
    energy = content.energy if content.expected is None else content.expected.energy
    imports = {row.zone: row for row in energy if row.quantity == "import"}
    faults = [
        f"zone {row.zone}: {row.wh} Wh billed as {row.kwh} kWh"
        for row in imports.values()
        if whole_kwh(row.wh) != row.kwh
    ]
    if content.expected is not None:
        billed = [*content.usage, *content.energy]
        faults += ["a forecast tells energy as read"] if billed or ref.wh_read or ref.kwh_billed else []
        return faults + _billed_faults(content, imports)
    read, in_zones = (
        sum(span.wh for span in content.usage if span.quantity == "import"),
        sum(row.wh for row in imports.values()),
    )
    if read != in_zones or read != ref.wh_read:
        faults.append(f"energy read {read} Wh against zones {in_zones} Wh, reference {ref.wh_read} Wh")
    kwh = sum(row.kwh for row in imports.values())
    if kwh != ref.kwh_billed:
        faults.append(f"energy of zones {kwh} kWh against the reference {ref.kwh_billed} kWh")
    return faults + _billed_faults(content, imports)


# A line up to a limit and the line above it bill the same days, so only one of them counts the days.
_BILLING_RULES = {"whole_kwh_of_zone": 1, "kwh_of_zone_base": 1, "kwh_of_zone_above": 0}


def _billed_faults(content: BillContent, imports: Mapping[str, EnergyData]) -> list[str]:
    """Hold every charge on the energy of a zone against that energy, less what net-metering covers."""
    billed: dict[tuple[str, str], tuple[Decimal, int, int]] = {}
    for line in content.lines:
        counts = _BILLING_RULES.get(line.rule)
        if counts is None:
            continue
        quantity, days, _ = billed.get((line.charge, line.zone), (Decimal(0), 0, 0))
        quantity += line.quantity.scaleb(3) if line.unit == "MWh" else line.quantity
        covered = next((int(one.value) for one in line.inputs if one.name == "covered_kwh"), 0)
        quantity += covered * counts
        billed[line.charge, line.zone] = (quantity, days + line.days * counts, line.of_days)
    kwh = sum(row.kwh for row in imports.values())
    faults: list[str] = []
    for (charge, zone), (quantity, days, of_days) in billed.items():
        expected = (imports[zone].kwh if zone in imports else 0) if zone else kwh
        # A charge that is in force on a part of the days only bills a part of the energy.
        if days == of_days and quantity != expected:
            faults.append(f"charge {charge} {zone} bills {quantity} kWh of {expected} kWh")
    return faults
