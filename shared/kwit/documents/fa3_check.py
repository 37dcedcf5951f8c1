"""Check a structured invoice before anything is sent: by the official schema, and by what the schema cannot say.

The schema FA(3) is the Ministry of Finance's; it is read from the package ksef-client, which ships it, so nothing is
fetched. The rules beyond it are those by which KSeF refuses a file (CIRFMF/ksef-docs, weryfikacja-faktury.md).
"""

import importlib.resources
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from lxml import etree

from kwit.documents.fa3 import NAMESPACE
from kwit.kernel.money import ZERO, total

_SCHEMA = "schemat_FA(3)_v1-0E.xsd"
_MOST_BYTES = 1_000_000
_MOST_BYTES_WITH_ATTACHMENT = 3_000_000
_VAT_OF_NET = {
    "P_13_1": "P_14_1",
    "P_13_2": "P_14_2",
    "P_13_3": "P_14_3",
    "P_13_4": "P_14_4",
    "P_13_5": "P_14_5",
}
_OTHER_NETS = ("P_13_6_1", "P_13_6_2", "P_13_6_3", "P_13_7", "P_13_8", "P_13_9", "P_13_10", "P_13_11")


@dataclass(frozen=True, slots=True)
class Fa3Finding:
    """What is wrong with a structured invoice, and where: a line of the file, 0 for the whole.

    What does not `refuse` is worth a look, but KSeF takes it: it adds nothing up.
    """

    code: str
    line: int
    sentence: str
    refuses: bool = True


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
    """Name everything that is wrong with a structured invoice; an empty list means that it may be sent."""
    found = _of_bytes(content)
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        return [*found, Fa3Finding("not_xml", error.lineno or 0, f"to nie jest poprawny XML: {error.msg}")]
    if root.getroottree().docinfo.doctype:
        return [*found, Fa3Finding("doctype", 0, "plik ma DOCTYPE, którego KSeF nie przyjmuje")]
    schema = _schema()
    if not schema.validate(root):
        found += [Fa3Finding("schema", one.line, one.message) for one in schema.error_log]
        return found
    return [*found, *_of_totals(root), *_of_instructions(root)]


def _of_bytes(content: bytes) -> list[Fa3Finding]:
    found = []
    if content.startswith(b"\xef\xbb\xbf"):
        found.append(
            Fa3Finding("byte_order_mark", 1, "plik zaczyna się znacznikiem BOM, którego KSeF nie przyjmuje")
        )
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        found.append(Fa3Finding("not_utf8", 0, f"plik nie jest w UTF-8 od bajtu {error.start}"))
    most = _MOST_BYTES_WITH_ATTACHMENT if b"<Zalacznik" in content else _MOST_BYTES
    if len(content) > most:
        found.append(
            Fa3Finding("too_large", 0, f"plik ma {len(content)} bajtów, KSeF przyjmuje najwyżej {most}")
        )
    return found


def _of_instructions(root: etree._Element) -> list[Fa3Finding]:
    """Find processing instructions beside the declaration, which KSeF refuses."""
    tree = root.getroottree()
    inside = tree.xpath("//processing-instruction() | /processing-instruction()")
    return [
        Fa3Finding("instruction", one.sourceline or 0, "plik ma instrukcję przetwarzania") for one in inside
    ]


def _of_totals(root: etree._Element) -> list[Fa3Finding]:
    """Add the invoice up: net and VAT by rate against the gross, lines against the net where all have one."""
    invoice = root.find(f"{{{NAMESPACE}}}Fa")
    if invoice is None:
        return []
    nets = [_amount(invoice, name) for name in (*_VAT_OF_NET, *_OTHER_NETS)]
    vats = [_amount(invoice, name) for name in _VAT_OF_NET.values()]
    gross = _amount(invoice, "P_15")
    added = total(nets) + total(vats)
    kind = invoice.findtext(f"{{{NAMESPACE}}}RodzajFaktury", "")
    if added != gross and any(nets) and not kind.startswith(("ZAL", "KOR_ZAL")):
        line = invoice.find(f"{{{NAMESPACE}}}P_15").sourceline or 0
        return [Fa3Finding("totals", line, f"netto i VAT to {added}, a P_15 mówi {gross}", refuses=False)]
    return []


def _amount(invoice: etree._Element, name: str) -> Decimal:
    text = invoice.findtext(f"{{{NAMESPACE}}}{name}", "")
    try:
        return Decimal(text) if text else ZERO
    except InvalidOperation:
        return ZERO
