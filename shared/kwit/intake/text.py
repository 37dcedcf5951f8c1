"""Text files (CSV): from bytes in one of the encodings people really send, to rows of cells."""

import codecs
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kwit.intake.findings import Finding, Severity
from kwit.intake.sheet import ROW_LIMIT, Sheet, SheetRow, UnreadableFileError

LINE_LIMIT = 20_000
"""Signs of the longest line that is read."""

QUOTED_LINES = 20
"""Lines that one quoted cell may span; more means that its closing quote is missing."""

DELIMITERS = (";", "\t", ",", "|")
SAMPLE_ROWS = 40

_POLISH = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
_CANDIDATES = ("windows-1250", "iso-8859-2")
_UNKNOWN_PL = "Nie rozpoznano kodowania pliku. Zapisz go jako CSV UTF-8."


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text with the encoding it was found to be in, and remarks made on the way."""

    text: str
    encoding: str
    findings: tuple[Finding, ...] = ()


def decode(content: bytes) -> DecodedText:
    """Find the encoding and decode: UTF-8 and UTF-16 by their marks, UTF-8, windows-1250, ISO-8859-2.

    The two eight-bit encodings differ in six Polish letters; the one that yields more of them wins, and
    windows-1250 when they tie. NUL bytes, which some portals put in, are left out with a remark.

    Raises UnreadableFileError.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _without_nul(_strictly(content, encoding), encoding)
    try:
        return _without_nul(content.decode(), "utf-8")
    except UnicodeDecodeError:
        text, encoding = _eight_bit(content)
        return _without_nul(text, encoding)


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFileError("unknown_encoding", _UNKNOWN_PL, value=encoding) from error


def _eight_bit(content: bytes) -> tuple[str, str]:
    best: tuple[int, str, str] | None = None
    for encoding in _CANDIDATES:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any("\x80" <= sign <= "\x9f" for sign in text):
            continue
        score = sum(text.count(letter) for letter in _POLISH)
        if best is None or score > best[0]:
            best = (score, text, encoding)
    if best is None:
        raise UnreadableFileError("unknown_encoding", _UNKNOWN_PL)
    return best[1], best[2]


def _without_nul(text: str, encoding: str) -> DecodedText:
    count = text.count("\x00")
    if not count:
        return DecodedText(text, encoding)
    sentence = f"Plik zawiera {count} znaków NUL; pominięto je."
    finding = Finding("nul_bytes", Severity.WARN, sentence, value=str(count))
    return DecodedText(text.replace("\x00", ""), encoding, (finding,))


def read_text(text: str, *, known_columns: Callable[[Sequence[str]], int]) -> Sheet:
    """Split text into rows by the delimiter under which most column names are known.

    `known_columns` counts the column names that one row of texts holds. Raises UnreadableFileError.
    """
    # Only the three line ends that files use: str.splitlines would also cut at separators inside a cell.
    lines = io.StringIO(text, newline="").readlines()
    longest = max(map(len, lines), default=0)
    if longest > LINE_LIMIT:
        sentence = f"Plik ma wiersz dłuższy niż {LINE_LIMIT} znaków; to nie wygląda na dane."
        raise UnreadableFileError("line_too_long", sentence, value=str(longest))
    if len(lines) > ROW_LIMIT:
        sentence = f"Plik ma ponad {ROW_LIMIT} wierszy. Podziel go na części."
        raise UnreadableFileError("too_many_rows", sentence, value=str(len(lines)))
    best = max(DELIMITERS, key=lambda sign: _fitness(lines[:SAMPLE_ROWS], sign, known_columns))
    return Sheet("", _rows(lines, best))


def _fitness(
    lines: Sequence[str], delimiter: str, known_columns: Callable[[Sequence[str]], int]
) -> tuple[int, int]:
    texts = [[cell for cell in row.cells if isinstance(cell, str)] for row in _rows(lines, delimiter)]
    known = max(map(known_columns, texts), default=0)
    return known, max(map(len, texts), default=0) if known else 0


def _rows(lines: Sequence[str], delimiter: str) -> list[SheetRow]:
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[SheetRow] = []
    number = 1
    while True:
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise _broken(number) from error
        if fields is None:
            return rows
        if reader.line_num - number > QUOTED_LINES:
            raise _broken(number)
        cells = tuple(_unwrapped(field) for field in fields)
        if any(cells):
            rows.append(SheetRow(number, cells))
        number = reader.line_num + 1


def _broken(number: int) -> UnreadableFileError:
    sentence = f"Od wiersza {number} plik CSV jest uszkodzony (na przykład niezamknięty cudzysłów)."
    return UnreadableFileError("broken_csv", sentence, value=str(number))


def _unwrapped(text: str) -> str:
    """Strip blanks, and the formula dress ="…" that some portals put around texts."""
    text = text.strip()
    if text.startswith('="') and text.endswith('"') and len(text) >= 3:
        return text[2:-1].strip()
    return text
