"""Lines of a page with their geometry and font, and a manuscript's line numbers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

NUMBER = re.compile(r"\s*\d{1,4}\s*")
ITEM_MARK = re.compile(r"\s*(?:\(?[^\W_]{1,3}[.)]|[•●▪■◦‣–—])\s*")
"""The mark of a list's item, which may be set lighter than the item's label."""
MARGIN = 0.14
"""Share of the page's width, on either side, in which line numbers stand."""
MAX_INDENT = 3
"""Font sizes by which a paragraph's first line may be indented."""
LONG = 40
"""Characters of a line of text, to the left of which line numbers stand too."""
MIN_LINE_NUMBERS = 8
"""Fewest numbers in a margin that are taken for a manuscript's line numbers; half as many if each is a fifth one."""


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
        initial: Whether it begins with a letter several lines high.
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
    initial: bool = False


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


def find_line_numbers(lines: Iterable[Line], width: float) -> list[Line]:
    """Numbers that a manuscript has beside its lines: in a margin of a page, each a little larger than the one above.

    `width` is that of the page, points.
    """
    every = list(lines)
    numbers = sorted((line for line in every if NUMBER.fullmatch(line.text)), key=lambda line: line.baseline)
    edges = sorted(line.x0 for line in every if len(line.text) > LONG) if len(numbers) >= MIN_LINE_NUMBERS // 2 else []
    # A tenth of the lines may stand further out: headings, and the page's head.
    edge = max(MARGIN * width, edges[len(edges) // 10] if edges else 0.0)
    left = [line for line in numbers if line.x1 < edge]
    right = [line for line in numbers if line.x0 > (1 - MARGIN) * width]
    return [line for side in (left, right) if _counts_up([int(one.text) for one in side]) for line in side]


def _counts_up(values: Sequence[int]) -> bool:
    needed = MIN_LINE_NUMBERS // 2 if all(value % 5 == 0 for value in values) else MIN_LINE_NUMBERS
    return len(values) >= needed and all(0 < below - above <= 5 for above, below in pairwise(values))
