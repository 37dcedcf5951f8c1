"""Prosumers through billing: what one bill leaves, the next one starts from; nothing is paid twice or lost."""

import importlib.util
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kwit.billing.bill import bill_contract
from kwit.billing.carried import Carried, read_carried
from kwit.billing.certificate import content_faults
from kwit.billing.chunks import rate_chunk
from kwit.billing.content import BillContent, parse_content
from kwit.billing.drafts import Draft, Hold, HoldCode
from kwit.billing.runs import close_run, plan_run
from kwit.documents.issue import issue_batch
from kwit.ledger.postings import posted, postings_of
from kwit.registry.records import DepositPrice, Prosumer, Quantity, Register, SettlementTerms
from kwit.tariffs.holidays import statutory_holidays
from tests.billing import samples
from tests.billing.company import company_settings
from tests.billing.memory_case import Company, contract, meter, party, point, state
from tests.documents.bills import issued, view_of
from tests.fakes.document_store import MemoryDocuments
from tests.fakes.queues import MemoryQueues
from tests.rating.cases import KNOWN

JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, n, 1) for n in (1, 2, 3, 4))
ROOT = Path(__file__).parents[2]
NET_BILLING = SettlementTerms(deposit_factor=Decimal("1.23"))


def prosumer(
    imports: Sequence[str],
    exports: Sequence[str],
    *,
    kind: Prosumer = Prosumer.NET_BILLING,
    **changes: object,
) -> Company:
    """Make a company with one prosumer whose registers are read on the first of each month from January on."""
    company = Company()
    terms: dict[str, object] = {"prosumer": kind, "billed_to": JANUARY, "settlement": NET_BILLING}
    registers = (Register("1.8.0", "all", Quantity.IMPORT), Register("2.8.0", "all", Quantity.EXPORT))
    company.registry.put([contract(**(terms | changes)), party(), point(), meter(registers=registers)])
    for code, kwh in (("1.8.0", imports), ("2.8.0", exports)):
        company.readings.put(
            [state("U/1", date(2026, 1 + index, 1), one, register=code) for index, one in enumerate(kwh)]
        )
    return company


def bill(
    company: Company, *, on: date, billed_to: date | None = None, carried: str | None = None
) -> tuple[list[Draft], list[Hold]]:
    return bill_contract(
        case=company.case(on=on),
        billed_to=billed_to,
        carried=carried,
        billing=company.billing(on),
        readings=company.readings,
    )


def contents(drafts: Sequence[Draft]) -> list[BillContent]:
    return [parse_content(one.content) for one in drafts]


def verifier() -> Any:
    spec = importlib.util.spec_from_file_location("verify_bill", ROOT / "verifier" / "verify_bill.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestNetBilling:
    def test_the_deposit_pays_the_sale_and_what_is_left_goes_on(self) -> None:
        company = prosumer(["1000", "1100", "1150"], ["0", "500", "510"], deposit=Decimal("10.00"))
        drafts, holds = bill(company, on=MARCH)
        assert holds == []
        first, second = contents(drafts)
        assert first.deposit is not None
        assert second.deposit is not None
        # 500 kWh x 0.55196 zł x 1.23 of January; 10 kWh x 0.33901 zł x 1.23 of February.
        assert [month.value for month in first.deposit.months] == [Decimal("339.46")]
        assert [month.value for month in second.deposit.months] == [Decimal("4.17")]
        sale = next(row for row in first.sections if row.section == "sale")
        assert (first.deposit.opening, first.deposit.used) == (Decimal("10.00"), sale.gross)
        assert first.due == first.gross - sale.gross
        assert second.deposit.opening == first.deposit.left == Decimal("349.46") - sale.gross
        assert read_carried(second.carried).deposit_lots()[0].month == JANUARY

    def test_billing_month_by_month_ends_as_billing_them_together(self) -> None:
        company = prosumer(["1000", "1100", "1150"], ["0", "500", "510"])
        together, _ = bill(company, on=MARCH)
        (first,), _ = bill(company, on=FEBRUARY)
        (second,), _ = bill(company, on=MARCH, billed_to=FEBRUARY, carried=first.carried)
        assert [first.content, second.content] == [one.content for one in together]

    def test_a_month_without_a_price_waits_and_says_so(self) -> None:
        company = prosumer(
            ["1000", "1100", "1150", "1200"], ["0", "0", "0", "80"], billed_to=MARCH, deposit=Decimal("1.00")
        )
        ((draft,), _) = bill(company, on=APRIL)
        (content,) = contents([draft])
        assert [(one.month, one.kwh) for one in content.pending_months] == [(MARCH, 80)]
        assert any("03.2026 80 kWh" in sentence for sentence in view_of(content).balance)
        assert read_carried(draft.carried).pending == content.pending_months

    def test_a_year_later_the_rest_is_refunded_in_part(self) -> None:
        company = prosumer(["1000", "1100", "1150"], ["0", "0", "0"], billed_to=FEBRUARY)
        lots = Carried.model_validate(
            {"lots": [{"month": "2025-01-01", "value": "300.00", "left": "200.00"}]}
        )
        ((draft,), _) = bill(company, on=MARCH, billed_to=FEBRUARY, carried=lots.text())
        (content,) = contents([draft])
        assert content.deposit is not None
        assert [(one.refund, one.forfeited) for one in content.deposit.lapsed] == [
            (Decimal("60.00"), Decimal("140.00"))
        ]
        assert content.due == content.gross - 60
        rows = postings_of(document=issued(content), accounts=company_settings().accounts)
        by_key = {(row.key, row.description): (row.debit, row.credit) for row in rows}
        assert by_key["receivable", "zwrot nadpłaty z depozytu"] == (Decimal(0), Decimal("60.00"))
        assert by_key["deposit.forfeited", "depozyt umorzony"] == (Decimal(0), Decimal("140.00"))

    def test_hourly_prices_that_nobody_stores_hold_the_bill(self) -> None:
        terms = SettlementTerms(deposit_price=DepositPrice.RCE)
        company = prosumer(["1000", "1100"], ["0", "500"], settlement=terms)
        drafts, (hold,) = bill(company, on=FEBRUARY)
        assert drafts == []
        assert (hold.code, hold.detail.split(":")[0]) == (HoldCode.RATING_PROBLEM, "market_prices_missing")

    def test_the_verifier_and_the_certificate_agree_and_see_a_changed_deposit(self) -> None:
        company = prosumer(["1000", "1100"], ["0", "500"], deposit=Decimal("10.00"))
        ((draft,), _) = bill(company, on=FEBRUARY)
        (content,) = contents([draft])
        verify = verifier()
        verify.verify(json.loads(draft.content))
        assert content_faults(content, samples.ref(draft)) == []
        assert content.deposit is not None
        for changes in ({"used": Decimal("1.00")}, {"left": Decimal("0.01")}):
            other = content.model_copy(update={"deposit": content.deposit.model_copy(update=changes)})
            assert content_faults(other, samples.ref(draft))
        assert content_faults(content.model_copy(update={"payable": content.gross}), samples.ref(draft))


class TestNetMetering:
    TERMS = SettlementTerms(opust=Decimal("0.8"))

    def test_credit_covers_the_import_and_the_rest_goes_on(self) -> None:
        company = prosumer(
            ["1000", "1100", "1250"], ["0", "200", "210"], kind=Prosumer.NET_METERING, settlement=self.TERMS
        )
        drafts, holds = bill(company, on=MARCH)
        assert holds == []
        first, second = contents(drafts)
        # 200 x 0.8 = 160 cover all 100 kWh of January; 60 + 8 go to February.
        assert [(one.kwh, one.left_kwh) for one in first.covered] == [(100, Decimal("60.0"))]
        assert [(one.kwh, one.left_kwh) for one in second.covered] == [(68, Decimal("0.0"))]
        energy = [line.quantity for line in (*first.lines, *second.lines) if line.charge == "energy"]
        assert energy == [0, 82]
        for draft in drafts:
            assert content_faults(parse_content(draft.content), samples.ref(draft)) == []
            verifier().verify(json.loads(draft.content))

    def test_without_a_ratio_nothing_is_billed(self) -> None:
        company = prosumer(
            ["1000", "1100"], ["0", "200"], kind=Prosumer.NET_METERING, settlement=SettlementTerms()
        )
        _, (hold,) = bill(company, on=FEBRUARY)
        assert hold.detail.startswith("opust_missing")


def test_what_a_run_issued_is_what_the_next_run_starts_from() -> None:
    company = prosumer(["1000", "1100", "1150"], ["0", "500", "510"])
    documents = MemoryDocuments(company.runs.cursors, carries=company.runs.carries)
    queue = MemoryQueues()
    for business_date in (FEBRUARY, MARCH):
        run = plan_run(business_date=business_date, stores=company.stores, queue=queue)
        for chunk in range(run.chunks):
            rate_chunk(
                run_id=run.run_id,
                chunk=chunk,
                stores=company.stores,
                queue=queue,
                holidays=statutory_holidays(),
            )
        run, certificate = close_run(run_id=run.run_id, stores=company.stores, queue=queue, at=KNOWN)
        assert certificate.balances, certificate.faults
        for number in range(run.batches):
            issue_batch(
                run_id=run.run_id,
                number=number,
                runs=company.runs,
                documents=documents,
                queue=queue,
                post=lambda issued: posted(issued, company_settings().accounts),
            )
    bills = sorted((one.bill() for one in documents.documents.values()), key=lambda one: one.start)
    deposits = [one.deposit for one in bills]
    assert len(deposits) == 2
    assert deposits[0] is not None
    assert deposits[1] is not None
    assert deposits[1].opening == deposits[0].left > 0
    assert company.runs.carried("U/1") == bills[1].carried
    for totals in company.runs.totals.values():
        assert (totals.debit, totals.receivable) == (totals.credit, totals.due)
