"""Read the objects of a PDF that fpdf2 wrote, by its cross references, to look at what viewers do not show."""

import re
import zlib
from dataclasses import dataclass, field
from functools import cached_property

_ENTRY = re.compile(rb"(\d{10}) (\d{5}) n ")
_STREAM = re.compile(rb"(.*?)\nstream\r?\n(.*?)\r?\nendstream", re.DOTALL)


@dataclass(frozen=True)
class PdfObject:
    """One indirect object: its dictionary as text, its stream as stored."""

    number: int
    text: str
    stream: bytes = field(default=b"", repr=False)

    def data(self) -> bytes:
        """Return the stream unpacked."""
        return zlib.decompress(self.stream) if "/Filter /FlateDecode" in self.text else self.stream

    def value(self, name: str) -> str:
        """Return the value of a key as text, up to the end of its line; empty without the key."""
        found = re.search(rf"^(?:<<)?/{name} ([^\n]*)", self.text, re.MULTILINE)
        return found.group(1).strip() if found else ""


@dataclass(frozen=True)
class PdfObjects:
    """The objects of a file."""

    content: bytes

    @cached_property
    def objects(self) -> dict[int, PdfObject]:
        """Read every object from where the cross references say it is."""
        start = int(re.findall(rb"startxref\n(\d+)", self.content)[-1])
        assert self.content[start : start + 4] == b"xref"
        places = [int(place) for place, _ in _ENTRY.findall(self.content, start)]
        return {number: self._at(number, place) for number, place in enumerate(places, start=1)}

    def _at(self, number: int, place: int) -> PdfObject:
        head = f"{number} 0 obj".encode()
        assert self.content[place : place + len(head)] == head
        body = self.content[place + len(head) : self.content.index(b"endobj", place)]
        streamed = _STREAM.match(body)
        if streamed is None:
            return PdfObject(number, body.decode("latin-1"))
        # Looked for by its length, as a packed stream may hold any bytes.
        told = PdfObject(number, streamed.group(1).decode("latin-1"))
        start = place + len(head) + streamed.start(2)
        length = int(told.value("Length"))
        assert self.content[start + length :].lstrip(b"\r\n").startswith(b"endstream")
        return PdfObject(number, told.text, self.content[start : start + length])

    @property
    def trailer(self) -> str:
        """Return the trailer's text."""
        return self.content[self.content.rindex(b"trailer") :].decode("latin-1")

    def of_type(self, kind: str) -> list[PdfObject]:
        """Return the objects whose /Type is this."""
        return [one for one in self.objects.values() if f"/Type /{kind}\n" in f"{one.text}\n"]

    def at(self, reference: str) -> PdfObject:
        """Follow the first reference in a value."""
        found = re.search(r"(\d+) 0 R", reference)
        assert found is not None, reference
        return self.objects[int(found.group(1))]

    @property
    def catalog(self) -> PdfObject:
        """Return the root of the document."""
        root = re.search(r"/Root (\d+ 0 R)", self.trailer)
        assert root is not None
        return self.at(root.group(1))
