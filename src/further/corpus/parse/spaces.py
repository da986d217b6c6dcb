"""Spaces that a file leaves out: justified lines set so tight that their word gaps are taken for letter gaps."""

import re
from itertools import islice
from typing import Any

import pymupdf

GLUED = re.compile(r"[^\W\d_]{19,}|[a-z]{2}[.,;][A-Z][a-z]{2}|[^\s/@_]{25,}")
"""What words run together look like: more letters or signs in a row than a word has, or a sentence without a space
before."""
MIN_GAP = 0.09
"""Narrowest word gap, in font sizes. In the tightest lines seen word gaps are .13 and letter gaps at most .03."""


def restore_spaces(found: dict[str, Any], page: pymupdf.TextPage) -> None:
    """Give the glued lines of a page the spaces that they lack.

    Args:
        found: The page's text as PyMuPDF's dictionary; changed in place.
        page: What it was made from.
    """
    lines = [line for block in found["blocks"] for line in block.get("lines", ())]
    texts = ["".join(span["text"] for span in line["spans"]) for line in lines]
    if not GLUED.search("\n".join(texts)):
        return
    looked = zip(lines, texts, strict=True)
    glued = {tuple(line["spans"][0]["origin"]): line for line, text in looked if GLUED.search(text)}
    # The dictionary of a page with each character's box takes five times as long as a look at the lines in question.
    for block in page.this:
        if block.m_internal.type == pymupdf.mupdf.FZ_STEXT_BLOCK_TEXT:
            for line in block:
                origin = line.m_internal.first_char.origin
                if (origin.x, origin.y) in glued:
                    _space(glued[origin.x, origin.y], line)


def _space(line: dict[str, Any], chars: pymupdf.mupdf.FzStextLine) -> None:
    """Set a space in each gap of a line's spans that is as wide as one between words."""
    quads = ((char.m_internal.quad.ll.x, char.m_internal.quad.lr.x) for char in chars)
    for span in line["spans"]:
        text, end = "", None
        for char, (left, right) in zip(span["text"], islice(quads, len(span["text"])), strict=False):
            apart = end is not None and left - end > MIN_GAP * span["size"]
            text += " " + char if apart and text[-1] != " " != char else char
            end = right
        span["text"] = text
