"""Running heads, feet and page numbers: what returns at the same height on several pages."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from further.corpus.parse.captions import TABLES, is_label_of
from further.corpus.parse.lines import NUMBER as LINE_NUMBER
from further.corpus.parse.lines import Line, Page, find_line_numbers
from further.corpus.words import count_function_words

MARGIN, WIDEST_MARGIN = 0.12, 0.145
"""Share of the page's height, at the top and at the bottom, in which running heads are looked for; the wider
the same for what stands apart from the body."""
MIN_SHARE = 0.25
"""Share of the pages on which a line must return to be a running head; two pages at least."""
MAX_NEEDED = 5
"""Pages on which a line must return at most: a thesis has the names of its chapters in its heads."""
NUMBER = re.compile(
    r"\W*(?:page|p\.?|seite)?\W*(?:\d{1,6}|[ivxlc]{1,6}|[a-z]?\d{1,6})(?:\s*(?:of|/|\|)\s*\d{1,4})?\W*", re.IGNORECASE
)

NAMES = re.compile(r"\b(?:[A-Z]\.|et al\b)")
"""Initials, and what stands for other names: none of them is a function word."""
MIN_APART = 2.5
"""Font sizes between the baselines of a running head and of the body."""


def find_furniture(pages: Sequence[Page]) -> dict[int, str]:
    """The page headers and page footers of a paper: id() of each such line to its kind."""
    # First: a page's number 1 beside its first line would show that line to stand as high as running heads.
    found = {id(line): "page header" for line in _find_line_numbers(pages)}
    pages = [replace(page, lines=tuple(line for line in page.lines if id(line) not in found)) for page in pages]
    sizes = sorted(line.size for page in pages for line in page.lines)
    usual = sizes[len(sizes) // 2] if sizes else 0.0
    for top in (True, False):
        edges = [(page, _find_table(page) if top else math.inf) for page in pages]
        near = ((page, line) for page, edge in edges for line in page.lines if line.y0 < edge)
        margin = [(page, line) for page, line in near if _in_margin(page, line, top, usual)]
        repeated = _repeated(margin, len(pages)) | _level(pages, top, usual)
        numbered = {(line.page, round(line.baseline)) for page, line in margin if _is_page_number(page, line, top)}
        limit = _band_limit([line for _, line in margin if id(line) in repeated and not _is_text(line, usual)], top)
        for page, line in margin:
            beyond = line.y1 <= limit + 1 if top else line.y0 >= limit - 1
            # What stands beside a page number is no body, though a chapter's name may return on few pages.
            beside = (line.page, round(line.baseline)) in numbered
            alone = ((beyond or beside) and not _is_text(line, usual)) or _is_page_number(page, line, top)
            if id(line) in repeated or (alone and not _runs_on(line, page, usual)):
                found[id(line)] = "page header" if top else "page footer"
    return found


def _find_line_numbers(pages: Sequence[Page]) -> list[Line]:
    """A manuscript's line numbers, also on pages with too few to count: at the edge where other pages have them."""
    found = [(page, find_line_numbers(page.lines, page.width)) for page in pages]
    edges = {round(line.x1) for _, lines in found for line in lines}
    if not edges:
        return []
    few = [page for page, lines in found if not lines]
    more = [
        line
        for page in few
        for line in page.lines
        if LINE_NUMBER.fullmatch(line.text) and edges & {round(line.x1) + step for step in (-1, 0, 1)}
    ]
    return [line for _, lines in found for line in lines] + more


def _find_table(page: Page) -> float:
    """Height of a page's first label of a table: label and head return on the pages that the table goes on over."""
    return min((line.y0 for line in page.lines if is_label_of(line.text, TABLES)), default=math.inf)


def _is_text(line: Line, usual: float) -> bool:
    """Whether a line as far out as running heads may be the title, which is large, or the body's first or last.

    A bold line behind the first page may be a heading: running heads there are known by returning. One in capitals
    that is not bold may not.
    """
    if line.page > 1 and line.text.isupper() and not line.bold and line.size < 1.1 * usual:
        return False
    if line.size > 1.5 * usual or (line.bold and line.page > 1 and line.size > 0.96 * usual):
        return True
    return line.size > 0.96 * usual and count_function_words(NAMES.sub("", line.text)) >= 2


def _runs_on(line: Line, page: Page, usual: float) -> bool:
    """Whether the body goes on right below or above a line of its size: a page may have no running head."""
    if not 0.96 * usual < line.size < 1.04 * usual:
        return False
    near = (other for other in page.lines if 0.8 * usual < abs(other.baseline - line.baseline) < 1.5 * usual)
    width = line.x1 - line.x0
    return any(
        abs(other.size - line.size) < 0.3 and abs(other.x0 - line.x0) < usual and other.x1 - other.x0 > 0.6 * width
        for other in near
    )


def _is_page_number(page: Page, line: Line, top: bool) -> bool:
    outer = line.y1 < 0.08 * page.height if top else line.y0 > 0.92 * page.height
    return outer and bool(NUMBER.fullmatch(line.text.strip()))


def _in_margin(page: Page, line: Line, top: bool, usual: float) -> bool:
    reach = line.y1 if top else page.height - line.y0
    return reach < MARGIN * page.height or (reach < WIDEST_MARGIN * page.height and not _runs_on(line, page, usual))


def _repeated(margin: Iterable[tuple[Page, Line]], num_pages: int) -> set[int]:
    """Lines whose words, numbers aside, return at one height on enough pages; and page numbers."""
    seen: dict[tuple[str, int], dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for page, line in margin:
        key = re.sub(r"[\W_]+", " ", re.sub(r"\d+", "#", line.text.lower())).strip()
        if not key:  # a rule made of dots
            continue
        height = round(line.baseline / 4)
        for near in (height, height + 1):  # two overlapping grids: equal heights meet in one of them
            seen[key, near][page.number].append(line)
    needed = _num_needed(num_pages)
    return {
        id(line) for by_page in seen.values() if len(by_page) >= needed for lines in by_page.values() for line in lines
    }


def _level(pages: Sequence[Page], top: bool, usual: float) -> set[int]:
    """Lines that stand alone at one height on enough pages, well apart from the body: names of a thesis' chapters."""
    seen: dict[int, dict[int, list[int]]] = defaultdict(dict)
    for page in pages:
        own = sorted(page.lines, key=lambda line: line.baseline if top else -line.baseline)
        first = [line for line in own if abs(line.baseline - own[0].baseline) < 1]
        beyond = next((line for line in own if line not in first), None)
        apart = beyond is not None and abs(beyond.baseline - first[0].baseline) > MIN_APART * usual
        alone = apart and not any(_is_text(line, usual) for line in first) and _in_margin(page, first[0], top, usual)
        for near in (0, 1) if alone else ():
            seen[round(first[0].baseline / 4) + near][page.number] = list(map(id, first))
    levels = (by_page for by_page in seen.values() if len(by_page) >= _num_needed(len(pages)))
    return {line for by_page in levels for lines in by_page.values() for line in lines}


def _num_needed(num_pages: int) -> float:
    return min(max(2, MIN_SHARE * num_pages), MAX_NEEDED)


def _band_limit(heads: Sequence[Line], top: bool) -> float:
    """Height beyond which all is furniture: how far in four fifths of the pages' outermost running heads reach.

    So a head that stands on one page alone, as the first page's often does, goes with the others. Labels of figures
    that return further in say nothing about it.
    """
    outermost: dict[int, float] = {}
    for line in heads:
        edge = line.y1 if top else -line.y0
        outermost[line.page] = min(edge, outermost.get(line.page, edge))
    if not outermost:
        return float("-inf") if top else float("inf")
    reach = sorted(outermost.values())
    limit = reach[int(0.8 * (len(reach) - 1))]
    return limit if top else -limit
