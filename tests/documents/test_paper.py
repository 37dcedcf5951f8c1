"""Paper draws what it is told where it is told, in letters that can be read back, and the same bytes each time."""

import re
import zlib
from datetime import UTC, datetime

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.documents.faces import faces
from kwit.documents.paper import PADDING, Paper

MADE = datetime(2026, 4, 8, 12, tzinfo=UTC)
POLISH = "Zażółć gęślą jaźń: ĄĆĘŁŃÓŚŹŻ – „x” § −2 × 1,50 zł/m³ €"
DOTS = 8
"""To a millimetre, where pages are looked at."""

LATIN = "Jürgen Müller, Düsseldorf, Škoda, Győr"


def made(paper: Paper) -> bytes:
    return paper.file(title="próba", author="kWit", made_at=MADE)


def page_with(text: str, *, bold: bool = False) -> Paper:
    paper = Paper()
    paper.add_page()
    paper.move(20, 30)
    paper.font(10, bold=bold)
    paper.cell(100, 5, text)
    return paper


def read(content: bytes) -> list[str]:
    pdf = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_bounded() for page in pdf]
    finally:
        pdf.close()


def fonts(content: bytes) -> set[str]:
    return {name.decode() for name in re.findall(rb"/BaseFont /(\S+)", content)}


class TestText:
    @pytest.mark.parametrize("bold", [False, True])
    @pytest.mark.parametrize("text", [POLISH, LATIN, "a (b) \\ <c>", " "])
    def test_is_read_back(self, text: str, bold: bool) -> None:
        assert read(made(page_with(text, bold=bold)))[0].strip() == text.strip()

    @given(st.text(st.sampled_from(sorted(faces()[""].latin.signs - {"\xad"})), min_size=1, max_size=30))
    def test_of_any_letters_of_the_face_is_read_back(self, text: str) -> None:
        found = read(made(page_with(f"[{text}]")))[0]
        assert re.sub(r"\s", "", found) == re.sub(r"\s", "", f"[{text}]")

    def test_of_signs_that_the_face_lacks_shows_boxes_and_keeps_the_rest(self) -> None:
        paper = page_with("a漢b")
        assert paper.width_of("漢") > 0
        found = read(made(paper))[0]
        assert (found[0], found[-1]) == ("a", "b")

    @pytest.mark.parametrize(("align", "left"), [("L", 20 + PADDING), ("R", None), ("C", None)])
    def test_stands_in_its_cell(self, align: str, left: float | None) -> None:
        paper = Paper()
        paper.add_page()
        paper.move(20, 30)
        paper.font(10)
        wide = paper.width_of("Hamburg")
        paper.cell(100, 5, "Hamburg", align=align)
        pdf = pypdfium2.PdfDocument(made(paper))
        words = pdf[0].get_textpage()
        assert words.count_rects() == 1
        x, low, right, high = (mark / 72 * 25.4 for mark in words.get_rect(0))
        wanted = left or (120 - PADDING - wide if align == "R" else 70 - wide / 2)
        assert x == pytest.approx(wanted, abs=0.5)
        assert right - x == pytest.approx(wide, abs=0.6)
        assert 297 - 35 <= low < high <= 297 - 30 + 0.5
        assert (paper.x, paper.y) == (120, 30)
        pdf.close()

    def test_is_as_wide_as_its_signs(self) -> None:
        paper = page_with("x")
        assert paper.width_of("abc") == pytest.approx(sum(paper.width_of(sign) for sign in "abc"))
        narrow = paper.width_of("abc")
        paper.font(20, bold=True)
        assert paper.width_of("abc") > 2 * narrow


class TestFonts:
    def test_are_the_small_ones_where_texts_are_polish(self) -> None:
        assert fonts(made(page_with(POLISH))) == {"KWITPL+OpenSans-Regular", "KWITPL+OpenSans-Bold"}

    def test_are_the_larger_ones_where_texts_need_them_face_by_face(self) -> None:
        assert fonts(made(page_with(LATIN, bold=True))) == {"KWITPL+OpenSans-Regular", "KWITLA+OpenSans-Bold"}

    @pytest.mark.parametrize("style", ["", "B"])
    def test_have_the_same_glyphs_under_the_same_numbers(self, style: str) -> None:
        face = faces()[style]
        assert face.polish.signs < face.latin.signs
        assert set(POLISH) <= face.polish.signs
        assert set(POLISH + LATIN) <= face.latin.signs
        small, large = (zlib.decompress(one.file) for one in (face.polish, face.latin))
        assert (len(small), len(large)) == (face.polish.file_length, face.latin.file_length)
        assert len(face.polish.file) < len(face.latin.file)


class TestPages:
    def test_may_be_gone_on_with_later(self) -> None:
        paper = page_with("one")
        paper.add_page()
        paper.move(20, 30)
        paper.cell(50, 5, "two")
        for page in (1, 2):
            paper.turn_to(page)
            paper.move(20, 280)
            paper.cell(50, 5, f"foot {page} of {paper.pages}")
        assert [" ".join(one.split()) for one in read(made(paper))] == ["one foot 1 of 2", "two foot 2 of 2"]

    def test_give_the_same_bytes(self) -> None:
        assert made(page_with(POLISH)) == made(page_with(POLISH))

    def test_show_areas_in_their_colours(self) -> None:
        paper = page_with("text over", bold=True)
        paper.area(50, 100, 40, 20, colour=(200, 30, 30))
        paper.round_area(50, 150, 40, 20, radius=5, colour=(30, 200, 30))
        paper.line(50, 200, 90, 200, colour=(30, 30, 200))
        pdf = pypdfium2.PdfDocument(made(paper))
        image = pdf[0].render(scale=DOTS * 25.4 / 72).to_pil().convert("RGB")
        pdf.close()

        def at(x: float, y: float) -> tuple[int, ...]:
            return image.getpixel((round(x * DOTS), round(y * DOTS)))

        assert at(70, 110) == (200, 30, 30)
        assert at(70, 160) == (30, 200, 30)
        assert at(50.5, 150.5) == (255, 255, 255)
        assert at(51, 160) == (30, 200, 30)
        assert at(70, 200)[2] > at(70, 200)[0]
        assert at(70, 130) == (255, 255, 255)
