"""Phases are balanced hour by hour: what one gives another may draw."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.metering.phases import UnequalPhasesError, balanced_hours
from tests.metering.meter_office import PPE, WINTER, MeterOffice, codes

THREE = ("l1", "l2", "l3")
Series = list[list[int]]


class TestBalancedHours:
    def test_what_one_phase_gives_another_draws(self) -> None:
        drawn, given_ = balanced_hours(imports=[[500], [300], [0]], exports=[[0], [0], [900]], minutes=60)
        assert (drawn, given_) == ([0], [100])

    def test_quarters_of_an_hour_are_balanced_together(self) -> None:
        imports, exports = [[100, 0, 0, 0, 5, 0, 0, 0]], [[0, 0, 0, 250, 0, 0, 0, 0]]
        assert balanced_hours(imports=imports, exports=exports, minutes=15) == ([0, 5], [150, 0])

    @pytest.mark.parametrize(
        ("imports", "exports", "minutes"),
        [([[1, 2]], [[1]], 60), ([[1, 2, 3]], [[1, 2, 3]], 30), ([[1]], [[1]], 45)],
    )
    def test_unequal_or_broken_hours_are_refused(
        self, imports: Series, exports: Series, minutes: int
    ) -> None:
        with pytest.raises(UnequalPhasesError):
            balanced_hours(imports=imports, exports=exports, minutes=minutes)

    @given(st.lists(st.tuples(*[st.integers(0, 9_999)] * 6), min_size=1, max_size=25))
    def test_the_net_of_every_hour_stays(self, hours: list[tuple[int, ...]]) -> None:
        columns = [list(column) for column in zip(*hours, strict=True)]
        drawn, given_ = balanced_hours(imports=columns[:3], exports=columns[3:], minutes=60)
        for hour, one_drawn, one_given in zip(hours, drawn, given_, strict=True):
            assert one_drawn - one_given == sum(hour[:3]) - sum(hour[3:])
            assert min(one_drawn, one_given) == 0


def line(quantity: str, value: int, *, day: date = WINTER, minutes: int = 15, **more: object) -> str:
    values = [value] * (1440 // minutes)
    told = {"ppe": PPE, "day": day.isoformat(), "minutes": minutes, "quantity": quantity, "values": values}
    return json.dumps(told | more)


class TestBatch:
    def lines(self, **changes: int) -> list[str]:
        told = {f"{way}_{phase}": 0 for phase in THREE for way in ("import", "export")} | changes
        return [line(quantity, value) for quantity, value in told.items()]

    def test_of_phases_becomes_balanced_hours(self) -> None:
        office = MeterOffice()
        result = office.drop(
            "\n".join(self.lines(import_l1=100, import_l2=50, export_l3=200)), name="b.jsonl"
        )
        assert (codes(result), result.accepted) == ([], 6)
        assert {(one.register, one.minutes, one.values_wh) for one in office.days()} == {
            ("1.8.0", 60, (0,) * 24), ("2.8.0", 60, (200,) * 24)}  # fmt: skip

    def test_in_any_order_of_lines_is_the_same(self) -> None:
        contents = []
        for order in (1, -1):
            office = MeterOffice()
            office.drop("\n".join(self.lines(import_l2=77, export_l1=30)[::order]), name="b.jsonl")
            contents.append([(one.register, one.values_wh) for one in office.days()])
        assert contents[0] == contents[1]

    def test_without_a_phase_stays_out(self) -> None:
        office = MeterOffice()
        lines = [one for one in self.lines(import_l1=100) if '"export_l2"' not in one]
        result = office.drop("\n".join(lines), name="b.jsonl")
        assert (codes(result), result.rejected, office.days()) == (["phase_missing"], 5, [])
        assert "export_l2" in result.findings[0].sentence_pl

    def test_of_a_point_with_one_phase_needs_no_more(self) -> None:
        office = MeterOffice()
        result = office.drop("\n".join(self.lines(import_l1=100, export_l1=30)[:2]), name="b.jsonl")
        assert (codes(result), {one.values_wh[0] for one in office.days()}) == ([], {280, 0})

    def test_keeps_which_hours_hold_values_not_measured(self) -> None:
        office = MeterOffice()
        lines = [line("import_l1", 10, estimated=[5]), line("export_l1", 0, estimated=[95])]
        office.drop("\n".join(lines), name="b.jsonl")
        assert {one.estimated for one in office.days()} == {frozenset({1, 23})}

    def test_with_a_line_twice_counts_it_once_and_refuses_another(self) -> None:
        one, other = line("import_l1", 10), line("import_l1", 11)
        export = line("export_l1", 0)
        same = MeterOffice().drop(f"{one}\n{export}\n{one}", name="b.jsonl")
        assert (codes(same), same.accepted, same.duplicate) == (["duplicate_row"], 2, 1)
        different = MeterOffice().drop(f"{one}\n{export}\n{other}", name="b.jsonl")
        assert (codes(different), different.rejected) == (["duplicate_in_file"], 1)
