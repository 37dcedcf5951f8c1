"""What a chunk was rated from (dowody), recorded at the stores as it is read, so that it can be rated again from it.

A recorder stands before a store and writes down every answer; a playback stands where the store stood and gives the
answers back. Nothing is left out by oversight: what rating asks is what is recorded, and a question that was not
asked then is an error with a name now. Price lists are kept for ever by their hash, so their names are enough.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, cast, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import to_json

from kwit.billing.correction_run import CorrectionStores
from kwit.billing.ports import IssuedDocument, IssuedStore, RunStore
from kwit.kernel.identifiers import content_hash
from kwit.metering.ports import ReadingStore, TaskStore
from kwit.registry.ports import RegistryStore
from kwit.tariffs.ports import EveryVersion, PriceListStore
from kwit.tariffs.price_list import PriceList


class EvidenceError(Exception):
    """A document cannot be rated again; no hold may cover it up, so it is no fault of one contract."""


class InputMissingError(EvidenceError):
    """Rating asks for something that was not read when the document was made; carries the question."""

    def __init__(self, question: str) -> None:
        super().__init__(f"not among the recorded inputs: {question}")
        self.question = question


class PriceListGoneError(EvidenceError):
    """A version of a price list that a document rests on is not kept any more; carries its code and hash."""

    def __init__(self, code: str, version: str) -> None:
        super().__init__(f"price list {code}, version {version}, is not kept any more")
        self.code = code
        self.version = version


@dataclass(frozen=True, slots=True)
class ChunkEvidence:
    """All that a chunk was rated from: the answers by contract and question, and the versions of price lists."""

    run_id: str
    chunk: int
    business_date: date
    settings_version: str
    engine: str
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    price_lists: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def packed(self) -> bytes:
        """Write it compressed."""
        return zlib.compress(_EVIDENCE.dump_json(self), 6)

    def tell(self, name: str, question: str, answer: object) -> None:
        """Write down what was no answer of a store."""
        told = _adapter(type(answer)).dump_json(answer).decode()
        self.answers.setdefault(name, {})[question] = told

    def answer(self, contract_no: str, question: str, kind: Any) -> Any:
        """Return a recorded answer. Raises InputMissingError."""
        told = self.answers.get(contract_no, {}).get(question)
        if told is None:
            raise InputMissingError(question)
        return _adapter(kind).validate_json(told)


_EVIDENCE = TypeAdapter(ChunkEvidence)
_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


def read_evidence(data: bytes) -> ChunkEvidence:
    """Read evidence that `packed` wrote."""
    return _EVIDENCE.validate_json(zlib.decompress(data))


def evidence_hash(data: bytes) -> str:
    """Return the hash that names packed evidence."""
    return content_hash(data)


def _adapter(kind: Any) -> TypeAdapter[Any]:
    name = repr(kind)
    if name not in _ADAPTERS:
        _ADAPTERS[name] = TypeAdapter(kind)
    return _ADAPTERS[name]


_ROOMS: dict[str, type[Any]] = {
    "registry": RegistryStore,
    "readings": ReadingStore,
    "runs": RunStore,
    "tasks": TaskStore,
}


@cache
def _returned(room: str, method: str) -> Any:
    return get_type_hints(getattr(_ROOMS.get(room, _IssuedNames), method))["return"]


def _question(room: str, method: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> str:
    return f"{room}.{method} {to_json([arguments, named]).decode()}"


@dataclass(slots=True)
class Recorder:
    """Stands before the stores of one chunk and writes their answers down, contract by contract."""

    evidence: ChunkEvidence
    registry: RegistryStore
    readings: ReadingStore
    runs: RunStore
    price_lists: PriceListStore

    def registry_of(self, contract_no: str) -> RegistryStore:
        """Return the registry as a contract's rating reads it."""
        return cast("RegistryStore", _Recording(self.evidence, contract_no, "registry", self.registry))

    def readings_of(self, contract_no: str) -> ReadingStore:
        """Return the readings as a contract's rating reads them."""
        return cast("ReadingStore", _Recording(self.evidence, contract_no, "readings", self.readings))

    def runs_of(self, contract_no: str) -> RunStore:
        """Return the cursors as a contract's rating reads them."""
        return cast("RunStore", _Recording(self.evidence, contract_no, "runs", self.runs))

    def corrections_of(self, contract_no: str, stores: CorrectionStores) -> CorrectionStores:
        """Return issued documents and tasks as a contract's correction reads them."""
        issued = _Recording(self.evidence, contract_no, "issued", _IssuedNames(stores.issued))
        tasks = _Recording(self.evidence, contract_no, "tasks", stores.tasks)
        return CorrectionStores(
            cast("IssuedStore", _IssuedByNames(cast("_IssuedNames", issued), stores.issued)),
            cast("TaskStore", tasks),
        )

    def versions(self, code: str) -> Sequence[PriceList]:
        """Return the versions of a price list, their hashes written down."""
        versions = self.price_lists.versions(code)
        self.evidence.price_lists[code] = tuple(one.content_hash for one in versions)
        return versions


def recorded_registry(evidence: ChunkEvidence, name: str, registry: RegistryStore) -> RegistryStore:
    """Return the registry with its answers written down under a name, where nothing else is read."""
    return cast("RegistryStore", _Recording(evidence, name, "registry", registry))


def played_registry(evidence: ChunkEvidence, name: str) -> RegistryStore:
    """Return the registry as it answered under a name."""
    return cast("RegistryStore", _Playing(evidence, name, "registry"))


@dataclass(frozen=True, slots=True)
class _IssuedNames:
    """Issued documents by their ids: what is issued never changes, so names are enough to find it again."""

    store: IssuedStore

    def issued(self, contract_no: str) -> Sequence[str]:
        """Return the ids of a contract's documents."""
        return [one.document_id for one in self.store.issued(contract_no)]

    def chain_ends(self, originals: Sequence[str]) -> Mapping[str, str]:
        """Return the ends of chains."""
        return self.store.chain_ends(originals)


@dataclass(frozen=True, slots=True)
class _IssuedByNames:
    """Issued documents, those that the recorded names tell."""

    names: _IssuedNames
    store: IssuedStore

    def issued(self, contract_no: str) -> Sequence[IssuedDocument]:
        """Return the documents that the names tell, in their order."""
        named = self.names.issued(contract_no)
        kept = {one.document_id: one for one in self.store.issued(contract_no)}
        gone = next((one for one in named if one not in kept), None)
        if gone is not None:
            raise InputMissingError(f"document {gone}")
        return [kept[one] for one in named]

    def chain_ends(self, originals: Sequence[str]) -> Mapping[str, str]:
        """Return the ends of chains as they were."""
        return self.names.chain_ends(originals)

    def contracts_of(self, document_number: str) -> Sequence[str]:
        """Return the contracts of a document's number."""
        return self.store.contracts_of(document_number)


class _Recording:
    """A store whose every answer is written down."""

    def __init__(self, evidence: ChunkEvidence, contract_no: str, room: str, store: object) -> None:
        self._evidence, self._contract_no, self._room, self._store = evidence, contract_no, room, store

    def __getattr__(self, method: str) -> Callable[..., Any]:
        ask = getattr(self._store, method)
        adapter = _adapter(_returned(self._room, method))

        def asked(*arguments: Any, **named: Any) -> Any:
            question = _question(self._room, method, arguments, named)
            answer = ask(*arguments, **named)
            answers = self._evidence.answers.setdefault(self._contract_no, {})
            answers[question] = adapter.dump_json(answer).decode()
            return answer

        return asked


class _Playing:
    """A store that gives recorded answers, and writes nothing."""

    def __init__(self, evidence: ChunkEvidence, contract_no: str, room: str) -> None:
        self._evidence, self._contract_no, self._room = evidence, contract_no, room

    def __getattr__(self, method: str) -> Callable[..., Any]:
        kind = _returned(self._room, method)

        def asked(*arguments: Any, **named: Any) -> Any:
            question = _question(self._room, method, arguments, named)
            return self._evidence.answer(self._contract_no, question, kind)

        return asked


@dataclass(frozen=True, slots=True)
class Playback:
    """Stands where the stores of a contract stood and answers as they did."""

    evidence: ChunkEvidence
    contract_no: str
    price_lists: EveryVersion

    @property
    def registry(self) -> RegistryStore:
        """Return the registry as it was read."""
        return cast("RegistryStore", _Playing(self.evidence, self.contract_no, "registry"))

    @property
    def readings(self) -> ReadingStore:
        """Return the readings as they were read."""
        return cast("ReadingStore", _Playing(self.evidence, self.contract_no, "readings"))

    @property
    def runs(self) -> RunStore:
        """Return the cursors as they were read."""
        return cast("RunStore", _Playing(self.evidence, self.contract_no, "runs"))

    def corrections(self, stores: CorrectionStores) -> CorrectionStores:
        """Return issued documents and tasks as they were read; `stores` find the documents by their names."""
        names = cast("_IssuedNames", _Playing(self.evidence, self.contract_no, "issued"))
        tasks = cast("TaskStore", _Playing(self.evidence, self.contract_no, "tasks"))
        return CorrectionStores(cast("IssuedStore", _IssuedByNames(names, stores.issued)), tasks)

    def versions(self, code: str) -> Sequence[PriceList]:
        """Return the versions of a price list that were known then, found by their hashes.

        Raises InputMissingError, PriceListGoneError.
        """
        hashes = self.evidence.price_lists.get(code)
        if hashes is None:
            raise InputMissingError(f"price_lists.versions {code}")
        kept = {one.content_hash: one for one in self.price_lists.every_version(code)}
        gone = next((one for one in hashes if one not in kept), None)
        if gone is not None:
            raise PriceListGoneError(code, gone)
        return [kept[one] for one in hashes]
