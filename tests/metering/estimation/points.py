"""Points with states and days, made for estimates."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange, day_minutes
from kwit.metering.estimation.filling import History
from kwit.metering.estimation.load_profile import LoadProfile, load_profile
from kwit.metering.estimation.rules import EstimationRules
from kwit.metering.readings import EstimationMethod, IntervalDay, ReadingKind, RegisterReading
from kwit.metering.usage import MeteredRegister
from kwit.tariffs.holidays import statutory_holidays

PPE = "590543000000001232"
KNOWN = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
RUN = datetime(2026, 4, 10, 22, 0, tzinfo=UTC)
SOURCE = Source("odczyty.csv", "a" * 64, 2)
YEAR_AGO = date(2025, 1, 1)


def register(
    code: str = "1.8.0", *, zone: str = "all", minutes: int | None = None, multiplier: int = 1, **more: object
) -> MeteredRegister:
    known: dict[str, object] = {
        "meter_no": "L1", "code": code, "zone": zone, "quantity": "import", "digits": 6,
        "multiplier": multiplier, "present": DateRange(date(2024, 1, 1)), "interval_minutes": minutes,
    }  # fmt: skip
    return MeteredRegister(**(known | more))  # type: ignore[arg-type]


def state(
    day: date, kwh: str, *, kind: str = "actual", code: str = "1.8.0", meter_no: str = "L1"
) -> RegisterReading:
    wh = int(Decimal(kwh) * 1000)
    return RegisterReading(PPE, meter_no, code, day, wh, ReadingKind(kind), KNOWN, SOURCE)


def day_of(
    day: date, wh: int = 500, *, minutes: int = 60, code: str = "1.8.0", **more: object
) -> IntervalDay:
    values = tuple([wh] * (day_minutes(day) // minutes))
    known: dict[str, object] = {"values_wh": values}
    return IntervalDay(
        ppe=PPE,
        register=code,
        day=day,
        minutes=minutes,
        known_at=KNOWN,
        source=SOURCE,
        **(known | more),  # type: ignore[arg-type]
    )


def days_of(first: date, count: int, wh: int = 500) -> list[IntervalDay]:
    return [day_of(first + timedelta(days=n), wh) for n in range(count)]


def group(name: str = "G11") -> LoadProfile:
    return load_profile(name, holidays=statutory_holidays())


def rules(
    *methods: str, at_most: int = 2, series_days: int = 7, profile: LoadProfile | None = None
) -> EstimationRules:
    return EstimationRules(tuple(map(EstimationMethod, methods)), at_most, series_days, 3, profile)


def history(
    states: Sequence[RegisterReading] = (),
    days: Sequence[IntervalDay] = (),
    *,
    registers: Sequence[MeteredRegister] = (),
) -> History:
    return History(registers or (register(),), states, days)
