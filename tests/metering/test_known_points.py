"""Points and meters are asked of the directory once for each import."""

from collections import Counter
from dataclasses import dataclass, field

from kwit.metering.known_points import KnownPoints
from kwit.metering.ports import PlacedMeter
from tests.metering.meter_office import OTHER, PPE, meter


@dataclass
class Asked:
    """A directory that counts its questions."""

    questions: Counter[str] = field(default_factory=Counter)

    def meters(self, ppe: str) -> list[PlacedMeter] | None:
        self.questions[ppe] += 1
        return [meter()] if ppe == PPE else None

    def points_of(self, meter_no: str) -> list[str]:
        self.questions[meter_no] += 1
        return [PPE] if meter_no == "777" else []


def test_answers_of_every_kind_are_remembered() -> None:
    asked = Asked()
    known = KnownPoints(asked)
    for _ in range(3):
        assert known.meters(PPE) == [meter()]
        assert known.meters(OTHER) is None
        assert (known.points_of("777"), known.points_of("778")) == ([PPE], [])
    assert set(asked.questions.values()) == {1}
