"""The risk of a draft (ryzyko), 0 to 100: coded reasons with points from the settings, and what they come to.

A draft from `hold_from` points on waits for a person; a reason alone may reach it, or several together.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from kwit.billing.content import BillContent, StateData
from kwit.billing.drafts import HoldCode, RiskReason
from kwit.billing.history import PastUse
from kwit.kernel.time import Period
from kwit.registry.company import HoldSettings

_YEAR_DAYS = 365


def reasons_of(
    *,
    content: BillContent,
    past: Sequence[PastUse],
    wh: int,
    cycle_days: int,
    first_bill: bool,
    doubtful: Sequence[str],
    limits: HoldSettings,
) -> tuple[RiskReason, ...]:
    """Name, heaviest first, what makes a bill worth a look.

    `past` is the use of earlier stretches, `wh` the import of the period in Wh, `doubtful` the charges whose
    prices are not confirmed.
    """
    days = (content.end - content.start).days
    found: list[tuple[HoldCode, str]] = []
    if content.gross < 0:
        found.append((HoldCode.NEGATIVE, f"gross {content.gross} zł"))
    if content.gross > limits.gross_over:
        found.append((HoldCode.AMOUNT_HIGH, f"gross {content.gross} zł is over {limits.gross_over} zł"))
    if doubtful and limits.unconfirmed_prices:
        found.append((HoldCode.UNCONFIRMED_PRICES, f"unconfirmed: {', '.join(doubtful)}"))
    if days:
        found += _of_use(content, past, wh, days, limits)
    if first_bill:
        found.append((HoldCode.NEW_CONTRACT, f"first bill, from {content.start}"))
    if days > cycle_days * limits.long_period_factor:
        found.append((HoldCode.LONG_PERIOD, f"{days} days, a cycle has {cycle_days}"))
    reasons = [RiskReason(code, limits.points_of(code), detail) for code, detail in found]
    reasons += _estimates(content, limits)
    return tuple(sorted((one for one in reasons if one.points), key=lambda one: (-one.points, one.code)))


def _of_use(
    content: BillContent, past: Sequence[PastUse], wh: int, days: int, limits: HoldSettings
) -> list[tuple[HoldCode, str]]:
    found: list[tuple[HoldCode, str]] = []
    kwh_per_day = Decimal(wh) / 1000 / days
    if kwh_per_day > limits.kwh_per_day_over:
        found.append((HoldCode.USE_HIGH, f"{kwh_per_day:.1f} kWh a day is over {limits.kwh_per_day_over}"))
    if not content.usage:
        return found
    if not wh:
        found.append((HoldCode.ZERO_USE, f"nothing used in {days} days"))
    usual = usual_wh_per_day(content, past)
    if usual is None or max(usual, Decimal(wh) / days) < limits.history_from_kwh_per_day * 1000:
        return found
    told = f"{kwh_per_day:.1f} kWh a day, {usual / 1000:.1f} before"
    if Decimal(wh) / days > usual * limits.history_factor:
        found.append((HoldCode.USE_ABOVE_HISTORY, told))
    elif Decimal(wh) / days * limits.history_factor < usual:
        found.append((HoldCode.USE_BELOW_HISTORY, told))
    return found


def usual_wh_per_day(content: BillContent, past: Sequence[PastUse]) -> Decimal | None:
    """Return what the point used a day: in the same days a year before, else over the year before the period."""
    period = Period(content.start, content.end)
    if content.last_year_wh is not None:
        return Decimal(content.last_year_wh) / period.days
    since = content.start - timedelta(days=_YEAR_DAYS)
    earlier = [one for one in past if since <= one.period.start and one.period.end <= content.start]
    days = sum(one.period.days for one in earlier)
    return Decimal(sum(one.wh for one in earlier)) / days if days else None


def _estimates(content: BillContent, limits: HoldSettings) -> list[RiskReason]:
    """Give points for every state and day that the bill's energy was estimated from."""
    states = sum(_estimated(span.first) + _estimated(span.last) for span in content.usage)
    days = sum(span.estimated_days for span in content.usage)
    if not states and not days:
        return []
    each = limits.points_of(HoldCode.ESTIMATED)
    detail = f"{states} estimated states, {days} estimated days"
    return [RiskReason(HoldCode.ESTIMATED, min(100, each * max(1, states)), detail)]


def _estimated(state: StateData | None) -> int:
    return int(state is not None and state.kind == "estimated")


def hold_code(reasons: Sequence[RiskReason], limits: HoldSettings) -> HoldCode | None:
    """Return why a draft waits: its heaviest reason, `risk_high` when only several together weigh enough."""
    if sum(one.points for one in reasons) < limits.hold_from:
        return None
    heaviest = reasons[0]
    return heaviest.code if heaviest.points >= limits.hold_from else HoldCode.RISK_HIGH
