"""Composite fonts, whose codes have two bytes and name no glyph: what their program and its outlines tell."""

import re
from collections import Counter
from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase, digits

import pymupdf
from fontTools.cffLib import cffISOAdobeStrings
from fontTools.ttLib.tables._p_o_s_t import standardGlyphOrder

from further.corpus.parse.encodings import SYMBOL
from further.corpus.parse.glyph_names import is_readable, read_name
from further.corpus.parse.glyphs import read_unnamed, resembles
from further.corpus.parse.programs import CompactFont, Program, TrueType, open_program
from further.corpus.parse.shapes import Shape, shape_of
from further.corpus.parse.unicode_maps import read_map, write_map

ORDERS = (cffISOAdobeStrings, standardGlyphOrder)
"""Orders that many fonts have their first glyphs in: Adobe's, and that of the Macintosh."""
MAX_GLYPHS = 300
"""Glyphs of one font that are looked at, at most."""
MIN_RUN = 4
"""Letters or digits whose order is counted on."""
_W = re.compile(r"(\d+)\s*(?:\[([^\]]*)\]|(\d+)\s+[-\d.]+)")


def mend_composite(document: pymupdf.Document, xref: int, *, symbol: bool) -> dict[int, str]:
    """Text of the codes of one composite font that have no readable text; written into the document.

    Args:
        document: The open document.
        xref: The font's number in it.
        symbol: Whether its name is that of a font with the layout of Adobe's Symbol.
    """
    if document.xref_get_key(xref, "Encoding") not in (("name", "/Identity-H"), ("name", "/Identity-V")):
        return {}
    known = read_map(document, xref)
    unread = [code for code in used_codes(document, xref) if not is_readable(known.get(code, ""))]
    table = {code: text for code in unread if (text := _private(known.get(code, ""), symbol=symbol))}
    left = [code for code in unread if code not in table][:MAX_GLYPHS]
    if left:
        _, kind, _, program = document.extract_font(xref)
        if program:
            table |= read_codes(open_program(kind, program), left)
    if table:
        write_map(document, xref, table, digits=4)
    return table


def used_codes(document: pymupdf.Document, xref: int) -> list[int]:
    """Codes to which a composite font gives a width of their own: those that a subset holds."""
    found = re.search(r"(\d+) 0 R", _resolve(document, xref, "DescendantFonts"))
    if found is None:
        return []
    codes: list[int] = []
    for first, widths, last in _W.findall(_resolve(document, int(found[1]), "W")):
        end = int(last) if last else int(first) + len(widths.split()) - 1
        codes += range(int(first), min(end, int(first) + 0xFFFF) + 1)  # a damaged font may claim any range
    return codes


def _resolve(document: pymupdf.Document, xref: int, key: str) -> str:
    """An object's value as text, behind a reference if it is one."""
    kind, value = document.xref_get_key(xref, key)
    if kind == "xref":
        return str(document.xref_object(int(value.split()[0]), compressed=True))
    return "" if kind == "null" else str(value)


def _private(text: str, *, symbol: bool) -> str:
    """The sign that Windows' private characters of Symbol stand for: U+F06D is µ."""
    place = ord(text) - 0xF000 if len(text) == 1 else 0
    return SYMBOL.get(place, "") if symbol and 0x20 <= place <= 0xFF else ""


def read_codes(program: Program, codes: list[int]) -> dict[int, str]:
    """Text by code, as far as the program tells.

    Args:
        program: The embedded font; a code is a glyph's number in it.
        codes: The codes that are asked for.
    """
    order = list(program.glyphs())
    table: dict[int, str] = {}
    if isinstance(program, TrueType):
        chars = program.unicode()
        table = {code: chars[name] for code in codes if 0 < code <= len(order) and (name := order[code - 1]) in chars}
    elif isinstance(program, CompactFont) and not program.is_cid:
        names = {code: order[code - 1] for code in codes if 0 < code <= len(order)}
        table = {code: text for code, name in names.items() if (text := read_name(name))}
    outlines = _glyphs_by_code(program, order, [code for code in codes if code not in table])
    return table | _read_outlines(program, outlines)


def _glyphs_by_code(program: Program, order: list[str], codes: list[int]) -> dict[int, str]:
    """Glyph names of a program by code: in a program with keys the key is the code, else the place is."""
    if isinstance(program, CompactFont) and program.is_cid:
        present = set(order)
        return {code: name for code in codes if (name := f"cid{code:05d}") in present}
    return {code: order[code - 1] for code in codes if 0 < code <= len(order)}


def _read_outlines(program: Program, glyphs: Mapping[int, str]) -> dict[int, str]:
    """Text by code from the outlines, with the order of the glyphs as a guess that an outline confirms."""
    outlines = {code: program.contours(name) for code, name in glyphs.items()}
    shapes = {code: shape_of(contours) for code, contours in outlines.items()}
    guesses = [{code: read_name(names[code]) for code in outlines if code < len(names)} for names in ORDERS]
    right = [sum(resembles(shapes[code], char) for code, char in guess.items()) for guess in guesses]
    guess = guesses[right.index(max(right))] if 2 * max(right) > len(outlines) else {}
    table = {}
    for code, contours in outlines.items():
        char = guess.get(code, "")
        if not (char and resembles(shapes[code], char)):
            char = read_unnamed(contours, shapes[code], "", program.width(glyphs[code]))
        if char:
            table[code] = char
    return table | _follow_alphabet(table, shapes)


def _follow_alphabet(table: Mapping[int, str], shapes: Mapping[int, Shape | None]) -> dict[int, str]:
    """Characters by code that the alphabet's order gives: between k and m stands l, although an I looks like it.

    The order counts where most letters, or digits, of one case are as far from each other as their codes are.
    """
    better: dict[int, str] = {}
    for alphabet in (ascii_uppercase, ascii_lowercase, digits):
        shifts = Counter(ord(char) - code for code, char in table.items() if char in alphabet)
        if not shifts or shifts.most_common(1)[0][1] < max(MIN_RUN, shifts.total() / 2):
            continue
        shift = shifts.most_common(1)[0][0]
        for code, glyph in shapes.items():
            char = chr(max(0, code + shift))
            if char in alphabet and table.get(code) != char and resembles(glyph, char):
                better[code] = char
    return better
