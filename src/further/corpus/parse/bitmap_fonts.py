"""Bitmap fonts of TeX: their glyphs are named after their codes, which other programs take for names of Zapf Dingbats.

A glyph a101 at code 101 is an e. Of a font with an alphabet all codes are read by TeX's layouts of text. Others, which
may be those of formulas, are read by the layout that their pictures look like; where none fits, only letters, digits
and what all layouts have in common are.
"""

import re
from collections.abc import Iterable
from string import ascii_letters, ascii_lowercase, digits

import pymupdf

from further.corpus.parse.bitmap_shapes import contradicts, find_layout, read_shapes
from further.corpus.parse.encodings import OT1, T1
from further.corpus.parse.glyph_names import is_readable
from further.corpus.parse.unicode_maps import read_encoding, read_map, write_map

NAME = re.compile(r"[a-zA-Z]?0*(\d{1,3})")
COMMON = frozenset(ascii_letters + digits + "()[],.;:/+=-!?&%")
"""Characters that stand at one place in all of TeX's layouts that have them."""
ALPHABET = 14
"""Different small letters that only the font of a text has."""
COMMONEST = frozenset("einot")
"""Letters that few words of any text do without together; formulas have no o."""
MAX_SIGNS = 64
"""Glyphs above which no font is looked at."""
DINGBAT = re.compile("[\u2460-\u24ff\u25a0-\u27bf]")
MARK = "\ufffd"


def mend_bitmap(document: pymupdf.Document, xref: int) -> dict[int, str]:
    """Text of the codes of one Type 3 font, if its names are its codes; written into the open document."""
    known = read_map(document, xref)
    names = {} if tells(known.values()) else read_encoding(document, xref)
    table = read_bitmap(names)
    if table and len(table) <= MAX_SIGNS and not has_letters(names):
        shapes = read_shapes(document, xref, names)
        if layout := find_layout(shapes):
            table = {code: layout[code : code + 1] or MARK for code in names}
        table = {code: MARK if contradicts(shapes.get(code), text) else text for code, text in table.items()}
    if table:
        write_map(document, xref, table, digits=2)
    return table


def tells(texts: Iterable[str]) -> bool:
    """Whether a table of Unicode values is of use: most of it is readable, and no name was taken for a dingbat's."""
    known = list(texts)
    return 2 * sum(is_readable(text) and not DINGBAT.search(text) for text in known) > len(known)


def read_bitmap(names: dict[int, str]) -> dict[int, str]:
    """Text by code of a font whose glyph names by code are its codes; of any other font nothing."""
    numbers = {code: found for code, name in names.items() if (found := NAME.fullmatch(name))}
    if not names or len(numbers) < len(names) or any(int(found[1]) != code for code, found in numbers.items()):
        return {}
    if not has_letters(names):
        return {code: chr(code) if chr(code) in COMMON else MARK for code in names}
    cork = any(16 <= code <= 31 or code >= 128 for code in names) or not any(code < 16 for code in names)
    layout = T1 if cork else OT1
    return {code: layout[code] for code in names if code < len(layout)}


def has_letters(codes: Iterable[int]) -> bool:
    """Whether so many codes are those of small letters that their font is that of a text."""
    letters = {chr(code) for code in codes} & set(ascii_lowercase)
    return len(letters) >= ALPHABET or letters >= COMMONEST
