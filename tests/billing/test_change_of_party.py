"""Another party takes a contract over inside a period: each is billed exactly its own days, in its own name."""

from datetime import date, timedelta
from decimal import Decimal

from kwit.billing.bill import bill_contract
from kwit.billing.carried import read_carried
from kwit.billing.content import BillContent, parse_content
from kwit.billing.drafts import HoldCode
from kwit.registry.company import EstimationSettings
from kwit.registry.records import Prosumer
from tests.billing.memory_case import Company, contract, party, state
from tests.billing.test_clocks import (
    APRIL,
    JULY,
    MARCH,
    MAY,
    QUARTERLY,
    Office,
    billed,
    once,
    parsed,
    periods,
)

CHANGE = date(2026, 4, 16)
NEW = {"party_id": "K-2", "payer_id": "K-2"}


def named(bills: list[BillContent]) -> list[tuple[str, str, date, date, str]]:
    return [(one.customer.party_id, one.payer.party_id, one.start, one.end, one.months) for one in bills]


class TestAChangeInsideAPeriod:
    def test_ends_the_period_on_its_day_and_bills_each_its_own(self) -> None:
        office = Office(states=[APRIL, CHANGE, MAY], billed_to=APRIL)
        office.change(CHANGE, **NEW)
        drafts, holds = office.bill(MAY)
        assert holds == []
        assert named(parsed(drafts)) == [
            ("K-U/1", "K-U/1", APRIL, CHANGE, "1/2"), ("K-2", "K-2", CHANGE, MAY, "1/2")]  # fmt: skip
        assert [bill.customer.name for bill in parsed(drafts)] == ["Żaneta Łącka", "Nowa Strona sp. z o.o."]

    def test_needs_a_reading_on_its_day(self) -> None:
        office = Office(states=[APRIL, CHANGE + timedelta(days=1), MAY], billed_to=APRIL)
        office.change(CHANGE, **NEW)
        drafts, (hold,) = office.bill(MAY)
        assert (drafts, hold.code, hold.end) == ([], HoldCode.READING_MISSING, CHANGE)

    def test_or_an_estimate_where_the_profile_allows_one(self) -> None:
        office = Office(states=[MARCH, APRIL, MAY], billed_to=APRIL)
        profiles = office.company.settings.settings.profiles
        allowed = EstimationSettings(methods=("interpolation", "daily_average"), after_days=0)
        estimating = {"standard": profiles["standard"].model_copy(update={"estimation": allowed})}
        office.company.settings.change(profiles={**profiles, **estimating})
        office.change(CHANGE, **NEW)
        drafts, holds = office.bill(MAY)
        assert holds == []
        assert [(one.start, one.end, one.kwh_billed) for one in drafts] == [
            (APRIL, CHANGE, 15),
            (CHANGE, MAY, 15),
        ]

    def test_near_an_edge_leaves_no_day_to_the_wrong_party(self) -> None:
        last = date(2026, 4, 29)
        office = Office(states=[APRIL, last, MAY], billed_to=APRIL)
        office.change(last, **NEW)
        assert named(parsed(office.bill(MAY)[0])) == [
            ("K-U/1", "K-U/1", APRIL, last, "14/15"), ("K-2", "K-2", last, MAY, "1/15")]  # fmt: skip

    def test_of_the_payer_alone_does_the_same(self) -> None:
        office = Office(states=[APRIL, CHANGE, MAY], billed_to=APRIL)
        office.change(CHANGE, payer_id="K-2")
        assert [one[:2] for one in named(parsed(office.bill(MAY)[0]))] == [
            ("K-U/1", "K-U/1"),
            ("K-U/1", "K-2"),
        ]


class TestAPastPeriod:
    def test_names_the_party_it_had_then(self) -> None:
        office = Office(states=[MARCH, APRIL, MAY], billed_to=MARCH)
        office.change(APRIL, **NEW)
        assert [one[0] for one in named(parsed(office.bill(MAY)[0]))] == ["K-U/1", "K-2"]

    def test_of_a_party_the_registry_lost_is_held(self) -> None:
        office = Office(states=[MARCH, APRIL], billed_to=MARCH)
        office.change(MARCH, party_id="K-9")
        office.change(APRIL, **NEW)
        (hold,) = office.holds(office.rate(APRIL))
        assert (hold.code, hold.detail) == (HoldCode.REGISTRY_INCOMPLETE, "party K-9")

    def test_of_another_party_is_not_shown_to_the_new_one(self) -> None:
        office = Office(states=[MARCH, APRIL, MAY, date(2026, 6, 1)], billed_to=APRIL)
        office.change(MAY, **NEW)
        old, new = parsed(office.bill(date(2026, 6, 1))[0])
        assert [one.start for one in old.history] == [MARCH, APRIL]
        assert [one.start for one in new.history] == [MAY]


class TestFixedChargesInAdvance:
    def test_are_given_back_to_the_old_party_and_billed_to_the_new(self) -> None:
        office = Office(states=[MARCH, APRIL], fixed_cycle=QUARTERLY)
        office.issue(office.rate(APRIL))
        office.change(CHANGE, **NEW)
        office.read(CHANGE)
        run_id = office.rate(CHANGE)
        office.issue(run_id)
        assert periods(office.drafts(run_id)) == [
            {"variable": (APRIL, CHANGE), "fixed": (JULY, CHANGE), "contract": (APRIL, CHANGE)},
            {"fixed": (CHANGE, JULY)},
        ]
        assert [one[0] for one in named(parsed(office.drafts(run_id)))] == ["K-U/1", "K-2"]
        for name in ("fee", "daily", "power"):
            assert billed(office, name) == once(MARCH, JULY)


class TestAProsumersDeposit:
    def test_stays_with_the_old_party_and_is_not_lost(self) -> None:
        company = Company()
        terms = {"prosumer": Prosumer.NET_BILLING, "deposit": Decimal("500.00"), "billed_to": APRIL}
        company.add("U/1", **terms)
        company.registry.put([
            contract("U/1", valid_from=CHANGE, **(terms | NEW)), party("U/1", party_id="K-2"),
        ])  # fmt: skip
        company.readings.put(
            [state("U/1", day, kwh) for day, kwh in ((APRIL, "1000"), (CHANGE, "1020"), (MAY, "1040"))]
        )
        drafts, _ = bill_contract(
            case=company.case(on=MAY), billed_to=None, billing=company.billing(MAY), readings=company.readings
        )
        old, new = (parse_content(one.content) for one in drafts)
        assert old.deposit is not None
        assert new.deposit is not None
        assert (old.deposit.opening, new.deposit.opening, new.deposit.left) == (Decimal(500), 0, 0)
        assert new.due == new.gross
        (former,) = read_carried(new.carried).former
        assert (former.party_id, former.since) == ("K-U/1", CHANGE)
        assert sum(lot.left for lot in former.lots) == old.deposit.left > 0
