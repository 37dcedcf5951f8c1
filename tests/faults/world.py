"""A company on moto whose run is worked off by the real handlers, in whatever order a schedule says."""

import base64
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends
from moto.sqs.models import sqs_backends

from kwit.aws import keys
from kwit.aws.bootstrap import Application
from kwit.aws.settings import PlanBillingRunSettings, RateContractsSettings, SubmitKsefSettings
from kwit.billing import approval as approval_module
from kwit.billing import runs as runs_module
from kwit.billing.drafts import RunOrder
from kwit.billing.runs import plan_run
from kwit.ksef.filing import Filing
from tests.billing.memory_case import LISTS, contract, meter, party, point, state
from tests.faults.ksef import TurningKsef, Weather, filer, filing_of, plain, plain_number
from tests.faults.turns import Actor, Fault, watch
from tests.functions.test_handlers import Cloud, event, handler
from tests.ksef.office import ksef_settings
from tests.moto_tables import pretend_credentials
from tests.rating.cases import KNOWN, all_lists

NOW = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
FUNCTIONS = {
    "rate": "rate_contracts",
    "close": "close_billing_run",
    "issue": "issue_documents",
    "render": "render_documents",
    "submit": "submit_ksef",
    "deliver": "deliver_documents",
    "compare": "compare_runs",
}
MOST_AT_ONCE = 3
TOGETHER, ACCOUNT = ("U/5", "U/6"), "ZB-1"
FIRMS, FIRM_NIP = ("U/2", "U/5"), "5260250274"
OFFLINE = "pages of an invoice that went out offline"
BEHIND = frozenset({"U/2", "U/6"})
_MESSAGE_ID = re.compile(r"Message-ID:\s*<([0-9a-f]+)@")
_FIFO = frozenset({"issue"})
_MOST_DAYS = 12


@dataclass
class Message:
    """A message on its way to a function."""

    function: str
    body: str
    group: str = ""
    message_id: str = ""

    def event(self) -> dict[str, Any]:
        """Return it as the function's trigger brings it."""
        sample = event(self.function)
        sample["Records"] = sample["Records"][:1]
        sample["Records"][0] |= {"body": self.body, "messageId": self.message_id}
        return sample


@dataclass
class Told:
    """What a schedule came to."""

    faults: int = 0
    redelivered: int = 0
    calls: Counter[str] = field(default_factory=Counter)


class World:
    """Six contracts, one behind by two periods, one without its reading, two on a collective account.

    The one behind and the account are firms', whose invoices go to KSeF. Chunks and batches are small.
    """

    def __init__(self) -> None:
        self.cloud = Cloud()
        app = self.cloud.application(RateContractsSettings)
        self.now = NOW
        self.messages = self.mailed = 0
        self.ksef = TurningKsef(now=lambda: NOW)
        settings = ksef_settings(batch_from=2)
        app.company.put(settings, version="s1", known_at=KNOWN)
        self.filer = filer(self.ksef, nip=settings.seller.nip)
        for code in LISTS:
            for one in all_lists()[code]:
                app.price_lists.put(one, yaml=b"", known_at=KNOWN)
        for no in ("U/1", "U/2", "U/3", "U/4", *TOGETHER):
            terms = {"collective": ACCOUNT, "payer_id": f"K-{TOGETHER[0]}"} if no in TOGETHER else {}
            who = party(no, **({"nip": FIRM_NIP} if no in FIRMS else {}))
            app.registry.put([contract(no, billed_to=self._since(no), **terms), who, point(no), meter(no)])
            app.readings.put(self._states(no))
        for client in (app.clients.dynamodb, app.clients.s3, app.clients.sqs, app.clients.ses):
            watch(client)
        self._readings = {key: dict(items) for key, items in self._items("readings").items()}

    def _since(self, no: str) -> date:
        return date(2026, 2, 1) if no in BEHIND else MARCH

    def _states(self, no: str) -> list[Any]:
        states = [state(no, MARCH, "1000")]
        states += [] if no == "U/4" else [state(no, APRIL, "1100")]
        return [*states, state(no, date(2026, 2, 1), "900")] if no in BEHIND else states

    def order_run(self, by: str) -> str:
        """Plan a run of everything that somebody ordered, to be issued by the policy; return its name."""
        app = self.cloud.application(PlanBillingRunSettings)
        run = plan_run(business_date=APRIL, stores=app.planning, queue=app.run_queue, order=RunOrder(by=by))
        return run.run_id

    def reset(self, weather: Weather | None = None) -> None:
        """Forget all that runs left behind."""
        self.now = NOW
        self.messages = self.mailed = 0
        self.ksef.reset(weather or Weather())
        for name in ("billing", "documents"):
            self._items(name).clear()
        readings = self._items("readings")
        readings.clear()
        readings.update({key: dict(items) for key, items in self._readings.items()})
        for bucket in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.values():
            bucket.keys.clear()
        for queue in self._queues().values():
            queue._messages.clear()
            queue.deduplication_messages = {}
        ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].sent_messages.clear()

    def _items(self, table: str) -> Any:
        return dynamodb_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].tables[table].items

    def _queues(self) -> Any:
        return sqs_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].queues

    def sent(self) -> Iterator[Message]:
        """Take the messages that functions sent since."""
        for name, function in FUNCTIONS.items():
            queue = self._queues()["issue.fifo" if name == "issue" else name]
            waiting, queue._messages[:] = list(queue._messages), []
            for one in waiting:
                self.messages += 1
                group = one.group_id if name in _FIFO else ""
                yield Message(function, one.body, group, f"message-{self.messages}")

    def work(self, first: list[Message], *, dice: random.Random, faults: int) -> Told:
        """Work messages off in an order of chance, a few at once, with some faults, until none is left."""
        told = Told()
        waiting, running = [*first, *self.sent()], dict[Actor, Message]()
        while waiting or running:
            ready = self._ready(waiting, running)
            if ready and len(running) < MOST_AT_ONCE and (not running or dice.random() < 0.3):
                message = dice.choice(ready)
                waiting.remove(message)
                lot = self._lot(dice) if told.faults < faults and dice.random() < 0.35 else None
                running[Actor(self._invocation(message), lot)] = message
            actor = dice.choice(list(running))
            self.ksef.step()
            ended = actor.move()
            self._check_new_mails()
            if ended:
                message = running.pop(actor)
                self._ended(actor, message, waiting, told, dice)
            waiting += self.sent()
        return told

    def finish(self, *, dice: random.Random, faults: int) -> Told:
        """Let KSeF be there, and watch over filings day by day until all are finished."""
        told = Told()
        for _ in range(_MOST_DAYS):
            self.ksef.clear_up()
            if not any(one.startswith("KSEFOPEN") for one in self._partitions()):
                return told
            self.now += timedelta(days=1)
            one = self.work([watch_trigger(self.now)], dice=dice, faults=faults)
            told = Told(told.faults + one.faults, told.redelivered + one.redelivered, told.calls + one.calls)
        raise AssertionError("filings stay open")

    def _partitions(self) -> list[str]:
        return [str(one.value) for one, items in self._items("documents").items() if items]

    def filings(self) -> dict[str, Filing]:
        """Return how documents stand with KSeF."""
        found = {}
        for partition, items in self._items("documents").items():
            for sort, item in items.items():
                if sort.value == "KSEF":
                    found[partition.value.removeprefix("DOC#")] = filing_of(item.to_json()["Attributes"])
        return found

    def _check_new_mails(self) -> None:
        """Find each mail that leaves to be of a document that may go out: with a number, or offline codes."""
        sent = ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].sent_messages
        if len(sent) == self.mailed:
            return
        filings = self.filings()
        for one in sent[self.mailed :]:
            filing = filings.get(_document_of(one))
            assert filing is None or filing.handed_out, "a mail without a number or codes"
        self.mailed = len(sent)

    def _ready(self, waiting: list[Message], running: dict[Actor, Message]) -> list[Message]:
        """Return the messages that may be handed out: of each group the first, while none of it is handled."""
        groups = {message.group for message in running.values() if message.group}
        ready = []
        for message in waiting:
            if message.group in groups:
                continue
            groups |= {message.group} if message.group else set()
            ready.append(message)
        return ready

    def _lot(self, dice: random.Random) -> Fault:
        return Fault(at=dice.randrange(30), after=dice.random() < 0.5, kills=dice.random() < 0.6)

    def _invocation(self, message: Message) -> Callable[[], list[str]]:
        function = handler(message.function)
        function.application = self.cloud.application(function.settings)
        body = message.event()
        return lambda: [one["itemIdentifier"] for one in function(body, None)["batchItemFailures"]]

    def _ended(
        self, actor: Actor, message: Message, waiting: list[Message], told: Told, dice: random.Random
    ) -> None:
        if actor.broken is not None:
            raise actor.broken
        told.faults += actor.met
        told.calls[message.function] += actor.calls
        again = actor.killed or bool(actor.result) or dice.random() < 0.05
        if again:
            told.redelivered += 1
            # A group waits for its first message; any other comes back when it likes.
            waiting.insert(0 if message.group else dice.randint(0, len(waiting)), message)

    def state(self) -> dict[str, Any]:
        """Return every item and file that runs leave, but for deliveries and tasks, which have rules of their own.

        Filings and numbers are without what repeats, deaths and outages may change. Pages of a document that went
        out offline bear other marks, so only that they are there is told.
        """
        found: dict[str, Any] = {}
        offline = {name: one for name, one in self.filings().items() if one.offline}
        unlike = {f"documents DOC#{name} PDF" for name in offline}
        unlike |= {f"documents {_pages_of(one)}" for one in offline.values()}
        for name in ("readings", "billing", "documents"):
            for partition, items in self._items(name).items():
                for sort, item in items.items():
                    if str(sort.value) != "MAIL" and not str(partition.value).startswith("DOCTASK"):
                        found[f"{name} {partition.value} {sort.value}"] = _told_of(item, partition, sort)
        for bucket in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.values():
            for key, one in bucket.keys.items():
                found[f"{bucket.name} {key}"] = one.value
        return found | dict.fromkeys(unlike & found.keys(), OFFLINE)

    def tasks(self) -> list[tuple[str, str]]:
        """Return the open tasks about documents: kind and document."""
        app = self.cloud.application(SubmitKsefSettings)
        return [(one.kind, one.document_id) for one in app.document_tasks.open_document_tasks()]

    def mails(self) -> Counter[str]:
        """Count the mails that were sent, by document."""
        sent = ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].sent_messages
        return Counter(_document_of(one) for one in sent)

    def deliveries(self) -> dict[str, str]:
        """Return how deliveries stand, by document."""
        stand = {}
        for partition, items in self._items("documents").items():
            for sort, item in items.items():
                if sort.value == "MAIL":
                    name = partition.value.removeprefix("DOC#")
                    stand[name] = item.to_json()["Attributes"]["mail_status"]["S"]
        return stand


def _told_of(item: Any, partition: Any, sort: Any) -> Any:
    attributes = item.to_json()["Attributes"]
    if sort.value == "KSEF":
        return plain(filing_of(attributes))
    return plain_number(attributes) if str(partition.value).startswith("KSEFNEW") else attributes


def _pages_of(filing: Filing) -> str:
    return f"invoices/{filing.issue_date:%Y/%m}/{filing.number.replace('/', '-')}.pdf"


def _document_of(message: Any) -> str:
    """Return the document that a mail is of, as its Message-ID names it."""
    raw = message.raw_data
    text = raw if isinstance(raw, str) else raw.decode()
    if "Message-ID" not in text:
        text = base64.b64decode(text).decode()
    found = _MESSAGE_ID.search(text)
    return found.group(1) if found else "?"


def trigger() -> Message:
    """Return the schedule's message that plans the daily run."""
    body = event("plan_billing_run")["Records"][0]["body"]
    return Message("plan_billing_run", body, message_id="message-0")


def watch_trigger(at: datetime) -> Message:
    """Return the schedule's message that looks after filings."""
    body = json.dumps({"schedule": "watch_ksef", "scheduled_time": at.isoformat()})
    return Message("watch_ksef", body, message_id=f"watch-{at:%m-%d}")


@contextmanager
def world() -> Iterator[World]:
    """Make a world; the clock stands still in it."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        pretend_credentials(patch)
        patch.setenv("POWERTOOLS_SERVICE_NAME", "kwit")
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "kwit")
        patch.setattr(runs_module, "CHUNK_SIZE", 2)
        # Fewer partitions to ask for the contracts: the calls are all alike.
        patch.setattr(keys, "PARTITIONS_OF_CONTRACTS", 3)
        patch.setattr(approval_module, "BATCH_SIZE", 2)
        patch.setattr(keys, "PARTITIONS_OF_FILINGS", 2)
        patch.setattr(Application, "now", lambda _: NOW)
        made = World()
        patch.setattr(Application, "now", lambda _: made.now)
        patch.setattr(handler("submit_ksef"), "use_case", made.filer.work)
        patch.setattr(handler("watch_ksef"), "use_case", made.filer.watch)
        yield made
        for name in ("plan_billing_run", "watch_ksef", *FUNCTIONS.values()):
            function = handler(name)
            function.application = function._logger = function._metrics = None
