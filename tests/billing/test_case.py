"""A case gathers what a bill rests on, or names what the registry lacks."""

from datetime import date, timedelta

import pytest

from kwit.billing.case import RegistryIncompleteError, contract_on, metered_registers
from kwit.kernel.time import DateRange, Period
from kwit.registry.records import Register
from tests.billing.memory_case import Company, contract, meter
from tests.billing.test_bill import bill
from tests.rating.cases import KNOWN
from tests.rating.price_lists import charge, price, price_list

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


class TestGather:
    def test_a_contract_nobody_brought_in_is_named(self) -> None:
        with pytest.raises(RegistryIncompleteError) as caught:
            Company().case("U/7")
        assert (caught.value.contract_no, caught.value.missing) == ("U/7", "contract U/7")

    def test_the_version_of_the_customer_in_force_is_taken(self) -> None:
        company = Company()
        company.add("U/1")
        later = company.registry.party("K-U/1")[0]
        moved = type(later)(**{name: getattr(later, name) for name in later.__slots__} | {
            "street": "ul. Nowa 1", "valid_from": date(2026, 6, 1)})  # fmt: skip
        company.registry.put([moved])
        assert company.case().customer.street == "ul. Gęsia 7"
        assert company.case(on=date(2026, 6, 1)).customer.street == "ul. Nowa 1"


class TestTerms:
    def test_versions_hold_one_after_another_within_the_period(self) -> None:
        company = Company()
        company.add("U/1")
        company.registry.put([
            contract(valid_from=date(2026, 3, 11), group="G12"), contract(valid_from=date(2026, 5, 1), group="G12w"),
        ])  # fmt: skip
        terms = company.case().terms_over(MARCH, annual_kwh=1)
        assert [(one.group, one.window) for one in terms] == [
            ("G11", DateRange(MARCH.start, date(2026, 3, 11))),
            ("G12", DateRange(date(2026, 3, 11), MARCH.end)),
        ]

    @pytest.mark.parametrize(
        ("group", "household"), [("G11", True), ("g12w", True), ("C11", False), ("R", False)]
    )
    def test_groups_g_are_households(self, group: str, household: bool) -> None:
        company = Company()
        company.add("U/1", group=group)
        assert company.case().terms_over(MARCH, annual_kwh=None)[0].household is household


class TestContractOn:
    def test_the_end_is_that_of_the_last_version(self) -> None:
        ends = date(2026, 5, 1)
        versions = [contract(), contract(valid_from=date(2026, 3, 11), group="G12", ends=ends)]
        assert [(contract_on(versions, day).group, contract_on(versions, day).ends) for day in (
            date(2020, 1, 1), date(2026, 3, 10), date(2026, 3, 11))] == [
            ("G11", ends), ("G11", ends), ("G12", ends)]  # fmt: skip


class TestRegisters:
    def test_the_version_of_a_meter_known_last_tells_when_it_was_removed(self) -> None:
        removed = date(2026, 3, 12)
        versions = [meter(), meter(removed=removed, known_at=KNOWN + timedelta(hours=1))]
        for given in (versions, versions[::-1]):
            (register,) = metered_registers(given)
            assert register.present == DateRange(date(2020, 1, 1), removed)

    def test_each_register_of_a_meter_carries_its_multiplier(self) -> None:
        found = metered_registers(
            [meter(multiplier=40, registers=(Register("1.8.1", "day"), Register("1.8.2", "night")))]
        )
        assert [(one.code, one.zone, one.multiplier) for one in found] == [
            ("1.8.1", "day", 40),
            ("1.8.2", "night", 40),
        ]


def test_no_run_bills_more_than_two_years_of_months_at_once() -> None:
    edges = [date(2024 + n // 12, n % 12 + 1, 1) for n in range(31)]
    company = Company()
    states = [(day, str(100 * n)) for n, day in enumerate(edges)]
    company.add("U/1", states=states, billed_to=edges[0], valid_from=edges[0], price_lists=("own",))
    company.price_lists.added["own"] = (price_list("own", charge("energy", price("0.50"))),)
    drafts, holds = bill(company, on=date(2026, 8, 1))
    assert (len(drafts), holds) == (24, [])
    assert drafts[-1].end == date(2026, 1, 1)
