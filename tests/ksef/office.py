"""A seller's office that files documents with KSeF in memory: stores, queue, KSeF, and a clock of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from kwit.billing.correction_content import CorrectionContent
from kwit.documents.document import Document
from kwit.documents.fa3_check import check_fa3
from kwit.kernel.identifiers import content_hash
from kwit.ksef.desk import FilingDesk
from kwit.ksef.filing import Filing
from kwit.ksef.following import Followed, follow_session
from kwit.ksef.mending import mend_filing
from kwit.ksef.ports import KsefBusyError, KsefUnavailableError
from kwit.ksef.sending import Sent, send_documents
from kwit.ksef.watching import Watched, watch_filings
from kwit.registry.company import CompanySettings
from kwit.registry.ksef_settings import KsefSettings
from kwit.tariffs.holidays import statutory_holidays
from tests.billing import samples
from tests.billing.company import company_settings
from tests.documents import corrections
from tests.fakes.filings import MemoryDocumentTasks, MemoryFilings
from tests.ksef.fakes import FakeGateway

NIP = "5260250274"
AT = datetime(2026, 4, 8, 10, 30, tzinfo=UTC)
DAY = date(2026, 4, 8)


def ksef_settings(**changes: object) -> CompanySettings:
    """Return settings of a company that issues in KSeF."""
    chosen = KsefSettings(since=date(2026, 2, 1)).model_copy(update=changes)
    return company_settings().model_copy(update={"ksef": chosen})


def firm_bill(ordinal: int = 1, *, nip: str = NIP) -> Document:
    """Make an issued bill of a firm."""
    document = samples.document()
    payer = document.bill().payer.model_copy(update={"nip": nip})
    content = document.bill().model_copy(update={"payer": payer}).canonical()
    return replace(
        document,
        document_id=f"d{ordinal}",
        number=f"FV/2026/04/{ordinal:06}",
        content=content,
        content_hash=content_hash(content),
    )


def correction_of(original: Document, ordinal: int = 1) -> Document:
    """Make an issued correction that names another document as its original."""
    made = corrections.price()
    content = made.read()
    assert isinstance(content, CorrectionContent)
    named = content.original.model_copy(update={"number": original.number})
    payer = content.payer.model_copy(update={"nip": NIP})
    changed = content.model_copy(update={"original": named, "payer": payer}).canonical()
    return replace(
        made,
        document_id=f"c{ordinal}",
        number=f"FK/2026/04/{ordinal:06}",
        issue_date=DAY,
        content=changed,
        content_hash=content_hash(changed),
    )


@cache
def _holidays() -> frozenset[date]:
    return statutory_holidays()


@dataclass
class MemorySigner:
    """Signs by saying what it signs."""

    serial: str = "01A2B3"

    def sign(self, text: str) -> str:
        return f"signed-{len(text)}"


@dataclass
class Office:
    """All that filing works with; messages are worked off in order, and what failed comes again."""

    gateway: FakeGateway = field(default_factory=FakeGateway)
    settings: CompanySettings = field(default_factory=ksef_settings)
    versions: dict[str, CompanySettings] = field(default_factory=dict)
    signer: MemorySigner | None = field(default_factory=MemorySigner)
    at: datetime = AT
    kept: dict[str, Document] = field(default_factory=dict)
    filings: MemoryFilings = field(default_factory=MemoryFilings)
    tasks: MemoryDocumentTasks = field(default_factory=MemoryDocumentTasks)
    stored: dict[str, bytes] = field(default_factory=dict)
    drawn: list[str] = field(default_factory=list)
    count: int = 0
    messages: list[tuple[str, tuple[str, ...], int]] = field(default_factory=list)
    later: list[tuple[str, tuple[str, ...], int]] = field(default_factory=list)

    @property
    def desk(self) -> FilingDesk:
        return FilingDesk(
            filings=self.filings,
            documents=self,
            files=self,
            tasks=self.tasks,
            gateway=self.gateway,
            queue=self,
            renders=self,
            settings_of=lambda version: self.versions.get(version, self.settings),
            faults=lambda content: [one.sentence for one in check_fa3(content) if one.refuses],
            code_host="https://qr-test.ksef.mf.gov.pl",
            holidays=_holidays(),
            signer=self.signer,
        )

    def documents(self, document_ids: Sequence[str]) -> Mapping[str, Document]:
        return {one: self.kept[one] for one in document_ids if one in self.kept}

    def chain_ends(self, originals: Sequence[str]) -> Mapping[str, str]:
        ends = {}
        for document in self.kept.values():
            content = document.read()
            if isinstance(content, CorrectionContent):
                original = self.document_of(content.original.number)
                if original in originals:
                    ends[original] = document.document_id
        return ends

    def document_of(self, document_number: str) -> str | None:
        return next((one.document_id for one in self.kept.values() if one.number == document_number), None)

    def put(self, key: str, content: bytes, content_type: str) -> None:
        assert content_type == "application/xml"
        self.stored[key] = content

    def get(self, key: str) -> bytes:
        return self.stored[key]

    def render(self, document_ids: Sequence[str]) -> None:
        self.drawn += document_ids

    def file(self, document_ids: Sequence[str], *, after: int = 0) -> None:
        (self.later if after else self.messages).append(("", tuple(document_ids), 0))

    def follow(self, session: str, document_ids: Sequence[str], *, asked: int = 0) -> None:
        self.messages.append((session, tuple(document_ids), asked))

    def issue(self, *documents: Document) -> None:
        """Keep documents and ask for them to be filed together."""
        self.kept |= {one.document_id: one for one in documents}
        self.file([one.document_id for one in documents])

    def send(self, *document_ids: str, by: str = "") -> Sent:
        self.count += 1
        return send_documents(document_ids, desk=self.desk, at=self.at, by=by or f"message {self.count}")

    def work(self, *, most: int = 60) -> list[Sent | Followed]:
        """Work the messages off; a question that cannot be asked now is put aside."""
        done: list[Sent | Followed] = []
        while self.messages and most:
            most -= 1
            session, names, asked = self.messages.pop(0)
            if not session:
                done.append(self.send(*names))
                continue
            try:
                done.append(follow_session(session, names, asked=asked, desk=self.desk, at=self.at))
            except (KsefUnavailableError, KsefBusyError):
                self.later.append((session, names, asked))
        assert most, "the messages never end"
        return done

    def watch(self, day: date) -> Watched:
        self.at = datetime(day.year, day.month, day.day, 6, 20, tzinfo=UTC)
        self.messages += self.later
        self.later.clear()
        return watch_filings(day=day, desk=self.desk, at=self.at)

    def mend(self, document_id: str, content: bytes | None = None) -> Filing:
        return mend_filing(document_id, content=content, desk=self.desk, at=self.at)

    def pass_time(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    def __getitem__(self, document_id: str) -> Filing:
        return self.filings.kept[document_id]
