"""The registry as metering asks it: which meter stands where."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kwit.aws.registry_store import DynamoRegistry
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.registry.records import Meter


@dataclass(slots=True)
class RegistryDirectory:
    """Answers from the registry, each point asked for once; one directory serves one file."""

    registry: DynamoRegistry
    _meters: dict[str, Sequence[PlacedMeter] | None] = field(default_factory=dict)

    def meters(self, ppe: str) -> Sequence[PlacedMeter] | None:
        """Return every stay of every meter at a point; None when the point is not known at all."""
        if ppe not in self._meters:
            versions = self.registry.meters_of_point(ppe)
            self._meters[ppe] = None if versions is None else _placed(versions)
        return self._meters[ppe]

    def points_of(self, meter_no: str) -> Sequence[str]:
        """Return the codes of all points at which a meter ever stood; empty when it is not known."""
        return sorted({meter.ppe for meter in self.registry.meter(meter_no)})


def _placed(versions: Sequence[Meter]) -> list[PlacedMeter]:
    """Keep, of each stay of a meter, the version known last."""
    latest: dict[tuple[str, object], Meter] = {}
    for meter in sorted(versions, key=lambda m: (m.valid_from, m.known_at)):
        latest[meter.meter_no, meter.installed] = meter
    return [
        PlacedMeter(
            meter_no=meter.meter_no,
            installed=meter.installed,
            removed=meter.removed,
            registers=tuple(
                PlacedRegister(one.code, one.zone, str(one.quantity), one.digits) for one in meter.registers
            ),
            multiplier=meter.multiplier,
            interval_minutes=meter.interval_minutes,
        )
        for meter in latest.values()
    ]
