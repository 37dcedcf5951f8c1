"""Hourly balancing of phases (bilansowanie międzyfazowe): per-phase values become one hourly import and export.

Rule: art. 4 ust. 2b of the Act on renewable sources (ustawa o odnawialnych źródłach energii): what a prosumer draws
from and gives to the network in one hour is balanced over all phases; a positive result is drawn, a negative one
is given.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from kwit.metering.day_import import DayImport, Place, StagedDay

PHASES = ("l1", "l2", "l3")
PHASE_QUANTITIES = frozenset(f"{way}_{phase}" for way in ("import", "export") for phase in PHASES)
_HOUR = 60


class UnequalPhasesError(ValueError):
    """Series of phases do not have the same whole hours; carries their lengths and the interval's minutes."""

    def __init__(self, lengths: Sequence[int], minutes: int) -> None:
        super().__init__(
            f"series of {list(lengths)} values of {minutes} minutes are not the same whole hours"
        )
        self.lengths = tuple(lengths)
        self.minutes = minutes


def balanced_hours(
    *, imports: Sequence[Sequence[int]], exports: Sequence[Sequence[int]], minutes: int
) -> tuple[list[int], list[int]]:
    """Net import and export of all phases in each hour, in whole Wh; return import and export balanced.

    In every hour one of the two is zero and their difference is that of the sums before. Raises
    UnequalPhasesError.
    """
    lengths = [len(one) for one in (*imports, *exports)]
    in_hour = _HOUR // minutes
    if len(set(lengths)) != 1 or _HOUR % minutes or lengths[0] % in_hour:
        raise UnequalPhasesError(lengths, minutes)
    net = [
        sum(sum(one[start : start + in_hour]) for one in imports)
        - sum(sum(one[start : start + in_hour]) for one in exports)
        for start in range(0, lengths[0], in_hour)
    ]
    return [max(wh, 0) for wh in net], [max(-wh, 0) for wh in net]


@dataclass(slots=True)
class PhaseDays:
    """Collects the days of phases of one file, and hands the balanced days over once all lines are read."""

    days: DayImport
    _found: dict[tuple[str, date], dict[str, StagedDay]] = field(default_factory=dict)

    def add(self, day: StagedDay) -> None:
        """Take one phase's import or export on one day."""
        mine = self._found.setdefault((day.ppe, day.day), {})
        present = mine.get(day.quantity)
        if present is None:
            mine[day.quantity] = day
        elif present.content == day.content:
            self.days.repeated += day.weight
            sentence = f"Ta sama doba stoi już w wierszu {present.place.row} tego pliku."
            self.days.warn("duplicate_row", day.place, sentence)
        else:
            sentence = f"Różne wartości tej samej doby w wierszach: {present.place.row}, {day.place.row}."
            self.days.reject("duplicate_in_file", day.place, sentence, value=day.day.isoformat())

    def finish(self) -> None:
        """Balance every day that has import and export of each of its phases; say what others lack."""
        for (ppe, day), found in self._found.items():
            lacking = _lacking(found)
            places = [one.place for one in found.values()]
            place = min(places, key=lambda one: one.row)
            if lacking or len({one.minutes for one in found.values()}) > 1:
                what = f"brakuje: {', '.join(lacking)}" if lacking else "fazy mają różne odstępy"
                sentence = f"Doby nie zbilansowano międzyfazowo: {what}."
                self.days.reject(
                    "phase_missing", place, sentence, value=f"{ppe} {day.isoformat()}", weight=len(found)
                )
            else:
                self._balance(place, ppe, day, found)

    def _balance(self, place: Place, ppe: str, day: date, found: dict[str, StagedDay]) -> None:
        minutes = next(iter(found.values())).minutes
        drawn, given = balanced_hours(
            imports=[one.values_wh for name, one in found.items() if name.startswith("import")],
            exports=[one.values_wh for name, one in found.items() if name.startswith("export")],
            minutes=minutes,
        )
        estimated = frozenset(index * minutes // _HOUR for one in found.values() for index in one.estimated)
        weights = {"import": len(found) - len(found) // 2, "export": len(found) // 2}
        for quantity, values in (("import", drawn), ("export", given)):
            self.days.add(
                StagedDay(
                    place, ppe, day, quantity, _HOUR, array("q", values), estimated, weight=weights[quantity]
                )
            )


def _lacking(found: dict[str, StagedDay]) -> list[str]:
    """Name what stands for one way of a phase only, and the phases before the last one that do not stand at all."""
    last = max(PHASES.index(name.rpartition("_")[2]) for name in found)
    wanted = [f"{way}_{phase}" for phase in PHASES[: last + 1] for way in ("import", "export")]
    return [name for name in wanted if name not in found]
