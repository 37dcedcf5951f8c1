"""What a contract says of its settlement reaches its bills: limits, losses, classes, power, degree of use."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from kwit.billing.bill import bill_contract
from kwit.billing.carried import read_carried
from kwit.billing.content import BillContent, LineData, parse_content
from kwit.billing.drafts import Draft, Hold
from kwit.kernel.time import DateRange, Period
from kwit.metering.readings import IntervalDay
from kwit.registry.records import MonthlyBase, Quantity, Register, SettlementTerms, YearlyLimit
from kwit.tariffs.price_list import Basis, Charge, Price, Section
from tests.billing.memory_case import Company, contract, meter, party, point, state
from tests.rating.price_lists import charge, price, price_list
from tests.rating.test_series import month

FEBRUARY, MARCH, APRIL, MAY = (date(2026, n, 1) for n in (2, 3, 4, 5))
PGE = ("pge-dystrybucja", "levies-pl")


def bill(
    company: Company, *, on: date = APRIL, billed_to: date | None = None, carried: str | None = None
) -> tuple[list[Draft], list[Hold]]:
    return bill_contract(
        case=company.case(on=on),
        billed_to=billed_to,
        carried=carried,
        billing=company.billing(on),
        readings=company.readings,
    )


def one_bill(company: Company, **more: object) -> BillContent:
    drafts, holds = bill(company, **more)  # type: ignore[arg-type]
    assert holds == []
    return parse_content(drafts[0].content)


def lines(content: BillContent, code: str) -> list[LineData]:
    return [line for line in content.lines if line.charge == code]


def with_states(states: Sequence[tuple[date, str]], **changes: object) -> Company:
    company = Company()
    company.add(states=states, **changes)
    return company


def with_series(days: Sequence[IntervalDay], *more: Charge, **changes: object) -> Company:
    company = Company()
    registers = (Register("A+", "all", Quantity.IMPORT),)
    terms: dict[str, object] = {
        "group": "C21", "annual_kwh": None, "contracted_kw": Decimal(20), "price_lists": (*PGE, "added"),
    }  # fmt: skip
    company.registry.put(
        [contract(**(terms | changes)), party(), point(), meter(registers=registers, interval_minutes=15)]
    )
    company.readings.put([replace(day, ppe="PPE-U/1") for day in days])
    company.price_lists.added["added"] = (price_list("added", *more),)
    return company


def two_prices(base: str, above: str) -> Charge:
    prices = tuple(
        Price(Decimal(amount), DateRange(date(2020, 1, 1)), "1", volume=volume)
        for amount, volume in ((base, "base"), (above, "above"))
    )
    return Charge("energy", "Energia", Section.SALE, Basis.ENERGY, "kWh", prices, "sale.energy")


class TestYearlyLimit:
    def company(self, states: Sequence[tuple[date, str]], **changes: object) -> Company:
        terms = SettlementTerms(yearly_limits=(YearlyLimit("energy", 250),))
        company = with_states(states, price_lists=("capped",), settlement=terms, **changes)
        company.price_lists.added["capped"] = (price_list("capped", two_prices("0.40", "0.70")),)
        return company

    def test_is_used_up_from_bill_to_bill(self) -> None:
        company = self.company([(FEBRUARY, "0"), (MARCH, "200"), (APRIL, "300")], billed_to=FEBRUARY)
        drafts, holds = bill(company)
        assert holds == []
        quantities = [[line.quantity for line in parse_content(d.content).lines] for d in drafts]
        assert quantities == [[200, 0], [50, 50]]
        assert [(one.year, one.kwh) for one in read_carried(drafts[-1].carried).used] == [(2026, 250)]

    def test_of_a_customer_who_came_in_the_year_has_its_days(self) -> None:
        company = self.company(
            [(MARCH, "0"), (APRIL, "400")], starts=MARCH, valid_from=MARCH, cycle_anchor=MARCH
        )
        content = one_bill(company)
        # 250 x 306 / 365 = 209.6
        assert [line.quantity for line in content.lines] == [210, 190]

    def test_begins_anew_with_the_year(self) -> None:
        december, january = date(2025, 12, 1), date(2026, 1, 1)
        company = self.company([(december, "0"), (january, "260"), (FEBRUARY, "460")], billed_to=december)
        drafts, _ = bill(company, on=FEBRUARY)
        quantities = [[line.quantity for line in parse_content(d.content).lines] for d in drafts]
        assert quantities == [[250, 10], [200, 0]]


class TestMonthlyBase:
    def test_of_a_night_tariff_is_that_of_the_months_billed(self) -> None:
        terms = SettlementTerms(monthly_bases=(MonthlyBase("network_variable", (0, 0, 60, *([0] * 9))),))
        company = Company()
        registers = (Register("1.8.1", "day"), Register("1.8.2", "night"))
        company.registry.put(
            [
                contract(group="G12as", price_lists=PGE, settlement=terms), party(), point(),
                meter(registers=registers),
            ]
        )  # fmt: skip
        for code, end in (("1.8.1", "100"), ("1.8.2", "90")):
            company.readings.put(
                [state("U/1", MARCH, "0", register=code), state("U/1", APRIL, end, register=code)]
            )
        content = one_bill(company)
        night = [line.quantity for line in lines(content, "network_variable") if line.zone == "night"]
        assert night == [60, 30]

    def test_without_one_the_bill_waits(self) -> None:
        company = Company()
        registers = (Register("1.8.1", "day"), Register("1.8.2", "night"))
        company.registry.put(
            [contract(group="G12as", price_lists=PGE), party(), point(), meter(registers=registers)]
        )
        for code, end in (("1.8.1", "100"), ("1.8.2", "90")):
            company.readings.put(
                [state("U/1", MARCH, "0", register=code), state("U/1", APRIL, end, register=code)]
            )
        _, (hold,) = bill(company)
        assert hold.detail.startswith("base_unknown")


class TestLosses:
    def test_grow_the_import_and_stand_beside_the_meter(self) -> None:
        terms = SettlementTerms(losses_percent=Decimal("2.5"))
        content = one_bill(with_states([(MARCH, "0"), (APRIL, "1000")], settlement=terms))
        assert [span.wh for span in content.usage] == [1_000_000, 25_000]
        assert content.energy[0].kwh == 1025

    def test_of_a_constant_power_fall_into_the_hours_of_each_zone(self) -> None:
        terms = SettlementTerms(losses_kw=Decimal("0.1"))
        company = Company()
        registers = (Register("1.8.1", "day"), Register("1.8.2", "night"))
        lists = ("jasna-energia", *PGE)
        company.registry.put(
            [
                contract(group="G12", price_lists=lists, settlement=terms),
                party(),
                point(),
                meter(registers=registers),
            ]
        )
        for code in ("1.8.1", "1.8.2"):
            company.readings.put([state("U/1", day, "0", register=code) for day in (MARCH, APRIL)])
        content = one_bill(company)
        by_zone = {row.zone: row.wh for row in content.energy if row.quantity == "import"}
        # March 2026 has 743 hours, 10 of each night and the 2 after noon less the one that is missing.
        assert sum(by_zone.values()) == 74_300
        assert by_zone["night"] == 31 * 1000 - 100


class TestPower:
    EXCESS = charge(
        "power_excess", price("10.00"), basis=Basis.POWER_EXCESS, unit="kW", section=Section.DISTRIBUTION
    )

    def test_over_the_contracted_one_is_found_month_by_month(self) -> None:
        days = [replace(one, values_wh=tuple(3000 for _ in one.values_wh)) for one in month()]
        content = one_bill(with_series(days, contracted_kw=Decimal(10), price_lists=PGE))
        (line,) = lines(content, "power_excess")
        # Ten hours of 12 kW against 10 kW, at the fixed component of C21.
        assert (line.quantity, line.price, line.net) == (20, Decimal("26.03"), Decimal("520.60"))

    def test_that_changes_inside_a_month_tells_no_excess(self) -> None:
        company = with_series(month(), self.EXCESS)
        day = date(2026, 3, 15)
        changed = contract(
            group="C21",
            annual_kwh=None,
            contracted_kw=Decimal(30),
            price_lists=(*PGE, "added"),
            valid_from=day,
        )
        company.registry.put([changed])
        _, (hold,) = bill(company)
        assert "power_changed_inside_month" in hold.detail


class TestCapacity:
    def test_class_is_found_when_the_contract_names_the_period(self) -> None:
        days = [replace(one, values_wh=tuple(2000 for _ in one.values_wh)) for one in month()]
        terms = SettlementTerms(capacity_qualification="month")
        content = one_bill(with_series(days, contracted_kw=Decimal(20), settlement=terms))
        (line,) = lines(content, "capacity_energy")
        assert [(one.name, one.value) for one in line.factors] == [("A", Decimal("0.17"))]

    def test_low_power_pays_in_full_and_a_named_coefficient_wins(self) -> None:
        days = [replace(one, values_wh=tuple(2000 for _ in one.values_wh)) for one in month()]
        small = SettlementTerms(capacity_qualification="month")
        (line,) = lines(
            one_bill(with_series(days, contracted_kw=Decimal(16), settlement=small)), "capacity_energy"
        )
        assert line.factors == ()
        named = replace(small, capacity_coefficient=Decimal("0.5"))
        (line,) = lines(one_bill(with_series(days, settlement=named)), "capacity_energy")
        assert [one.value for one in line.factors] == [Decimal("0.5")]


class TestDegreeOfUse:
    def company(self, kwh: str, *, since: date = date(2025, 4, 1)) -> Company:
        return with_states(
            [(since, "0"), (MARCH, "0"), (APRIL, kwh)],
            group="C11em", price_lists=PGE, contracted_kw=Decimal(10), capacity_share=Decimal("0.4"),
        )  # fmt: skip

    def price_of(self, company: Company) -> Decimal:
        (line,) = lines(one_bill(company), "network_variable")
        return line.price

    def test_is_that_of_the_year_to_the_last_reading(self) -> None:
        # 10 kW x 365 days x 24 h x 0.100 = 8,760 kWh.
        assert self.price_of(self.company("8760")) == Decimal("0.5136")
        assert self.price_of(self.company("8761")) == Decimal("0.3852")

    def test_is_low_without_a_year_of_use(self) -> None:
        assert self.price_of(self.company("9999", since=date(2025, 6, 1))) == Decimal("0.5136")

    def test_of_a_series_needs_its_year(self) -> None:
        full = month(period=Period(date(2025, 4, 1), APRIL))
        company = with_series(full, group="C11em", contracted_kw=Decimal(10), price_lists=PGE)
        (line,) = lines(one_bill(company), "network_variable")
        assert line.price == Decimal("0.3852")
        company = with_series(month(), group="C11em", contracted_kw=Decimal(10), price_lists=PGE)
        (line,) = lines(one_bill(company), "network_variable")
        assert line.price == Decimal("0.5136")


class TestSpecialTerms:
    def test_of_a_contract_reach_the_prices(self) -> None:
        states = [(MARCH, "0"), (APRIL, "1000")]
        plain = one_bill(with_states(states, price_lists=PGE))
        prepaid = one_bill(with_states(states, price_lists=PGE, settlement=SettlementTerms(prepaid=True)))
        (before,), (after,) = lines(plain, "subscription"), lines(prepaid, "subscription")
        # Half of the rate of the longest cycle, 0.75 of six months (PGE Dystrybucja 2026, p. 24).
        assert (before.net, after.net) == (Decimal("4.50"), Decimal("0.38"))

    def test_of_a_lowered_power_and_an_industrial_user(self) -> None:
        terms = SettlementTerms(lowered_power=True, industrial="letter_a")
        company = with_states(
            [(MARCH, "0"), (APRIL, "1000")], group="C21", price_lists=PGE, contracted_kw=Decimal(40),
            capacity_share=Decimal("0.4"), settlement=terms,
        )  # fmt: skip
        content = one_bill(company)
        (fixed,), (oze,) = lines(content, "network_fixed"), lines(content, "oze")
        assert fixed.net == Decimal("1145.32")  # 40 kW x 26.03 x 1.10
        assert oze.net == Decimal("1.10")  # 1 MWh x 7.30 x 0.15 = 1.095
