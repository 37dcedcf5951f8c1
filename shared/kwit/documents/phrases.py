"""Say the phrases of documents in the language of the buyer (język dokumentu): Polish, or English on request.

Documents are thought in Polish, so a phrase is its Polish text, and a catalogue of another language has each of
them in its own. A phrase that a catalogue lacks is said in Polish: a document is never held for want of a word.
Names of charges, the company's own texts and reasons that people wrote are said as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kwit.documents.phrases_en import ENGLISH

CATALOGUES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}
TAGS = {"en": "en-GB"}


@dataclass(frozen=True, slots=True)
class Speech:
    """How documents of one language are said; empty is Polish."""

    language: str = ""

    def __call__(self, phrase: str, **values: object) -> str:
        """Say a phrase with its values filled in."""
        told = CATALOGUES.get(self.language, {}).get(phrase, phrase)
        return told.format(**values) if values else told

    @property
    def tag(self) -> str:
        """Return the language as files name it (BCP 47)."""
        return TAGS.get(self.language, "pl-PL")


POLISH = Speech()
