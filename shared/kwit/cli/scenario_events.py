"""What a scenario says of events: services, connection, rebates, illegal use."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kwit.cli.scenario_fields import NearDay, Part, PositiveAmount
from kwit.tariffs.written import Amount, Name, Text


class EventPart(Part):
    """Something charged by itself on its day (zdarzenie): a service done, a rebate granted."""

    charge: Name
    day: NearDay
    quantity: PositiveAmount = Field(description="in the unit of the charge")
    variant: Name | None = Field(default=None, description="kind of the event, where the charge has kinds")
    measure: PositiveAmount | None = Field(default=None, description="deviation of voltage, in per cent")
    note: str = ""


class RebatePart(Part):
    """Energy not delivered on a day (kwh), or delivered with its voltage outside the limits (deviation)."""

    day: NearDay
    kwh: PositiveAmount = Field(description="not delivered, or delivered on the day of the deviation")
    deviation: PositiveAmount | None = Field(default=None, description="beyond the allowed limits, per cent")
    hours: PositiveAmount | None = Field(default=None, description="of a deviation over 10 per cent")
    note: str = ""


class ConnectionPart(Part):
    """A connection to the network (przyłączenie), charged on the first day of the period."""

    group: Literal["II", "III", "IV", "V", "VI"]
    kind: Literal["consumer", "charging", "source", "small_source", "micro_source", "network", "storage"] = (
        "consumer"
    )
    power_kw: PositiveAmount | None = None
    before_kw: PositiveAmount | None = Field(default=None, description="power held before an increase")
    line: Literal["overhead", "cable", "existing"] | None = None
    length_m: PositiveAmount | None = None
    outlays: PositiveAmount | None = Field(default=None, description="actual outlays, PLN")
    rebuilding: PositiveAmount | None = Field(default=None, description="outlays of exchanging the line, PLN")
    reserve: PositiveAmount | None = Field(default=None, description="outlays of the reserve supply, PLN")
    above_1_kv: bool = False

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.before_kw is not None and (self.power_kw is None or self.power_kw <= self.before_kw):
            raise ValueError("power_kw must be over before_kw, the power that is increased")
        if self.line == "existing" and self.group != "VI":
            raise ValueError("line existing is for group VI")
        if self.above_1_kv and self.group in {"IV", "V"}:
            raise ValueError(f"group {self.group} is connected at no more than 1 kV")
        return self


class IllegalUsePart(Part):
    """Illegal use (nielegalny pobór): the case of the distributor's list, and what its limit is counted from."""

    case: Name
    metering: Name | None = Field(default=None, description="fuse, no_fuse, one_phase, indirect …")
    amperes: PositiveAmount | None = None
    phases: Annotated[int, Field(ge=1, le=3)] = 1
    kilovolts: PositiveAmount | None = None
    kwh: dict[Name, Amount] = Field(default_factory=dict, description="by zone; left out: the limit")


class ZoneHoursPart(Part):
    """A file with the zone of every hour of the period, one a line (Energetyczny Kompas)."""

    file: Text
