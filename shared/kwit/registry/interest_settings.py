"""Rates of interest for delay that a company tells itself: those announced after the packaged table was made."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class InterestRateSettings(BaseModel):
    """One rate: of which law, since when, per cent a year, and the first day for which it is not confirmed.

    A rate from a day that the packaged table has a rate for takes its place.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    law: Literal["civil_code", "commercial_transactions"]
    valid_from: date
    percent: Decimal = Field(ge=0, le=100)
    known_to: date
    source: str = Field(min_length=1)

    @field_validator("percent", mode="before")
    @classmethod
    def _written(cls, value: object) -> object:
        if not isinstance(value, str | int | Decimal):
            raise ValueError(f"write the number in quotes: {value!r}")  # noqa: TRY004 - pydantic collects ValueError
        return value

    @model_validator(mode="after")
    def _days(self) -> "InterestRateSettings":
        if self.known_to <= self.valid_from:
            raise ValueError("known_to must lie behind valid_from")
        return self
