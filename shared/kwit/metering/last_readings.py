"""The last readings of a point as its customer may see them: every state with its versions and their origin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kwit.kernel.time import DateRange
from kwit.metering.readings import RegisterReading
from kwit.metering.submitting import PointNotHeldError
from kwit.metering.usage import version_that_counts
from kwit.metering.versions import drop_order, words


class VersionStatus(StrEnum):
    """How a version of a reading stands beside the others of its register and midnight."""

    COUNTS = "counts"
    WAITS = "waits"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, order=True)
class ReadingPlace:
    """The place of a state in the list: the later midnight first, then by meter and register."""

    boundary: date
    meter_no: str
    register: str

    @property
    def rank(self) -> tuple[int, str, str]:
        """Return what the list is ordered by."""
        return -self.boundary.toordinal(), self.meter_no, self.register


@dataclass(frozen=True, slots=True)
class ReadingVersion:
    """One version of a state, and how it stands."""

    reading: RegisterReading
    status: VersionStatus


@dataclass(frozen=True, slots=True)
class KnownState:
    """The versions of one register's state at one midnight that said something new, the one known last first."""

    place: ReadingPlace
    versions: tuple[ReadingVersion, ...]


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """A page of the list; `last` is the place after which the next page begins, None on the last page."""

    states: tuple[KnownState, ...]
    last: ReadingPlace | None


def last_readings(
    *,
    ppe: str,
    readings: Sequence[RegisterReading],
    held: Sequence[DateRange],
    limit: int,
    after: ReadingPlace | None = None,
) -> ReadingPage:
    """List the states of the days held, and of the midnights at their ends, newest first.

    `readings` are all versions known of the point. Raises PointNotHeldError when no day is held.
    """
    if not held:
        raise PointNotHeldError(ppe)
    groups: dict[ReadingPlace, list[RegisterReading]] = {}
    for one in readings:
        place = ReadingPlace(one.boundary, one.meter_no, one.register)
        if any(
            span.start <= one.boundary and (span.end is None or one.boundary <= span.end) for span in held
        ):
            groups.setdefault(place, []).append(one)
    ordered = sorted(groups, key=lambda place: place.rank)
    left = [place for place in ordered if after is None or place.rank > after.rank]
    page = left[:limit]
    states = tuple(KnownState(place, _versions(groups[place])) for place in page)
    return ReadingPage(states, page[-1] if len(left) > limit else None)


def _versions(versions: Sequence[RegisterReading]) -> tuple[ReadingVersion, ...]:
    counting = version_that_counts(versions)
    shown = [*words(versions), *(one for one in versions if one.reckoned)]
    newest_first = sorted(shown, key=drop_order, reverse=True)
    return tuple(ReadingVersion(one, _status(one, counting)) for one in newest_first)


def _status(version: RegisterReading, counting: RegisterReading | None) -> VersionStatus:
    if version.standing.void:
        return VersionStatus.WITHDRAWN
    if version is not counting:
        return VersionStatus.REPLACED
    return VersionStatus.WAITS if version.standing.held else VersionStatus.COUNTS
