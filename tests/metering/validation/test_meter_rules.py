"""Registers of one meter are judged together: siblings not read, totals and series that should agree."""

from datetime import date

from kwit.kernel.time import interval_starts
from kwit.metering.ports import PlacedMeter, PlacedRegister
from tests.metering.validation.office import PPE, ZONES, Checker, rules_of

TOTAL = PlacedRegister("1.8.0", "all")


def zoned(*more: PlacedRegister) -> Checker:
    return Checker((PlacedMeter("L1", date(2024, 1, 1), None, (*ZONES, *more)),))


class TestSiblings:
    def test_a_zone_that_was_not_read_is_named(self) -> None:
        result = zoned().states(("2026-03-01 00:00", "10", "1.8.1"))
        assert rules_of(result) == [("register_missing", "warn")]
        assert "1.8.2" in result.findings[0].sentence_pl

    def test_a_zone_known_from_another_file_is_not_missed(self) -> None:
        office = zoned()
        office.states(("2026-03-01 00:00", "10", "1.8.1"))
        assert rules_of(office.states(("2026-03-01 00:00", "20", "1.8.2"))) == []

    def test_export_is_not_a_sibling_of_import(self) -> None:
        meter = PlacedMeter("L1", date(2024, 1, 1), None, (TOTAL, PlacedRegister("2.8.0", "all", "export")))
        assert rules_of(Checker((meter,)).states(("2026-03-01 00:00", "10"))) == []


class TestTotal:
    def drop(self, total: str) -> list[tuple[str, str]]:
        office = zoned(TOTAL)
        rows = [("2026-02-01 00:00", "0", code) for code in ("1.8.0", "1.8.1", "1.8.2")]
        office.states(*rows)
        last = {"1.8.0": total, "1.8.1": "60", "1.8.2": "40"}
        return rules_of(office.states(*(("2026-03-01 00:00", state, code) for code, state in last.items())))

    def test_that_agrees_within_what_displays_round_is_fine(self) -> None:
        assert self.drop("102") == []

    def test_that_differs_is_held(self) -> None:
        assert self.drop("102.001") == [("sibling_sum_differs", "hold")]

    def test_need_not_be_read(self) -> None:
        office = zoned(TOTAL)
        assert (
            rules_of(office.states(("2026-02-01 00:00", "0", "1.8.1"), ("2026-02-01 00:00", "0", "1.8.2")))
            == []
        )


class TestSeriesAgainstRegister:
    def office(self) -> Checker:
        return Checker((PlacedMeter("L1", date(2024, 1, 1), None, (TOTAL,), interval_minutes=60),))

    def batch(self, wh: int) -> str:
        days = [date(2026, 3, day) for day in (27, 28, 29)]
        lines = ["ppe;day;minutes;quantity;" + ";".join(f"v{n}" for n in range(1, 25))]
        for day in days:
            count = len(interval_starts(day, minutes=60))
            lines.append(f"{PPE};{day.isoformat()};60;import;" + ";".join([f"0.{wh:03}"] * count))
        return "\n".join(lines)

    def states(self, office: Checker, last: str) -> list[tuple[str, str]]:
        return rules_of(office.states(("2026-03-27 00:00", "0"), ("2026-03-30 00:00", last)))

    def test_states_that_come_after_the_series_are_compared(self) -> None:
        for last, found in (("71", []), ("73.001", [("interval_sum_differs", "hold")])):
            office = self.office()
            # 71 hours of 1 kWh each less 1 Wh: 70.929 kWh.
            assert rules_of(office.drop(self.batch(999))) == []
            assert self.states(office, last) == found

    def test_a_series_that_comes_after_the_states_is_compared(self) -> None:
        for last, found in (("71", []), ("73.001", [("interval_sum_differs", "hold")])):
            office = self.office()
            assert self.states(office, last) == []
            assert rules_of(office.drop(self.batch(999))) == found

    def test_a_series_that_is_not_whole_is_not_compared(self) -> None:
        office = self.office()
        office.drop("\n".join(self.batch(999).splitlines()[:3]))
        assert self.states(office, "500") == []
