"""Pages of a PDF as lines, as PyMuPDF finds them: upright, visible, with fonts, superscripts and baselines."""

import math
import re
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pymupdf

from further.corpus.parse.fragments import join_fragments
from further.corpus.parse.lines import ITEM_MARK, Line, Page, find_line_numbers
from further.corpus.parse.spaces import restore_spaces
from further.corpus.words import CACHE

SUPERSCRIPT, ITALIC, BOLD = 1, 2, 16
"""Bits of a span's flags in PyMuPDF."""
BOLD_NAME = re.compile(r"(?i:bold|black|heavy|demi)|[-.](?:Bd|[Bb])(?![a-z])")
"""Names of bold fonts, whose flags do not always say so: Helvetica-Bd, and Arbortext's AdvOT66af078c.B."""
RAISED_SIZE, MIN_RISE = 0.85, 0.15
"""Of the size of most letters: how large a superscript is at most, and how far it stands above them at least."""
SAME_LEVEL = 0.1
"""Points by which the feet of letters of one line may differ by rounding."""
MIN_SIZE = 0.1
"""Points; a file may hide marks in letters of a hundredth of a point."""
MAX_SHIFT, MIN_TWICE = 0.1, 5
"""Font sizes by which letters drawn twice differ at most, and characters by which a line is compared with another."""
# Images are not read. Unmapped glyphs stay U+FFFD: with TEXT_CID_FOR_UNKNOWN_UNICODE they would become wrong letters.
TEXT_FLAGS = pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_IMAGES & ~pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE


def read_page(page: pymupdf.Page) -> Page:
    """Lines of one page in drawing order, upright; lines that run another way apart.

    If most of its characters run in one other direction, the page is turned. Invisible text is left out unless there is
    no other.
    """
    pymupdf.TOOLS.unset_quad_corrections(True)  # boxes as fonts claim them, whether or not pymupdf4llm is loaded
    text = page.get_textpage(flags=TEXT_FLAGS)
    found = page.get_text("dict", textpage=text)
    if _is_drawn_twice(found):  # then MuPDF takes seven times as long, and leaves out what makes letters bold
        text = page.get_textpage(flags=TEXT_FLAGS | pymupdf.TEXT_COLLECT_STYLES)
        found = page.get_text("dict", textpage=text)
    _give_sizes(found)
    restore_spaces(found, text)
    hidden = show_hidden(found)
    raw = [(number, line) for number, block in enumerate(found["blocks"]) for line in block.get("lines", ())]
    turn = _main_direction(raw)
    width, height = found["width"], found["height"]
    lines: list[Line] = []
    turned: list[Line] = []
    for number, line in raw:
        made = _make_line(line, page.number + 1, number, turn, (width, height))
        if made is not None:
            (lines if _quarter(line["dir"]) == turn else turned).append(made)
    if turn % 2:
        width, height = height, width
    numbers = find_line_numbers(lines, width)  # they stay by themselves, however near the text stands
    joined = join_fragments(line for line in lines if line not in numbers)
    return Page(page.number + 1, width, height, (*joined, *numbers), tuple(turned), hidden)


def _is_drawn_twice(found: dict[str, Any]) -> bool:
    """Whether a line of a page stands on another that begins alike: some programs make letters bold so."""
    lines = [line["spans"][0] for block in found["blocks"] for line in block.get("lines", ())]
    lines.sort(key=lambda span: (round(span["origin"][1]), span["origin"][0]))
    return any(
        math.dist(one["origin"], other["origin"]) < MAX_SHIFT * one["size"]
        and len(one["text"].strip()) > 1
        and one["text"][:MIN_TWICE] == other["text"][:MIN_TWICE]
        for one, other in pairwise(lines)
    )


def _give_sizes(found: dict[str, Any]) -> None:
    """Let no letter be so small that its size rounds to 0: gaps and boxes are measured in font sizes."""
    for block in found["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                span["size"] = max(span["size"], MIN_SIZE)


def show_hidden(found: dict[str, Any]) -> bool:
    """Make a page's invisible text visible if it has no other; whether that was so.

    OCR gives every word its own font size: a line becomes one span of their median.

    Args:
        found: A page's text as PyMuPDF's dictionary; changed in place.
    """
    lines = [line for block in found["blocks"] for line in block.get("lines", ())]
    spans = [span for line in lines for span in line["spans"] if span["text"].strip()]
    if not spans or any(span.get("alpha", 255) > 0 for span in spans):
        return False
    for line in lines:
        words = sorted(span["size"] for span in line["spans"])
        text = "".join(span["text"] for span in line["spans"])
        whole = {"text": text, "size": words[len(words) // 2], "flags": 0, "alpha": 255}
        line["spans"] = [line["spans"][0] | whole]
    return True


def _quarter(direction: tuple[float, float]) -> int:
    """Quarter turns of a writing direction: 0 left to right, 1 downwards, 2 right to left, 3 upwards; -1 slanted."""
    angle = math.degrees(math.atan2(direction[1], direction[0])) % 360
    nearest = round(angle / 90)
    return nearest % 4 if abs(angle - 90 * nearest) < 5 else -1


def _main_direction(raw: list[tuple[int, dict[str, Any]]]) -> int:
    """Quarter turns of the page's text: not 0 only where four fifths of the characters agree on another."""
    count = dict.fromkeys(range(-1, 4), 0)
    for _, line in raw:
        count[_quarter(line["dir"])] += sum(len(span["text"]) for span in line["spans"])
    best = max(range(4), key=count.__getitem__)
    return best if count[best] > 0.8 * sum(count.values()) else 0


def _turn_box(box: tuple[float, float, float, float], turn: int, size: tuple[float, float]) -> tuple[float, ...]:
    """A box on a page of (width, height), turned so that text running in direction `turn` runs left to right."""
    x0, y0, x1, y1 = box
    width, height = size
    if turn == 1:
        return y0, width - x1, y1, width - x0
    if turn == 2:
        return width - x1, height - y1, width - x0, height - y0
    if turn == 3:
        return height - y1, x0, height - y0, x1
    return x0, y0, x1, y1


def _make_line(raw: dict[str, Any], page: int, group: int, turn: int, size: tuple[float, float]) -> Line | None:
    """A line of PyMuPDF's dictionary; None if it holds nothing but spaces or cannot be seen."""
    spans = [span for span in raw["spans"] if span["text"] and span.get("alpha", 255) > 0]
    text = "".join(span["text"] for span in spans)
    if "\u00ad" in text.rstrip()[:-1]:  # where words might have been broken; at the line's end one was
        spans = [span | {"text": span["text"].replace("\u00ad", "")} for span in spans]
        if text.rstrip().endswith("\u00ad"):
            spans[-1]["text"] = spans[-1]["text"].rstrip() + "\u00ad"
        text = "".join(span["text"] for span in spans)
    if not text.strip():
        return None
    feet = [
        _turn_box((*span["origin"], *span["origin"]), turn, size)[1] if turn else span["origin"][1] for span in spans
    ]
    styles, levels = defaultdict[tuple[float, str, bool], float](float), defaultdict[tuple[float, float], float](float)
    most = 2 * min(span["size"] for span in spans)  # one letter of a watermark is no line
    for span, foot in zip(spans, feet, strict=True):
        points = round(span["size"], 1)
        ink = len(span["text"].strip()) * min(points, most) ** 2
        styles[points, span["font"], _is_bold(span["font"], span["flags"])] += ink
        levels[points, round(foot, 1)] += ink
    font_size, font, bold = max(styles, key=styles.__getitem__)
    if len(styles) > 1 and text.isupper():
        font_size = _size_of_capitals(spans, font_size)
    # Most ink, not the longest span: some files set each word as one, and a power may be longer than its number.
    points, foot = max(levels, key=levels.__getitem__)
    x0, y0, x1, y1 = _turn_box(raw["bbox"], turn, size)
    # Some fonts claim three times their height, and their lines would overlap: letters reach no further than this.
    y0, y1 = max(y0, foot - font_size), max(foot, min(y1, foot + 0.3 * font_size))
    raised = _find_raised(spans, feet, foot, points)
    return Line(page, x0, y0, x1, y1, font_size, font, bold, text, raised, group, _measure_lead(spans), foot)


def _size_of_capitals(spans: list[dict[str, Any]], size: float) -> float:
    """Size of a line in capitals: that of its first letter, of which small capitals have about four fifths."""
    first = next((span["size"] for span in spans if any(map(str.isalpha, span["text"]))), size)
    return round(first, 1) if 0.65 < size / first < 0.93 else size


@lru_cache(CACHE)
def _is_bold(font: str, flags: int) -> bool:
    return bool(flags & BOLD) or bool(BOLD_NAME.search(font))


def _find_raised(
    spans: list[dict[str, Any]], feet: list[float], level: float, size: float
) -> tuple[tuple[int, int], ...]:
    """Where superscripts are in a line's text.

    PyMuPDF compares with the first character, which may be a lowered one, as „ is in TeX: nothing at the height of most
    letters is raised, where these are as large as the first. Or it may be raised itself, as in ¹H or in a note's mark.
    """
    raised, position = [], 0
    first = spans[0]["size"]
    lowered = size >= 0.95 * first
    for number, (span, foot) in enumerate(zip(spans, feet, strict=True)):
        end = position + len(span["text"])
        begins = number == 0 and first < RAISED_SIZE * size and level - foot > MIN_RISE * size
        above = span["flags"] & SUPERSCRIPT and not (lowered and abs(foot - level) < SAME_LEVEL)
        if (begins or above) and span["text"].strip():
            raised.append((position, end))
        position = end
    return tuple(raised)


def _measure_lead(spans: list[dict[str, Any]]) -> int:
    """Characters at a line's start that are bold or italic; an item's mark may stand before: "b. **Safety:** It"."""
    lead, styled = 0, False
    for number, span in enumerate(spans):
        own = _is_bold(span["font"], span["flags"]) or bool(span["flags"] & ITALIC)
        if not own and span["text"].strip() and (number > 0 or not ITEM_MARK.fullmatch(span["text"])):
            break
        lead += len(span["text"])
        styled |= own
    return lead if styled else 0
