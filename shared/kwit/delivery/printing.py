"""Pack documents for the print house: a ZIP of PDFs with an index, each document in one package, once."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kwit.delivery.ports import PrintPackage, PrintStore
from kwit.documents.document import Document
from kwit.kernel.identifiers import content_hash, deterministic_id

MOST_DOCUMENTS = 400
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_HEAD = ("lp", "plik", "numer", "klient", "nazwa", "ulica", "kod", "miejscowosc", "strony", "sha256")


class PagesMissingError(LookupError):
    """Documents of a package have no PDF; carries their ids."""

    def __init__(self, document_ids: tuple[str, ...]) -> None:
        super().__init__(f"no PDF of {', '.join(document_ids)}")
        self.document_ids = document_ids


class PrintFiles(Protocol):
    """Where the PDFs of documents are, and where packages are put."""

    def pages(self, document_ids: Sequence[str]) -> Mapping[str, tuple[Document, bytes]]:
        """Return the documents that are rendered, with their PDFs."""
        ...

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Write a file; the same bytes again change nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Printed:
    """A package as written: its key and how many documents it holds."""

    key: str
    documents: int


def pack_prints(*, day: date, store: PrintStore, files: PrintFiles) -> list[Printed]:
    """Bind the documents that are wanted on paper to packages and write each; return what was written.

    A package that a crash left unwritten is written first, with the same bytes; a package once marked is never
    touched again. Each is written before the next is bound, so a list too long for one time gets shorter by each.
    Raises PagesMissingError when the others are written.
    """
    printed: list[Printed] = []
    missing: list[PagesMissingError] = []

    def finish(package: PrintPackage) -> None:
        store.take_off(package)
        try:
            printed.append(_write(package, store, files))
        except PagesMissingError as error:
            missing.append(error)

    for package in store.waiting():
        finish(package)
    wanted = sorted(store.wanted())
    for first in range(0, len(wanted), MOST_DOCUMENTS):
        names = tuple(wanted[first : first + MOST_DOCUMENTS])
        package = PrintPackage(deterministic_id("print", *names)[:12], day, names)
        store.bind(package)
        finish(package)
    if missing:
        raise missing[0]
    return printed


def _write(package: PrintPackage, store: PrintStore, files: PrintFiles) -> Printed:
    found = files.pages(package.document_ids)
    missing = tuple(one for one in package.document_ids if one not in found)
    if missing:
        raise PagesMissingError(missing)
    key = f"exports/print-{package.bound_on.isoformat()}-{package.package_id}.zip"
    files.put(key, package_zip(list(found.values())), "application/zip")
    store.mark_written(package)
    return Printed(key, len(package.document_ids))


def package_zip(documents: Sequence[tuple[Document, bytes]]) -> bytes:
    """Write the ZIP: PDFs in the order of their postcodes and numbers, and the index `index.csv`.

    The same documents give the same bytes; the order is the one that a post office sorts by.
    """
    ordered = sorted(documents, key=lambda one: (one[0].read().payer.postcode, one[0].number))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_entry("index.csv"), _index(ordered))
        for document, pdf in ordered:
            archive.writestr(_entry(_file(document)), pdf)
    return buffer.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = _PLAIN_FILE
    return entry


def _file(document: Document) -> str:
    return f"{document.number.replace('/', '-')}.pdf"


def _index(documents: Sequence[tuple[Document, bytes]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEAD)
    for place, (document, pdf) in enumerate(documents, start=1):
        payer = document.read().payer
        names = (document.number, payer.party_id, payer.name, payer.street, payer.postcode, payer.city)
        plain = [f"'{one}" if one.startswith(_FORMULA_SIGNS) else one for one in names]
        writer.writerow((place, _file(document), *plain, pdf.count(b"/Type /Page\n"), content_hash(pdf)))
    return b"\xef\xbb\xbf" + text.getvalue().encode()
