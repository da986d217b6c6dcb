"""Tables: the cells below a table's caption, and grids of cells without one."""

from collections.abc import Sequence

from further.corpus.parse.blocks import Block
from further.corpus.parse.captions import TABLES, is_label_of
from further.corpus.parse.style import Style
from further.corpus.words import count_words, is_prose, prose_share

MIN_WORDS = 25
"""Words from which prose that is set as the body is no cell, however narrow."""

NARROW = 0.6
"""Of a column's width, up to which several lines are a cell."""
MAX_LABEL = 6
"""Words of the cell that a row of a table begins with."""
SMALL, MIN_CELLS = 0.93, 6
"""Of the body's size, in which most of the cells found are set whose table then holds none of its paragraphs."""
MIN_COLUMN_WORDS = 40
"""Words from which what fills a column as the body does is a paragraph, whatever it says: a list of genes, say."""


def mark_tables(blocks: Sequence[Block], style: Style) -> None:
    """Set the kind "table" on the cells among a page's blocks in reading order; captions are known."""
    for caption in blocks:
        if caption.kind == "caption" and is_label_of(caption.text, TABLES):
            _mark_below(caption, blocks, style)
    for block in blocks:
        if not block.kind and is_cell(block, blocks, style):
            block.kind = "table"


def _mark_below(caption: Block, blocks: Sequence[Block], style: Style) -> None:
    """Everything under a table's caption down to the first paragraph of the body or the next caption.

    A table may be wider than its caption: each cell found, and what stands on a line with one, widens the search.
    """
    cells: list[Block] = []
    while True:
        left, right = min(b.x0 for b in (caption, *cells)), max(b.x1 for b in (caption, *cells))
        below = [b for b in blocks if b.y1 > caption.y1 + 1 and b.x0 < right and b.x1 > left]
        # A cell of prose may stand under the caption, and its row's name beside it.
        ends = (b for b in below if _ends_table(b, caption, below, style) and not _is_named(b, blocks, style))
        floor = min((b.y0 for b in ends), default=float("inf"))
        new = [b for b in below if not b.kind and b.y0 < floor - 1]
        # Where cells are small, what is as large as the body belongs to it: a column beside the table.
        if 2 * sum(b.size < SMALL * style.size for b in cells) > len(cells) > MIN_CELLS:
            new = [b for b in new if b.size < (0.96 if len(b.lines) > 1 else 1.04) * style.size]
        level = [b for b in blocks if not b.kind and b not in new and _is_beside(b, cells)]
        new += [b for b in level if not _is_set_as_body(b, style) and not _heads_paragraph(b, blocks, style)]
        if not new:
            return
        for block in new:
            block.kind = "table"
        cells += new


def _ends_table(block: Block, caption: Block, below: Sequence[Block], style: Style) -> bool:
    """Whether a block under a table's caption is no more of the table: the next caption, or the body."""
    if block.kind == "caption":
        return block.y0 > caption.y1 + 3 * block.size
    if is_label_of(caption.text, ("algorithm",)):  # whose steps may be set as the body, and be sentences
        long = is_body(block, style) and count_words(block.text) >= MIN_COLUMN_WORDS
        return long or (block.y0 > caption.y1 and _stands_apart(block, (caption, *below)))
    return is_body(block, style) or (block.y0 > caption.y1 and _stands_free(block, below, style))


def _is_named(block: Block, blocks: Sequence[Block], style: Style) -> bool:
    """Whether a short block stands before another in its row, both within a column."""
    return any(begins_row(b, block) and block.x1 - b.x0 < 1.1 * style.measure for b in blocks)


def _stands_apart(block: Block, others: Sequence[Block]) -> bool:
    """Whether all above a block is further away than the steps of an algorithm are from each other."""
    return all(block.y0 - other.y1 > 1.2 * block.size for other in others if other.y0 < block.y0 - 1)


def _is_beside(block: Block, cells: Sequence[Block]) -> bool:
    first = block.lines[0].baseline
    return any(abs(first - line.baseline) < 1.5 for cell in cells for line in cell.lines)


def _is_set_as_body(block: Block, style: Style) -> bool:
    return style.is_body_size(block.size) and block.share_in(style.fonts) > 0.5


def _stands_free(block: Block, beside: Sequence[Block], style: Style) -> bool:
    """Whether a block is set as the body, or as a heading of it, with nothing on its lines: no cell of a table."""
    italics = block.lead > MAX_LABEL and is_prose(block.text, MIN_WORDS) and block.width > 0.75 * style.measure
    as_body = _is_set_as_body(block, style) or (italics and style.is_body_size(block.size))  # "**Theorem 1.** *Let*"
    as_heading = block.bold and block.size > 0.96 * style.size
    if not (as_body or as_heading) or count_words(block.text) < (3 if as_body else 1):
        return False
    if len(block.lines) > 1 and block.width < NARROW * style.measure and not as_heading:
        return False  # the first line of a paragraph fills its column
    return not any(b is not block and b.y0 < block.y1 - 2 and b.y1 > block.y0 + 2 for b in beside)


def is_body(block: Block, style: Style) -> bool:
    """Whether a block is surely a paragraph of the body: its size and font, its measure, and prose."""
    if not style.is_body_size(block.size) or block.share_in(style.fonts) < 0.3:
        return False
    words = count_words(block.text)
    if block.width > 0.9 * style.measure and words >= MIN_COLUMN_WORDS and block.share_in(style.fonts) > 0.5:
        return True
    return block.width > 0.75 * style.measure and words >= 8 and prose_share(block.text) > 0.2


def _heads_paragraph(block: Block, blocks: Sequence[Block], style: Style) -> bool:
    """Whether a paragraph of the body stands right below a block, at its left edge: columns may have level headings."""
    below = [b for b in blocks if abs(b.x0 - block.x0) < 0.5 * style.size and b.y1 > block.y1]
    nearest = min(below, key=lambda b: b.y0, default=None)
    return nearest is not None and nearest.y0 - block.y1 < style.leading and is_body(nearest, style)


def is_cell(block: Block, blocks: Sequence[Block], style: Style) -> bool:
    """Whether a narrow block stands on one line with others nearer than a column is wide, as cells do."""
    widest = 0.6 * style.measure
    own_style = not style.is_body_size(block.size) or block.font not in style.fonts
    level = [other for other in blocks if other.y0 < block.y1 + 2 and other.y1 > block.y0 - 2 and other is not block]
    if block.page > 1 and _is_in_row(block, level, own_style, style):
        return not _heads_paragraph(block, blocks, style)
    if block.width > widest:
        return False
    beside = sum(b.width < widest and _share_line(block, b, widest) for b in level)
    if beside < (1 if own_style and block.page > 1 else 2):
        return False
    beside_figure = _is_set_as_body(block, style) and is_prose(block.text, 8)
    if beside_figure and not is_prose(block.text, MIN_WORDS):  # short: as wide as a paragraph near it
        alike = (b for b in blocks if abs(b.x0 - block.x0) < 1 and abs(b.x1 - block.x1) < 1)
        beside_figure = any(is_prose(b.text, MIN_WORDS) for b in alike)
    return not beside_figure and not _heads_paragraph(block, blocks, style)


def _is_in_row(block: Block, level: Sequence[Block], own_style: bool, style: Style) -> bool:
    """Whether a block is a cell of prose: behind a short one or, set in whatever style, before two short ones."""
    if own_style and _is_named(block, level, style):
        return True
    behind = (b for b in level if begins_row(block, b, 60) and b.x1 - block.x0 < 1.1 * style.measure)
    return sum(1 <= count_words(b.text) <= 2 for b in behind) > 1


def begins_row(label: Block, block: Block, words: int = MAX_LABEL) -> bool:
    """Whether a few words stand left of a block, level with its first line, as in the first cell of a table's row."""
    level = label.x1 < block.x0 and abs(label.lines[0].baseline - block.lines[0].baseline) < 1.5
    return level and 1 <= count_words(label.text) <= words


def _share_line(block: Block, other: Block, widest: float) -> bool:
    """Whether lines of two blocks stand beside each other, nearer than a distance: the first may also hold a row."""
    return any(
        abs(mine.baseline - its.baseline) < 1.5 and 0 < max(its.x0 - mine.x1, mine.x0 - its.x1) < widest
        for mine in block.lines
        for its in other.lines
    )
