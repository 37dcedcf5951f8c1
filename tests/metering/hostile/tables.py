"""Hostile tables: text that is not what it seems, numbers and days nobody should write."""

import codecs
import gzip

from kwit.intake.sheet import ROW_LIMIT
from tests.metering.hostile.case import HEADING, STATES, Case, row, states

ACCEPTED, PARTLY, REJECTED = "accepted", "partly", "rejected"
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4
_HTML = b"<!DOCTYPE html><html><head><title>503</title></head><body>Sesja wygas\xc5\x82a</body></html>"
_FULLWIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def _one(state: str, *codes: str, what: str) -> Case:
    """Make a table of one row whose state is wrong."""
    return Case(what, lambda: states(row(state)), REJECTED, codes)


def _of_day(day: str, *codes: str, what: str) -> Case:
    return Case(what, lambda: states(row(day=day)), REJECTED, codes)


NOTHING = (
    Case("no bytes at all", lambda: b"", REJECTED, ("empty_file",)),
    Case("a directory marker: no bytes and no name", lambda: b"", REJECTED, ("empty_file",), name=""),
    Case("the UTF-8 mark alone", lambda: codecs.BOM_UTF8, REJECTED, ("empty_file",)),
    Case("blank lines and delimiters", lambda: b"\r\n;;;;\r\n \t \r\n" * 50, REJECTED, ("empty_file",)),
    Case("prose", lambda: "Odczyty prześlę jutro.\n".encode(), REJECTED, ("no_heading",)),
    Case("a picture", lambda: _PNG, REJECTED, ("unknown_encoding",), name="odczyty.png"),
    Case("a web page saved as CSV", lambda: _HTML, REJECTED, ("no_heading",)),
    Case("a PDF", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj", REJECTED, ("no_heading",)),
    Case("a heading without rows", lambda: states(), REJECTED, ("empty_file",)),
    Case("a needed column missing", lambda: b"PPE;Stan\r\n1;2\r\n", REJECTED, ("missing_column",)),
    Case("a heading that stands twice", lambda: states(row(), heading="PPE;Stan;Data;Wskazanie\r\n"),
         REJECTED, ("column_twice",)),
)  # fmt: skip

TEXT = (
    Case("NUL bytes between all letters", lambda: states(row()).replace(b"1", b"1\x00"), ACCEPTED, ("nul_bytes",), 1),
    Case("UTF-16 with its mark", lambda: codecs.BOM_UTF16_LE + states(row()).decode().encode("utf-16-le"),
         ACCEPTED, (), 1),
    Case("UTF-16 cut inside a letter", lambda: codecs.BOM_UTF16_BE + states(row()).decode().encode("utf-16-be")[:-1],
         REJECTED, ("unknown_encoding",)),
    Case("the UTF-8 mark before windows-1250", lambda: codecs.BOM_UTF8 + (HEADING + row("za\u017c\u00f3\u0142\u0107")).encode("cp1250"),
         REJECTED, ("unknown_encoding",)),
    Case("the UTF-8 mark twice", lambda: codecs.BOM_UTF8 * 2 + states(row()), ACCEPTED, (), 1),
    Case("UTF-8 and windows-1250 in one file",
         lambda: states(row(), row("ż")) + row("1200,ż", day="2026-02-28").encode("cp1250"),
         PARTLY, ("not_a_number", "not_a_number"), 1),
    Case("line ends of three kinds", lambda: states(row()).replace(b"\r\n", b"\r") + row("1200", day="2026-02-28").encode() + b"\n\n",
         ACCEPTED, (), 2),
    Case("a quote that never closes", lambda: states('"' + row(), *[row()] * 40), REJECTED, ("broken_csv",)),
    Case("a line end inside quotes", lambda: states(f'"{STATES}";"777\n";2026-01-31;1100\r\n', row("x")),
         PARTLY, ("not_a_number",), 1),
    Case("one line of a million signs", lambda: states("9" * 1_000_000), REJECTED, ("line_too_long",)),
    Case("a million columns", lambda: b";" * 1_000_000 + b"\r\n", REJECTED, ("line_too_long",)),
    Case("more rows than are read", lambda: HEADING.encode() + b";;;1\r\n" * (ROW_LIMIT + 1), REJECTED, ("too_many_rows",)),
    Case("terminal escapes and bells", lambda: states(row(meter="\x1b[2J\x07777")), REJECTED, ("unknown_meter",)),
    Case("marks that turn the writing round", lambda: states(row(ppe=f"\u202e{STATES}\u202c")), REJECTED, ("bad_ppe",)),
    Case("a zero-width space in a code", lambda: states(row(ppe=f"{STATES[:9]}\u200b{STATES[9:]}")), REJECTED, ("bad_ppe",)),
    Case("full-width digits in a code", lambda: states(row(ppe=STATES.translate(_FULLWIDTH))), REJECTED, ("bad_ppe",)),
)  # fmt: skip

VALUES = (
    _one("-1", "negative", what="a negative state"),
    _one("\u22121", "negative", what="a negative state with the typographic minus"),
    _one("1.2E+03", "not_a_number", what="a number with an exponent"),
    _one("1e400", "not_a_number", what="a number beyond all floats"),
    _one("9" * 400, "not_a_number", what="a number of 400 digits"),
    _one("9" * 28, "state_too_large", what="a number of 28 digits"),
    _one("1_100", "not_a_number", what="digits with underscores"),
    _one("0x44C", "not_a_number", what="a hexadecimal number"),
    _one("NaN", "not_a_number", what="a state that is not a number"),
    _one("Infinity", "not_a_number", what="infinity"),
    _one("1100".translate(_ARABIC), "not_a_number", what="Arabic digits"),
    _one("1100,0001", "finer_than_wh", what="a state finer than 1 Wh"),
    _one("1.100.00", "not_a_number", what="thousands that are none"),
    _one("=SUM(A1:A9)", "not_a_number", what="a formula"),
    _one("=cmd|' /C calc'!A0", "not_a_number", what="a formula that starts a program"),
    _one("'; DROP TABLE odczyty --", "not_a_number", what="words of a database"),
    _one("", "missing_value", what="no state"),
    _one("999", "reading_before_last", what="a state below the last one"),
    Case("a code as a number with an exponent", lambda: states(row(ppe="5.9E+17")), REJECTED, ("digits_lost",)),
    Case('a code dressed as ="…"', lambda: states(row(ppe=f'"=""{STATES}"""')), ACCEPTED, (), 1),
    Case("a code with a wrong check digit", lambda: states(row(ppe=STATES[:-1] + "3")), REJECTED, ("ppe_check_digit",)),
    Case("a code that nobody knows", lambda: states(row(ppe="590310600000000019")), REJECTED, ("unknown_point",)),
    Case("two states of one midnight", lambda: states(row("1100"), row("1101")), REJECTED,
         ("duplicate_in_file", "duplicate_in_file")),
    Case("the same row a thousand times", lambda: states(*[row()] * 1000), ACCEPTED, ("duplicate_row",) * 999, 1),
    _of_day("03/31/2026", "not_a_date", what="a day written month first"),
    _of_day("31.01.26", "not_a_date", what="a year of two digits"),
    _of_day("2026-02-29", "not_a_date", what="29 February of a common year"),
    _of_day("0000-00-00", "not_a_date", what="a day of zeros"),
    _of_day("9999-12-31", "not_a_date", what="the last day of all"),
    _of_day("2026-01-31 25:00", "not_a_date", what="an hour that no day has"),
    _of_day("2026-05-01", "reading_in_future", what="a day to come"),
    _of_day("2019-05-01", "meter_not_at_point", what="a day before the meter"),
    Case("a day as a serial number", lambda: states(row(day="46053")), ACCEPTED, (), 1),
)  # fmt: skip

PACKED = (
    Case("gzip cut off", lambda: _packed(states(row()) * 50)[:-20], REJECTED, ("bad_gzip",), name="a.csv.gz"),
    Case("gzip with a wrong checksum", lambda: _packed(states(row()))[:-8] + b"\x00" * 8, REJECTED, ("bad_gzip",),
         name="a.csv.gz"),
    Case("gzip inside gzip", lambda: _packed(_packed(states(row()))), REJECTED, ("empty_file", "nul_bytes", "sheet_skipped"),
         name="a.csv.gz"),
    Case("gzip with words behind it", lambda: _packed(states(row())) + b"koniec", REJECTED, ("bad_gzip",),
         name="a.csv.gz"),
    Case("gzip that unpacks to half a gigabyte", lambda: _bomb(500_000_000), REJECTED, ("unpacks_too_large",), name="a.csv.gz"),
    Case("a batch of one line of 150 MB, packed", lambda: gzip.compress(b"{" + b"1" * 150_000_000, 1), REJECTED,
         ("line_too_long",), name="a.jsonl.gz"),
)  # fmt: skip


def _packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _bomb(size: int) -> bytes:
    piece = gzip.compress(bytes(50_000_000))
    return piece * (size // 50_000_000)


TABLES = (*NOTHING, *TEXT, *VALUES, *PACKED)
