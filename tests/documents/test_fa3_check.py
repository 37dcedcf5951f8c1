"""Files that are no invoice are refused by name before they can do harm, and what does not add up is told."""

import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from kwit.cli.main import app
from kwit.documents.fa3_check import check_fa3
from tests.documents.test_fa3 import EXAMPLES
from tests.documents.test_fa3_kinds import written

SECONDS = 2.0
"""Far above what any of them takes, far below what one takes that is expanded."""
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def with_head(head: bytes) -> Callable[[bytes], bytes]:
    return lambda xml: xml.replace(HEAD, HEAD + head)


HOSTILE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "billion_laughs": (
        lambda xml: with_head(f'<!DOCTYPE Faktura [<!ENTITY a0 "ha">{LAUGHS}]>'.encode())(xml).replace(
            b"<P_1M>", b"<P_1M>&a11;"
        ),
        "doctype",
    ),
    "laughs_in_an_attribute": (
        lambda xml: with_head(f'<!DOCTYPE Faktura [<!ENTITY a0 "ha">{LAUGHS}]>'.encode())(xml).replace(
            b"<Fa>", b'<Fa x="&a11;">'
        ),
        "doctype",
    ),
    "external_entity": (
        lambda xml: with_head(b'<!DOCTYPE F [<!ENTITY x SYSTEM "file:///etc/passwd">]>')(xml).replace(
            b"<P_1M>", b"<P_1M>&x;"
        ),
        "doctype",
    ),
    "external_subset": (with_head(b'<!DOCTYPE F SYSTEM "http://127.0.0.1:9/x.dtd">'), "doctype"),
    "byte_order_mark": (lambda xml: b"\xef\xbb\xbf" + xml, "byte_order_mark"),
    "utf_16": (lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "not_utf8"),
    "utf_16_without_a_mark": (lambda _: b"<\0F\0a\0/\0>\0", "not_utf8"),
    "another_encoding": (lambda xml: xml.decode().encode("iso-8859-2", "xmlcharrefreplace"), "not_utf8"),
    "another_encoding_by_name": (lambda xml: xml.replace(b"UTF-8", b"UTF-16"), "not_utf8"),
    "a_doctype_in_another_encoding": (
        lambda _: b"<?xml version='1.0' encoding = 'UTF-7'?>+ADwAIQ-DOCTYPE a+AD4-<a/>", "not_utf8"
    ),
    "another_encoding_for_plain_letters": (
        lambda _: b'<?xml version="1.0" encoding="ISO-8859-2"?><Faktura/>', "not_utf8"
    ),
    "ten_megabytes": (lambda xml: xml + b" " * 10_000_000, "too_large"),
    "ten_megabytes_of_brackets": (lambda _: b"<" * 10_000_000, "too_large"),
    "instruction_inside": (lambda xml: xml.replace(b"<Fa>", b"<?php x?><Fa>"), "instruction"),
    "instruction_before": (with_head(b'<?xml-stylesheet href="http://127.0.0.1/x"?>'), "instruction"),
    "instruction_in_an_invalid_file": (lambda _: b"<Faktura><?x y?></Faktura>", "instruction"),
    "deep_nesting": (lambda _: b"<a>" * 100_000 + b"</a>" * 100_000, "not_xml"),
    "unended": (lambda xml: xml[:-30], "not_xml"),
    "entity_without_a_name": (lambda xml: xml.replace(b"<P_1M>", b"<P_1M>&nbsp;"), "not_xml"),
    "nothing": (lambda _: b"", "not_xml"),
    "another_root": (lambda _: b"<Faktura/>", "schema"),
    "many_attributes": (
        lambda xml: xml.replace(b"<Fa>", b"<Fa " + b" ".join(b'a%d=""' % n for n in range(60_000)) + b">"), "schema"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_is_hostile_is_named_quickly(name: str) -> None:
    spoil, code = HOSTILE[name]
    content = spoil(written("household"))
    assert content != written("household")
    check_fa3(written("household"))
    begun = time.perf_counter()
    found = check_fa3(content)
    assert time.perf_counter() - begun < SECONDS
    assert code in {one.code for one in found if one.refuses}
    assert not any("root:" in one.sentence for one in found)


def test_the_command_names_it_and_ends_with_one(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(written("household"))
    bad.write_bytes(HOSTILE["billion_laughs"][0](written("household")))
    result = CliRunner().invoke(app, ["ksef", "check", str(good), str(bad)])
    assert result.exit_code == 1
    assert "bad.xml:2  doctype" in result.output
    assert "2 checked, 1 cannot be sent" in result.output


def test_the_command_passes_the_ministrys_examples() -> None:
    if not EXAMPLES.is_dir():
        pytest.skip("the ministry's examples are not beside this checkout")
    result = CliRunner().invoke(app, ["ksef", "check", *map(str, sorted(EXAMPLES.glob("*.xml")))])
    assert result.exit_code == 0, result.output
    assert "26 checked, 0 cannot be sent" in result.output


def test_of_the_ministrys_examples_one_does_not_add_up() -> None:
    if not EXAMPLES.is_dir():
        pytest.skip("the ministry's examples are not beside this checkout")
    found = {file.name: [one.code for one in check_fa3(file.read_bytes())] for file in EXAMPLES.glob("*.xml")}
    assert {name: codes for name, codes in found.items() if codes} == {"FA_3_Przyklad_01.xml": ["totals"]}


@given(st.binary(max_size=300))
def test_no_bytes_make_the_check_fail(content: bytes) -> None:
    assert any(one.refuses for one in check_fa3(content))


class TestSums:
    @pytest.mark.parametrize(
        ("kind", "old", "new", "codes"),
        [
            ("household", "<P_15>224.44", "<P_15>224.45", {"totals"}),
            ("household", "<P_13_1>182.46", "<P_13_1>182.45", {"totals", "lines"}),
            ("correction_price", "<P_13_1>1.01", "<P_13_1>1.02", {"totals", "lines"}),
            ("debt", "<SumaObciazen>123.45", "<SumaObciazen>123.46", {"settlement"}),
            ("debt", "<DoZaplaty>347.89", "<DoZaplaty>347.88", {"settlement"}),
            ("credit_over_the_bill", "<DoRozliczenia>275.56", "<DoRozliczenia>0.00", {"settlement"}),
        ],
    )
    def test_a_grosz_off_is_told_and_refuses_nothing(
        self, kind: str, old: str, new: str, codes: set[str]
    ) -> None:
        xml = written(kind).decode()
        assert xml.count(old) == 1
        found = check_fa3(xml.replace(old, new).encode())
        assert {one.code for one in found} == codes
        assert not any(one.refuses for one in found)
        assert all(one.line > 1 for one in found)

    def test_a_sign_turned_is_told(self) -> None:
        xml = written("correction_price").decode().replace("<StanPrzed>1</StanPrzed>", "", 1)
        assert {one.code for one in check_fa3(xml.encode())} == {"lines"}

    def test_the_sentence_has_both_figures(self) -> None:
        (found,) = check_fa3(written("household").replace(b"<P_15>224.44", b"<P_15>224.45"))
        assert found.sentence == f"netto i VAT to {Decimal('224.44')}, a P_15 mówi 224.45"
