"""Check a structured invoice before anything is sent: by the official schema, and by what the schema cannot say.

The schema FA(3) is the Ministry of Finance's; it is read from the package ksef-client, which ships it, so nothing is
fetched. The rules beyond it are those by which KSeF refuses a file (CIRFMF/ksef-docs, weryfikacja-faktury.md).
"""

import importlib.resources
import re
from functools import cache

from lxml import etree

from kwit.documents.fa3_elements import has_attachment
from kwit.documents.fa3_sums import Fa3Finding, of_sums

__all__ = ["Fa3Finding", "check_fa3"]

_SCHEMA = "schemat_FA(3)_v1-0E.xsd"
_MOST_BYTES = 1_000_000
_MOST_BYTES_WITH_ATTACHMENT = 3_000_000
_ENCODING = "UTF-8"
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)""")


class _OwnFiles(etree.Resolver):  # type: ignore[misc]  # lxml brings no types
    """Gives the schema the files it imports from its own package, wherever it says that they are."""

    def resolve(self, system_url: str, _: str, context: object) -> object:
        name = system_url.rpartition("/")[2]
        return self.resolve_string((_folder() / name).read_bytes(), context, base_url=name)


def _folder() -> importlib.resources.abc.Traversable:
    return importlib.resources.files("ksef_client.documents.fa3") / "schemas"


@cache
def _schema() -> etree.XMLSchema:
    """Return the schema, read once; a check takes a tenth of a millisecond then."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(_OwnFiles())
    document = etree.fromstring((_folder() / _SCHEMA).read_bytes(), parser, base_url=_SCHEMA)
    return etree.XMLSchema(document)


def check_fa3(content: bytes) -> list[Fa3Finding]:
    """Name everything that is wrong with a structured invoice; an empty list means that it may be sent.

    What no invoice may be, too large, with a DOCTYPE or not in UTF-8, is named before anything reads it as XML.
    """
    found = _of_bytes(content)
    if found:
        return found
    parser = etree.XMLParser(
        encoding=_ENCODING, no_network=True, resolve_entities=False, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        return [Fa3Finding("not_xml", error.lineno or 0, f"to nie jest poprawny XML: {error.msg}")]
    found = _of_instructions(root)
    schema = _schema()
    if not schema.validate(root):
        return [*found, *(Fa3Finding("schema", one.line, one.message) for one in schema.error_log)]
    return [*found, *of_sums(root)]


def _of_bytes(content: bytes) -> list[Fa3Finding]:
    found = []
    most = _MOST_BYTES_WITH_ATTACHMENT if has_attachment(content) else _MOST_BYTES
    if len(content) > most:
        told = f"plik ma {len(content)} bajtów, KSeF przyjmuje najwyżej {most}"
        found.append(Fa3Finding("too_large", 0, told))
    if content.startswith(b"\xef\xbb\xbf"):
        told = "plik zaczyna się znacznikiem BOM, którego KSeF nie przyjmuje"
        found.append(Fa3Finding("byte_order_mark", 1, told))
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        found.append(Fa3Finding("not_utf8", 0, f"plik nie jest w UTF-8 od bajtu {error.start}"))
    else:
        nothing = content.find(b"\0")
        if nothing >= 0:
            found.append(Fa3Finding("not_utf8", 0, f"plik nie jest w UTF-8: bajt {nothing} jest zerem"))
    declared = _DECLARED.match(content)
    if declared and declared[1].upper() != _ENCODING.encode():
        told = f"plik mówi, że jest w {declared[1].decode()}, a KSeF przyjmuje tylko UTF-8"
        found.append(Fa3Finding("not_utf8", 1, told))
    if b"<!DOCTYPE" in content:
        line = content[: content.index(b"<!DOCTYPE")].count(b"\n") + 1
        found.append(Fa3Finding("doctype", line, "plik ma DOCTYPE, którego KSeF nie przyjmuje"))
    return found


def _of_instructions(root: etree._Element) -> list[Fa3Finding]:
    """Find processing instructions beside the declaration, which KSeF refuses."""
    tree = root.getroottree()
    inside = tree.xpath("//processing-instruction() | /processing-instruction()")
    return [
        Fa3Finding("instruction", one.sourceline or 0, "plik ma instrukcję przetwarzania") for one in inside
    ]
