"""How a document moves the clocks of its contract, and the identity that follows from where they stood."""

from collections.abc import Mapping, Sequence
from datetime import date

from kwit.billing.clocks import ClockMove
from kwit.billing.compose import line_data
from kwit.billing.content import ClockData
from kwit.billing.due import Part, Progress
from kwit.billing.prepaid import NOTHING_PREPAID, Prepaid, PrepaidPeriod, Refund
from kwit.kernel.identifiers import deterministic_id
from kwit.rating.lines import Line
from kwit.registry.records import Contract
from kwit.tariffs.price_list import Clock


def clock_data(
    *,
    parts: Sequence[Part],
    refunds: Sequence[Refund],
    progress: Progress,
    measured_end: date,
    lines: Mapping[frozenset[Clock], Sequence[Line]],
    carried: str,
) -> tuple[ClockData, ...]:
    """Say how a document moves each clock, in their order.

    Clocks of no period that went on without anything to charge are moved along. `lines` are those of each period
    apart, which a clock ahead of the measured one hands on until their days are over, and `carried` what that one does.
    """
    found: dict[Clock, ClockData] = {}
    for part in parts:
        for clock in part.clocks:
            handed = _prepaid(clock, part, progress, lines.get(part.clocks, ())).text()
            found[clock] = ClockData(
                clock=clock,
                start=progress.stood[clock],
                end=measured_end if part.measures else part.due.end,
                months=str(part.due.months.cycle * part.due.months.share),
                in_advance=part.in_advance,
                carried=carried if clock is Clock.VARIABLE else handed,
            )
    for refund in refunds:
        found[refund.clock] = _moved(refund.clock, refund.until, progress, refund.rest(), in_advance=True)
    for clock, day in progress.days.items():
        if clock not in found and day != progress.stood[clock]:
            kept = progress.prepaid.get(clock, NOTHING_PREPAID)
            found[clock] = _moved(clock, day, progress, kept, in_advance=False)
    return tuple(found[clock] for clock in Clock if clock in found)


def _moved(clock: Clock, end: date, progress: Progress, prepaid: Prepaid, *, in_advance: bool) -> ClockData:
    return ClockData(
        clock=clock,
        start=progress.stood[clock],
        end=end,
        months="0",
        in_advance=in_advance,
        carried=prepaid.text(),
    )


def _prepaid(clock: Clock, part: Part, progress: Progress, lines: Sequence[Line]) -> Prepaid:
    known = progress.prepaid.get(clock, NOTHING_PREPAID)
    if part.measures or part.due.end <= progress.days[Clock.VARIABLE]:
        return known  # nobody can leave before those days without leaving before days that are measured and billed
    period = PrepaidPeriod(
        start=part.due.start,
        end=part.due.end,
        party_id=part.contract.party_id,
        payer_id=part.contract.payer_id,
        lines=tuple(line_data(line, clock=str(clock)) for line in lines),
    )
    return known.with_period(period, used_to=progress.days[Clock.VARIABLE])


def document_id_of(*, contract_no: str, start: date, moves: Sequence[ClockMove], progress: Progress) -> str:
    """Make the identity of a bill: its contract, the clocks it moves and where they stood.

    A clock may stand on a day again once days billed in advance were given back; how often they were tells which time
    it is. All clocks together make the identity they always had.
    """
    if not moves:
        return deterministic_id("bill", contract_no, "all", start.isoformat())
    names = [_name(move, progress.prepaid.get(move.clock, NOTHING_PREPAID).turns) for move in moves]
    return deterministic_id("bill", contract_no, *names)


def _name(move: ClockMove, turns: int) -> str:
    back = ":back" if move.end < move.start else ""
    return f"{move.clock}:{move.start.isoformat()}:{turns}{back}"


def is_final(
    *, contracts: Sequence[Contract], end: date, moves: Sequence[ClockMove], progress: Progress
) -> bool:
    """Tell whether a document is the last one of an ended contract: every clock then stands on its end or behind it."""
    ends = contracts[-1].ends
    if ends is None:
        return False
    days = progress.days | {move.clock: move.end for move in moves} if moves else dict.fromkeys(Clock, end)
    return all(day == ends for day in days.values())
