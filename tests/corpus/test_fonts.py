"""Fonts whose characters have no Unicode value or a wrong one, each kind in a PDF made here."""

import pymupdf
import pytest

from corpus.made_fonts import Embedded, add_composite, compact_font, make_pdf, true_type, type1_font, write_page
from further.corpus.parse.damage import Reading
from further.corpus.parse.document import _read_pages
from further.corpus.parse.fonts import mend_fonts
from further.corpus.parse.pages import read_page


def read(path):
    """A PDF's lines as the parser reads them, and the signs that outlines told."""
    with pymupdf.open(path) as document:
        reading = Reading(document.page_count)
        pages, failures = _read_pages(document, reading)
    assert failures == []
    return [line.text for page in pages for line in page.lines], reading


def say(tmp_path, font, *codes, fonts=None):
    """The line "10 ?Q", with each of some codes of a font in the place of the question mark."""
    lines = [["10 ", (bytes([code]), "F1"), "Q of it"] for code in codes]
    return read(make_pdf(tmp_path / "made.pdf", lines, {"F1": font}))[0]


def test_the_names_of_linotype_of_tex_and_of_ligatures_are_known(tmp_path):
    names = {1: "H9262", 2: "H9260", 3: "H11002", 4: "H11006", 5: "H11349", 6: "uni03B2", 7: "equals", 8: "T_h"}
    names |= {9: "summationdisplay", 10: "zerooldstyle", 11: "parenleftbigg", 12: "parenlefttp", 13: "bracerightmid"}
    drawn = dict.fromkeys(names.values())  # outlines that say nothing
    found = say(tmp_path, Embedded(compact_font(drawn), names), *names)
    assert [line.removeprefix("10 ").removesuffix("Q of it") for line in found] == [*"μκ−±≤β=", "Th", *"∑0(⎛⎬"]


@pytest.mark.parametrize("source", ["STIXGeneral", "DejaVuSans", "STIXGeneralBol"])
def test_a_latin_letter_that_is_drawn_as_a_greek_one_is_told_by_its_outline(tmp_path, source):
    """As in Symbol, where m is µ, and in Mathematical Pi, where the twelfth letter is."""
    drawn = {"m": "μ", "l": "μ", "j": "κ", "b": "β", "d": "δ", "a": "α", "g": "γ"}
    codes = {ord(name): name for name in drawn}
    found = say(tmp_path, Embedded(compact_font(drawn, source), codes, name="ABCDEF+AdvQ13"), *codes)
    assert found == [f"10 {char}Q of it" for char in drawn.values()]


@pytest.mark.parametrize("source", ["STIXGeneral", "DejaVuSans", "STIXGeneralItalic", "DejaVuSerif"])
def test_letters_of_a_text_stay_what_they_are_called(tmp_path, source):
    letters = "abdgjklmnpuvwxABKMPX0123456789"
    names = {"0": "zero", "1": "one", "2": "two", "3": "three", "4": "four"}
    names |= {"5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine"}
    drawn = {names.get(letter, letter): letter for letter in letters}
    codes = {ord(letter): names.get(letter, letter) for letter in letters}
    for some in (letters, "ab", "m", "l", "v", "x5"):
        chosen = {code: name for code, name in codes.items() if chr(code) in some}
        font = Embedded(compact_font({name: drawn[name] for name in chosen.values()}, source), chosen)
        assert say(tmp_path, font, *chosen) == [f"10 {chr(code)}Q of it" for code in chosen]


@pytest.mark.parametrize("name", ["CMMI5", "LMRoman7-Italic", "LinBiolinumT"])
def test_letters_of_texs_own_fonts_are_what_they_are_called(tmp_path, name):
    """Not even where they are drawn as others: a lone italic a looks more like an α of another font than like its a."""
    font = Embedded(compact_font({"a": "α", "x": "ω"}), {97: "a", 120: "x"}, name=f"ABCDEF+{name}")
    assert say(tmp_path, font, 97, 120) == ["10 aQ of it", "10 xQ of it"]


def test_digits_and_letters_that_are_drawn_as_signs_are_told_by_their_corners(tmp_path):
    """P,0.05 for P<0.05, n55 for n=5, 280e340 for 280–340, 8C for °C, ¼ for the equals sign."""
    drawn = {"comma": "<", "five": "=", "six": "±", "two": "−", "three": "×", "eight": "°", "e": "–", "onequarter": "="}
    drawn |= {"dollar": "≥", "numbersign": "≤", "four": ">"}
    codes = {number: name for number, name in enumerate(drawn, 33)}
    found = say(tmp_path, Embedded(compact_font(drawn, "STIXGeneral"), codes), *codes)
    assert [line[3] for line in found] == ["<", "=", "±", "−", "×", "°", "–", "=", "≥", "≤", ">"]


def test_glyphs_named_after_places_have_the_layout_that_they_look_like(tmp_path):
    symbols = {"C0": "−", "C2": "×", "C6": "±", "C20": "≤", "C21": "≥", "zero": "′", "onequarter": "="}
    letters = {"C11": "α", "C12": "β", "C22": "μ", "colon": "."}
    for drawn in (symbols, letters):
        codes = dict(enumerate(drawn, 1))
        found = say(tmp_path, Embedded(compact_font(drawn), codes), *codes)
        assert [line[3] for line in found] == list(drawn.values())


def test_a_bar_that_a_table_takes_for_a_club_is_a_bar(tmp_path):
    names = {1: "bar", 2: "club"}
    font = Embedded(compact_font(dict.fromkeys(names.values())), names, dict.fromkeys(names, "♣"), name="LMMath")
    assert [line[3] for line in say(tmp_path, font, 1, 2)] == ["|", "♣"]


@pytest.mark.parametrize("name", ["AdvP4C4E46", "CMEX10", "TeX_CM_Maths_Extension"])
def test_large_brackets_that_are_named_after_places(tmp_path, name):
    """The TeXbook, appendix F: cmex10 has parentheses at '020 and '021, a sum at '120 and a root at '160."""
    names = {1: "C16", 2: "C17", 3: "C80", 4: "C112"}
    font = Embedded(compact_font(dict.fromkeys(names.values())), names, name=f"ABCDEF+{name}")
    assert [line[3] for line in say(tmp_path, font, *names)] == ["(", ")", "∑", "√"]


def test_a_glyph_without_a_name_is_told_by_its_outline_or_stays_unknown(tmp_path):
    drawn = {"g1": "μ", "g2": "≥", "g3": "☎"}
    codes = dict(enumerate(drawn, 1))
    pages, reading = read(
        make_pdf(
            tmp_path / "made.pdf",
            [["5 ", (bytes([code]), "F1"), "g"] for code in codes],
            {"F1": Embedded(compact_font(drawn | {"g3": "☎"}, "DejaVuSans"), codes)},
        )
    )
    assert pages == ["5 μg", "5 ≥g", "5 \ufffdg"]
    assert reading.told_signs == ["Made: g1 is μ", "Made: g2 is ≥"]


def test_a_table_of_unicode_values_that_says_nothing_gives_way_to_the_names(tmp_path):
    font = Embedded(compact_font(dict.fromkeys(("mu", "H11002"))), {1: "mu", 2: "H11002"}, {1: "\ufffd", 2: "\ue001"})
    assert say(tmp_path, font, 1, 2) == ["10 µQ of it", "10 −Q of it"]


def test_a_right_table_is_left_alone(tmp_path):
    font = Embedded(compact_font({"g1": "q"}), {1: "g1"}, {1: "q"})
    with pymupdf.open(make_pdf(tmp_path / "made.pdf", [[(b"\1", "F1")]], {"F1": font})) as document:
        assert mend_fonts(document).changed == 0


BAR = [(100, 300), (600, 300), (600, 350), (100, 350)]


def test_outlines_of_a_type_1_font_are_read(tmp_path):
    others = {f"x{number}": [] for number in range(200)}  # the count of glyphs stands where a size may
    font = Embedded(type1_font({"e": [BAR], **others}, {101: "e"}), None, key="FontFile", codes=[101])
    assert say(tmp_path, font, 101) == ["10 −Q of it"]


def composite(path, program, kind, codes, **more):
    """A page with a line of two-byte codes."""
    document = pymupdf.open()
    data = "".join(f"{code:04x}" for code in codes)
    font = add_composite(document, program, kind, codes, **more)
    write_page(document, ["/F1 10 Tf 72 700 Td", f"<{data}> Tj"], {"F1": font})
    document.save(path)
    return path


@pytest.mark.parametrize("cmap", [True, False])
def test_a_composite_font_without_a_table_is_read_by_its_own_or_by_its_outlines(tmp_path, cmap):
    program, order = true_type("≥5μα", cmap=cmap)
    codes = [order[char] for char in "≥5μα"]
    assert read(composite(tmp_path / "made.pdf", program, "CIDFontType2", codes))[0] == ["≥5μα"]


def test_private_characters_of_windows_symbol_are_those_of_symbol(tmp_path):
    program, order = true_type("≥", cmap=False)
    path = composite(tmp_path / "made.pdf", program, "CIDFontType2", [order["≥"]], unicode={order["≥"]: "\uf0b3"})
    assert read(path)[0] == ["≥"]


def test_a_font_that_cannot_be_read_costs_its_signs_and_not_the_paper(tmp_path):
    whole = compact_font({"m": "μ"})
    font = Embedded(whole[: len(whole) // 2], {109: "m"})
    lines, reading = read(make_pdf(tmp_path / "made.pdf", [["10 ", (b"m", "F1"), "M"], ["below"]], {"F1": font}))
    assert lines[-1] == "below" and reading.unread_fonts == ["Made"]


def test_a_damaged_page_keeps_no_other_from_being_read(shared_papers):
    """Its page tree goes in a circle behind the first page."""
    with pymupdf.open(shared_papers / "nasty/pdfjs_Pages-tree-refs.pdf") as document:
        with pytest.raises(pymupdf.mupdf.FzErrorFormat, match="cycle"):
            document.get_page_fonts(1)
        assert mend_fonts(document).changed == 0


def test_a_real_article_has_its_minus_signs_again(shared_papers):
    lines, _ = read(shared_papers / "articles/norma_plosone_journal.pone.0115884.pdf")
    assert any("(−1.43346, 120.30800)" in line for line in lines)


def test_a_font_of_formulas_has_no_letters_with_accents(tmp_path):
    """TeX-matha10 has the names of a text's letters: ≥ is an ecaron. What is not told by its outline is unknown."""
    drawn = {"acute": "−", "grave": "+", "breve": "±", "ecaron": "≥", "abreve": "<", "dcaron": "⚘", "Ntilde": "Ñ"}
    codes = dict(enumerate(drawn, 1))
    font = Embedded(compact_font(drawn, "DejaVuSans"), codes, name="ABCDEF+TeX-matha10")
    assert [line[3] for line in say(tmp_path, font, *codes)] == [*"−+±≥<", "\ufffd", "Ñ"]  # it looks like one


@pytest.mark.parametrize(
    ("name", "bold"),
    [
        *(
            ("AdvOT66af078c.B", True),
            ("AdvTT4fa15320.B+fb", True),
            ("AdvTimes-b", True),
            ("HelveticaNeueLTStd-Bd", True),
        ),
        *(("AdvOT66af078c", False), ("Bodoni-Book", False), ("Minion-It", False)),
    ],
)
def test_a_bold_font_is_told_by_its_name(tmp_path, name, bold):
    font = Embedded(compact_font({"a": "a", "x": "x"}), {97: "a", 120: "x"}, name=f"ABCDEF+{name}")
    with pymupdf.open(make_pdf(tmp_path / "made.pdf", [[(b"axaxaxax", "F1")]], {"F1": font})) as document:
        (line,) = read_page(document[0]).lines
    assert (line.text, line.bold) == ("axaxaxax", bold)
