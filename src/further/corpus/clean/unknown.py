"""Characters that no font gives a meaning: marked where a number or a unit may hang on them, and counted."""

import re

SIGN = "[\x00-\x08\x0e-\x1f\x7f\ue000-\uf8ff\ufffd-\uffff\U000f0000-\U0010ffff]|\\(cid:\\d+\\)"
"""Control, private and replacement characters, and how some tools write a glyph without a character."""
UNITS = (
    "[kmcdµμnpf]?(?:M|g|L|l|m|mol|V|A|Hz|Pa|Gy|Sv|Bq|Ci|cal|J|W|Da|bp|b|s|min|h|U|IU|eq|osm)"
    "|[°º]?[CFK]|%|‰|ppm|rpm|d|wk|yr"
)
"""Units of doses, concentrations, times and temperatures."""
AT_NUMBER = re.compile(
    rf"(?<=\d)\s?(?:{SIGN})+|(?:{SIGN})+(?=\s?[-−+]?[.\d])|(?<=[\s(\[])(?:{SIGN})+(?=\s?(?:{UNITS})(?![^\W\d_]))"
)
UNKNOWN = re.compile(SIGN)
BULLET = re.compile(rf"(?m)^([ \t]*)(?:{SIGN})(?=[ \t]+[^\W\d_])")
"""A mark at the beginning of a line and apart from the word behind it: that of a list."""
MARK = "\ufffd"


def mark_unknown(text: str) -> str:
    """Text whose characters without a meaning are U+FFFD beside numbers and units, bullets in lists, else spaces.

    Args:
        text: A block's text as extracted.

    Returns:
        Text of the same length, but for glyphs written as "(cid:12)".
    """
    if not UNKNOWN.search(text):
        return text
    text = BULLET.sub(r"\1•", text)
    marked = {place for found in AT_NUMBER.finditer(text) for place in range(*found.span())}
    return UNKNOWN.sub(lambda found: MARK if found.start() in marked else " ", text)


def count_unknown(text: str) -> tuple[int, int]:
    """How many signs of a block have no meaning, and how many of these stand beside a number or a unit."""
    if not UNKNOWN.search(text):
        return 0, 0
    plain = BULLET.sub(r"\1•", text)
    beside = sum(len(UNKNOWN.findall(found.group())) for found in AT_NUMBER.finditer(plain))
    return len(UNKNOWN.findall(plain)), beside


def unknown_length(text: str) -> int:
    """Characters of a block's text that are signs without a meaning."""
    return sum(map(len, UNKNOWN.findall(BULLET.sub(r"\1•", text)))) if UNKNOWN.search(text) else 0
