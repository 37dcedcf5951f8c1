"""The line of an event carries its evidence: day, note, reference, rate and list, and the less trusted of two."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kwit.kernel.time import DateRange, Period
from kwit.metering.usage import Usage
from kwit.rating.facts import Event, Facts
from kwit.rating.lines import Factor, Line, PriceSource, QuantitySource
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.terms import Months, Terms
from kwit.tariffs.price_list import (
    Basis,
    Charge,
    Confidence,
    DatedRate,
    EventRule,
    PriceList,
    Section,
)
from tests.rating.price_lists import charge, price, price_list

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
DAY = date(2026, 3, 12)


def service(amount: str = "10.00", **fields: Any) -> Charge:
    made = charge("service", price(amount), basis=Basis.EVENT, unit="item", section=Section.OTHER)
    return replace(made, **fields)


def line(
    *charges: Charge,
    rates: dict[str, DatedRate] | None = None,
    lists: dict[str, tuple[PriceList, ...]] | None = None,
    vat: VatRounding = VatRounding.DOCUMENT,
    names: dict[str, str] | None = None,
    contracted_kw: Decimal | None = None,
    **event: Any,
) -> Line:
    """Bill one event of the first charge, by a list of the charges or by the lists given."""
    own = price_list("own", *charges)
    dated = {**(own.rates or {}), **{name: (one,) for name, one in (rates or {}).items()}}
    known = lists or {"own": (replace(own, rates=dated),)}
    held = Terms(
        DateRange(date(2026, 2, 1)), "C21", False, tuple(known), 3, 1, True, contracted_kw=contracted_kw
    )
    happened = Event(**({"charge": "service", "quantity": Decimal(1), "day": DAY} | event))
    result = rate(
        period=MARCH,
        terms=[held],
        months=Months(1),
        usage=Usage(MARCH, (), (), ()),
        lists=known,
        profile=RatingProfile("own", vat, names=names or {}),
        facts=Facts(events=(happened,)),
    )
    assert result.problems == ()
    (only,) = (one for one in result.lines if one.charge == happened.charge)
    return only


def told(one: Line) -> dict[str, str]:
    return dict(one.quantity_source.inputs)


class TestALineOfAnEvent:
    def test_carries_all_of_the_event_and_its_charge(self) -> None:
        found = line(
            service(),
            vat=VatRounding.LINE,
            quantity=Decimal("2.5"),
            note="zlecenie 7",
            reference="E-1",
            factors=(Factor("times", Decimal(2)),),
        )
        assert found == Line(
            charge="service",
            name="Service, 12.03.2026",
            section="other",
            zone="",
            period=Period(DAY, date(2026, 3, 13)),
            quantity=Decimal("2.5"),
            unit="item",
            price=Decimal("10.00"),
            net=Decimal("50.00"),
            vat_rate=Decimal("0.23"),
            vat=Decimal("11.50"),
            posting="other.service",
            quantity_source=QuantitySource(
                "event", 1, 31, inputs=(("day", "2026-03-12"), ("note", "zlecenie 7"), ("event", "E-1"))
            ),
            price_source=PriceSource("own", "own-1".ljust(64, "0"), "own", "1", "own"),
            factors=(Factor("times", Decimal(2)),),
        )

    def test_without_note_and_reference_tells_the_day_alone(self) -> None:
        found = line(service())
        assert (found.quantity_source.inputs, found.vat, found.factors) == (
            (("day", "2026-03-12"),),
            None,
            (),
        )

    def test_has_the_name_that_the_seller_prints(self) -> None:
        rule = EventRule(variants={"red": "czerwona"})
        found = line(service(event=rule), names={"service": "Usługa"}, variant="red")
        assert found.name == "Usługa, czerwona, 12.03.2026"

    def test_beyond_a_quantity_tells_what_was_given(self) -> None:
        found = line(service(event=EventRule(beyond=Decimal(200))), quantity=Decimal(230))
        assert (found.quantity, found.net) == (30, Decimal("300.00"))
        assert found.quantity_source.inputs == (("day", "2026-03-12"), ("given", "230"), ("beyond", "200"))

    def test_of_a_measure_tells_it_and_enters_squared(self) -> None:
        rule = EventRule(squared_over=Decimal(10), rebate=True)
        found = line(service("100.00", event=rule, multiplier=Decimal(3)), measure=Decimal(4))
        assert found.quantity_source.inputs == (("day", "2026-03-12"), ("measure", "4"))
        assert found.factors == (
            Factor("multiplier", Decimal(3)),
            Factor("rebate", Decimal(-1)),
            Factor("deviation", Decimal("0.16")),
        )
        assert found.net == Decimal("-48.00")


class TestAMultipleOfARate:
    RULE = EventRule(rate="wage")

    def wage(self, confidence: Confidence | None = None) -> DatedRate:
        return DatedRate(DateRange(date(2026, 1, 1)), Decimal("8000.00"), "M.P. 7", confidence)

    def test_names_the_rate_its_list_and_its_page(self) -> None:
        found = line(service("0.02", event=self.RULE), rates={"wage": self.wage()})
        assert (found.price, found.unit, found.net) == (Decimal("8000.00"), "item", Decimal("160.00"))
        assert found.factors == (Factor("times", Decimal("0.02")),)
        assert told(found) == {"day": "2026-03-12", "wage": "8000.00 (own, M.P. 7)"}

    def test_of_one_has_no_factor(self) -> None:
        assert line(service("1", event=self.RULE), rates={"wage": self.wage()}).factors == ()

    @pytest.mark.parametrize(
        ("own", "of_rate", "shown"),
        [
            (None, None, "own"),
            (None, Confidence.UNCONFIRMED, "unconfirmed"),
            (None, Confidence.OFFICIAL, "own"),
            (Confidence.OFFICIAL, Confidence.OFFICIAL, "official"),
            (Confidence.SECONDARY, Confidence.OFFICIAL, "secondary"),
            (Confidence.OFFICIAL, None, "own"),
        ],
    )
    def test_is_trusted_like_the_less_trusted_of_price_and_rate(
        self, own: Confidence | None, of_rate: Confidence | None, shown: str
    ) -> None:
        made = replace(service(event=self.RULE), prices=(replace(price("0.02"), confidence=own),))
        assert line(made, rates={"wage": self.wage(of_rate)}).price_source.confidence == shown

    def test_is_that_of_the_first_list_that_states_it_on_the_day(self) -> None:
        def stating(code: str, *, start: date = MARCH.start, of: date = date(2026, 1, 1)) -> PriceList:
            wage = replace(self.wage(), window=DateRange(of))
            return replace(price_list(code, window=DateRange(start)), rates={"wage": (wage,)})

        early = date(2026, 2, 12)
        lists = {
            "begins_later": (stating("begins_later"),),
            "states_later": (stating("states_later", start=early, of=MARCH.start),),
            "states": (stating("states", start=early),),
            "own": (price_list("own", service("0.02", event=self.RULE)),),
        }
        assert told(line(lists=lists, day=early))["wage"] == "8000.00 (states, M.P. 7)"


class TestTheChargeOfAnEvent:
    def test_is_looked_for_in_every_list_of_the_terms_of_the_day(self) -> None:
        before = Terms(
            DateRange(date(2026, 2, 1), MARCH.start), "C21", False, ("gone", "later", "own"), 3, 1, True
        )
        lists = {
            "later": (price_list("later", service("1.00"), window=DateRange(MARCH.start)),),
            "own": (price_list("own", service("2.00")),),
        }
        result = rate(
            period=MARCH,
            terms=[before, replace(before, window=DateRange(MARCH.start), price_lists=("own",))],
            months=Months(1),
            usage=Usage(MARCH, (), (), ()),
            lists=lists,
            profile=RatingProfile("own", VatRounding.DOCUMENT),
            facts=Facts(events=(Event("service", Decimal(1), date(2026, 2, 12)),)),
        )
        assert [(one.price, one.price_source.price_list) for one in result.lines] == [
            (Decimal("2.00"), "own")
        ]

    def test_is_one_in_force_on_its_day(self) -> None:
        ended, running = (
            service(amount, in_force=DateRange(start, end))
            for amount, start, end in (("1.00", date(2020, 1, 1), DAY), ("2.00", DAY, None))
        )
        assert line(ended, running).price == Decimal("2.00")
        assert line(ended, running, day=date(2026, 3, 11)).price == Decimal("1.00")


class TestAPriceLikeAnotherCharge:
    RULE = EventRule(price_of="network_fixed")

    def fixed(self, unit: str, confidence: Confidence | None = None) -> Charge:
        prices = (replace(price("8.00"), page="31", confidence=confidence),)
        return replace(charge("network_fixed", price("8.00"), basis=Basis.POWER, unit=unit), prices=prices)

    @pytest.mark.parametrize(("unit", "quantity", "net"), [("kW", "80", "960.00"), ("MW", "0.080", "0.96")])
    def test_is_of_the_contracted_power_in_the_unit_of_that_charge(
        self, unit: str, quantity: str, net: str
    ) -> None:
        found = line(
            service("1.5", event=self.RULE),
            self.fixed(unit),
            contracted_kw=Decimal(40),
            quantity=Decimal(2),
            note="n",
        )
        assert (str(found.quantity), found.unit, found.price, found.net) == (
            quantity,
            unit,
            Decimal("8.00"),
            Decimal(net),
        )
        assert told(found) == {
            "day": "2026-03-12",
            "note": "n",
            "events": "2",
            "contracted_kw": "40",
            "network_fixed": "8.00 (own, 31)",
        }
        assert found.factors == (Factor("times", Decimal("1.5")),)

    @pytest.mark.parametrize(
        ("confidence", "shown"), [(None, "own"), (Confidence.UNCONFIRMED, "unconfirmed")]
    )
    def test_is_trusted_like_that_price(self, confidence: Confidence | None, shown: str) -> None:
        found = line(service("1.5", event=self.RULE), self.fixed("kW", confidence), contracted_kw=Decimal(40))
        assert found.price_source.confidence == shown
