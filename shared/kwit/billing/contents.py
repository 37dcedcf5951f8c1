"""Whatever a document may say, read by its format."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent
from kwit.billing.correction_content import CorrectionContent

Content = BillContent | CollectiveContent | CorrectionContent
_READER: TypeAdapter[Content] = TypeAdapter(Annotated[Content, Field(discriminator="format")])


def read_content(content: bytes) -> Content:
    """Read the content of a draft or document from its canonical text, whichever format it names."""
    return _READER.validate_json(content)
