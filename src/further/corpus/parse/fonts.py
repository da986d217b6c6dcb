"""Fonts whose characters have no Unicode value, or a wrong one: found by what the file tells, and mended in memory.

A PDF tells what a character code stands for by a table of Unicode values, which may be missing, by the glyph's name,
which may be a private one or a Latin letter's, and by the glyph itself. What is found is written into the open
document as the font's table, so that its text comes out right.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pymupdf
from fontTools.encodings.StandardEncoding import StandardEncoding

from further.corpus.parse.bitmap_fonts import MARK, has_letters, mend_bitmap
from further.corpus.parse.composite_fonts import mend_composite
from further.corpus.parse.encodings import CMMI, CMSY, LATIN_1_SIGNS, PLACE_FONTS, PLACES, SYMBOL
from further.corpus.parse.font_names import ADOBE_SYMBOL, MATH_FONT, SIGN_FONT, TEX_FONT, TEXT_FONT
from further.corpus.parse.glyph_names import has_alphabet, is_accented, is_readable, read_name, read_place
from further.corpus.parse.glyphs import best_layout, layouts_at, read_misnamed, read_unnamed, resembles, seems_named
from further.corpus.parse.programs import Program, TrueType, open_program
from further.corpus.parse.shapes import shape_of
from further.corpus.parse.unicode_maps import plain_name, read_codes, read_encoding, read_map, write_map

log = logging.getLogger(__name__)

MAX_GLYPHS = 48
"""Glyphs up to which a font may be one of signs, so that the outlines of all are looked at."""
MAX_LETTERS = 4
"""Letters that are looked at to tell a font of signs from that of a text."""
RARE = frozenset("ðÞþÐ¼½¾¢£¥€§¶¬ª«»\\^_~#$&@{|}")
"""Characters that are looked at in any font: signs hide under them."""
MAX_RARE = 120
"""Glyphs above which a font is whole and has those characters for what they are."""
MAX_PLACES = 6
"""Glyphs that are looked at to tell which."""
SUITS = "¦♣♦♥♠"
"""What tables give for the bars and other signs of TeX, whose names tell better."""
NUMBERED = re.compile(r"[A-Za-z]{0,2}\d+")
"""Names that are a glyph's number, with or without letters before it."""
STANDARD_PLACES = {name: place for place, name in enumerate(StandardEncoding[:128]) if name not in (".notdef", "space")}


@dataclass
class Font:
    """One simple font of a document: its codes have one byte.

    Attributes:
        name: Its name without the letters of a subset.
        names: Glyph names by code.
        known: Unicode text by code, from its table.
        codes: Codes that it has a glyph for.
        program: The embedded font, None if there is none.
    """

    name: str
    names: dict[int, str]
    known: dict[int, str]
    codes: list[int] = field(default_factory=list)
    program: Program | None = None

    @property
    def is_small(self) -> bool:
        """Whether it has so few glyphs that it may be a font of signs."""
        return len(self.codes) <= MAX_GLYPHS


@dataclass
class Mended:
    """What was found out about a document's fonts.

    Attributes:
        changed: Number of codes that were given another text.
        told: "font: glyph is sign" of those that were told by an outline; a code stands for a glyph without a name.
        unread: Names of the fonts that could not be read.
    """

    changed: int = 0
    told: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def mend_fonts(document: pymupdf.Document, pages: Iterable[int] | None = None) -> Mended:
    """Give the fonts of a document the Unicode values that they lack.

    A font that cannot be read stays as it is; its name is listed.

    Args:
        document: An open PDF, changed in memory.
        pages: Pages, from 0, some of whose characters turned out to have no meaning: their composite fonts are mended.
            None, before any page is read: the simple fonts of all pages are.
    """
    mended = Mended()
    for xref, kind, basefont in _fonts_of(document, range(document.page_count) if pages is None else pages):
        name = plain_name(basefont)
        if (kind == "Type0") == (pages is None):
            continue
        try:
            _mend(document, xref, kind, name, mended)
        except MemoryError:
            raise
        except Exception as error:  # whatever a damaged font leads to: it costs its signs, not the paper
            log.debug("font %s cannot be read: %s", basefont, error)
            mended.unread.append(name)
    if pages is not None:
        pymupdf.TOOLS.store_shrink(100)  # in which the fonts lie as they were
    return mended


def _fonts_of(document: pymupdf.Document, pages: Iterable[int]) -> Iterator[tuple[int, str, str]]:
    """Number, kind and name of each font, those of forms on the pages included; none of a damaged page."""
    seen: set[int] = set()
    for number in pages:
        try:
            fonts = document.get_page_fonts(number, full=True)
        except MemoryError:
            raise
        except Exception as error:
            log.debug("the fonts of page %d cannot be listed: %s", number + 1, error)
            continue
        for xref, _, kind, basefont, *_ in fonts:
            if xref > 0 and xref not in seen:
                seen.add(xref)
                yield xref, kind, basefont


def _mend(document: pymupdf.Document, xref: int, kind: str, name: str, mended: Mended) -> None:
    """Give the codes of one font another text in the document, and note it."""
    if kind in ("Type0", "Type3"):
        symbol = bool(ADOBE_SYMBOL.search(name))
        made = mend_bitmap(document, xref) if kind == "Type3" else mend_composite(document, xref, symbol=symbol)
        mended.changed += len(made)
        if kind == "Type0" or not has_letters(made):
            mended.told += [f"{name}: {code:#06x} is {text}" for code, text in made.items()]
    elif kind in ("Type1", "MMType1", "TrueType"):
        _mend_simple(document, xref, name, mended)


def _mend_simple(document: pymupdf.Document, xref: int, name: str, mended: Mended) -> None:
    font = Font(name, read_encoding(document, xref), read_map(document, xref))
    codes = read_codes(document, xref)
    if codes is not None and not _is_suspect(font, codes):
        return
    _, extension, _, program = document.extract_font(xref)
    if program:
        font.program = open_program(extension, program)
        font.names = font.program.encoding() | font.names
    font.codes = sorted(code for code in font.names if _is_used(font, code, codes))
    table, told = read_font(font)
    if table:
        write_map(document, xref, table, digits=2)
    mended.changed += len(table)
    mended.told += [f"{name}: {font.names[code]} is {text}" for code, text in table.items() if code in told]


def _is_used(font: Font, code: int, codes: set[int] | None) -> bool:
    """Whether a code has a glyph, and a width if any has; place 0 has none where widths are counted from 1."""
    if font.program is not None and not font.program.glyph(code, font.names[code]):
        return False
    return codes is None or code in codes or read_place(font.names[code]) is not None


def _is_suspect(font: Font, codes: set[int]) -> bool:
    """Whether a look at a font's glyphs may tell more than its table and its names do."""
    texts = [raw_text(font, code) for code in codes if code in font.names or code in font.known]
    if SIGN_FONT.search(font.name) or not (has_alphabet(texts) or TEXT_FONT.search(font.name)):
        return True
    return any(not is_readable(text) or (text in RARE and len(codes) <= MAX_RARE) for text in texts)


def raw_text(font: Font, code: int) -> str:
    """What MuPDF reads for a code: its table's text, or what the glyph's name is worth to it."""
    if code in font.known:
        return font.known[code]
    found = pymupdf.mupdf.fz_unicode_from_glyph_name(font.names.get(code, ""))
    return chr(found) if 0 < found < 0x110000 else "\ufffd"


def read_font(font: Font) -> tuple[dict[int, str], set[int]]:
    """What the codes of a font stand for, where that is not what a reader of the file gets.

    Args:
        font: The font with its codes.

    Returns:
        Text by code, and the codes whose text was told by an outline.
    """
    raw = {code: raw_text(font, code) for code in font.codes}
    layout = _find_layout(font)
    named = {code: _by_name(font, code, raw[code], layout) for code in font.codes}
    text = _is_text(font, named)
    seen = {code: found for code, claim in named.items() if (found := _by_outline(font, code, claim, text=text))}
    guessed = {code: MARK for code, claim in named.items() if not claim and _is_misguessed(font, code, raw[code])}
    told = {code: found for code, found in ({**named, **guessed} | seen).items() if found and found != raw[code]}
    return {code: found for code, found in told.items() if is_readable(found) or found == MARK}, set(seen)


def _is_misguessed(font: Font, code: int, raw: str) -> bool:
    """Whether a glyph does not look like the character that MuPDF guesses from the number in its name."""
    if font.program is None or not is_readable(raw):
        return False
    contours = font.program.contours(_glyph(font, code))
    return bool(contours) and not resembles(shape_of(contours), raw)


def _by_name(font: Font, code: int, raw: str, layout: str) -> str:
    """What a font's table or the name of a glyph says that a code stands for; "" if neither says anything."""
    name = font.names[code]
    place = read_place(name)
    if layout in (CMSY, CMMI) and place is None:
        place = STANDARD_PLACES.get(name)
    if layout == CMSY and name in LATIN_1_SIGNS:
        return LATIN_1_SIGNS[name]
    if layout and place is not None and place < len(layout):
        return layout[place]
    if code not in font.known and font.program is not None and NUMBERED.fullmatch(name) and not read_name(name):
        return ""  # for which MuPDF takes the number for a character's code, or for a place in one maker's fonts
    if _is_accent_in_formula(font, raw):
        return ""
    if is_readable(raw) and ("_" not in name or code in font.known) and not (raw in SUITS and read_name(name)):
        misread = font.program is None and ADOBE_SYMBOL.search(font.name) and raw.isascii()
        return SYMBOL.get(code, raw) if misread else raw
    if len(raw) == 1 and 0xF020 <= ord(raw) <= 0xF0FF and ADOBE_SYMBOL.search(font.name):
        return SYMBOL.get(ord(raw) - 0xF000, "")
    return read_name(name)


def _is_accent_in_formula(font: Font, raw: str) -> bool:
    """Whether a character is an accent or a letter with one, of which a small font of formulas has none."""
    return font.is_small and bool(MATH_FONT.search(font.name)) and is_accented(raw)


def _find_layout(font: Font) -> str:
    """TeX's layout of a font whose glyphs are named after places; "" for any other font."""
    places = {code: place for code in font.codes if (place := read_place(font.names[code])) is not None and place < 128}
    if not places:
        return ""
    if font.program is not None:
        shown = [*places.items()][:: max(1, len(places) // MAX_PLACES)]
        outlines = [(place, font.program.contours(_glyph(font, code))) for code, place in shown]
        best = best_layout(outlines, PLACES)
        if best:
            return PLACES[best]
    return PLACES[next(layout for pattern, layout in PLACE_FONTS if re.search(pattern, font.name))]


def _is_text(font: Font, named: dict[int, str]) -> bool:
    """Whether a font is that of a text: by its name, or it has most letters, or its letters look like letters."""
    signs = SIGN_FONT.search(font.name)
    if font.program is None or (not signs and (TEXT_FONT.search(font.name) or has_alphabet(named.values()))):
        return True
    if isinstance(font.program, TrueType):  # whose glyphs are found by their characters, not by names
        return not signs
    letters = [code for code, claim in named.items() if len(claim) == 1 and claim.isascii() and claim.isalpha()]
    checked = letters[:: max(1, len(letters) // MAX_LETTERS)]
    right = sum(seems_named(font.program.contours(_glyph(font, code)), named[code]) for code in checked)
    return 2 * right > len(checked)


def _glyph(font: Font, code: int) -> str:
    assert font.program is not None
    return font.program.glyph(code, font.names[code])


def _by_outline(font: Font, code: int, claim: str, *, text: bool) -> str:
    """What a code's glyph shows, if that is another sign than its name's or if its name says nothing; else ""."""
    known = is_readable(claim)
    if known and TEX_FONT.match(font.name):
        return ""
    rare = claim in RARE and len(font.codes) <= MAX_RARE and not isinstance(font.program, TrueType)
    if font.program is None or len(claim) > 1 or (known and (text or not font.is_small) and not rare):
        return ""
    if known and (claim.isspace() or ord(claim) > 0x2FFF):
        return ""
    contours = font.program.contours(_glyph(font, code))
    width = font.program.width(_glyph(font, code))
    if not known and _is_accent_in_formula(font, raw_text(font, code)):
        found = read_unnamed(contours, shape_of(contours), "", width)
        return "" if found.isascii() and found.isalpha() and found != "o" else found.replace("o", "∘")
    if not known:
        return read_unnamed(contours, shape_of(contours), layouts_at(chr(code)), width)
    hints = layouts_at(claim) + LATIN_1_SIGNS.get(font.names[code], "")
    return read_misnamed(contours, claim, hints, width, text=text)
