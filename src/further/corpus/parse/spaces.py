"""Spaces that a file leaves out, where lines are set so tight that their word gaps are taken for letter gaps, and those
that MuPDF leaves out behind signs and ligatures, however wide the gap: "cutoﬀvalue", "n= 4". And spaces that are none,
between the letters of a heading that is set wide: "R E S U L T S". And hyphens that a font calls soft.
"""

import re
from itertools import islice, pairwise
from statistics import median
from typing import Any

import pymupdf

GLUED = re.compile(r"[^\W\d_]{19,}|[a-z]{2}[.,;][A-Z][a-z]{2}|[^\s/@_]{25,}")
"""What words run together look like: more letters or signs in a row than a word has, or a sentence without a space
before."""
MIN_GAP = 0.09
"""Narrowest word gap, in font sizes. In the tightest lines seen word gaps are .13 and letter gaps at most .03."""
SIGNS = re.compile("[\u2100-\u2bff\ufb00\ufffd\U0001d400-\U0001d7ff](?=\\S)")
"""What MuPDF sets no space behind: signs, letters of formulas, and of the ligatures the one that ends words."""
SIGN_GAP = 0.2
"""Narrowest gap behind them that is a space, in font sizes; TeX's spaces beside relations have .28."""

SOFT = re.compile("\u00ad(?=\\s*\\S)")
"""A soft hyphen that ends no line."""
MIN_HYPHEN = 0.15
"""Room that a hyphen takes, in font sizes. A soft one that is not shown takes none, however wide it is said to be."""

WIDE = re.compile(
    r"\W*(?:[\d.]+\s+)*(?=(?:\w\w+\s+)?(?:\w\s+)+\w)(?:(?:[^\W\d_]{1,3}|[(,;)-])\s+){3,}[^\W\d_]{1,3}[\s.:)]*"
)
"""A line set wide, behind its number; letters that nearly touch, as A and V do, stay together."""
WIDE_WORD = re.compile(r"[^\W\d_](?:\s+[^\W\d_])+\s*")
"""A short word beside it."""
WORD_GAP = 1.4
"""Gap between words of a line set wide, as a multiple of its letters'; those seen have 1.5 and more."""
MAX_LETTER_GAP = 0.7
"""Widest gap between letters of one word, in font sizes; the labels of a figure's panels stand further apart."""
MAX_WORD = 16
"""Letters up to which a line set wide without a wider gap is one word."""


def restore_spaces(found: dict[str, Any], page: pymupdf.TextPage) -> None:
    """Give the lines of a page the spaces that they lack.

    Args:
        found: The page's text as PyMuPDF's dictionary; changed in place.
        page: What it was made from.
    """
    lines = [line for block in found["blocks"] for line in block.get("lines", ())]
    texts = ["".join(span["text"] for span in line["spans"]) for line in lines]
    wide = {_level(line) for line, text in zip(lines, texts, strict=True) if WIDE.fullmatch(text)}
    lacking = {}
    for line, text in zip(lines, texts, strict=True):
        tight, signs = bool(GLUED.search(text)), bool(SIGNS.search(text) or SOFT.search(text))
        spread = _level(line) in wide and bool(WIDE.fullmatch(text) or WIDE_WORD.fullmatch(text))
        if tight or signs or spread:
            lacking[tuple(line["spans"][0]["origin"])] = (line, tight, spread)
    if not lacking:
        return
    shown = False
    # The dictionary of a page with each character's box takes five times as long as a look at the lines in question.
    for block in page.this:
        if block.m_internal.type == pymupdf.mupdf.FZ_STEXT_BLOCK_TEXT:
            for line in block:
                origin = line.m_internal.first_char.origin
                if (origin.x, origin.y) in lacking:
                    raw, tight, spread = lacking[origin.x, origin.y]
                    shown = shown or _shows_soft(line)
                    _close(raw, line) if spread else _space(raw, tight, line)
    for span in (span for line in lines if shown for span in line["spans"]):
        span["text"] = span["text"].replace("\u00ad", "-")


def _shows_soft(chars: pymupdf.mupdf.FzStextLine) -> bool:
    """Whether a soft hyphen within a line takes room: then it is the font's only hyphen."""
    own = [char.m_internal for char in chars]
    return any(
        left.c == ord("\u00ad") and right.origin.x - left.origin.x > MIN_HYPHEN * left.size and right.c != ord(" ")
        for left, right in pairwise(own)
    )


def _level(line: dict[str, Any]) -> tuple[float, float]:
    """Height and font size of a line."""
    return round(line["spans"][0]["origin"][1], 1), round(line["spans"][0]["size"], 1)


def _close(line: dict[str, Any], chars: pymupdf.mupdf.FzStextLine) -> None:
    """Set the words of a line set wide: its spaces go, except in gaps wider than those between letters."""
    quads = [(char.m_internal.quad.ll.x, char.m_internal.quad.lr.x) for char in chars]
    text = "".join(span["text"] for span in line["spans"])
    if len(text) != len(quads):
        return
    boxes = [quad for char, quad in zip(text, quads, strict=True) if not char.isspace()]
    gaps = [after[0] - before[1] for before, after in pairwise(boxes)]
    widest = WORD_GAP * median(gaps)
    alike = len(boxes) > MAX_WORD and max(gaps) <= widest  # several words, but nothing shows where they begin
    if alike or median(gaps) > MAX_LETTER_GAP * line["spans"][0]["size"]:
        return
    spaces = iter(["", *(" " if gap > widest else "" for gap in gaps)])
    for span in line["spans"]:
        span["text"] = "".join(next(spaces) + char for char in span["text"] if not char.isspace())


def _space(line: dict[str, Any], tight: bool, chars: pymupdf.mupdf.FzStextLine) -> None:
    """Set a space in each gap of a line as wide as one between words: within its spans if it is tight, behind signs."""
    quads = ((char.m_internal.quad.ll.x, char.m_internal.quad.lr.x) for char in chars)
    last, end = " ", 0.0
    for span in line["spans"]:
        text = ""
        for char, (left, right) in zip(span["text"], islice(quads, len(span["text"])), strict=False):
            gap = (left - end) / span["size"]
            apart = gap > MIN_GAP if tight and text else gap > SIGN_GAP and SIGNS.match(last + char)
            text += " " + char if apart and last != " " != char else char
            last, end = char, right
        span["text"] = text
