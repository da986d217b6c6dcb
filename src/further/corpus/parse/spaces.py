"""Spaces that a file leaves out, where lines are set so tight that their word gaps are taken for letter gaps, and those
that MuPDF leaves out behind signs and ligatures, however wide the gap: "cutoﬀvalue", "n= 4".
"""

import re
from itertools import islice
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


def restore_spaces(found: dict[str, Any], page: pymupdf.TextPage) -> None:
    """Give the lines of a page the spaces that they lack.

    Args:
        found: The page's text as PyMuPDF's dictionary; changed in place.
        page: What it was made from.
    """
    lines = [line for block in found["blocks"] for line in block.get("lines", ())]
    texts = ["".join(span["text"] for span in line["spans"]) for line in lines]
    looked = [
        (line, bool(GLUED.search(text)), bool(SIGNS.search(text))) for line, text in zip(lines, texts, strict=True)
    ]
    lacking = {tuple(line["spans"][0]["origin"]): (line, tight) for line, tight, signs in looked if tight or signs}
    if not lacking:
        return
    # The dictionary of a page with each character's box takes five times as long as a look at the lines in question.
    for block in page.this:
        if block.m_internal.type == pymupdf.mupdf.FZ_STEXT_BLOCK_TEXT:
            for line in block:
                origin = line.m_internal.first_char.origin
                if (origin.x, origin.y) in lacking:
                    _space(*lacking[origin.x, origin.y], line)


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
