"""A run ends in the same state whatever calls fail, whichever functions die, in any order of messages.

Each schedule is one seed: messages are handed out in an order of chance, up to three functions take turns call by
call, functions are killed or their calls fail, before or after they take effect, and messages come again. `make
faults` runs many more schedules than `make test` does.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from kwit.ksef.filing import FilingStatus, invoice_hash
from tests.faults.ksef import Weather
from tests.faults.world import OFFLINE, TOGETHER, Told, World, trigger, world

SEED = int(os.environ.get("FAULT_SEED", "20260401"))
SCHEDULES = int(os.environ.get("FAULT_SCHEDULES", "100"))
PARTS = 8
MOST_FAULTS = 6
DOCUMENTS, FIRM_DOCUMENTS = 6, 4
"""Three contracts make four bills, the account's two make two invoices; two bills and these two are firms'."""


@pytest.fixture(scope="module")
def office() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(office: World) -> dict[str, Any]:
    """Run once, one function after the other, with no fault."""
    office.reset()
    told = office.work([trigger()], dice=Straight(0), faults=0)
    office.finish(dice=Straight(0), faults=0)
    assert told.faults == 0
    return office.state()


class Straight(random.Random):
    """No chance at all: always the first, never a coincidence."""

    def random(self) -> float:
        return 1.0

    def choice(self, seq: Any) -> Any:
        return seq[0]

    def randrange(self, *_: Any) -> int:  # type: ignore[override]  # the bound makes no difference to it
        return 0

    def randint(self, a: int, b: int) -> int:
        return b


def test_the_undisturbed_run_issues_every_bill_there_is(undisturbed: dict[str, Any]) -> None:
    numbers = sorted(
        value["number"]["S"]
        for name, value in undisturbed.items()
        if name.startswith("documents DOC#") and isinstance(value, dict) and "number" in value
    )
    assert numbers == [f"FV/2026/04/00000{n}" for n in range(1, DOCUMENTS + 1)]
    assert undisturbed["billing RUN#2026-04-01-daily RUN"]["run_status"]["S"] == "issued"
    assert sum(name.endswith(".pdf") for name in undisturbed) == DOCUMENTS
    collective = [name for name in undisturbed if name.startswith("documents CONTRACTDOCS#ZB-1")]
    assert len(collective) == 2  # February of the one that is behind, March of both


@pytest.mark.parametrize("part", range(PARTS))
def test_any_schedule_with_faults_ends_in_the_same_state(
    office: World, undisturbed: dict[str, Any], part: int
) -> None:
    told = Told()
    for number in range(part, SCHEDULES, PARTS):
        dice = random.Random(f"{SEED}-{number}")
        office.reset(Weather.of(dice))
        triggers = [trigger()] * dice.choice((1, 1, 2))
        one = office.work(triggers, dice=dice, faults=dice.randint(1, MOST_FAULTS))
        told.faults += office.finish(dice=dice, faults=2).faults
        state = office.state()
        differing = sorted(
            name
            for name in state.keys() | undisturbed.keys()
            if state.get(name) not in (undisturbed.get(name), OFFLINE)
        )
        assert differing == [], f"schedule {number} of seed {SEED}: {office.ksef.weather}"
        _check_mails(office, number)
        _check_ksef(office, number)
        told.faults += one.faults
        told.redelivered += one.redelivered
        told.calls += one.calls
        told.calls += Counter(f"filed {filing.mode}" for filing in office.filings().values())
        told.calls["found again by KSeF"] += sum(len(filing.doubles) for filing in office.filings().values())
    assert told.faults > SCHEDULES // PARTS // 4
    print(
        f"{len(range(part, SCHEDULES, PARTS))} schedules, {told.faults} faults, {told.redelivered} messages again"
    )
    print(dict(told.calls))


def _check_mails(office: World, number: int) -> None:
    """At most one mail of a document; one that may not have left is named, never silent."""
    mails, deliveries = office.mails(), office.deliveries()
    assert max(mails.values(), default=0) <= 1, f"schedule {number}: a mail twice"
    assert len(deliveries) == DOCUMENTS
    for document_id, status in deliveries.items():
        if mails[document_id] != 1:
            assert status == "uncertain", f"schedule {number}: {document_id} is {status} without a mail"
    doubts = sorted(("mail_uncertain", one) for one, status in deliveries.items() if status == "uncertain")
    assert sorted(office.tasks()) == doubts, f"schedule {number}: a task that nothing explains"


def _check_ksef(office: World, number: int) -> None:
    """KSeF has each firm's invoice once, as it is kept, under the number that its document bears."""
    filings, taken = office.filings(), office.ksef.inner.taken
    assert len(filings) == len(taken) == FIRM_DOCUMENTS, f"schedule {number}"
    for document_id, one in filings.items():
        assert one.status is FilingStatus.TAKEN, f"schedule {number}: {document_id} is {one.status}"
        assert invoice_hash(taken[one.ksef_number]) == one.content_hash, f"schedule {number}"
        assert not one.offline or one.page_hash == one.content_hash, f"schedule {number}"


@pytest.mark.parametrize("part", range(2))
def test_two_runs_at_once_bill_each_period_once_under_gapless_numbers(office: World, part: int) -> None:
    """The daily run and one that somebody ordered go through each other; which of them bills what is chance."""
    for number in range(part, max(2, SCHEDULES // 4), 2):
        dice = random.Random(f"two-{SEED}-{number}")
        office.reset(Weather.of(dice))
        ordered = office.order_run("ewa")
        told = office.work([trigger()], dice=dice, faults=dice.randint(0, MOST_FAULTS))
        office.finish(dice=dice, faults=2)
        state = office.state()
        documents = {
            name: value
            for name, value in state.items()
            if name.startswith("documents DOC#") and isinstance(value, dict) and "number" in value
        }
        numbers = sorted(value["number"]["S"] for value in documents.values())
        assert numbers == [f"FV/2026/04/00000{n}" for n in range(1, len(numbers) + 1)], (
            f"schedule {number}: {told}"
        )
        assert len(numbers) == DOCUMENTS, f"schedule {number}: {told}"
        for run_id in ("2026-04-01-daily", ordered):
            assert state[f"billing RUN#{run_id} RUN"]["run_status"]["S"] == "issued", f"schedule {number}"
        days = {
            no: state[f"billing CURSOR#{no} CURSOR"]["billed_to"]["S"]
            for no in ("U/1", "U/2", "U/3", *TOGETHER)
        }
        assert set(days.values()) == {"2026-04-01"}
        _check_mails(office, number)
        _check_ksef(office, number)


def test_a_schedule_is_the_same_whenever_it_is_run(office: World) -> None:
    seen: list[tuple[int, int, Counter[str]]] = []
    for _ in range(2):
        office.reset()
        told = office.work([trigger()], dice=random.Random(7), faults=MOST_FAULTS)
        seen.append((told.faults, told.redelivered, told.calls))
    assert seen[0] == seen[1]
