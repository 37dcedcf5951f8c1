"""A portfolio of any size from a seed: contracts, points, meters and states of two boundaries; nobody in it is real."""

import random
from collections.abc import Iterator, Sequence
from datetime import date

from events.inbox_files import registry_workbook, states, states_csv
from events.portfolio import APRIL, FIRMS, MARCH, NAMES, REGISTERS, ZONES, Customer, Stay

# Prices of the groups C are at hand for two of the networks.
_NETWORKS = ("pge-dystrybucja", "energa-operator", "tauron-dystrybucja", "enea-operator")
_NETWORKS_OF_FIRMS = ("pge-dystrybucja", "energa-operator")
_GROUPS = ("G11", "G11", "G11", "G11", "G12", "G12w", "G12w", "C11", "C11", "C12a")
_MONTHLY_KWH = {
    "G11": (60, 420),
    "G12": (120, 600),
    "G12w": (140, 900),
    "C11": (150, 2_400),
    "C12a": (400, 3_000),
}
# Of so many contracts one has no reading of the last boundary, so that every run holds something back.
_UNREAD_ONE_OF = 200
_CONTRACTS_OF_A_FILE = 1_000
_CONTRACTS_OF_READINGS = 5_000
_BEGINNING = date(2023, 1, 1)


def portfolio_of(contracts: int, *, seed: int) -> list[Customer]:
    """Make so many contracts; the same seed makes the same."""
    chance = random.Random(seed)  # noqa: S311 - a portfolio, no secret
    return [_customer(number, chance) for number in range(1, contracts + 1)]


def _customer(number: int, chance: random.Random) -> Customer:
    group = chance.choice(_GROUPS)
    firm = group.startswith("C")
    network = chance.choice(_NETWORKS_OF_FIRMS if firm else _NETWORKS)
    unread = number % _UNREAD_ONE_OF == 0
    first, last = chance.choice(NAMES).split()[0], chance.choice(NAMES).split()[1]
    return Customer(
        number=number,
        name=f"{chance.choice(FIRMS)} {number}" if firm else f"{first} {last}",
        firm=firm,
        network=network,
        group=group,
        stays=(_stay(number, group, chance, unread=unread),),
        phases=3 if firm else chance.choice((1, 3)),
        annual=None if firm else chance.choice((900, 1_700, 2_100, 3_400)),
        kw=str(chance.randint(5, 15)) if firm else "",
        share=f"0.{chance.randint(41, 59)}" if firm else "",
        email=f"klient{number:07d}@example.org",
        files=("csv",),
    )


def _stay(number: int, group: str, chance: random.Random, *, unread: bool) -> Stay:
    zones = ZONES[group]
    registers = tuple((REGISTERS[zone], zone, "import") for zone in zones)
    low, high = _MONTHLY_KWH[group]
    rows = []
    for code, _, _ in registers:
        state = chance.randint(1_000, 9_000_000) * 10
        used = chance.randint(low, high) * 1_000 // len(zones) + chance.randint(0, 999)
        rows.append((MARCH, code, state, "zdalny"))
        if not unread:
            rows.append((APRIL, code, state + used, "zdalny"))
    return Stay(f"L{number:07d}", _BEGINNING, None, registers, tuple(sorted(rows)))


def expected_documents(portfolio: Sequence[Customer]) -> int:
    """Count the contracts that a bill can be made for: those whose two boundaries are read."""
    return sum(len(one.stays[0].states) == 2 * len(one.stays[0].registers) for one in portfolio)


def registry_files(portfolio: Sequence[Customer]) -> Iterator[tuple[str, bytes]]:
    """Write the registry as workbooks of a thousand contracts each, by key below ``inbox/``."""
    for first in range(0, len(portfolio), _CONTRACTS_OF_A_FILE):
        part = portfolio[first : first + _CONTRACTS_OF_A_FILE]
        yield f"registry/kartoteka-{first // _CONTRACTS_OF_A_FILE + 1:04d}.xlsx", registry_workbook(part)


def reading_files(portfolio: Sequence[Customer]) -> Iterator[tuple[str, bytes]]:
    """Write the states of both boundaries as CSV files of some thousand contracts, by key below ``inbox/``."""
    for first in range(0, len(portfolio), _CONTRACTS_OF_READINGS):
        part = portfolio[first : first + _CONTRACTS_OF_READINGS]
        rows = states(part, "csv", first=MARCH, last=APRIL)
        name = f"odczyty-{first // _CONTRACTS_OF_READINGS + 1:04d}.csv"
        yield f"readings/{name}", states_csv(rows, encoding="utf-8")
