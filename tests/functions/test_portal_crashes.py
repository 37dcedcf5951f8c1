"""Kill a submission at every AWS call, before and after it: repeated, it is one reading, one task, one answer."""

from datetime import date
from typing import Any

import pytest

from functions.portal_api.handler import lambda_handler
from kwit.kernel.time import DateRange
from kwit.metering.correcting import CorrectionDesk
from tests.crash import Crash, Fault, watched
from tests.fakes.tasks import MemoryInvoiced
from tests.functions.portal import PPE, Portal


@pytest.fixture
def billed(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Portal:
    """Let the days of the reading be invoiced, so that it makes a task."""
    invoiced = MemoryInvoiced({PPE: [("U/1", DateRange(date(2025, 1, 1), date(2026, 5, 1)))]})
    desk = property(lambda app: CorrectionDesk(invoiced, app.tasks))
    monkeypatch.setattr(type(portal.app), "correction_desk", desk, raising=False)
    return portal


def items(portal: Portal) -> list[Any]:
    return portal.clients.dynamodb.scan(TableName="readings")["Items"]


def calls_of(portal: Portal) -> int:
    fault = Fault(at=-1, when="never")
    with watched(fault, portal.clients.dynamodb):
        assert portal.says()["status"] == 201
    return fault.calls


class TestKilled:
    def test_an_undisturbed_submission_brings_three_items(self, billed: Portal) -> None:
        before = len(items(billed))
        assert 3 < calls_of(billed) <= 12
        assert len(items(billed)) == before + 3
        assert len(billed.app.tasks.open_tasks()) == 1

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("at", range(12))
    def test_and_repeated_it_brings_the_same(self, billed: Portal, at: int, when: str) -> None:
        before = len(items(billed))
        died = False
        with watched(Fault(at=at, when=when), billed.clients.dynamodb):
            try:
                billed.says()
            except Crash:
                died = True
        lambda_handler._resolver = None
        kept = len(items(billed)) - before
        assert kept in {0, 3}
        again = billed.says()
        assert again["status"] == 201
        assert len(items(billed)) == before + 3
        assert len(billed.stored()) == len(billed.app.tasks.open_tasks()) == 1
        assert died or kept == 3
