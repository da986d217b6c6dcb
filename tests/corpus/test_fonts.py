"""Signs under letters' names, told by their outlines."""

import pymupdf
import pytest

from further.corpus.parse.pages import read_page
from further.corpus.parse.pi_fonts import find_signs, mend_equations, read_signs, recognize


def bar(y, x0=100, x1=700, high=50):
    return [(x0, y), (x1, y), (x1, y + high), (x0, y + high)]


PLUS = [(375, 50), (425, 50), (425, 275), (650, 275), (650, 325), (425, 325)]
PLUS += [(425, 550), (375, 550), (375, 325), (150, 325), (150, 275), (375, 275)]
TIMES = [(100, 135), (135, 100), (300, 265), (465, 100), (500, 135), (335, 300)]
TIMES += [(500, 465), (465, 500), (300, 335), (135, 500), (100, 465), (265, 300)]
MORE = [(85, 610), (85, 564), (689, 323), (85, 83), (85, 36), (749, 302), (749, 344)]
LESS = [(834 - x, y) for x, y in MORE]
LETTER_E = [(100, 0), (600, 0), (600, 80), (180, 80), (180, 310), (560, 310)]
LETTER_E += [(560, 390), (180, 390), (180, 620), (600, 620), (600, 700), (100, 700)]
SEVEN = [(50, 700), (50, 620), (400, 620), (150, 0), (240, 0), (490, 630), (490, 700)]


@pytest.mark.parametrize(
    ("polygons", "sign"),
    [
        ([bar(300)], "−"),
        ([bar(211), bar(385)], "="),
        ([PLUS], "+"),
        ([PLUS, bar(-60)], ""),  # its bar stands too low to be a sign's
        ([[(x, y + 150) for x, y in PLUS], bar(60)], "±"),
        ([TIMES], "×"),
        ([MORE], ">"),
        ([LESS], "<"),
        ([MORE, bar(0.5)], "≥"),
        ([LETTER_E], ""),
        ([SEVEN], ""),
        ([bar(0, 100, 200, 100)], ""),  # a full stop
        ([bar(0, 100, 200, 700)], ""),  # a digit one
    ],
)
def test_signs_by_their_outlines(polygons, sign):
    assert recognize([(points, True) for points in polygons]) == sign


def cff(glyphs):
    """A font in the Compact Font Format whose glyphs are polygons, by name."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.t2CharStringPen import T2CharStringPen

    def draw(polygons):
        pen = T2CharStringPen(800, None)
        for points in polygons:
            pen.moveTo(points[0])
            for point in points[1:]:
                pen.lineTo(point)
            pen.closePath()
        return pen.getCharString()

    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", *glyphs])
    builder.setupCFF(
        "Signs", {}, {".notdef": draw([]), **{name: draw(polygons) for name, polygons in glyphs.items()}}, {}
    )
    return builder.font["CFF "].compile(builder.font)


def test_a_bar_called_two_is_a_minus_and_a_bar_called_minus_is_left_alone():
    assert read_signs(cff({"two": [bar(300)], "minus": [bar(300)], "seven": [SEVEN]})) == {ord("2"): "−"}


def test_a_font_that_cannot_be_read_has_no_signs():
    whole = cff({"two": [bar(300)]})
    assert read_signs(whole[: len(whole) // 2]) == {} and read_signs(b"") == {}


def test_a_damaged_page_keeps_no_other_from_being_read(shared_papers):
    """Its page tree goes in a circle behind the first page."""
    with pymupdf.open(shared_papers / "nasty/pdfjs_Pages-tree-refs.pdf") as document:
        with pytest.raises(pymupdf.mupdf.FzErrorFormat, match="cycle"):
            document.get_page_fonts(1)
        assert find_signs(document) == {}


def test_a_real_article_has_its_minus_signs_again(shared_papers):
    with pymupdf.open(shared_papers / "articles/norma_plosone_journal.pone.0115884.pdf") as document:
        plain, mended = (read_page(document[4], signs) for signs in ({}, find_signs(document)))
    assert any("(21.43346, 120.30800)" in line.text for line in plain.lines)
    assert any("(−1.43346, 120.30800)" in line.text for line in mended.lines)


def test_equations_in_letters_of_icelandic_are_mended_and_icelandic_is_not():
    lines = ("as seen ðn ¼ 12Þ and", "at p ¼ 0.03 þ 1", "maðurinn og Þór, ¼ of them")
    assert [mend_equations(lines[:2]), mend_equations(lines[2:])] == [
        ["as seen (n = 12) and", "at p = 0.03 + 1"],
        [lines[2]],
    ]
