"""Sample documents of every kind, for looking at settings that are not in force."""

import importlib.resources
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kwit.billing.drafts import DocumentKind
from kwit.documents.document import Document
from kwit.kernel.identifiers import canonical_json, content_hash

_FOLDER = "samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """A document, and the numbers of the forecasts that it settles."""

    document: Document
    numbers: Mapping[str, str]


def sample_kinds() -> tuple[str, ...]:
    """Return the kinds that there are samples of."""
    files = (importlib.resources.files("kwit.cli") / _FOLDER).iterdir()
    return tuple(sorted(one.name.removesuffix(".json") for one in files if one.name.endswith(".json")))


def sample_of(kind: str) -> Sample | None:
    """Return the sample of a kind of documents, or None when there is none."""
    if kind not in sample_kinds():
        return None
    file = importlib.resources.files("kwit.cli") / _FOLDER / f"{kind}.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    content = canonical_json(told["content"])
    document = Document(
        document_id=content_hash(content)[:32],
        kind=DocumentKind(told["kind"]),
        number=told["number"],
        issue_date=date.fromisoformat(told["issue_date"]),
        due_date=date.fromisoformat(told["due_date"]),
        run_id="sample",
        contract_no=told["content"].get("contract_no") or told["content"]["account"],
        content=content,
        content_hash=content_hash(content),
    )
    return Sample(document, told["numbers"])
