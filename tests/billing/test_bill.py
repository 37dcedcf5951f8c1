"""Billing one contract: every period that is due becomes a draft, or a hold that says why not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from kwit.billing.bill import bill_contract
from kwit.billing.content import BillContent, parse_content
from kwit.billing.drafts import Draft, Hold, HoldCode
from kwit.billing.holds import hold_sentence
from kwit.kernel.identifiers import content_hash
from kwit.metering.readings import Edit, IntervalDay, Standing
from kwit.registry.company import HoldSettings
from kwit.registry.records import ContractKind, Quantity, Register
from kwit.tariffs.price_list import Confidence
from tests.billing.memory_case import LISTS, Company, contract, meter, party, point, state
from tests.rating.cases import KNOWN
from tests.rating.price_lists import charge, price, price_list
from tests.rating.test_series import month

MARCH, APRIL, MAY, JUNE = (date(2026, n, 1) for n in (3, 4, 5, 6))


def bill(
    company: Company, no: str = "U/1", *, on: date = APRIL, billed_to: date | None = None
) -> tuple[list[Draft], list[Hold]]:
    return bill_contract(
        case=company.case(no, on=on),
        billed_to=billed_to,
        billing=company.billing(on),
        readings=company.readings,
    )


def company_with(states: Sequence[tuple[date, str]], **changes: object) -> Company:
    company = Company()
    company.add("U/1", states=states, **changes)
    return company


def contents(drafts: Sequence[Draft]) -> list[BillContent]:
    return [parse_content(draft.content) for draft in drafts]


class TestDrafts:
    def test_a_due_period_becomes_a_draft(self) -> None:
        drafts, holds = bill(company_with([(MARCH, "1000"), (APRIL, "1150.4")]))
        assert holds == []
        (draft,) = drafts
        (content,) = contents(drafts)
        assert (draft.start, draft.end, draft.wh_read, draft.kwh_billed) == (MARCH, APRIL, 150_400, 150)
        assert content_hash(draft.content) == draft.content_hash
        assert (content.net, content.vat, content.gross) == (draft.net, draft.vat, draft.gross)
        assert content.canonical() == draft.content

    def test_billing_again_makes_the_same_bytes_and_identity(self) -> None:
        company = company_with([(MARCH, "1000"), (APRIL, "1150.4")])
        assert bill(company) == bill(company)

    def test_nothing_is_due_before_the_period_has_ended(self) -> None:
        company = company_with([(MARCH, "1000"), (APRIL, "1150")])
        assert bill(company, on=APRIL - timedelta(days=1)) == ([], [])
        assert bill(company, billed_to=APRIL) == ([], [])

    def test_overdue_periods_are_billed_in_one_run_in_order(self) -> None:
        states = [(MARCH, "1000"), (APRIL, "1100"), (MAY, "1300"), (JUNE, "1450")]
        drafts, holds = bill(company_with(states, balance=Decimal("12.50")), on=JUNE)
        assert holds == []
        assert [(d.start, d.end, d.kwh_billed) for d in drafts] == [
            (MARCH, APRIL, 100), (APRIL, MAY, 200), (MAY, JUNE, 150)]  # fmt: skip
        assert [one.opening_balance for one in contents(drafts)] == [Decimal("12.50"), None, None]
        assert len({draft.document_id for draft in drafts}) == 3

    def test_a_balance_stands_on_the_first_bill_only(self) -> None:
        company = company_with([(APRIL, "1100"), (MAY, "1300")], balance=Decimal("12.50"))
        (content,) = contents(bill(company, on=MAY, billed_to=APRIL)[0])
        assert content.opening_balance is None

    def test_a_late_reading_moves_the_end_and_keeps_the_months(self) -> None:
        (content,) = contents(bill(company_with([(MARCH, "1000"), (date(2026, 4, 3), "1100")]), on=MAY)[0])
        assert (content.end, content.months) == (date(2026, 4, 3), "1")

    def test_a_sale_contract_bills_no_distribution(self) -> None:
        states = [(MARCH, "1000"), (APRIL, "1100")]
        kinds: dict[ContractKind, set[str]] = {}
        for kind in (one for one in ContractKind if one.settles_point):
            (content,) = contents(bill(company_with(states, kind=kind))[0])
            kinds[kind] = {section.section for section in content.sections}
        assert kinds == {
            ContractKind.COMPREHENSIVE: {"sale", "distribution"},
            ContractKind.SALE: {"sale"},
            ContractKind.DISTRIBUTION: {"distribution"},
        }

    def test_a_new_version_of_the_contract_counts_from_its_day(self) -> None:
        company = company_with([(MARCH, "1000"), (APRIL, "1100")])
        lists = ("jasna-oferta-dom", *LISTS[1:])
        company.registry.put([contract(valid_from=date(2026, 3, 21), price_lists=lists)])
        (content,) = contents(bill(company)[0])
        energy = [(line.start, line.quantity) for line in content.lines if line.charge == "energy"]
        assert [start for start, _ in energy] == [MARCH, date(2026, 3, 16), date(2026, 3, 21)]
        assert sum(quantity for _, quantity in energy) == 100

    def test_the_content_names_every_source(self) -> None:
        (content,) = contents(bill(company_with([(MARCH, "1000"), (APRIL, "1100")]))[0])
        versions = {one.version for one in content.price_lists}
        assert {line.price_list for line in content.lines} == versions
        assert all(span.first and span.first.source.startswith("odczyty.csv:") for span in content.usage)
        assert content.settings_version == "s1"


class TestContractEnd:
    def test_the_last_period_ends_with_the_contract(self) -> None:
        ends = date(2026, 4, 11)
        company = company_with([(MARCH, "1000"), (APRIL, "1100"), (ends, "1130")], ends=ends)
        drafts, holds = bill(company, on=JUNE)
        assert holds == []
        assert [(one.start, one.end, one.months) for one in contents(drafts)] == [
            (MARCH, APRIL, "1"), (APRIL, ends, "1/3")]  # fmt: skip

    def test_an_end_that_a_later_version_names_bounds_the_period(self) -> None:
        ends = date(2026, 3, 21)
        company = company_with([(MARCH, "1000"), (ends, "1060"), (APRIL, "1100")])
        company.registry.put([contract(valid_from=date(2026, 3, 15), ends=ends)])
        drafts, holds = bill(company, on=MAY)
        assert holds == []
        assert [(draft.start, draft.end, draft.kwh_billed) for draft in drafts] == [(MARCH, ends, 60)]

    def test_no_reading_of_the_window_leads_beyond_the_contract(self) -> None:
        ends = date(2026, 4, 2)
        company = company_with([(MARCH, "1000"), (date(2026, 4, 4), "1100")], ends=ends)
        drafts, holds = bill(company, on=MAY)
        assert drafts == []
        assert [(hold.code, hold.start, hold.end) for hold in holds] == [
            (HoldCode.READING_MISSING, MARCH, APRIL)]  # fmt: skip


class TestHolds:
    def test_a_missing_reading_names_meter_register_and_day_and_earlier_drafts_stay(self) -> None:
        drafts, holds = bill(company_with([(MARCH, "1000"), (APRIL, "1100")]), on=MAY)
        assert [draft.end for draft in drafts] == [APRIL]
        (hold,) = holds
        assert (hold.code, hold.start, hold.end) == (HoldCode.READING_MISSING, APRIL, MAY)
        assert hold.detail == "reading_missing: L-U/1/1.8.0 at 2026-05-01"
        assert hold.risk == 60

    def test_a_reading_below_the_last_is_held(self) -> None:
        _, (hold,) = bill(company_with([(MARCH, "1000"), (APRIL, "999")]))
        assert hold.code is HoldCode.READING_BEFORE_LAST
        assert "L-U/1/1.8.0 at 2026-04-01" in hold.detail

    def test_a_reading_that_validation_holds_is_not_billed_until_it_is_accepted(self) -> None:
        company = company_with([(MARCH, "1000")])
        doubtful = state("U/1", APRIL, "9000")
        company.readings.put([replace(doubtful, standing=Standing(held=("spike",)))])
        drafts, (hold,) = bill(company)
        assert drafts == []
        assert (hold.code, hold.detail) == (
            HoldCode.READING_HELD, "reading_held: L-U/1/1.8.0 at 2026-04-01: spike")  # fmt: skip
        accepted = Standing(edit=Edit("sprawdzono na miejscu", "A. Nowak"))
        company.readings.put([replace(doubtful, known_at=KNOWN + timedelta(days=1), standing=accepted)])
        assert [draft.wh_read for draft in bill(company)[0]] == [8_000_000]

    def test_a_total_register_beside_its_zones_is_not_billed(self) -> None:
        company = Company()
        codes = {"1.8.0": "all", "1.8.1": "day", "1.8.2": "night"}
        registers = tuple(Register(code, zone, Quantity.IMPORT) for code, zone in codes.items())
        company.registry.put([contract(group="G12"), party(), point(), meter(registers=registers)])
        for code, end in (("1.8.0", "300"), ("1.8.1", "200"), ("1.8.2", "100")):
            company.readings.put(
                [state("U/1", MARCH, "0", register=code), state("U/1", APRIL, end, register=code)]
            )
        assert [draft.wh_read for draft in bill(company)[0]] == [300_000]

    def test_a_point_without_a_meter_is_held(self) -> None:
        company = Company()
        company.registry.put([contract(), party(), point()])
        _, (hold,) = bill(company)
        assert hold.code is HoldCode.NO_METER

    def test_a_price_list_nobody_dropped_is_held(self) -> None:
        _, (hold,) = bill(company_with([(MARCH, "1"), (APRIL, "2")], price_lists=("nobody", *LISTS[1:])))
        assert hold.code is HoldCode.PRICE_MISSING
        assert hold.detail == "price_list_missing: nobody on 2026-03-01"

    def test_a_problem_of_rating_is_held_with_its_words(self) -> None:
        _, (hold,) = bill(company_with([(MARCH, "1"), (APRIL, "2")], annual_kwh=None, group="G12"))
        assert hold.code is HoldCode.RATING_PROBLEM
        assert "zone_unknown: all is no zone of G12" in hold.detail

    def test_a_profile_that_the_settings_lack_is_held(self) -> None:
        _, (hold,) = bill(company_with([(MARCH, "1"), (APRIL, "2")], profile="fancy"))
        assert (hold.code, hold.detail) == (
            HoldCode.REGISTRY_INCOMPLETE, "profile fancy is not in the settings")  # fmt: skip

    @pytest.mark.parametrize(
        ("limits", "code", "words"),
        [
            ({"gross_over": Decimal("100.00")}, HoldCode.AMOUNT_HIGH, "is over 100.00 zł"),
            ({"kwh_per_day_over": 9}, HoldCode.USE_HIGH, "9.7 kWh a day is over 9"),
        ],
    )
    def test_a_bill_over_a_threshold_waits_with_its_energy(
        self, limits: Mapping[str, object], code: HoldCode, words: str
    ) -> None:
        company = company_with([(MARCH, "1000"), (APRIL, "1300")])
        company.settings.change(holds=HoldSettings(**limits))  # type: ignore[arg-type]
        (draft,), (hold,) = bill(company)
        assert (hold.code, hold.wh_read, hold.document_id) == (code, 300_000, draft.document_id)
        assert hold.risk == draft.risk >= 70
        assert words in hold.detail

    def test_a_bill_at_the_threshold_goes(self) -> None:
        company = company_with([(MARCH, "1000"), (APRIL, "1310")])
        company.settings.change(holds=HoldSettings(kwh_per_day_over=10))
        assert len(bill(company)[0]) == 1

    def test_a_negative_bill_waits(self) -> None:
        company = company_with([(MARCH, "1000"), (APRIL, "1300")], price_lists=("refund",))
        lists = price_list("refund", charge("energy", price("-0.10")))
        company.price_lists.added["refund"] = (lists,)
        _, (hold,) = bill(company)
        assert (hold.code, hold.detail.split(";")[0]) == (HoldCode.NEGATIVE, "gross -36.90 zł")

    def test_a_bill_on_unconfirmed_prices_waits_unless_the_settings_let_it_go(self) -> None:
        company = company_with([(MARCH, "1000"), (APRIL, "1300")], price_lists=("rumour",))
        rumour = price_list(
            "rumour", charge("energy", replace(price("0.50"), confidence=Confidence.UNCONFIRMED))
        )
        company.price_lists.added["rumour"] = (rumour,)
        _, (hold,) = bill(company)
        assert hold.code is HoldCode.UNCONFIRMED_PRICES
        assert "energy (rumour" in hold.detail
        company.settings.change(holds=HoldSettings(unconfirmed_prices=False))
        assert len(bill(company)[0]) == 1

    def test_every_code_has_its_sentence(self) -> None:
        for code in HoldCode:
            assert hold_sentence(code).endswith(".")


class TestSeries:
    def company(self, days: Sequence[IntervalDay]) -> Company:
        company = Company()
        registers = (Register("A+", "all", Quantity.IMPORT),)
        company.registry.put([
            contract(group="C12a", annual_kwh=None, contracted_kw=Decimal(20)),
            party(), point(), meter(registers=registers, interval_minutes=15),
        ])  # fmt: skip
        company.readings.put([replace(day, ppe="PPE-U/1") for day in days])
        return company

    def test_a_series_becomes_a_draft_with_its_zones(self) -> None:
        days = month()
        drafts, holds = bill(self.company(days))
        assert holds == []
        (content,) = contents(drafts)
        assert {row.zone for row in content.energy} == {"peak", "offpeak"}
        assert (
            sum(row.wh for row in content.energy) == drafts[0].wh_read == sum(sum(d.values_wh) for d in days)
        )
        assert content.usage[0].series_days == 31

    def test_a_hole_in_the_series_is_held(self) -> None:
        drafts, (hold,) = bill(self.company(month()[:-1]))
        assert drafts == []
        assert hold.code is HoldCode.INTERVALS_MISSING
        assert "2026-03-31" in hold.detail

    def test_values_that_nobody_measured_are_not_billed_as_zero(self) -> None:
        first, *rest = month()
        drafts, (hold,) = bill(
            self.company([replace(first, estimated=frozenset({3}), missing=frozenset({3})), *rest])
        )
        assert drafts == []
        assert (hold.code, "1 values not measured" in hold.detail) == (HoldCode.INTERVALS_MISSING, True)

    def test_a_day_that_validation_holds_is_not_billed(self) -> None:
        first, *rest = month()
        _, (hold,) = bill(self.company([replace(first, standing=Standing(held=("spike",))), *rest]))
        assert (hold.code, "spike" in hold.detail) == (HoldCode.READING_HELD, True)


class TestMeterExchange:
    def test_both_meters_stand_on_the_bill(self) -> None:
        change = date(2026, 3, 12)
        company = Company()
        company.registry.put([
            contract(), party(), point(),
            meter(meter_no="L1", removed=change), meter(meter_no="L2", installed=change, valid_from=change),
        ])  # fmt: skip
        company.readings.put([
            state("U/1", MARCH, "900", meter_no="L1"), state("U/1", change, "1000", meter_no="L1"),
            state("U/1", change, "0", meter_no="L2"), state("U/1", APRIL, "50.6", meter_no="L2"),
        ])  # fmt: skip
        drafts, holds = bill(company)
        assert holds == []
        (content,) = contents(drafts)
        assert [(span.meter_no, span.wh) for span in content.usage] == [("L1", 100_000), ("L2", 50_600)]
        assert drafts[0].kwh_billed == 151


def test_estimated_states_are_billed_and_marked() -> None:
    company = company_with([(MARCH, "1000")])
    company.readings.put([state("U/1", APRIL, "1100", kind="estimated")])
    (content,) = contents(bill(company)[0])
    assert content.usage[0].last is not None
    assert content.usage[0].last.kind == "estimated"
    assert KNOWN.isoformat() not in content.canonical().decode()
