"""Reactive energy goes in wherever active energy does, into registers of its own."""

import json
from datetime import date

import pytest

from kwit.metering.day_file import DayFile, Quality, write_day_file
from kwit.metering.ports import PlacedRegister
from kwit.metering.profile_files import unverified_day_file
from tests.metering.meter_office import BOTH, PPE, WINTER, MeterOffice, codes, meter

REACTIVE = (
    PlacedRegister("5.8.0", "all", "reactive_inductive"),
    PlacedRegister("8.8.0", "all", "reactive_capacitive"),
)


def office() -> MeterOffice:
    return MeterOffice({PPE: [meter(*BOTH, *REACTIVE)]})


def stored(where: MeterOffice) -> dict[str, int]:
    return {one.register: sum(one.values_wh) for one in where.days()}


@pytest.mark.parametrize(("quantity", "register"), [(one.quantity, one.code) for one in REACTIVE])
class TestGoesIn:
    def test_with_a_batch(self, quantity: str, register: str) -> None:
        told = {
            "ppe": PPE,
            "day": WINTER.isoformat(),
            "minutes": 60,
            "quantity": quantity,
            "values": [7] * 24,
        }
        where = office()
        assert codes(where.drop(json.dumps(told), name="b.jsonl")) == []
        assert stored(where) == {register: 168}

    def test_with_a_day_file(self, quantity: str, register: str) -> None:
        day = DayFile(PPE, WINTER, quantity, 60, (7,) * 24, (Quality.ACTUAL,) * 24)
        _, content = write_day_file(day_file=day, profile=unverified_day_file())
        where = office()
        assert codes(where.drop(content, name="x.txt")) == []
        assert stored(where) == {register: 168}

    def test_with_hours_in_rows(self, quantity: str, register: str) -> None:
        word = {"reactive_inductive": "bierna indukcyjna", "reactive_capacitive": "R4"}[quantity]
        rows = [f"{PPE};{date(2026, 1, 31)};{hour};0,007;{word}" for hour in range(1, 25)]
        where = office()
        assert codes(where.drop("PPE;Data;Godzina;Energia;Kierunek\n" + "\n".join(rows))) == []
        assert stored(where) == {register: 168}

    def test_and_without_a_register_is_passed_over_with_a_remark(self, quantity: str, register: str) -> None:
        rows = [
            f"{PPE};2026-01-31;{hour};0,007;{'R1' if register == '5.8.0' else 'R4'}" for hour in range(1, 25)
        ]
        where = MeterOffice()
        assert codes(where.drop("PPE;Data;Godzina;Energia;Kierunek\n" + "\n".join(rows))) == [
            "quantity_skipped"
        ]
        assert where.days() == []
