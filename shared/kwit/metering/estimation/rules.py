"""What is allowed in estimating one contract's readings, and what an estimate is made with."""

from dataclasses import dataclass
from datetime import datetime

from kwit.kernel.identifiers import canonical_json, content_hash
from kwit.kernel.provenance import Source
from kwit.metering.estimation.load_profile import LoadProfile
from kwit.metering.readings import EstimationMethod


@dataclass(frozen=True, slots=True)
class EstimationRules:
    """Methods in the order they are tried, and bounds: guesses in a row, days of a series, hours interpolated."""

    methods: tuple[EstimationMethod, ...]
    at_most: int
    series_days: int
    short_gap_hours: int
    profile: LoadProfile | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a reading was not estimated: a code, and the register with the day it concerns."""

    code: str
    detail: str


NO_METHOD, NO_START, PROLONGED = "no_method", "no_start", "prolonged_estimation"


def estimate_source(method: EstimationMethod, *place: str) -> Source:
    """Name an estimate by its place, so that the same place makes the same reading on every run.

    The name does not hold what the estimate was made of: a second run that sees other readings finds the place
    taken and uses what stands there (docs/decisions/0017).
    """
    return Source(f"szacowanie: {method}", content_hash(canonical_json(["estimate", *place])), 0)


def known_after(instant: datetime, *others: datetime) -> datetime:
    """Return the instant, or the first one after all others: an estimate replaces what was known before it."""
    latest = max(others, default=None)
    return instant if latest is None or latest < instant else latest + latest.resolution
