"""A connection asks for the charges that the tariffs name for its group and kind, and for no other."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kwit.rating.connection import Connection, ConnectionIncompleteError, connection_events
from kwit.rating.lines import Factor
from tests.rating.cases import all_lists

DAY = date(2026, 5, 4)
KW, OUTLAYS = Decimal(50), Decimal(100_000)


def asked(group: str = "IV", kind: str = "consumer", **fields: Any) -> list[tuple[str, str, Decimal]]:
    events = connection_events(Connection(group, kind, **fields), day=DAY)
    assert all(event.day == DAY and type(event.factors) is tuple for event in events)
    return [(event.charge, event.variant, event.quantity) for event in events]


class TestAConnection:
    @pytest.mark.parametrize("kind", ["source", "small_source", "network", "storage"])
    @pytest.mark.parametrize("group", ["III", "V"])
    def test_of_a_source_a_network_or_a_storage_is_charged_by_its_outlays(
        self, group: str, kind: str
    ) -> None:
        assert asked(group, kind, outlays=OUTLAYS) == [("connection_outlays", kind, OUTLAYS)]

    def test_of_a_micro_source_is_free(self) -> None:
        assert asked("V", "micro_source") == [("connection_outlays", "micro_source", Decimal(0))]
        for code in ("pge-dystrybucja", "energa-operator"):
            (charge,) = (c for c in all_lists()[code][0].charges if c.code == "connection_outlays")
            assert [p.amount for p in charge.prices if p.variant == "micro_source"] == [0]

    @pytest.mark.parametrize(
        ("kind", "variant"), [("consumer", "high_or_medium_voltage"), ("charging", "charging")]
    )
    @pytest.mark.parametrize("where", [("II", False), ("III", False), ("VI", True)])
    def test_above_1_kv_is_charged_by_a_share_of_the_outlays(
        self, where: tuple[str, bool], kind: str, variant: str
    ) -> None:
        group, above = where
        found = asked(group, kind, outlays=OUTLAYS, above_1_kv=above)
        assert found == [("connection_outlays", variant, OUTLAYS)]

    def test_increased_above_1_kv_is_charged_by_the_outlays_of_the_increase(self) -> None:
        found = asked("III", power_kw=KW, before_kw=Decimal(40), outlays=OUTLAYS)
        assert found == [("connection_increase_outlays", "", OUTLAYS)]

    @pytest.mark.parametrize("group", ["IV", "V", "VI"])
    def test_at_low_voltage_is_charged_by_its_power_and_the_metres_of_a_new_line(self, group: str) -> None:
        found = asked(group, power_kw=KW, line="overhead", length_m=Decimal(250))
        assert found == [
            ("connection_power", "overhead", KW),
            ("connection_length", "overhead", Decimal(250)),
        ]

    def test_of_a_charging_station_has_rates_of_its_own(self) -> None:
        found = asked("V", "charging", power_kw=KW, line="cable", length_m=Decimal(250))
        assert [code for code, *_ in found] == ["connection_power_charging", "connection_length_charging"]

    def test_to_an_existing_network_builds_no_line(self) -> None:
        found = asked("VI", power_kw=KW, line="existing", length_m=Decimal(250))
        assert found == [("connection_power", "existing", KW)]

    def test_increased_without_rebuilding_is_charged_by_what_it_grows(self) -> None:
        found = asked(power_kw=KW, before_kw=Decimal(30), line="cable")
        assert found == [("connection_power", "cable", Decimal(20))]

    def test_rebuilt_without_an_increase_is_charged_by_its_outlays_alone(self) -> None:
        assert asked(rebuilding=OUTLAYS) == [("connection_rebuilding", "", OUTLAYS)]
        assert asked("III", rebuilding=OUTLAYS) == [("connection_rebuilding", "", OUTLAYS)]

    def test_rebuilt_for_an_increase_bears_the_share_of_the_power_before(self) -> None:
        connection = Connection("IV", "consumer", KW, Decimal(30), "cable", rebuilding=OUTLAYS)
        rebuilding, power = connection_events(connection, day=DAY)
        assert rebuilding.factors == (Factor("power_before_to_after", Decimal("0.6")),)
        assert power.quantity == 20

    def test_with_a_reserve_supply_is_charged_by_its_outlays_as_well(self) -> None:
        found = asked(power_kw=KW, line="cable", reserve=OUTLAYS)
        assert found[-1] == ("connection_reserve", "", OUTLAYS)

    @pytest.mark.parametrize(
        ("fields", "lacking", "why"),
        [
            ({"kind": "source"}, "outlays", "source is charged by actual outlays"),
            ({"group": "III"}, "outlays", "group III is charged by actual outlays"),
            ({"line": "cable"}, "power_kw", "the rate is per kW of connection power"),
            ({"power_kw": KW}, "line", "the rate depends on the kind of line"),
            (
                {"before_kw": KW, "rebuilding": OUTLAYS, "line": "cable"},
                "power_kw",
                "outlays are shared by the power before and after",
            ),
        ],
    )
    def test_names_the_figure_it_lacks_and_why(self, fields: dict[str, Any], lacking: str, why: str) -> None:
        with pytest.raises(ConnectionIncompleteError) as error:
            asked(**fields)
        assert error.value.lacking == lacking
        assert str(error.value) == f"{lacking} is needed: {why}"
