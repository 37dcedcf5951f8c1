"""Readings (odczyty): states of registers at a local midnight, and series of interval values."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kwit.kernel.provenance import Source


class ReadingKind(StrEnum):
    """How a reading was made; every bill says it (rodzaj odczytu)."""

    ACTUAL = "actual"
    REMOTE = "remote"
    CUSTOMER = "customer"
    ESTIMATED = "estimated"


class EstimationMethod(StrEnum):
    """How kWit reckoned a reading that nobody took (sposób szacowania); the bill names it."""

    PREVIOUS_YEAR = "previous_year"
    DAILY_AVERAGE = "daily_average"
    LOAD_PROFILE = "load_profile"
    PROXY_DAY = "proxy_day"
    INTERPOLATION = "interpolation"
    FROM_INTERVALS = "from_intervals"
    FROM_REGISTER = "from_register"
    SUBTRACTIVE = "subtractive"


@dataclass(frozen=True, slots=True)
class Edit:
    """A person's correction of a reading (korekta odczytu): why, and who."""

    reason: str
    author: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a version of a reading stands, beside what it says.

    `method` is set on estimates that kWit made. `held` are the codes of validation for which no bill may use
    it until a person accepts it. A `void` version withdraws what was known of the same register and time.
    `edit` is set on versions that a person made. `confirmed` are the codes that a customer was asked about, and
    answered for, when it submitted the reading.
    """

    method: EstimationMethod | None = None
    held: tuple[str, ...] = ()
    void: bool = False
    edit: Edit | None = None
    confirmed: tuple[str, ...] = ()


PLAIN = Standing()


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """The state of one register of one meter at a local midnight, in whole Wh before the multiplier.

    `boundary` is the day that begins at that midnight: a reading dated 31 January without an hour, which
    closes January, has the boundary 1 February. `told_before` says that another version says the same, so that a
    store may keep many of them in little room; it is no part of what the reading is.
    """

    ppe: str
    meter_no: str
    register: str
    boundary: date
    state_wh: int
    kind: ReadingKind
    known_at: datetime
    source: Source
    standing: Standing = PLAIN
    told_before: bool = field(default=False, compare=False, repr=False)

    @property
    def reckoned(self) -> bool:
        """Tell whether kWit made this state itself, from other readings."""
        return self.standing.method is not None


@dataclass(frozen=True, slots=True)
class IntervalDay:
    """One local day of interval values of one point, in whole Wh, in the order of UTC time.

    There are 23, 24 or 25 hours of them, or four times as many quarters. `register` is the register code the
    values belong to. `estimated` holds the indexes of values that are not measured, `missing` of those among
    them that are not known at all and stand as zero. `told_before` says that another version of the day has the same
    values, so that a store need not write them again; it is no part of what the day is.
    """

    ppe: str
    register: str
    day: date
    minutes: int
    values_wh: tuple[int, ...]
    known_at: datetime
    source: Source
    estimated: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()
    standing: Standing = PLAIN
    told_before: bool = field(default=False, compare=False, repr=False)

    @property
    def reckoned(self) -> bool:
        """Tell whether kWit made values of this day itself, from other readings."""
        return self.standing.method is not None


Reading = RegisterReading | IntervalDay
