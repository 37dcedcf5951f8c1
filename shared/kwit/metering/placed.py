"""Registers of the meters that stand at a point, as settlement and validation see them."""

import re
from collections.abc import Sequence

from kwit.kernel.time import DateRange
from kwit.metering.ports import PlacedMeter
from kwit.metering.usage import MeteredRegister

_TOTAL = re.compile(r"(?:[0-9]-[0-9]:)?(?P<kind>[0-9]{1,2})\.8\.0(?:\*[0-9]{1,3})?")
_ALL = "all"


def placed_registers(meters: Sequence[PlacedMeter]) -> list[MeteredRegister]:
    """Return the registers of every stay of every meter, by the day they came."""
    return [
        MeteredRegister(
            meter_no=meter.meter_no,
            code=register.code,
            zone=register.zone,
            quantity=register.quantity,
            digits=register.digits,
            multiplier=meter.multiplier,
            present=DateRange(meter.installed, meter.removed),
            interval_minutes=meter.interval_minutes,
        )
        for meter in sorted(meters, key=lambda one: (one.installed, one.meter_no))
        for register in meter.registers
    ]


def parts_of_total(
    register: MeteredRegister, registers: Sequence[MeteredRegister]
) -> Sequence[MeteredRegister]:
    """Return the zone registers that a total register only adds up; empty when it is settled itself.

    OBIS (IEC 62056-61): `1.8.0` is the total over the tariff registers `1.8.1`, `1.8.2`, … of the same meter. It
    is read beside them as a check and would count the energy twice.
    """
    match = _TOTAL.fullmatch(register.code)
    if match is None or register.zone != _ALL:
        return ()
    part = re.compile(rf"(?:[0-9]-[0-9]:)?{match['kind']}\.8\.[1-9][0-9]?(?:\*[0-9]{{1,3}})?")
    return [
        one
        for one in registers
        if (one.meter_no, one.present, one.quantity)
        == (register.meter_no, register.present, register.quantity)
        and one.zone != _ALL
        and part.fullmatch(one.code)
    ]


def settled_registers(registers: Sequence[MeteredRegister]) -> tuple[MeteredRegister, ...]:
    """Leave out the registers that only add up others."""
    return tuple(one for one in registers if not parts_of_total(one, registers))
