"""The example portfolio: the contracts of a small seller, made from one table of customers.

Names, addresses and numbers are invented; three contracts carry the figures of published bills. The files that
such a seller would drop are written in inbox_files.py.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from kwit.kernel.identifiers import gs1_check_digit

BUSINESS_DATE = date(2026, 4, 8)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
SELLER_NIP = "5261040828"
"""The seller of the sample settings."""
ESTIMATED = "szacowany"
"""The profile of the settings that allows estimates."""
TOWN, ACCOUNT = "K9100", "ZB-0001"
"""A municipality, whose contracts are billed on one collective invoice, and their account."""
DOUBTED = "Apolonia Wątpliwa"
"""The customer whose reading validation holds and a person accepts."""
OPERATORS = {
    "pge-dystrybucja": ("PGE Dystrybucja S.A.", "590543"),
    "energa-operator": ("ENERGA-OPERATOR S.A.", "590243"),
    "tauron-dystrybucja": ("TAURON Dystrybucja S.A.", "590322"),
    "enea-operator": ("ENEA Operator Sp. z o.o.", "590310"),
    "stoen-operator": ("Stoen Operator Sp. z o.o.", "590380"),
}
CITIES = {
    "pge-dystrybucja": ("20-001", "Lublin"),
    "energa-operator": ("80-001", "Gdańsk"),
    "tauron-dystrybucja": ("31-001", "Kraków"),
    "enea-operator": ("60-001", "Poznań"),
    "stoen-operator": ("00-001", "Warszawa"),
}
ZONES = {
    "G11": ("all",),
    "C11": ("all",),
    "G12": ("day", "night"),
    "G12w": ("peak", "offpeak"),
    "C12a": ("peak", "offpeak"),
}
REGISTERS = {"all": "1.8.0", "day": "1.8.1", "night": "1.8.2", "peak": "1.8.1", "offpeak": "1.8.2"}
NAMES = (
    "Żaneta Łącka", "Grzegorz Brzęczyszczykiewicz", "Małgorzata Święcicka", "Łukasz Źrebiec", "Agnieszka Ćwik",
    "Paweł Gęsior", "Zofia Dąbrowska", "Józef Śliwa", "Ewa Kędzierska", "Marek Wójcik", "Bożena Żak",
    "Stanisław Pająk", "Wanda Ślęzak", "Krzysztof Mróz", "Halina Jędrzejczak", "Andrzej Kołodziej",
    "Irena Głąb", "Michał Ostrówka", "Joanna Piątek", "Tadeusz Łoś", "Barbara Mączka", "Piotr Sęk",
    "Danuta Wróbel", "Zbigniew Różański", "Elżbieta Kruk", "Jerzy Błoński", "Krystyna Żelazna", "Ryszard Tęcza",
    "Teresa Księżyc", "Henryk Drąg", "Urszula Świt", "Roman Zając", "Beata Łyko", "Adam Grądziel",
    "Renata Pszczoła", "Jan Kowalski", "Lidia Ość", "Wojciech Świerk", "Grażyna Bąk", "Edward Żubr",
)  # fmt: skip
FIRMS = (
    "Piekarnia Pod Kogutem Sp. z o.o.", "Zakład Ślusarski „Śruba”", "Hurtownia Róża S.C.", "Cukiernia Źródełko",
    "Drukarnia Łódzka Sp. z o.o.", "Warsztat Dźwig & Syn",
)  # fmt: skip


@dataclass(frozen=True)
class Stay:
    """A meter at the point: states in Wh by boundary and register code."""

    meter_no: str
    installed: date
    removed: date | None
    registers: tuple[tuple[str, str, str], ...]
    states: tuple[tuple[date, str, int, str], ...] = ()
    interval_minutes: int | None = None


@dataclass(frozen=True)
class Customer:
    """One contract with its point and meters, from which every row of every file follows."""

    number: int
    name: str
    firm: bool
    network: str
    group: str
    stays: tuple[Stay, ...]
    party: str = ""
    kind: str = "kompleksowa"
    phases: int = 3
    starts: date = date(2024, 1, 1)
    last_day: date | None = None
    billed_to: date = MARCH
    cycle: int = 1
    anchor: date = date(2026, 1, 1)
    price_lists: tuple[str, ...] = ()
    profile: str = "standard"
    remote: bool = True
    kw: str = ""
    annual: int | None = 2100
    share: str = ""
    prosumer: str = ""
    balance: str = ""
    account: str = ""
    email: str = ""
    files: tuple[str, ...] = field(default=("xlsx",))

    @property
    def party_id(self) -> str:
        """Return the customer's number."""
        return self.party or f"K{self.number:04d}"

    @property
    def contract_no(self) -> str:
        """Return the contract's number."""
        return f"U/2026/{self.number:04d}"

    @property
    def ppe(self) -> str:
        """Return the metering point code, with its check digit."""
        body = f"{OPERATORS[self.network][1]}{self.number:011d}"
        return body + str(gs1_check_digit(body))

    @property
    def lists(self) -> tuple[str, ...]:
        """Return the price lists of the contract."""
        return self.price_lists or ("jasna-energia", self.network, "levies-pl")


def _months_back(count: int) -> list[date]:
    """List the first days of `count` months up to April 2026, oldest first."""
    index = APRIL.year * 12 + APRIL.month - 1
    return [date((index - back) // 12, (index - back) % 12 + 1, 1) for back in range(count, -1, -1)]


def _wave(number: int, month: int, base: int) -> int:
    """Return a month's use in Wh: more in winter, a little different for everybody, the same every time."""
    winter = (0, 24, 20, 14, 4, -6, -12, -14, -12, -4, 6, 14, 22)[month]
    return base * (100 + winter + (number * 7 + month * 3) % 11) * 10 + (number * 137 + month * 53) % 1000


def _stay(
    number: int,
    group: str,
    base: int,
    *,
    history: int = 13,
    kind: str = "zdalny",
    cuts: tuple[date, ...] = (),
) -> Stay:
    """Make one meter with monthly states; `cuts` are further days with a state, in between."""
    zones = ZONES[group]
    registers = tuple((REGISTERS[zone], zone, "import") for zone in zones)
    states: list[tuple[date, str, int, str]] = []
    for index, (code, _, _) in enumerate(registers):
        state = 1_000_000 * (number % 9 + 1) + index * 137_500
        days = _months_back(history)
        for day in days:
            states.append((day, code, state, kind))
            used = _wave(number, day.month, base) // (index + 1)
            states += [
                (cut, code, state + used * cut.day * 10 // 300, kind)
                for cut in cuts
                if cut.replace(day=1) == day
            ]
            state += used
    return Stay(f"L{number:06d}", date(2023, 1, 1), None, registers, tuple(sorted(states)))


@dataclass
class _Book:
    """The portfolio while it is being written: customers get their numbers in order."""

    made: list[Customer] = field(default_factory=list)

    @property
    def following(self) -> int:
        """Return the number that the next customer gets."""
        return len(self.made) + 1

    def add(
        self,
        network: str,
        group: str,
        base: int = 0,
        *,
        stays: tuple[Stay, ...] = (),
        history: int = 13,
        reading: str = "zdalny",
        cuts: tuple[date, ...] = (),
        **terms: Any,
    ) -> None:
        """Add a customer; without `stays` it gets one meter with monthly states of about `base` kWh."""
        number = self.following
        own = stays or (_stay(number, group, base, history=history, kind=reading, cuts=cuts),)
        texts = {"name": NAMES[number % len(NAMES)], "email": f"klient{number:02d}@example.org"}
        firm = group.startswith("C")
        self.made.append(
            Customer(number=number, firm=firm, network=network, group=group, stays=own, **(texts | terms))
        )


def customers() -> list[Customer]:
    """Return the whole portfolio, ordered by number."""
    book = _Book()
    files = {
        "pge-dystrybucja": "xlsx",
        "energa-operator": "xlsx",
        "tauron-dystrybucja": "csv",
        "enea-operator": "bom",
    }
    for network, file in files.items():
        book.add(network, "G11", 140, phases=1, annual=1700, files=(file,))
        book.add(network, "G11", 210, files=(file,), reading="fizyczny", remote=False)
        book.add(network, "G12", 180, files=(file,))
        book.add(network, "G12w", 260, files=(file,), annual=None)
        book.add(network, "G12w", 95, phases=1, files=(file,), annual=900)
    for group, base in (("G11", 160), ("G12", 190), ("G12w", 240)):
        book.add("stoen-operator", group, base, kind="sprzedaży", files=("bom",))
    book.add("stoen-operator", "G11", 150, files=("bom",))
    _firms(book)
    _special(book)
    _published(book)
    return book.made


def _firms(book: _Book) -> None:
    for network, base, kw, share in (
        ("pge-dystrybucja", 800, "14", "0.42"),
        ("pge-dystrybucja", 450, "9", "0.51"),
        ("energa-operator", 620, "12", "0.47"),
        ("energa-operator", 300, "7", "0.55"),
    ):
        book.add(
            network, "C11", base, name=FIRMS[book.following % len(FIRMS)], kw=kw, share=share, annual=None
        )
    for network, group, minutes in (("pge-dystrybucja", "C11", 60), ("pge-dystrybucja", "C12a", 15)):
        stay = Stay(
            f"L{book.following:06d}", date(2023, 1, 1), None, (("1.8.0", "all", "import"),), (), minutes
        )
        book.add(
            network,
            group,
            0,
            name=FIRMS[book.following % len(FIRMS)],
            kw="15",
            annual=None,
            stays=(stay,),
            files=("ptpiree",),
        )


def _special(book: _Book) -> None:
    number = book.following
    balanced = (
        ("1.8.1", "peak", "import"),
        ("1.8.2", "offpeak", "import"),
        ("1.8.9", "all", "import_unbalanced"),
        ("2.8.0", "all", "export"),
    )
    moves = {"1.8.1": 84_320, "1.8.2": 131_870, "1.8.9": 279_440, "2.8.0": 187_310}
    states = tuple(
        (day, code, 2_000_000 + (moves[code] if day == APRIL else 0), "zdalny")
        for code in moves
        for day in (MARCH, APRIL)
    )
    book.add(
        "tauron-dystrybucja",
        "G12w",
        0,
        stays=(Stay(f"L{number:06d}", date(2024, 1, 1), None, balanced, states),),
        prosumer="net-billing",
        files=("csv",),
    )
    two = "K9001"
    for network in ("pge-dystrybucja", "tauron-dystrybucja"):
        book.add(
            network,
            "G11",
            120,
            party=two,
            name="Alicja Dwupunktowa",
            email="alicja@example.org",
            balance="-45.30",
        )
    _changes(book)


def _changes(book: _Book) -> None:
    """Add a meter exchange, a reading at a price change, a start and an end inside the month, and more."""
    exchanged = date(2026, 3, 18)
    number = book.following
    old = Stay(
        f"L{number:06d}",
        date(2019, 5, 1),
        exchanged,
        (("1.8.0", "all", "import"),),
        ((MARCH, "1.8.0", 48_211_400, "fizyczny"), (exchanged, "1.8.0", 48_329_900, "fizyczny")),
    )
    new = Stay(
        f"L9{number:05d}",
        exchanged,
        None,
        (("1.8.0", "all", "import"),),
        ((exchanged, "1.8.0", 12_000, "fizyczny"), (APRIL, "1.8.0", 108_700, "zdalny")),
    )
    book.add("energa-operator", "G11", 0, stays=(old, new), remote=False)
    book.add("enea-operator", "G11", 230, cuts=(date(2026, 3, 16),), balance="86.10")
    book.add(
        "pge-dystrybucja",
        "G11",
        170,
        starts=date(2026, 3, 12),
        billed_to=date(2026, 3, 12),
        history=1,
        cuts=(date(2026, 3, 12),),
        annual=None,
    )
    book.add(
        "tauron-dystrybucja",
        "G11",
        150,
        last_day=date(2026, 3, 20),
        cuts=(date(2026, 3, 21),),
        history=2,
        email="bounce@simulator.amazonses.com",
    )
    book.add("enea-operator", "G12", 200, history=4, files=("missing",))
    book.add("energa-operator", "G11", 190, cycle=2, billed_to=date(2026, 1, 1), history=13, email="")
    book.add("pge-dystrybucja", "G11", 31_000, history=1)
    _readings(book)


def _readings(book: _Book) -> None:
    """Add a meter that nobody read in March, and one whose true reading looks wrong until a person accepts it."""
    book.add("pge-dystrybucja", "G11", 175, profile=ESTIMATED, files=("unread",))
    usual = _stay(book.following, "G11", 160)
    *before, (day, code, wh, kind) = usual.states
    surprising = replace(usual, states=(*before, (day, code, wh + 640_000, kind)))
    book.add("energa-operator", "G11", 0, stays=(surprising,), name=DOUBTED)
    _town(book)


def _town(book: _Book) -> None:
    """Add a municipality with a school, an office and a flat on one collective account."""
    for network, group, base, kw, share in (
        ("pge-dystrybucja", "C11", 640, "14", "0.45"),
        ("energa-operator", "C11", 310, "9", "0.52"),
        ("pge-dystrybucja", "G11", 110, "", ""),
    ):
        book.add(
            network,
            group,
            base,
            party=TOWN,
            name="Gmina Jasne Pole",
            email="urzad@example.org",
            kw=kw,
            share=share,
            account=ACCOUNT,
        )


def _published(book: _Book) -> None:
    january, february = date(2026, 1, 1), date(2026, 2, 1)
    number = book.following
    registers = (
        ("1.8.1", "peak", "import"),
        ("1.8.2", "offpeak", "import"),
        ("1.8.9", "all", "import_unbalanced"),
        ("2.8.0", "all", "export"),
    )
    moved = {"1.8.1": 178_000, "1.8.2": 997_000, "1.8.9": 1_240_000, "2.8.0": 8_000}
    states = tuple(
        (day, code, 5_000_000 + (moved[code] if day == february else 0), "zdalny")
        for code in moved
        for day in (january, february)
    )
    book.add("tauron-dystrybucja", "G12w", 0, stays=(Stay(f"L{number:06d}", date(2024, 1, 1), None, registers, states),), billed_to=january, last_day=date(2026, 1, 31),
         price_lists=("jasna-oferta-prosument", "tauron-dystrybucja", "levies-pl"), profile="vat-per-line", annual=9000, prosumer="net-billing", files=("csv",))  # fmt: skip
    first, last = date(2026, 2, 4), date(2026, 4, 6)
    stay = Stay(
        f"L{number + 1:06d}",
        date(2022, 1, 1),
        None,
        (("1.8.0", "all", "import"),),
        ((first, "1.8.0", 8_927_584, "zdalny"), (last, "1.8.0", 11_086_221, "zdalny")),
    )
    book.add("energa-operator", "G11", 0, stays=(stay,), billed_to=first, cycle=2, anchor=first,
         price_lists=("jasna-oferta-dom", "energa-operator", "levies-pl"), profile="vat-on-total", annual=7312)  # fmt: skip
    stay = Stay(
        f"L{number + 2:06d}",
        date(2022, 1, 1),
        None,
        (("1.8.0", "all", "import"),),
        ((january, "1.8.0", 1_000_000, "fizyczny"), (MARCH, "1.8.0", 1_020_000, "fizyczny")),
    )
    book.add("enea-operator", "G11", 0, stays=(stay,), phases=1, billed_to=january, last_day=date(2026, 2, 28), cycle=2,
         price_lists=("mf-przyklad",), profile="vat-on-total", annual=120, remote=False)  # fmt: skip


PUBLISHED = {
    "tauron-g12w-2026-01": ("810.33", "186.37", "996.70"),
    "energa-g11-2026-02-04-2months": ("2271.74", "522.50", "2794.24"),
    "mf-fa3-sample-g11-2026": ("43.60", "10.03", "53.63"),
}


def corrected() -> Customer:
    """Return the customer whose reading is changed after it was invoiced."""
    return customers()[1]


def on_account() -> tuple[str, ...]:
    """Return the contracts of the collective account."""
    return tuple(customer.contract_no for customer in customers() if customer.account == ACCOUNT)


def published_contracts() -> dict[str, str]:
    """Return the contract number of each published bill."""
    last = [customer.contract_no for customer in customers()][-len(PUBLISHED) :]
    return dict(zip(PUBLISHED, last, strict=True))
