"""Spaces that a file leaves out: justified lines set so tight that their word gaps are taken for letter gaps."""

import re
from typing import Any

import pymupdf

GLUED = re.compile(r"[^\W\d_]{19,}|[a-z]{2}[.,;][A-Z][a-z]{2}")
"""What words run together look like: more letters in a row than a word has, or a sentence without a space before."""
MIN_GAP = 0.09
"""Narrowest word gap, in font sizes. In the tightest lines seen word gaps are .13 and letter gaps at most .03."""


def restore_spaces(page: pymupdf.Page, found: dict[str, Any], flags: int) -> dict[str, Any]:
    """The text of a page with the spaces that its glued lines lack.

    Args:
        page: The page.
        found: Its text as PyMuPDF's dictionary.
        flags: The flags it was extracted with.

    Returns:
        `found` itself, unless a line looks glued; then the same with spaces at that line's wider gaps.
    """
    if not any(GLUED.search(_text(line)) for block in found["blocks"] for line in block.get("lines", ())):
        return found
    detailed: dict[str, Any] = page.get_text("rawdict", flags=flags)
    for block in detailed["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                span["text"] = "".join(char["c"] for char in span["chars"])
            if GLUED.search(_text(line)):
                for span in line["spans"]:
                    span["text"] = _spaced(span)
    return detailed


def _text(line: dict[str, Any]) -> str:
    return "".join(span["text"] for span in line["spans"])


def _spaced(span: dict[str, Any]) -> str:
    """A span's characters, with a space in each gap between two of them that is as wide as one between words."""
    text, before = "", None
    for char in span["chars"]:
        apart = before is not None and char["bbox"][0] - before["bbox"][2] > MIN_GAP * span["size"]
        if apart and before is not None and before["c"] != " " != char["c"]:
            text += " "
        text += char["c"]
        before = char
    return text
