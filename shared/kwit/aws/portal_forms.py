"""What the portal's HTTP API takes and gives, as its OpenAPI document describes it."""

import base64
import binascii
import json
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kwit.intake.findings import Severity
from kwit.kernel.energy import from_wh
from kwit.metering.last_readings import KnownState, ReadingPage, ReadingPlace, ReadingVersion, VersionStatus
from kwit.metering.readings import ReadingKind, RegisterReading
from kwit.metering.submissions import SOURCE, Answer, Outcome, SaidReading

_ONE_DAY = timedelta(days=1)


class BadCursorError(ValueError):
    """A cursor was not made by the API; carries it."""

    def __init__(self, cursor: str) -> None:
        super().__init__("not a cursor of this list")
        self.cursor = cursor


def _iso_day(value: object) -> date:
    """Take a day as ISO 8601 text alone; pydantic would take numbers for seconds."""
    if isinstance(value, str) and len(value) == len("2026-03-31"):
        return date.fromisoformat(value)
    raise ValueError("a day is text such as 2026-03-31")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReadingIn(_Form):
    """One state of a register, as the display shows it."""

    day: Annotated[date, BeforeValidator(_iso_day)] = Field(
        description="The day of the reading (YYYY-MM-DD, Europe/Warsaw). The state is taken as that of its end."
    )
    state_kwh: (
        Annotated[str, Field(pattern=r"^[0-9]{1,9}([.,][0-9]{1,3})?$")]
        | Annotated[int, Field(strict=True, ge=0, lt=1_000_000_000)]
    ) = Field(description="The state in kWh (kvarh): text with up to three decimals, or a whole number.")
    meter_no: str = Field("", max_length=40, description="The meter's number; needed where two meters stood.")
    register_code: str = Field(
        "",
        alias="register",
        max_length=40,
        description="The register's OBIS code or zone, such as 1.8.1; needed where the meter has several.",
    )
    confirm: bool = Field(
        default=False,
        strict=True,
        description="True after the answer `needs_confirmation`: the customer stands by this state.",
    )

    def said(self, *, ppe: str, key: str) -> SaidReading:
        """Return the reading as metering takes it."""
        return SaidReading(
            ppe=ppe,
            day=self.day,
            state_kwh=str(self.state_kwh),
            meter_no=self.meter_no,
            register=self.register_code,
            confirmed=self.confirm,
            key=key,
        )


class RemarkOut(_Form):
    """What was found about a reading."""

    code: str = Field(description="A stable code.")
    effect: Severity = Field(
        description="`reject` refuses, `hold` asks for confirmation, `warn` is a remark."
    )
    field: str = Field(description="The field of the request it concerns.")
    message: str = Field(description="A sentence in Polish for the customer.")


class VersionOut(_Form):
    """One version of a state."""

    state_kwh: str = Field(description="In kWh (kvarh), three decimals.")
    kind: ReadingKind = Field(description="How it was read.")
    origin: str = Field(description="`portal`, `file` of the seller or distributor, or `kwit`: reckoned.")
    known_at: datetime = Field(description="Since when it is known.")
    status: VersionStatus = Field(description="`waits`: a person looks at it before a bill uses it.")
    confirmed: bool = Field(description="The customer confirmed it when asked.")


class StateOut(_Form):
    """The state of one register at the end of one day, with all its versions, the newest first."""

    meter_no: str
    register_code: str = Field(alias="register")
    day: date = Field(description="The last day that the state counts.")
    versions: tuple[VersionOut, ...]


class AnswerOut(_Form):
    """What became of a submitted reading."""

    outcome: Outcome
    reading: StateOut | None = Field(description="As it is kept; null unless it was accepted.")
    remarks: tuple[RemarkOut, ...]
    reference: str | None = Field(description="Names the submission when asking about it; null unless kept.")


class PageOut(_Form):
    """A page of the last readings of a point."""

    ppe: str
    states: tuple[StateOut, ...]
    next: str | None = Field(description="Give it as `after` for the next page; null on the last one.")


class ProblemOut(_Form):
    """Why a request was not served."""

    code: str
    message: str = Field(description="A sentence in Polish.")
    field: str = ""


def answer_out(answer: Answer) -> AnswerOut:
    """Show an answer."""
    reading = answer.reading
    return AnswerOut(
        outcome=answer.outcome,
        reading=None if reading is None else _kept(reading),
        remarks=tuple(
            RemarkOut(code=one.code, effect=one.severity, field=one.name, message=one.sentence_pl)
            for one in answer.remarks
        ),
        reference=reading.source.content_hash[:16] if reading and reading.source.file == SOURCE else None,
    )


def page_out(ppe: str, page: ReadingPage) -> PageOut:
    """Show a page of the last readings."""
    following = None if page.last is None else _cursor(page.last)
    return PageOut(ppe=ppe, states=tuple(_state(one) for one in page.states), next=following)


def place_of(cursor: str) -> ReadingPlace:
    """Read the place that a cursor names. Raises BadCursorError."""
    try:
        boundary, meter_no, register = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return ReadingPlace(date.fromisoformat(boundary), str(meter_no), str(register))
    except (ValueError, TypeError, binascii.Error):
        raise BadCursorError(cursor) from None


def _cursor(place: ReadingPlace) -> str:
    told = [place.boundary.isoformat(), place.meter_no, place.register]
    return base64.urlsafe_b64encode(json.dumps(told, ensure_ascii=False).encode()).decode()


def _kept(reading: RegisterReading) -> StateOut:
    status = VersionStatus.WAITS if reading.standing.held else VersionStatus.COUNTS
    place = ReadingPlace(reading.boundary, reading.meter_no, reading.register)
    return _state(KnownState(place, (ReadingVersion(reading, status),)))


def _state(state: KnownState) -> StateOut:
    return StateOut(
        meter_no=state.place.meter_no,
        register=state.place.register,
        day=state.place.boundary - _ONE_DAY,
        versions=tuple(_version(one) for one in state.versions),
    )


def _version(version: ReadingVersion) -> VersionOut:
    reading = version.reading
    return VersionOut(
        state_kwh=format(from_wh(reading.state_wh, unit="kWh"), "f"),
        kind=reading.kind,
        origin="kwit" if reading.reckoned else SOURCE if reading.source.file == SOURCE else "file",
        known_at=reading.known_at,
        status=version.status,
        confirmed=bool(reading.standing.confirmed),
    )
