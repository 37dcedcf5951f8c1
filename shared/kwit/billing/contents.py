"""Whatever a document may say, read by its format."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent
from kwit.billing.correction_content import CorrectionContent
from kwit.billing.note_content import NoteContent

Content = BillContent | CollectiveContent | CorrectionContent
"""What a run rates, corrects and puts on chains."""

Issued = Content | NoteContent
"""What a document may say."""

_READER: TypeAdapter[Content] = TypeAdapter(Annotated[Content, Field(discriminator="format")])
_ISSUED: TypeAdapter[Issued] = TypeAdapter(Annotated[Issued, Field(discriminator="format")])


def read_content(content: bytes) -> Content:
    """Read the content of a draft or document of a run from its canonical text, whichever format it names."""
    return _READER.validate_json(content)


def read_issued(content: bytes) -> Issued:
    """Read the content of an issued document from its canonical text: that of a run, or a note."""
    return _ISSUED.validate_json(content)
