"""What glyphs' names mean: Adobe's list, TeX's names, Linotype's numbers, and places in a layout."""

import re
from collections.abc import Iterable

from fontTools import agl

from further.corpus.parse.encodings import MATHEMATICAL_PI

PLACE = re.compile(r"C(\d{1,3})")
"""A name that gives nothing but the glyph's place in its font: C14 is place 14."""
LINOTYPE = re.compile(r"H(\d{4,5})")
TEX_SIZE = re.compile(r"(?:bigg|Bigg|big|Big|text|display)$")
"""How TeX tells the sizes of one sign apart: parenleftbigg, summationdisplay."""
VARIANT = re.compile(r"(?:oldstyle|fitted|small|inferior|superior|lining|tab|sc)$")
"""Endings of names that tell how a letter or digit is drawn: zerooldstyle."""
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
ODD = re.compile("[\x00-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")
# Parts of large brackets, for which Adobe's list has private characters only: a tall formula in TeX is full of them.
_PARTS = (
    "parenlefttp parenleftex parenleftbt parenrighttp parenrightex parenrightbt bracketlefttp bracketleftex "
    "bracketleftbt bracketrighttp bracketrightex bracketrightbt bracelefttp braceleftmid braceleftbt braceex "
    "bracerighttp bracerightmid bracerightbt arrowvertex arrowhorizex"
)
OTHER_NAMES = {
    **dict(zip(_PARTS.split(), "⎛⎜⎝⎞⎟⎠⎡⎢⎣⎤⎥⎦⎧⎨⎩⎪⎫⎬⎭⏐⎯", strict=True)),
    **{"equals": "=", "lessequalslant": "⩽", "greaterequalslant": "⩾", "lessorequalslant": "⩽", "pm": "±", "mp": "∓"},
    **{"greaterorequalslant": "⩾", "hyphenminus": "-", "negationslash": "\u0338", "dotlessj": "ȷ", "dotlessj1": "ȷ"},
    **{"precedesequal": "⪯", "followsequal": "⪰", "follows": "≻", "lessmuch": "≪", "greatermuch": "≫", "owner": "∋"},
    **{"similarequal": "≃", "asteriskmath": "∗", "bardbl": "‖", "backslashbig": "\\", "latticetop": "⊤", "nabla": "∇"},
    **{"periodcentred": "·", "degrees": "°", "micro": "µ", "rangedash": "–", "punctdash": "—", "endash1": "–"},
    **{"registersans": "®", "registerserif": "®", "copyrightsans": "©", "copyrightserif": "©", "tildewide": "˜"},
    **{"trademarksans": "™", "trademarkserif": "™", "epsilon1": "ϵ", "phi1": "ϕ", "rho1": "ϱ", "sigma1": "ς"},
    **{"union": "∪", "uniontext": "∪", "contintegral": "∮", "coproduct": "∐", "radical": "√", "star": "⋆"},
}
"""Names that Adobe's list does not have, or has with a private character."""
ALPHABET = 14
"""Different small letters that only the font of a text has; a font of Greek has seldom more than ten in one paper."""


def read_name(name: str) -> str:
    """Text that a glyph's name stands for; "" where it says nothing.

    Args:
        name: As in the font or in the PDF's encoding: mu, T_h, uni03BC, H9262, summationdisplay, zerooldstyle.

    Returns:
        One character or more; never a private one, nor the replacement character.

    Source:
        Adobe Glyph List Specification 1.7 (`fontTools.agl`), with the tables of this module for what it leaves out.
    """
    found = OTHER_NAMES.get(name) or agl.toUnicode(name)
    if is_readable(found):
        return found
    number = LINOTYPE.fullmatch(name)
    if number:
        return MATHEMATICAL_PI.get(int(number[1]), "")
    for ending in (TEX_SIZE, VARIANT):
        base = ending.sub("", name)
        if base not in (name, ""):
            return read_name(base)
    return ""


def is_readable(text: str) -> bool:
    """Whether text is more than a private, a control or the replacement character."""
    return bool(text) and not PRIVATE.search(text) and not ODD.search(text)


def has_alphabet(texts: Iterable[str]) -> bool:
    """Whether so many small letters are among some characters that their font can only be that of a text."""
    return len({text for text in texts if len(text) == 1 and "a" <= text <= "z"}) >= ALPHABET


def is_accented(text: str) -> bool:
    """Whether a character is a Latin letter of no formula, such as ě, or an accent by itself."""
    return len(text) == 1 and (text in "`´ˆ˜¨˝ˇ˘¯˙¸˛" or (text.isalpha() and "\u00c0" <= text <= "\u024f"))


def read_place(name: str) -> int | None:
    """The place that a name like C14 gives, None for any other name."""
    place = PLACE.fullmatch(name)
    return int(place[1]) if place else None


def unicode_name(char: str) -> str:
    """Adobe's name of a character, "" if it has none."""
    return str(agl.UV2AGL.get(ord(char), ""))
