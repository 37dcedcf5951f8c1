"""Corrections and replays where forecasts were invoiced: what a bill settled stays settled, to the byte."""

from datetime import date, timedelta

from kwit.billing.drafts import DocumentKind, HoldCode
from kwit.billing.replay import replay_draft
from kwit.registry.records import ForecastPlan
from tests.billing.memory_case import Company
from tests.billing.office import HOLIDAYS, carry_out, corrections, documents, holds, order, rated
from tests.billing.test_corrections import change
from tests.rating.cases import KNOWN

MARCH, APRIL, MAY = (date(2026, n, 1) for n in (3, 4, 5))


def company() -> Company:
    """Make a company of one contract with two forecasts and the bill that settled them."""
    one = Company()
    one.add("U/1", states=[(MARCH, "1000"), (MAY, "1400")], cycle_months=2, forecast=ForecastPlan(1))
    for day in (MARCH, APRIL, MAY):
        carry_out(one, day)
    return one


def kinds(one: Company) -> list[DocumentKind]:
    return [document.kind for document in documents(one)]


class TestCorrections:
    def test_of_a_settlement_deduct_the_same_forecasts(self) -> None:
        one = company()
        assert sorted(kinds(one)) == [DocumentKind.FORECAST, DocumentKind.FORECAST, DocumentKind.INVOICE]
        change(one, MAY, "1410")
        carry_out(one, MAY, order())
        (found,) = corrections(one)
        assert found.after.settled == found.before.settled
        assert len(found.after.settled) == 2
        assert found.after.forecasts == found.before.forecasts
        assert found.net == found.after.net - found.before.net > 0
        assert {one.cause for one in found.causes} == {"usage"}
        changed = [new.charge for _, new, _ in found.changed_lines() if new is not None]
        assert "forecast" not in changed

    def test_of_a_settlement_again_keep_them(self) -> None:
        one = company()
        change(one, MAY, "1410")
        carry_out(one, MAY, order())
        change(one, MAY, "1400", at=KNOWN + timedelta(days=30))
        carry_out(one, MAY.replace(day=2), order())
        first, second = corrections(one)
        assert first.net + second.net == 0
        assert second.after.settled == first.before.settled

    def test_of_a_forecast_are_refused_by_name(self) -> None:
        one = company()
        number = next(d.number for d in documents(one) if d.kind is DocumentKind.FORECAST)
        run, _ = rated(one, MAY, order(documents=(number,), by="ewa", reason="pomyłka"))
        assert [(hold.code, hold.detail) for hold in holds(one, run)] == [
            (HoldCode.FORECAST_NOT_CORRECTED, number)
        ]

    def test_to_zero_of_a_settlement_is_refused_by_name(self) -> None:
        one = company()
        number = next(d.number for d in documents(one) if d.kind is DocumentKind.INVOICE)
        run, _ = rated(one, MAY, order(documents=(number,), by="ewa", reason="pomyłka", cancel=True))
        assert [hold.code for hold in holds(one, run)] == [HoldCode.FORECASTS_SETTLED]
        assert corrections(one) == []


class TestReplay:
    def test_makes_forecasts_and_settlement_again_to_the_byte(self) -> None:
        one = company()
        change(one, MAY, "1410")
        for document in documents(one):
            replayed = replay_draft(
                run_id=document.run_id,
                chunk=document.chunk,
                contract_no=document.contract_no,
                document_id=document.document_id,
                content=document.content,
                stores=one.replaying,
                holidays=HOLIDAYS,
            )
            assert (replayed.same, replayed.difference) == (True, ""), document.kind
