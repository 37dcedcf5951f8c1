"""Orders and approvals of runs as files, so that a team can work without a shell.

Orders and approvals lie under prefixes of their own in the inbox, so that the right to start a run and the right to
approve it can be given to different people.
"""

from datetime import date
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kwit.billing.approval import Choice
from kwit.billing.drafts import RunKind, RunOrder
from kwit.billing.run_diff import PREVIOUS
from kwit.intake.findings import Finding, Severity
from kwit.tariffs.yaml_file import read_yaml


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


FileT = TypeVar("FileT", bound=_File)


class OrderFile(_File):
    """An order of a run (zlecenie przebiegu): what is to be billed or corrected, who asks and why."""

    format: Literal["kwit/run-order/1"]
    business_date: date
    by: str = Field(min_length=1)
    kind: RunKind = RunKind.BILLS
    reason: str = ""
    contracts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    price_lists: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    until: date | None = None
    cancel: bool = False
    release: bool = False
    dry: bool = True

    @model_validator(mode="after")
    def _whole(self) -> "OrderFile":
        if self.cancel and (self.kind is not RunKind.CORRECTIONS or not self.documents):
            raise ValueError("cancel needs kind: corrections and the numbers of documents")
        if self.release and not self.cancel:
            raise ValueError("only what is cancelled can be released")
        if self.kind is RunKind.NOTES:
            raise ValueError("notes are ordered under inbox/note-orders/")
        if self.documents and self.kind is not RunKind.CORRECTIONS:
            raise ValueError("documents are named by corrections alone")
        if self.until is not None and not self.contracts:
            raise ValueError("a bill off the cycle needs the contracts it is for")
        return self

    @property
    def order(self) -> RunOrder:
        """Return the order."""
        return RunOrder(
            kind=self.kind,
            by=self.by,
            reason=self.reason,
            contracts=self.contracts,
            groups=self.groups,
            price_lists=self.price_lists,
            documents=self.documents,
            until=self.until,
            cancel=self.cancel,
            release=self.release,
            dry=self.dry,
        )


class ComparisonFile(_File):
    """An order to compare a run with the bills before it, or with another run of the same period."""

    format: Literal["kwit/run-comparison/1"]
    run: str = Field(min_length=1)
    against: str = Field(default=PREVIOUS, min_length=1)
    by: str = Field(min_length=1)


class ApprovalFile(_File):
    """A decision on a run (zatwierdzenie): approve its drafts by their hash, issue them, both, or give it up."""

    format: Literal["kwit/run-approval/1"]
    run: str = Field(min_length=1)
    by: str = Field(min_length=1)
    action: Literal["approve", "issue", "approve_and_issue", "discard"]
    drafts_hash: str = ""
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    issue_date: date | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _hash(self) -> "ApprovalFile":
        if self.approves and not self.drafts_hash:
            raise ValueError("an approval names the hash of the drafts that were seen")
        return self

    @property
    def approves(self) -> bool:
        """Tell whether drafts are approved."""
        return self.action in {"approve", "approve_and_issue"}

    @property
    def issues(self) -> bool:
        """Tell whether what is approved is issued."""
        return self.action in {"issue", "approve_and_issue"}

    @property
    def choice(self) -> Choice:
        """Return which drafts are meant."""
        return Choice(self.only, self.without, self.released)


def read_order(content: bytes) -> OrderFile | ComparisonFile | list[Finding]:
    """Read an order, or name every error in it."""
    read = read_yaml(content)
    if read.findings:
        return [_unreadable(one.polish, one.line or 0) for one in read.findings]
    if isinstance(read.data, dict) and read.data.get("format") == "kwit/run-comparison/1":
        return _checked(ComparisonFile, read.data)
    return _checked(OrderFile, read.data)


def read_approval(content: bytes) -> ApprovalFile | list[Finding]:
    """Read an approval, or name every error in it."""
    read = read_yaml(content)
    if read.findings:
        return [_unreadable(one.polish, one.line or 0) for one in read.findings]
    return _checked(ApprovalFile, read.data)


def _unreadable(sentence: str, line: int) -> Finding:
    return Finding("not_yaml", Severity.REJECT, sentence, row=line)


def _checked(model: type[FileT], data: object) -> FileT | list[Finding]:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        findings = []
        for one in error.errors(include_url=False, include_context=False):
            path = ".".join(str(part) for part in one["loc"])
            value = one["input"] if isinstance(one["input"], str | int) else ""
            sentence = f"Pole {path}: {one['msg']}." if path else f"Plik: {one['msg']}."
            findings.append(Finding("bad_field", Severity.REJECT, sentence, column=path, value=str(value)))
        return findings
