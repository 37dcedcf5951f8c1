"""Part issued documents: those that are issued in KSeF go there first, the others are drawn at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kwit.documents.document import Document
from kwit.ksef.policy import goes_to_ksef
from kwit.ksef.ports import KsefQueue
from kwit.registry.company import CompanySettings


@dataclass(frozen=True, slots=True)
class KsefOutlet:
    """Asks for documents to be filed with KSeF, by the settings that each was made under."""

    settings_of: Callable[[str], CompanySettings]
    queue: KsefQueue

    def take(self, documents: Sequence[Document]) -> Sequence[Document]:
        """Ask for those that are issued in KSeF to be filed there; return the others."""
        filed = [one for one in documents if self._goes(one)]
        if filed:
            self.queue.file([one.document_id for one in filed])
        names = {one.document_id for one in filed}
        return [one for one in documents if one.document_id not in names]

    def _goes(self, document: Document) -> bool:
        settings = self.settings_of(document.read().settings_version)
        return goes_to_ksef(document=document, settings=settings)
