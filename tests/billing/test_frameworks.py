"""Sale rests on a GUD, comprehensive sale on a GUD-K, where the settings ask; framework contracts bill nothing."""

from datetime import date

import pytest

from kwit.billing.drafts import DocumentKind, HoldCode
from kwit.billing.holds import hold_sentence
from kwit.billing.replay import replay_draft
from kwit.billing.runs import due_contracts
from kwit.registry.records import Contract, ContractKind, ForecastPlan
from tests.billing.memory_case import Company, contract, party
from tests.billing.office import HOLIDAYS, carry_out, documents, drafts, holds, rated
from tests.billing.test_clocks import NEVER

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
PGE = "PGE Dystrybucja S.A."
GUD, GUD_K, SELLER = (
    ContractKind.FRAMEWORK_SALE, ContractKind.FRAMEWORK_COMPREHENSIVE, ContractKind.FRAMEWORK_SELLER,
)  # fmt: skip


def framework(kind: ContractKind, no: str = "R/1", **changes: object) -> Contract:
    """Make a framework contract with the distributor of the points of these tests, or with a seller."""
    terms: dict[str, object] = {
        "kind": kind, "ppe": "", "group": "", "price_lists": (), "profile": "", "party_id": "K-OSD",
        "payer_id": "K-OSD", "distributor": "" if kind is SELLER else PGE,
    }  # fmt: skip
    return contract(no, **(terms | changes))


def company(kind: ContractKind, *frameworks: Contract, **terms: object) -> Company:
    """Make a company whose contract is due for March, and which checks framework contracts."""
    one = Company()
    one.add("U/1", kind=kind, states=[(MARCH, "1000"), (APRIL, "1100")], **terms)
    one.registry.put([party("R/1", party_id="K-OSD"), *frameworks])
    one.settings.change(holds=NEVER, framework_check=True)
    return one


def codes(one: Company) -> list[HoldCode]:
    run, _ = rated(one, APRIL)
    return [hold.code for hold in holds(one, run)]


SALE, COMPREHENSIVE = ContractKind.SALE, ContractKind.COMPREHENSIVE
HELD = [HoldCode.FRAMEWORK_MISSING]


class TestAPeriodIsHeld:
    @pytest.mark.parametrize(
        ("kind", "frameworks"),
        [
            (SALE, ()),
            (COMPREHENSIVE, ()),
            (SALE, (framework(GUD_K),)),
            (COMPREHENSIVE, (framework(GUD),)),
            (SALE, (framework(GUD, distributor="ENERGA-OPERATOR S.A."),)),
            (SALE, (framework(GUD, ends=date(2026, 3, 31)),)),
            (SALE, (framework(GUD, starts=date(2026, 3, 2), valid_from=date(2026, 3, 2)),)),
            (
                SALE,
                (
                    framework(GUD, ends=date(2026, 3, 10)),
                    framework(GUD, "R/2", starts=date(2026, 3, 11), valid_from=date(2026, 3, 11)),
                ),
            ),
        ],
    )
    def test_without_its_framework_contract_over_every_day(
        self, kind: ContractKind, frameworks: tuple[Contract, ...]
    ) -> None:
        assert codes(company(kind, *frameworks)) == HELD

    def test_with_a_sentence_and_the_days_it_lacks(self) -> None:
        one = company(SALE)
        run, _ = rated(one, APRIL)
        (hold,) = holds(one, run)
        assert hold.detail == f"GUD with {PGE} does not cover 2026-03-01 to 2026-04-01"
        assert "GUD" in hold_sentence(hold.code)

    def test_and_billed_once_the_contract_is_known(self) -> None:
        one = company(SALE)
        carry_out(one, APRIL)
        one.registry.put([framework(GUD)])
        carry_out(one, date(2026, 4, 2))
        assert [document.contract_no for document in documents(one)] == ["U/1"]

    def test_when_the_named_framework_of_distribution_has_ended(self) -> None:
        one = company(
            ContractKind.DISTRIBUTION, framework(SELLER, ends=date(2026, 3, 15)), framework_no="R/1"
        )
        assert codes(one) == HELD


class TestAForecast:
    def forecast(self, *frameworks: Contract) -> tuple[list[HoldCode], list[DocumentKind]]:
        """Rate a day on which a forecast of March and April is due, and no bill."""
        one = company(SALE, *frameworks, cycle_months=6, cycle_anchor=MARCH, forecast=ForecastPlan(2))
        run, _ = rated(one, MARCH)
        return [hold.code for hold in holds(one, run)], [draft.kind for draft in drafts(one, run)]

    def test_needs_the_framework_contract_too(self) -> None:
        assert self.forecast() == (HELD, [])
        assert self.forecast(framework(GUD, ends=APRIL)) == (HELD, [])

    def test_is_made_with_it(self) -> None:
        assert self.forecast(framework(GUD)) == ([], [DocumentKind.FORECAST])


class TestAPeriodIsBilled:
    @pytest.mark.parametrize(
        ("kind", "frameworks"),
        [
            (SALE, (framework(GUD),)),
            (COMPREHENSIVE, (framework(GUD_K), framework(GUD, "R/2"))),
            (
                SALE,
                (
                    framework(GUD, ends=date(2026, 3, 10)),
                    framework(GUD, "R/2", starts=date(2026, 3, 10), valid_from=date(2026, 3, 10)),
                ),
            ),
            (ContractKind.DISTRIBUTION, ()),
        ],
    )
    def test_over_which_a_framework_contract_holds_or_none_is_needed(
        self, kind: ContractKind, frameworks: tuple[Contract, ...]
    ) -> None:
        assert codes(company(kind, *frameworks)) == []

    def test_under_the_framework_contract_that_distribution_names(self) -> None:
        assert codes(company(ContractKind.DISTRIBUTION, framework(SELLER), framework_no="R/1")) == []

    def test_in_the_companys_own_network(self) -> None:
        one = company(COMPREHENSIVE)
        one.settings.change(own_networks=(PGE,))
        assert codes(one) == []

    def test_where_nobody_asks_for_the_check(self) -> None:
        one = company(SALE)
        one.settings.change(framework_check=False)
        assert codes(one) == []

    def test_and_replayed_from_the_framework_contracts_known_then(self) -> None:
        one = company(SALE, framework(GUD))
        carry_out(one, APRIL)
        (document,) = documents(one)
        ended = framework(GUD, ends=date(2026, 3, 15), valid_from=date(2026, 3, 1))
        one.registry.put([ended])
        replayed = replay_draft(
            run_id=document.run_id,
            chunk=document.chunk,
            contract_no="U/1",
            document_id=document.document_id,
            content=document.content,
            stores=one.replaying,
            holidays=HOLIDAYS,
        )
        assert replayed.same


@pytest.mark.parametrize("kind", [GUD, GUD_K, SELLER])
def test_a_framework_contract_is_never_due(kind: ContractKind) -> None:
    one = Company()
    one.registry.put([framework(kind), party("R/1", party_id="K-OSD")])
    settings = one.settings.settings
    found = due_contracts(business_date=date(2027, 1, 1), settings=settings, stores=one.stores)
    assert found == []
