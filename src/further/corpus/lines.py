"""Lines of a page with their geometry and font, as PyMuPDF finds them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from typing import Any

import pymupdf

from further.corpus.spaces import restore_spaces

SUPERSCRIPT, ITALIC, BOLD = 1, 2, 16
"""Bits of a span's flags in PyMuPDF."""
# Images are not read. Unmapped glyphs stay U+FFFD: with TEXT_CID_FOR_UNKNOWN_UNICODE they would become wrong letters.
TEXT_FLAGS = pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_IMAGES & ~pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, or a part of it between wide gaps.

    Attributes:
        page: Page number, from 1.
        x0: Left edge in points from the page's left; y0, x1, y1 accordingly, y downwards.
        size: Font size of most characters, points.
        font: Font of most characters.
        bold: Whether most characters are bold.
        text: Characters as extracted.
        raised: (start, end) of superscripts in `text`.
        group: Number of PyMuPDF's block on the page.
        lead: Characters of `text` at its start that are bold or italic.
        baseline: Height of the letters' feet, points from the top.
    """

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    font: str
    bold: bool
    text: str
    raised: tuple[tuple[int, int], ...] = ()
    group: int = 0
    lead: int = 0
    baseline: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of one page.

    Attributes:
        number: From 1.
        width: Points; height accordingly.
        lines: In the order in which the file draws them.
        turned: Lines that do not run as the page does, such as a note along its edge.
        hidden: Whether all of its text is invisible, as that of a scanned page is.
    """

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    turned: tuple[Line, ...]
    hidden: bool = False


def read_page(page: pymupdf.Page) -> Page:
    """Lines of one page, upright; lines that run another way apart.

    Args:
        page: The page.

    Returns:
        Its lines in drawing order. If most of its characters run in one other direction, the page is turned.
        Invisible text is left out unless there is no other.
    """
    found = restore_spaces(page, page.get_text("dict", flags=TEXT_FLAGS), TEXT_FLAGS)
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
    return Page(page.number + 1, width, height, tuple(join_fragments(lines)), tuple(turned), hidden)


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
    if not text.strip():
        return None
    main = max(spans, key=lambda span: len(span["text"].strip()))
    weight: dict[tuple[float, str, bool], int] = {}
    for span in spans:
        style = (round(span["size"], 1), span["font"], _is_bold(span))
        weight[style] = weight.get(style, 0) + len(span["text"].strip())
    font_size, font, bold = max(weight, key=weight.__getitem__)
    foot = _turn_box((*main["origin"], *main["origin"]), turn, size)[1]
    x0, y0, x1, y1 = _turn_box(raw["bbox"], turn, size)
    # Some fonts claim three times their height, and their lines would overlap: letters reach no further than this.
    y0, y1 = max(y0, foot - font_size), max(foot, min(y1, foot + 0.3 * font_size))
    raised, lead = _raised_and_lead(spans)
    return Line(page, x0, y0, x1, y1, font_size, font, bold, text, raised, group, lead, foot)


def _is_bold(span: dict[str, Any]) -> bool:
    font = span["font"].lower()
    return bool(span["flags"] & BOLD) or any(word in font for word in ("bold", "black", "heavy", "semibold"))


def _raised_and_lead(spans: list[dict[str, Any]]) -> tuple[tuple[tuple[int, int], ...], int]:
    """Where superscripts are in a line's text, and how many characters at its start are bold or italic."""
    raised, position, lead = [], 0, 0
    for span in spans:
        end = position + len(span["text"])
        blank = not span["text"].strip()
        if span["flags"] & SUPERSCRIPT and not blank:
            raised.append((position, end))
        if lead == position and (blank or _is_bold(span) or span["flags"] & ITALIC):
            lead = end
        position = end
    return tuple(raised), lead


def join_fragments(lines: Iterable[Line]) -> list[Line]:
    """Put together the parts of a line that stretched word spaces, a raised number or another font had split.

    Parts are joined where they follow each other in the file, overlap in height and have a gap under 1.3 font
    sizes: the widest word gap seen in justified columns is 1.1, the narrowest table gutter 1.5. Wider gaps are
    joined in a line that reaches from edge to edge of the line above it, nearer parts also out of sequence.

    Args:
        lines: Lines of one page in drawing order.

    Returns:
        The lines in the same order.
    """
    joined: list[Line] = []
    for line in lines:
        if joined and _continues(joined[-1], line):
            joined[-1] = _join(joined[-1], line)
        else:
            joined.append(line)
    return _join_stretched(_join_scattered(joined))


def _join_scattered(lines: list[Line]) -> list[Line]:
    """Join parts that touch but were drawn apart, such as words in italics drawn after the rest of a paragraph."""
    by_foot: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        by_foot.setdefault(round(line.baseline), []).append(index)
    made: dict[int, Line | None] = dict(enumerate(lines))
    for foot, members in by_foot.items():
        near = sorted([*members, *by_foot.get(foot + 1, ())], key=lambda index: lines[index].x0)
        last = near[0]
        for index in near[1:]:
            left, right = made[last], made[index]
            if left is not None and right is not None and _touch(left, right):
                made[last] = made[index] = None
                last = min(last, index)
                made[last] = _join(left, right)
            else:
                last = index
    return [line for line in made.values() if line is not None]


def _touch(left: Line, right: Line) -> bool:
    """Whether one part ends where the other begins, on one baseline and in one size."""
    alike = abs(left.baseline - right.baseline) <= 1 and 0.85 < right.size / left.size < 1.18
    return alike and -0.2 * left.size < right.x0 - left.x1 < 0.45 * left.size


def _join_stretched(lines: list[Line]) -> list[Line]:
    """Join all parts of a line that, together, reach from edge to edge of the line above it in the same block."""
    joined: list[Line] = []
    index = 0
    while index < len(lines):
        end = index + 1
        while (
            end < len(lines)
            and lines[end].group == lines[index].group
            and abs(lines[end].baseline - lines[index].baseline) < 1
        ):
            end += 1
        parts = lines[index:end]
        above = joined[-1] if joined and joined[-1].group == parts[0].group else None
        if above and len(parts) > 1 and abs(above.x0 - parts[0].x0) < 3 and abs(above.x1 - parts[-1].x1) < 3:
            ordered = all(left.x1 <= right.x0 + 1 for left, right in pairwise(parts))
            parts = [reduce(_join, parts)] if ordered and len(above.text) > 20 else parts
        joined += parts
        index = end
    return joined


def _continues(left: Line, right: Line) -> bool:
    overlap = min(left.y1, right.y1) - max(left.y0, right.y0)
    height = min(left.y1 - left.y0, right.y1 - right.y0)
    size = max(left.size, right.size)
    return overlap > 0.5 * height and -0.3 * size < right.x0 - left.x1 < 1.3 * size and right.size < 2.5 * left.size


def _join(left: Line, right: Line) -> Line:
    space = (
        "" if left.text.endswith(" ") or right.text.startswith(" ") or right.x0 - left.x1 < 0.15 * right.size else " "
    )
    offset = len(left.text) + len(space)
    main = left if len(left.text) >= len(right.text) else right
    return replace(
        main,
        x0=min(left.x0, right.x0),
        y0=min(left.y0, right.y0) if left.size == right.size else main.y0,
        x1=max(left.x1, right.x1),
        y1=max(left.y1, right.y1) if left.size == right.size else main.y1,
        text=left.text + space + right.text,
        raised=(*left.raised, *((start + offset, end + offset) for start, end in right.raised)),
        lead=offset + right.lead if left.lead == len(left.text) else left.lead,
        group=left.group,
    )
