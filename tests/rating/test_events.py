"""Events are priced on their own day by the list's rule, and nothing of them is guessed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.money import grosze
from kwit.kernel.time import DateRange, Period
from kwit.metering.usage import Usage
from kwit.rating.counting import thirtieths
from kwit.rating.facts import Event, Facts, Penalty
from kwit.rating.lines import Factor, Line, Rated
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.rebates import DeviationHoursError, outage, voltage_deviation
from kwit.rating.terms import Months, Terms
from kwit.tariffs.price_list import (
    Adjustments,
    Basis,
    Charge,
    DatedRate,
    EventRule,
    PartialPeriod,
    Price,
    Section,
)
from tests.rating.cases import lists_named, register, usage
from tests.rating.price_lists import charge, price, price_list

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
TWELFTH = date(2026, 3, 12)
ALWAYS = DateRange(MARCH.start, None)


def terms(group: str = "C21", lists: tuple[str, ...] = ("own",), **fields: Any) -> Terms:
    held = {"window": ALWAYS, "group": group, "household": group.startswith("G"), "phases": 3}
    held |= {"price_lists": lists, "cycle_months": 1, "remote_reading": False}
    return Terms(**(held | fields))


def rated(
    *charges: Charge,
    events: tuple[Event, ...] = (),
    rates: dict[str, str] | None = None,
    held: tuple[Terms, ...] = (),
    facts: Facts | None = None,
    kwh: int = 0,
    months: Months | None = None,
    **profile: Any,
) -> Rated:
    dated = {"vat_standard": "0.23", "vat_outside": "0"} | (rates or {})
    facts = facts or Facts()
    return rate(
        period=MARCH,
        terms=held or (terms(),),
        months=months or Months(1),
        usage=usage(MARCH, {register(): kwh * 1000}),
        lists={"own": (price_list("own", *charges, rates=dated),)},
        profile=RatingProfile("own", VatRounding.DOCUMENT, **profile),
        facts=replace(facts, events=(*facts.events, *events)),
    )


def service(*prices: Price, **fields: Any) -> Charge:
    made = charge(
        "service", *(prices or (price("10.00"),)), basis=Basis.EVENT, unit="item", section=Section.OTHER
    )
    return replace(made, **fields)


def only(result: Rated) -> Line:
    assert result.problems == ()
    (line,) = result.lines
    return line


def codes(result: Rated) -> list[str]:
    return [problem.code for problem in result.problems]


def event(quantity: str = "1", **fields: Any) -> Event:
    return Event(**({"charge": "service", "quantity": Decimal(quantity), "day": TWELFTH} | fields))


class TestAnEvent:
    def test_that_did_not_happen_has_no_line(self) -> None:
        assert rated(service()).lines == ()

    def test_is_a_line_of_its_day_with_its_note(self) -> None:
        line = only(rated(service(), events=(event("2.5", note="zlecenie 7"),)))
        assert (line.net, line.name) == (Decimal("25.00"), "Service, 12.03.2026")
        assert line.period == Period(TWELFTH, date(2026, 3, 13))
        assert ("note", "zlecenie 7") in line.quantity_source.inputs

    def test_has_the_price_of_its_day(self) -> None:
        prices = (price("10.00", end=date(2026, 3, 12)), price("20.00", start=date(2026, 3, 12)))
        before = event(day=date(2026, 3, 11))
        result = rated(service(*prices), events=(before, event()))
        assert [line.net for line in result.lines] == [Decimal("10.00"), Decimal("20.00")]

    def test_does_not_cut_the_period_of_other_charges(self) -> None:
        prices = (price("10.00", end=date(2026, 3, 12)), price("20.00", start=date(2026, 3, 12)))
        line = only(rated(service(*prices), charge("energy", price("0.5")), kwh=100))
        assert line.period == MARCH

    @pytest.mark.parametrize(
        ("group", "amount"), [("A23", "3.00"), ("B21", "2.00"), ("C21", "1.00"), ("G11", "1.00")]
    )
    def test_has_the_price_of_the_voltage_of_its_group(self, group: str, amount: str) -> None:
        prices = [
            replace(price(f"{n}.00"), voltage=voltage)
            for n, voltage in enumerate(("low", "medium", "high"), start=1)
        ]
        one = price_list("own", service(*prices), groups=("A23", "B21", "C21", "G11"))
        result = rate(
            period=MARCH,
            terms=(terms(group),),
            months=Months(1),
            usage=Usage(MARCH, (), (), ()),
            lists={"own": (one,)},
            profile=RatingProfile("own", VatRounding.LINE),
            facts=Facts(events=(event(),)),
        )
        assert only(result).net == Decimal(amount)
        assert only(result).vat == grosze(Decimal(amount) * Decimal("0.23"))

    def test_told_of_another_voltage_has_its_price(self) -> None:
        prices = (replace(price("1.00"), voltage="low"), replace(price("2.00"), voltage="medium"))
        line = only(rated(service(*prices), events=(event(),), held=(terms(voltage="medium"),)))
        assert line.net == Decimal("2.00")

    def test_of_a_kind_has_its_price_and_its_name(self) -> None:
        prices = (replace(price("1.00"), variant="first"), replace(price("2.00"), variant="further"))
        rule = EventRule(variants={"first": "pierwsza", "further": "następna"})
        line = only(rated(service(*prices, event=rule), events=(event(variant="further"),)))
        assert (line.net, line.name) == (Decimal("2.00"), "Service, następna, 12.03.2026")

    @pytest.mark.parametrize(
        ("rule", "fields", "code"),
        [
            (EventRule(), {"charge": "dance"}, "event_unknown"),
            (EventRule(), {"charge": "energy"}, "event_unknown"),
            (EventRule(), {"day": date(2026, 2, 28)}, "terms_missing"),
            (EventRule(), {"variant": "blue"}, "event_variant_unknown"),
            (EventRule(variants={"red": "czerwona"}), {}, "event_variant_unknown"),
            (EventRule(), {"measure": Decimal(4)}, "event_measure"),
            (EventRule(squared_over=Decimal(10)), {}, "event_measure"),
            (EventRule(rate="average_wage"), {}, "rate_missing"),
            (EventRule(price_of="network_fixed"), {}, "event_price_missing"),
            (EventRule(price_of="energy"), {}, "event_price_missing"),
        ],
    )
    def test_that_cannot_be_priced_is_a_problem_and_no_line(
        self, rule: EventRule, fields: dict[str, Any], code: str
    ) -> None:
        result = rated(service(event=rule), charge("energy", price("0.5")), events=(event(**fields),))
        assert codes(result) == [code]
        assert result.lines == ()

    def test_beyond_a_quantity_counts_the_rest_and_never_less_than_nothing(self) -> None:
        rule = EventRule(beyond=Decimal(200))
        assert only(rated(service(event=rule), events=(event("230"),))).quantity == 30
        assert only(rated(service(event=rule), events=(event("120"),))).net == 0

    def test_of_a_rate_is_a_multiple_of_the_rate_of_its_day(self) -> None:
        made = service(price("0.02"), event=EventRule(rate="average_wage", rebate=True))
        line = only(rated(made, events=(event(),), rates={"average_wage": "8181.72"}))
        assert (line.price, line.net) == (Decimal("8181.72"), Decimal("-163.63"))
        assert [factor.name for factor in line.factors] == ["times", "rebate"]

    def test_priced_like_another_charge_is_per_kw_of_contracted_power(self) -> None:
        made = service(price("1.5"), event=EventRule(price_of="network_fixed"))
        fixed = replace(charge("network_fixed", price("8.08"), basis=Basis.POWER), unit="kW")
        result = rated(made, fixed, events=(event(),), held=(terms(contracted_kw=Decimal(40)),))
        assert [line.net for line in result.lines] == [Decimal("323.20"), Decimal("484.80")]

    @given(st.integers(1, 10**6), st.integers(1, 10**6))
    def test_is_rounded_once_whatever_its_figures(self, quantity: int, amount: int) -> None:
        made = service(price(str(Decimal(amount).scaleb(-4))))
        line = only(rated(made, events=(event(str(Decimal(quantity).scaleb(-3))),)))
        assert line.net == grosze(line.quantity * line.price)


class TestARebate:
    def test_for_an_outage_is_ten_times_the_price_at_low_voltage_and_five_times_above(self) -> None:
        lists = lists_named("energa-operator", "levies-pl")
        nets = {}
        for group in ("C11", "B21", "A23"):
            result = rate(
                period=MARCH,
                terms=(terms(group, tuple(lists), sections=frozenset({"other"})),),
                months=Months(1),
                usage=Usage(MARCH, (), (), ()),
                lists=lists,
                profile=RatingProfile("own", VatRounding.DOCUMENT),
                facts=Facts(events=(outage(kwh=Decimal(1000), day=TWELFTH),)),
            )
            nets[group] = only(result).net
            assert only(result).price_source.confidence == "unconfirmed"
        assert nets == {"C11": Decimal("-5188.10"), "B21": Decimal("-2594.05"), "A23": Decimal("-2594.05")}

    def test_for_a_deviation_has_hours_over_ten_per_cent_and_none_under_it(self) -> None:
        mwh, ten, over = Decimal("0.008"), Decimal(10), Decimal("10.1")
        assert voltage_deviation(percent=ten, kwh=Decimal(8), day=TWELFTH) == (
            Event("rebate_voltage", mwh, TWELFTH, measure=ten),
        )
        found = voltage_deviation(
            percent=over, kwh=Decimal(8), day=TWELFTH, hours=Decimal(3), note="zgłoszenie 5"
        )
        assert found == (
            Event("rebate_voltage", mwh, TWELFTH, "zgłoszenie 5", measure=over),
            Event("rebate_voltage_hours", Decimal(3), TWELFTH, "zgłoszenie 5"),
        )

    def test_for_an_outage_keeps_its_note(self) -> None:
        mwh = Decimal("1.5")
        assert outage(kwh=Decimal(1500), day=TWELFTH) == Event("rebate_outage", mwh, TWELFTH)
        noted = outage(kwh=Decimal(1500), day=TWELFTH, note="awaria")
        assert noted == Event("rebate_outage", mwh, TWELFTH, "awaria")

    @pytest.mark.parametrize(("percent", "hours"), [("4", Decimal(1)), ("12", None)])
    def test_with_the_wrong_hours_is_refused(self, percent: str, hours: Decimal | None) -> None:
        with pytest.raises(DeviationHoursError, match=f"{percent}%$"):
            voltage_deviation(percent=Decimal(percent), kwh=Decimal(8), day=TWELFTH, hours=hours)

    @given(st.integers(1, 300))
    def test_for_a_deviation_never_grows_beyond_the_whole_price(self, tenths: int) -> None:
        rule = EventRule(squared_over=Decimal(10), rebate=True)
        made = service(price("100.00"), event=rule)
        line = only(rated(made, events=(event(measure=Decimal(tenths).scaleb(-1)),)))
        part = min(Decimal(tenths) / 100, Decimal(1))
        assert line.net == grosze(-100 * part * part)


class TestAPenalty:
    def test_takes_its_charges_several_times_outside_vat_and_leaves_the_others_out(self) -> None:
        result = rated(
            charge("energy", price("0.5")),
            charge("levy", price("0.1")),
            kwh=100,
            facts=Facts(penalty=Penalty(Decimal(5), frozenset({"energy"}), "outside")),
        )
        assert [(line.charge, line.net, line.vat_rate) for line in result.lines] == [("energy", 250, 0)]
        assert (result.vat, result.excise) == (0, None)

    def test_asks_for_no_minimum_and_no_percentage(self) -> None:
        least = replace(
            charge("least", price("900.00"), basis=Basis.MINIMUM, unit="PLN"), of=frozenset({"energy"})
        )
        facts = Facts(penalty=Penalty(Decimal(5), frozenset({"energy", "least"}), "outside"))
        result = rated(charge("energy", price("0.5")), least, kwh=100, facts=facts)
        assert [(line.charge, line.factors) for line in result.lines] == [
            ("energy", (Factor("times", Decimal(5)),))
        ]

    def test_has_the_rate_of_vat_of_the_first_day(self) -> None:
        cut = date(2026, 3, 11)
        own = price_list("own", charge("energy", price("0.5")), rates={"vat_standard": "0.23"})
        dated = (
            DatedRate(DateRange(date(2020, 1, 1), cut), Decimal("0.08"), "1"),
            DatedRate(DateRange(cut), Decimal("0.05"), "1"),
        )
        result = rate(
            period=MARCH,
            terms=(terms(lists=("empty", "own")),),
            months=Months(1),
            usage=usage(MARCH, {register(): 31_000}),
            lists={
                "empty": (price_list("empty", rates={}),),
                "own": (replace(own, rates={**(own.rates or {}), "vat_outside": dated}),),
            },
            profile=RatingProfile("own", VatRounding.DOCUMENT),
            facts=Facts(penalty=Penalty(Decimal(1), frozenset({"energy"}), "outside")),
        )
        assert {line.vat_rate for line in result.lines} == {Decimal("0.08")}

    def test_leaves_nothing_behind_for_the_next_bill_of_the_same_plan(self) -> None:
        monthly = replace(charge("fee", price("7.00"), basis=Basis.MONTH), unit="month")
        once = rated(monthly, facts=Facts(penalty=Penalty(Decimal(2), frozenset({"fee"}), "outside")))
        assert (only(once).net, only(rated(monthly)).net) == (14, 7)


class TestACustomerOfWhomSomethingHolds:
    def fixed(self) -> Charge:
        return replace(
            charge("network_fixed", price("8.00"), basis=Basis.POWER),
            unit="kW",
            adjust=Adjustments(lowered_power=Decimal("1.10")),
        )

    def test_pays_more_for_power_lowered_in_the_corrected_days_alone(self) -> None:
        middle = date(2026, 3, 17)
        held = (
            replace(terms(contracted_kw=Decimal(30)), window=DateRange(MARCH.start, middle)),
            replace(terms(contracted_kw=Decimal(30), lowered_power=True), window=DateRange(middle, None)),
        )
        first, second = rated(self.fixed(), held=held).lines
        assert (first.factors, second.factors) == ((), (Factor("lowered_power", Decimal("1.10")),))
        assert second.net == grosze(second.quantity * 8 * Decimal("1.10"))

    def test_of_a_listed_industry_pays_a_share_of_the_levies(self) -> None:
        levy = replace(
            charge("oze", price("1.00")), adjust=Adjustments(industrial={"letter_a": Decimal("0.15")})
        )
        line = only(rated(levy, kwh=100, held=(terms(industrial="letter_a"),)))
        assert (line.net, line.factors) == (Decimal("15.00"), (Factor("industrial_share", Decimal("0.15")),))
        assert only(rated(levy, kwh=100)).net == Decimal("100.00")
        assert codes(rated(levy, kwh=100, held=(terms(industrial="letter_z"),))) == [
            "industrial_kind_unknown"
        ]

    def test_with_a_prepaid_meter_pays_half_of_the_longest_cycle(self) -> None:
        prices = [replace(price(amount), cycle_months=cycle) for amount, cycle in (("4.00", 1), ("1.00", 6))]
        fee = replace(
            charge("subscription", *prices, basis=Basis.MONTH),
            unit="month",
            adjust=Adjustments(prepaid=Decimal("0.5")),
        )
        line = only(rated(fee, held=(terms(prepaid=True),)))
        assert (line.net, line.factors) == (Decimal("0.50"), (Factor("prepaid", Decimal("0.5")),))
        assert only(rated(fee)).net == Decimal("4.00")

    def test_with_a_prepaid_meter_pays_part_of_a_price_of_any_cycle(self) -> None:
        fee = replace(
            charge("subscription", price("4.00"), basis=Basis.MONTH),
            unit="month",
            adjust=Adjustments(prepaid=Decimal("0.5")),
        )
        assert only(rated(fee, held=(terms(prepaid=True),))).net == Decimal("2.00")

    def test_settled_every_ten_days_has_its_own_price(self) -> None:
        prices = [replace(price("45.00"), ten_days=True), replace(price("15.00"), ten_days=False)]
        fee = replace(charge("subscription", *prices, basis=Basis.MONTH), unit="month")
        assert only(rated(fee, held=(terms(ten_days=True),))).net == Decimal("45.00")
        assert only(rated(fee)).net == Decimal("15.00")

    def test_who_is_special_pays_the_charge_of_special_customers_alone(self) -> None:
        both = (
            replace(charge("quality", price("33.06")), special=False),
            replace(charge("quality", price("3.27")), special=True),
        )
        assert only(rated(*both, kwh=1, held=(terms(special=True),))).price == Decimal("3.27")
        assert only(rated(*both, kwh=1)).price == Decimal("33.06")


class TestAPartOfAMonth:
    def fee(self, partial: PartialPeriod) -> Charge:
        return replace(charge("fee", price("30.00"), basis=Basis.MONTH, partial=partial), unit="month")

    @pytest.mark.parametrize(
        ("rule", "quantity"),
        [("by_days", "0.5161"), ("full", "1"), ("started_months", "1"), ("thirtieths", "1")],
    )
    def test_is_counted_as_the_list_says(self, rule: str, quantity: str) -> None:
        part = Months(1, Fraction(16, 31))
        line = only(rated(self.fee(PartialPeriod(rule)), months=part))
        assert line.quantity == Decimal(quantity)

    def test_is_counted_as_the_seller_says_where_it_does(self) -> None:
        other = {"fee": PartialPeriod.BY_DAYS}
        part = Months(1, Fraction(1, 2))
        line = only(rated(self.fee(PartialPeriod.FULL), months=part, partial_period=other))
        assert line.quantity == Decimal("0.5")

    @pytest.mark.parametrize(
        ("start", "end", "months"),
        [
            (date(2024, 1, 1), date(2024, 4, 7), "3.2"),
            (date(2026, 3, 15), date(2026, 4, 1), "0.5667"),
            (date(2026, 3, 1), date(2026, 4, 1), "1"),
            (date(2026, 1, 31), date(2026, 3, 1), "1.0333"),
        ],
    )
    def test_in_thirtieths_is_whole_months_and_a_thirtieth_a_day(
        self, start: date, end: date, months: str
    ) -> None:
        assert thirtieths(Period(start, end), digits=4) == Decimal(months)

    @pytest.mark.parametrize(
        ("days", "digits", "printed"),
        [
            ((2024, 1, 1, 2024, 11, 1), 4, "10"),
            ((2024, 1, 1, 2024, 4, 7), 4, "3.2"),
            ((2026, 3, 1, 2026, 3, 11), 2, "0.33"),
        ],
    )
    def test_in_thirtieths_is_written_without_needless_digits(
        self, days: tuple[int, ...], digits: int, printed: str
    ) -> None:
        assert str(thirtieths(Period(date(*days[:3]), date(*days[3:])), digits=digits)) == printed

    @given(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(1, 400))
    def test_in_thirtieths_never_shrinks_by_more_than_rounding_with_a_longer_period(
        self, start: date, days: int
    ) -> None:
        end = date.fromordinal(start.toordinal() + days)
        longer = date.fromordinal(end.toordinal() + 1)
        one, more = (thirtieths(Period(start, day), digits=6) for day in (end, longer))
        assert more >= one
