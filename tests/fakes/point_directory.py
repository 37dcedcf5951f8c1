"""A directory of points and meters in memory."""


class InMemoryPointDirectory:
    """Implements kwit.metering.ports.PointDirectory."""

    def __init__(self, meters_by_point) -> None:
        self._meters = dict(meters_by_point)

    def meters(self, ppe):
        return self._meters.get(ppe)

    def points_of(self, meter_no):
        return tuple(
            ppe for ppe, meters in self._meters.items() if any(m.meter_no == meter_no for m in meters)
        )
