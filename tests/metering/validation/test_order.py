"""What becomes of readings does not depend on the order in which a file tells them."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kwit.metering.ports import PlacedMeter
from tests.metering.validation.office import PPE, ZONES, Checker

FIRST = date(2025, 9, 1)
Row = tuple[str, str, str]


def office() -> Checker:
    return Checker((PlacedMeter("L1", date(2024, 1, 1), None, ZONES),))


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Draw states of two zones a month apart; some jump, some stand still, some go back."""
    made: list[Row] = []
    for register in ("1.8.1", "1.8.2"):
        state = 1000
        for month in range(draw(st.integers(2, 6))):
            state += draw(st.sampled_from([0, 30, 280, 300, 310, 2_000, 90_000, -50]))
            day = FIRST + timedelta(days=30 * month)
            made.append((f"{day.isoformat()} 00:00", str(max(state, 0)), register))
    return made


def decided(rows: Sequence[Row]) -> tuple[set[tuple[object, ...]], set[tuple[str, str]]]:
    checker = office()
    result = checker.states(*rows)
    stored = {(one.register, one.boundary, one.standing.held) for one in checker.store.registers(PPE)}
    told = {(one.code, one.value) for one in result.findings if str(one.severity) != "warn"}
    return stored, told


@given(st.data())
def test_states_are_decided_alike_in_any_order_of_rows(data: st.DataObject) -> None:
    drawn = data.draw(rows())
    assert decided(data.draw(st.permutations(drawn))) == decided(drawn)


@given(use=st.lists(st.integers(250, 350), min_size=3, max_size=8), data=st.data())
def test_sound_states_go_in_whichever_file_comes_first(use: Sequence[int], data: st.DataObject) -> None:
    state, table = 1000, []
    for month, kwh in enumerate(use):
        day = FIRST + timedelta(days=30 * month)
        table += [
            (f"{day.isoformat()} 00:00", str(state), "1.8.1"),
            (f"{day.isoformat()} 00:00", str(state), "1.8.2"),
        ]
        state += kwh
    checker = office()
    for number, row in enumerate(data.draw(st.permutations(table))):
        result = checker.states(row, name=f"{number}.csv")
        assert (result.accepted, result.held, result.rejected) == (1, 0, 0)
