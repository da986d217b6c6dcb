"""TeX's bitmap fonts, whose glyphs are named after their codes."""

from pathlib import Path

import matplotlib
import numpy as np
import pymupdf
import pytest

from further.corpus.parse.bitmap_fonts import read_bitmap
from further.corpus.parse.bitmap_shapes import contradicts, find_layout, read_picture
from further.corpus.parse.damage import Reading
from further.corpus.parse.document import _read_pages

SENTENCE = "the quick brown fox jumps over a lazy dog"


def named(codes, form="a{}"):
    return {code: form.format(code) for code in codes}


def make_bitmap_page(text: str, names: dict[int, str], table: str = "") -> pymupdf.Document:
    """A page in a Type 3 font with some glyph names, each glyph a square, and a table of Unicode values."""
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 100), text, fontsize=10, fontname="helv")
    (font,) = (entry[0] for entry in page.get_fonts())
    glyph = document.get_new_xref()
    document.update_object(glyph, "<<>>")
    document.update_stream(glyph, b"500 0 0 0 450 500 d1 0 0 450 500 re f")
    glyphs = " ".join(f"/{name} {glyph} 0 R" for name in sorted(set(names.values())))
    encoding = " ".join(f"{code} /{name}" for code, name in sorted(names.items()))
    first, last = min(names), max(names)
    entry = ""
    if table:
        made = document.get_new_xref()
        document.update_object(made, "<<>>")
        pairs = "\n".join(f"<{code:02X}> <{ord(table):04X}>" for code in names)
        head = "begincmap\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
        document.update_stream(made, f"{head}{len(names)} beginbfchar\n{pairs}\nendbfchar\nendcmap".encode())
        entry = f"/ToUnicode {made} 0 R"
    document.update_object(
        font,
        f"<</Type/Font/Subtype/Type3/FontBBox[0 0 500 500]/FontMatrix[.001 0 0 .001 0 0]/CharProcs<<{glyphs}>>"
        f"/Encoding<</Type/Encoding/Differences[{encoding}]>>/FirstChar {first}/LastChar {last}"
        f"/Widths[{'500 ' * (last - first + 1)}]{entry}>>",
    )
    return pymupdf.open("pdf", document.tobytes())


@pytest.mark.parametrize("table", ["", "❡"])
def test_a_text_in_a_bitmap_font_is_read_also_where_its_table_says_dingbats(table):
    codes = sorted({ord(char) for char in SENTENCE})
    with make_bitmap_page(SENTENCE, named(codes), table) as document:
        pages, failures = _read_pages(document, Reading(1))
    assert failures == []
    assert [line.text for page in pages for line in page.lines] == [SENTENCE]


def test_codes_are_read_by_the_layout_of_tex():
    """ecrm1000 has fi at 28, an en dash at 21 and é at 233; cmr10 has fi at 12 and an en dash at 123."""
    letters = range(97, 123)
    cork = read_bitmap(named([21, 28, 233, *letters]))
    assert (cork[21], cork[28], cork[233], cork[101]) == ("–", "\ufb01", "é", "e")
    plain = read_bitmap(named([12, 123, *letters], "c{:02}"))
    assert (plain[12], plain[123], plain[101]) == ("\ufb01", "–", "e")


def test_of_a_font_without_an_alphabet_only_what_all_layouts_share_is_read():
    """Code 12 is β in cmmi10, fi in cmr10 and ⊙ in cmsy10."""
    assert read_bitmap(named([12, 49, 65, 120])) == {12: "\ufffd", 49: "1", 65: "A", 120: "x"}
    word = read_bitmap(named([28, *map(ord, "deinot")]))  # "Definition" in a heading
    assert word[28] == "\ufb01"


@pytest.mark.parametrize("names", [{}, {97: "a"}, {97: "a97", 98: "a70"}, {33: "a1", 34: "a2"}])
def test_other_names_are_no_codes(names):
    assert read_bitmap(names) == {}


STIX = Path(matplotlib.get_data_path(), "fonts", "ttf", "STIXGeneral.ttf")


def picture(char: str, low: float | None = None) -> bytes:
    """The program of a glyph as TeX's bitmap fonts have it: a character of STIX, 100 pixels a font size."""
    with pymupdf.open() as document:
        page = document.new_page(width=300, height=300)
        page.insert_font(fontname="stix", fontfile=str(STIX))
        page.insert_text((100, 200), char, fontname="stix", fontsize=100)
        pixels = page.get_pixmap(colorspace="gray")
    ink = np.frombuffer(pixels.samples, np.uint8).reshape(300, pixels.stride)[:, :300] < 128
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    high, wide = cut.shape
    foot = 199 - rows[-1] if low is None else low
    place = f"80 0 0 0 80 80 d1\nq\n{wide} 0 0 {high} 5 {foot} cm\n"
    keys = f"BI\n/W {wide}\n/H {high}\n/IM true\n/BPC 1\n/D [1 0]\nID "
    return (place + keys).encode() + np.packbits(cut, axis=1).tobytes() + b"\nEI\nQ"


def shapes(**glyphs):
    return {int(code[1:]): read_picture(glyph, 0.01) for code, glyph in glyphs.items()}


def test_a_pictures_shape_is_that_of_its_ink():
    shape = read_picture(picture("−"), 0.01)
    assert shape.aspect > 1.5 and shape.parts == 1 and 0.2 < shape.low < shape.high < 0.4
    assert read_picture(picture("±"), 0.01).parts in (1, 2) and read_picture(picture("°"), 0.01).parts == 2
    assert read_picture(b"500 0 0 0 450 500 d1 0 0 450 500 re f", 0.001) is None


@pytest.mark.parametrize(
    ("glyphs", "codes"),
    [
        ({"c0": "−", "c6": "±", "c20": "≤", "c21": "≥"}, {0: "−", 6: "±", 20: "≤", 21: "≥"}),  # cmsy10
        ({"c22": "μ", "c60": "<", "c11": "α"}, {22: "μ", 60: "<", 11: "α"}),  # cmmi10
        ({"c176": "°", "c181": "μ", "c177": "±"}, {176: "°", 181: "µ", 177: "±"}),  # tcrm1000
    ],
)
def test_a_font_of_signs_is_read_by_the_layout_that_its_pictures_look_like(glyphs, codes):
    layout = find_layout(shapes(**{code: picture(char) for code, char in glyphs.items()}))
    assert {code: layout[code] for code in codes} == codes


def test_the_ring_of_tex_is_that_of_its_symbols():
    layout = find_layout(shapes(c14=picture("°", low=6)))
    assert layout[14] == "∘"


def test_a_sign_at_the_place_of_a_digit_is_no_digit():
    """msam10 has ⩽ at 54, where other fonts have a 6: "⩽ 60 mg" is not "6 60 mg"."""
    found = shapes(c54=picture("⩽"), c49=picture("1"))
    assert contradicts(found[54], "6") and not contradicts(found[49], "1")
