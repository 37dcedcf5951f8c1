"""Filing in any order of what may happen: documents, messages, outages, deaths, refusals, people, days.

A walk is a sequence of steps of chance on an office in memory. After each step nothing may be wrong; when KSeF is back
and people have looked after their tasks, nothing may be left.
"""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from kwit.documents.document import Document
from kwit.ksef.deadlines import send_by
from kwit.ksef.filing import Filing, FilingStatus, Mode
from kwit.ksef.mending import NotMendableError
from kwit.ksef.ports import Availability, KsefRefusedError
from kwit.tariffs.holidays import statutory_holidays
from tests.ksef.office import DAY, Office, correction_of, firm_bill, ksef_settings

SEED = int(os.environ.get("FAULT_SEED", "20260408"))
WALKS = int(os.environ.get("FAULT_WALKS", "60"))
STEPS = 40
PARTS = 4
CONTENT = (430, 450)
PASSING = (405, 500, 550)
RIGHTS = (410, 415)
HOLIDAYS = statutory_holidays()


@dataclass
class Walk:
    """An office under way, and what was true of it before."""

    dice: random.Random
    office: Office = field(default_factory=Office)
    day: date = DAY
    issued: list[Document] = field(default_factory=list)
    corrections: int = 0
    numbers: dict[str, str] = field(default_factory=dict)
    ended: date | None = None
    looked: date = DAY

    def step(self) -> str:
        """Take a step of chance and tell which."""
        steps: tuple[tuple[int, Callable[[], None]], ...] = (
            (5, self.issue),
            (2, self.correct),
            (8, self.work),
            (4, self.watch),
            (2, self.outage),
            (3, self.clear_up),
            (2, self.reject),
            (1, self.busy),
            (1, self.lose),
            (1, self.die),
            (1, self.delay),
            (1, self.refuse),
            (3, self.mend),
            (2, self.settle),
            (2, self.hours),
            (1, self.repeat),
            (1, self.forget_signer),
        )
        (chosen,) = self.dice.choices([one for _, one in steps], weights=[weight for weight, _ in steps])
        chosen()
        self.check()
        return chosen.__name__

    def issue(self) -> None:
        made = [
            replace(firm_bill(len(self.issued) + number), issue_date=self.day)
            for number in range(1, self.dice.choice((1, 1, 2, 3)) + 1)
        ]
        self.issued += made
        self.office.issue(*made)

    def correct(self) -> None:
        if self.issued:
            self.corrections += 1
            original = self.dice.choice(self.issued)
            self.office.issue(replace(correction_of(original, self.corrections), issue_date=self.day))

    def work(self) -> None:
        # What KSeF refuses goes to the dead letters; the watch finds what it was about.
        with suppress(KsefRefusedError):
            self.office.work(most=200)

    def watch(self) -> None:
        self.day += timedelta(days=self.dice.choice((0, 1, 1)))
        self.looked = self.day
        self.office.watch(self.day)

    def hours(self) -> None:
        self.office.pass_time(self.dice.choice((5, 25, 120)))

    def outage(self) -> None:
        kinds = (Availability.AVAILABLE, Availability.MAINTENANCE, Availability.FAILURE)
        total = (Availability.TOTAL_FAILURE,) if self.dice.random() < 0.2 else ()
        self.office.gateway.outage = True
        self.office.gateway.announced = self.dice.choice((*kinds, *total))

    def clear_up(self) -> None:
        if self.office.gateway.outage:
            self.ended = self.day
        self.office.gateway.outage = False
        self.office.gateway.announced = Availability.AVAILABLE

    def reject(self) -> None:
        code = self.dice.choice((*CONTENT, *PASSING, *PASSING, *RIGHTS))
        self.office.gateway.reject.append((code, ("why",)))

    def busy(self) -> None:
        self.office.gateway.busy_calls += 1

    def lose(self) -> None:
        self.office.gateway.lose += 1

    def die(self) -> None:
        self.office.gateway.killed += 1

    def delay(self) -> None:
        self.office.gateway.delay = self.dice.choice((0, 1, 3, 20))

    def refuse(self) -> None:
        self.office.gateway.refuse.append((401, "Brak autoryzacji"))

    def mend(self) -> None:
        refused = [
            one
            for one in self.office.filings.kept.values()
            if one.status in {FilingStatus.REFUSED, FilingStatus.INVALID}
        ]
        if refused:
            self.put_right(self.dice.choice(refused))

    def put_right(self, filing: Filing) -> None:
        """Send the same invoice again, or one that differs in the name of what made it."""
        content = self.office.stored[filing.file_key]
        changed = content.replace(b"<SystemInfo>kWit", f"<SystemInfo>kWit {self.dice.random()}".encode(), 1)
        try:
            self.office.mend(filing.document_id, self.dice.choice((None, content, changed)))
        except NotMendableError:
            raise AssertionError(f"{filing} cannot be mended") from None

    def settle(self) -> None:
        for task in self.office.tasks.open_document_tasks():
            if self.dice.random() < 0.5 and task.kind != "ksef_refused":
                self.office.tasks.settle_document_task(task.task_id, by="Anna", at=self.office.at)

    def repeat(self) -> None:
        """Bring a message again that was worked off long ago."""
        if self.issued:
            self.office.file([self.dice.choice(self.issued).document_id])

    def forget_signer(self) -> None:
        self.office.signer = None if self.office.signer else Office().signer

    def check(self) -> None:
        """Find nothing wrong at this moment."""
        office = self.office
        for name, filing in office.filings.kept.items():
            before = self.numbers.setdefault(name, filing.ksef_number)
            assert before in ("", filing.ksef_number), f"{name} had the number {before}"
            self.numbers[name] = filing.ksef_number
            if filing.ksef_number:
                assert filing.status is FilingStatus.TAKEN, filing
                assert office.gateway.taken[filing.ksef_number] == office.stored[filing.file_key]
            self.check_day(filing)
            if filing.offline:
                assert filing.page_key in office.stored
                assert filing.certificate_link
                assert not filing.corrected_hash or filing.corrected_hash == filing.page_hash
            else:
                assert not filing.corrected_hash
        for name in office.drawn:
            assert office[name].handed_out, f"{name} was drawn and may not be"
        identities = [
            (one.split(b"<RodzajFaktury>")[1][:3], _number(one)) for one in office.gateway.taken.values()
        ]
        assert len(identities) == len(set(identities)), "KSeF has an invoice twice"
        self.check_corrections()

    def check_day(self, filing: Filing) -> None:
        if filing.mode is Mode.OFFLINE24:
            assert filing.send_by == send_by(
                mode=filing.mode, issue_date=filing.issue_date, ended=None, holidays=HOLIDAYS
            )
        elif filing.offline and filing.send_by is not None and self.ended is not None:
            law = send_by(mode=filing.mode, issue_date=filing.issue_date, ended=self.ended, holidays=HOLIDAYS)
            assert law is not None
            assert filing.send_by <= law, f"{filing.send_by} is after {law}"

    def check_corrections(self) -> None:
        """Find each correction that was made to name the number of its original, or that it has none there."""
        office = self.office
        for name, filing in office.filings.kept.items():
            if not name.startswith("c") or not filing.file_key:
                continue
            xml = office.stored[filing.file_key]
            original = office[self.original_of(name)]
            if original.ksef_number:
                assert original.ksef_number.encode() in xml
            else:
                assert original.status is FilingStatus.OUTSIDE, f"{name} is made before {original}"

    def original_of(self, correction: str) -> str:
        content = self.office.kept[correction].read()
        found = self.office.document_of(content.original.number)  # type: ignore[union-attr]
        assert found is not None
        return found

    def another(self, filing: Filing) -> bool:
        """Tell whether KSeF has other bytes under a document's number, or its original's: only a person can judge."""
        if filing.document_id.startswith("c") and not filing.file_key:
            return self.another(self.office[self.original_of(filing.document_id)])
        return (filing.status, filing.code) == (FilingStatus.REFUSED, 440)

    def recover(self) -> None:
        """Let KSeF work again, and people look after what is theirs, until a week brings nothing new."""
        gateway = self.office.gateway
        self.clear_up()
        gateway.hurry()
        gateway.reject.clear()
        gateway.refuse.clear()
        gateway.busy_calls = gateway.lose = gateway.killed = gateway.delay = 0
        for _ in range(8):
            self.day += timedelta(days=1)
            self.office.watch(self.day)
            self.office.work(most=500)
            self.check()


def _number(content: bytes) -> bytes:
    return content.split(b"<P_2>")[1].split(b"<")[0]


@pytest.mark.parametrize("part", range(PARTS))
def test_any_walk_ends_with_everything_taken_or_told(part: int) -> None:
    seen: set[FilingStatus] = set()
    for number in range(part, WALKS, PARTS):
        walk = Walk(random.Random(f"{SEED}-{number}"))
        walk.office.settings = ksef_settings(batch_from=walk.dice.choice((2, 3, 10)))
        steps = [walk.step() for _ in range(STEPS)]
        where = f"walk {number} of seed {SEED}: {steps}"
        walk.recover()
        told = {(one.kind, one.document_id) for one in walk.office.tasks.open_document_tasks()}
        for name in walk.office.kept:
            filing = walk.office[name]
            seen.add(filing.status)
            assert filing.status in ENDS, f"{filing}; {where}"
            if filing.status is FilingStatus.REFUSED:
                assert ("ksef_refused", name) in told, f"{filing}; {where}"
            elif filing.status in {FilingStatus.TAKEN, FilingStatus.OUTSIDE}:
                assert filing.finished, f"{filing}; {where}"
                assert name in walk.office.drawn, f"{filing}; {where}"
            elif filing.status is FilingStatus.WAITING:
                original = walk.office[walk.original_of(name)]
                assert original.status in {FilingStatus.REFUSED, FilingStatus.INVALID}, f"{filing}; {where}"
        for filing in list(walk.office.filings.kept.values()):
            if filing.status is FilingStatus.REFUSED:
                walk.office.mend(filing.document_id)
        walk.recover()
        assert [one for one in walk.office.filings.open_filings() if not walk.another(one)] == [], where
        assert len(walk.office.filings.new_numbers()) == len(walk.office.gateway.taken), where
    assert {FilingStatus.TAKEN, FilingStatus.REFUSED} <= seen


ENDS = {FilingStatus.TAKEN, FilingStatus.OUTSIDE, FilingStatus.REFUSED, FilingStatus.WAITING}
