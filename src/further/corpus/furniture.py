"""Running heads, feet and page numbers: what returns at the same height on several pages."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from further.corpus.lines import Line, Page

MARGIN = 0.12
"""Share of the page's height, at the top and at the bottom, in which running heads are looked for."""
MIN_SHARE = 0.25
"""Share of the pages on which a line must return to be a running head; two pages at least."""
NUMBER = re.compile(r"\W*(?:page|p\.?|seite)?\W*(?:\d{1,6}|[ivxlc]{1,6}|[a-z]?\d{1,6})(?:\s*(?:of|/|\|)\s*\d{1,4})?\W*", re.IGNORECASE)


def find_furniture(pages: Sequence[Page]) -> dict[int, str]:
    """Lines that are page headers or page footers.

    Args:
        pages: All pages of one paper.

    Returns:
        id() of such a line to "page header" or "page footer".
    """
    found: dict[int, str] = {}
    for top in (True, False):
        margin = [(page, line) for page in pages for line in page.lines if _in_margin(page, line, top)]
        sizes = sorted(line.size for page in pages for line in page.lines)
        repeated = _repeated(margin, len(pages))
        edges = _edges(repeated, margin, top)
        for page, line in margin:
            beyond = line.y1 <= edges[page.number] + 1 if top else line.y0 >= edges[page.number] - 1
            large = line.size > 1.5 * sizes[len(sizes) // 2]  # the title may stand as high as running heads
            if id(line) in repeated or (beyond and not large):
                found[id(line)] = "page header" if top else "page footer"
    return found


def _in_margin(page: Page, line: Line, top: bool) -> bool:
    return line.y1 < MARGIN * page.height if top else line.y0 > (1 - MARGIN) * page.height


def _repeated(margin: Iterable[tuple[Page, Line]], num_pages: int) -> set[int]:
    """Lines whose words, numbers aside, return at one height on enough pages; and page numbers."""
    seen: dict[tuple[str, int], dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for page, line in margin:
        key = re.sub(r"[\W_]+", " ", re.sub(r"\d+", "#", line.text.lower())).strip()
        height = round(line.baseline / 4)
        for near in (height, height + 1):  # two overlapping grids: equal heights meet in one of them
            seen[key, near][page.number].append(line)
    needed = max(2, MIN_SHARE * num_pages)
    return {
        id(line)
        for by_page in seen.values()
        if len(by_page) >= needed
        for lines in by_page.values()
        for line in lines
    }


def _edges(repeated: set[int], margin: Iterable[tuple[Page, Line]], top: bool) -> dict[int, float]:
    """Height beyond which everything is furniture, page by page.

    The running heads of the other pages say how far the band reaches; so a head that stands on one page alone,
    as the first page's often does, goes with them. Large lettering is left: it may be the title.
    """
    margin = list(margin)
    heads = [line for _, line in margin if id(line) in repeated]
    limit = 0.0 if top else float("inf")
    if heads:
        reach = sorted(line.y1 if top else line.y0 for line in heads)
        limit = reach[int(0.8 * (len(reach) - 1))] if top else reach[int(0.2 * (len(reach) - 1))]
    edges = {page.number: limit for page, _ in margin}
    for page, line in margin:
        if NUMBER.fullmatch(line.text.strip()):
            if top and line.y1 < 0.08 * page.height:
                edges[page.number] = max(edges[page.number], line.y1)
            elif not top and line.y0 > 0.92 * page.height:
                edges[page.number] = min(edges[page.number], line.y0)
    return edges
