"""Kill functions at random moments of the main job, as a machine that fails would; the outcome is the same.

The seed is fixed, the moments are not quite: processes run at their own pace. What must hold holds at any.
"""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events import portfolio
from infra.local import schedules
from infra.local.cloud import EmbeddedCloud
from infra.local.corrections import correct
from infra.local.drops import drop_everything
from infra.local.findings import missing_of
from infra.local.ksef.connected import connected
from infra.local.outcome import collect

pytestmark = pytest.mark.end_to_end

SEED = 20260408
MOST = 14
DAY = datetime.combine(portfolio.BUSINESS_DATE, datetime.min.time(), tzinfo=UTC)


def workers(server: int) -> list[int]:
    """Return the processes that run functions: the children of the embedded cloud."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == server:
            found.append(int(stat.parent.name))
    return sorted(found)


@contextmanager
def killing(cloud: EmbeddedCloud, *, seed: int) -> Iterator[Counter[str]]:
    """Kill a running function every second or so, at most `MOST` times; count the kills."""
    chance, done, kills = random.Random(seed), threading.Event(), Counter[str]()

    def work() -> None:
        while kills["killed"] < MOST and not done.wait(chance.uniform(0.3, 1.5)):
            found = workers(cloud.server_pid)
            if found:
                try:
                    os.kill(chance.choice(found), signal.SIGKILL)
                except ProcessLookupError:
                    continue
                kills["killed"] += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield kills
    finally:
        done.set()
        thread.join()


def test_random_kills_end_in_the_same_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.outcome.OUT", tmp_path)
    monkeypatch.setattr("infra.local.drops.OUT_INBOX", tmp_path / "inbox")
    nip, day = portfolio.SELLER_NIP, portfolio.BUSINESS_DATE
    with EmbeddedCloud() as cloud, connected(cloud, nip=nip, day=day) as ksef:
        cloud.patience = 20
        with killing(cloud, seed=SEED) as kills:
            dropped = drop_everything(cloud, say=lambda _: None)
            schedules.run(cloud, since=DAY, until=DAY + timedelta(hours=12))
        cloud.wait_idle()
        correct(cloud, dropped)
        with killing(cloud, seed=SEED + 1) as more:
            schedules.run(cloud, since=DAY + timedelta(hours=12), until=DAY + timedelta(days=1))
        cloud.wait_idle()
        outcome = collect(cloud, dropped, ksef)
    assert kills["killed"] + more["killed"] >= 8
    # A mail killed between claim and mark stays uncertain for a person; everything else is as undisturbed.
    allowed = ("deliveries", "one e-mail for each", "functions without failures")
    assert [fault for fault in missing_of(outcome) if not fault.startswith(allowed)] == []
    assert set(outcome.deliveries.values()) <= {"delivered", "bounced", "no_address", "uncertain"}
    numbers = {
        one.number.replace("/", "-") for one in (*outcome.documents, *outcome.corrections, *outcome.notes)
    }
    assert set(outcome.mails) <= numbers, "a mail went twice"
