"""Reading order of a page's blocks: columns from left to right, between what spans them."""

from collections.abc import Sequence
from itertools import pairwise

from further.corpus.parse.blocks import Block
from further.corpus.parse.lines import Line
from further.corpus.parse.style import Style

TOLERANCE = 2.0
"""Points by which boxes may overlap and still stand apart."""

MAX_DEPTH = 30
"""Divisions after which a page is read from top to bottom: a newspaper's page needs fewer than ten."""


MIN_WIDE = 0.7
"""Share of the page's text that a block is as wide as that divides it into bands, rather than one of other columns."""
MAX_MARGIN, LEVEL = 0.5, 2.0
"""Share of a text's width that its margin has at most, and points by which baselines differ where two are level."""
MIN_ROWS = 5
"""Steps from a line to one beside it, in another column, that show a page drawn in rows."""


def order_lines(lines: Sequence[Line], style: Style) -> list[Line]:
    """Lines of one page, column by column where the file draws them in rows across its columns.

    Args:
        lines: In drawing order.
        style: How the body is set; short lines beside each other are a table's.

    Returns:
        The same lines.
    """
    wide = [line for line in lines if line.x1 - line.x0 > 0.6 * style.measure]
    rows = sum(
        abs(one.baseline - other.baseline) < 1.5 * style.size and (one.x1 < other.x0 or other.x1 < one.x0)
        for one, other in pairwise(wide)
    )
    if rows < MIN_ROWS or rows < 0.2 * len(wide):
        return list(lines)
    return [line for block in order_blocks([Block([line]) for line in lines]) for line in block.lines]


def order_page(blocks: Sequence[Block], style: Style) -> list[Block]:
    """Blocks of one page in reading order: as the file draws them if that makes sense, else by geometry.

    Files mostly draw articles in reading order, and know what geometry cannot: that references below a column
    are read after the next column. Drawing order makes no sense where it jumps up a column or back to an earlier one.

    Args:
        blocks: Blocks in drawing order.
        style: How the body is set; smaller print says nothing about the order.

    Returns:
        The same blocks, in reading order.
    """
    body = [block for block in blocks if block.size > 0.96 * style.size and len(block.text) > 3]
    if count_jumps(body) == 0:
        return list(blocks)
    return order_blocks(blocks)


def count_jumps(blocks: Sequence[Block]) -> int:
    """How often an order goes up within a column, or to the left without going below what it leaves."""
    jumps = 0
    for above, below in pairwise(blocks):
        overlap = min(above.x1, below.x1) - max(above.x0, below.x0)
        if overlap > 0.3 * min(above.width, below.width):  # in one column
            jumps += below.y1 < above.y0 + TOLERANCE
        elif below.x1 < above.x0 + TOLERANCE:
            jumps += below.y0 < above.y0 - TOLERANCE
    return jumps


def order_blocks(blocks: Sequence[Block], depth: int = 0) -> list[Block]:
    """Blocks of one page in reading order.

    Columns are found by a vertical line that no block, or little of the page's height, crosses. Blocks that do
    cross it (a title, a wide table) divide the page into bands, each read column by column:

        +-------------+
        |      1      |      a full-width block
        +------+------+
        |  2   |  4   |      a band of two columns
        |  3   |  5   |
        +------+------+
        |      6      |
        +-------------+

    Args:
        blocks: Blocks of one page, in any order.
        depth: Number of divisions already made.

    Returns:
        The same blocks, in reading order.
    """
    if len(blocks) < 2:
        return list(blocks)
    gutter = _find_gutter(blocks) if depth < MAX_DEPTH else None
    if gutter is None:
        return sorted(blocks, key=lambda block: (block.y0, block.x0))
    crossing = [block for block in blocks if block.x0 < gutter - TOLERANCE and block.x1 > gutter + TOLERANCE]
    if not crossing:
        left = [block for block in blocks if (block.x0 + block.x1) / 2 < gutter]
        right = [block for block in blocks if (block.x0 + block.x1) / 2 >= gutter]
        if _are_labels(left, right):
            return sorted(blocks, key=lambda block: (round(block.y0), block.x0))
        return [*order_blocks(left, depth + 1), *order_blocks(right, depth + 1)]
    ordered: list[Block] = []
    span = max(block.x1 for block in blocks) - min(block.x0 for block in blocks)
    crossing = [block for block in crossing if block.width > MIN_WIDE * span] or crossing
    rest = [block for block in blocks if block not in crossing]
    for wide in sorted(crossing, key=lambda block: block.y0):
        above = [block for block in rest if (block.y0 + block.y1) / 2 < (wide.y0 + wide.y1) / 2]
        rest = [block for block in rest if block not in above]
        ordered += [*order_blocks(above, depth + 1), wide]
    return [*ordered, *order_blocks(rest, depth + 1)]


def _are_labels(left: Sequence[Block], right: Sequence[Block]) -> bool:
    """Whether all that stands in a margin is level with the first line of a paragraph beside it, as its heading."""
    narrow = max(b.x1 for b in left) - min(b.x0 for b in left) < MAX_MARGIN * max(block.width for block in right)
    feet = [block.lines[0].baseline for block in right]
    return narrow and all(any(abs(b.lines[0].baseline - foot) < LEVEL for foot in feet) for b in left)


def _find_gutter(blocks: Sequence[Block]) -> float | None:
    """Where the fewest points of height cross a vertical line; None if the blocks stand in one column."""
    x0, x1 = min(block.x0 for block in blocks), max(block.x1 for block in blocks)
    best: tuple[float, float] | None = None
    for edge in sorted({block.x1 for block in blocks}):
        x = edge + TOLERANCE / 2
        if not x0 + 0.1 * (x1 - x0) < x < x1 - 0.1 * (x1 - x0):
            continue
        crossed = sum(b.y1 - b.y0 for b in blocks if b.x0 < x - TOLERANCE and b.x1 > x + TOLERANCE)
        left = sum(b.y1 - b.y0 for b in blocks if b.x1 <= x + TOLERANCE)
        right = sum(b.y1 - b.y0 for b in blocks if b.x0 >= x - TOLERANCE)
        if crossed < 3 * min(left, right) and (best is None or crossed < best[0]):
            best = crossed, x
    return best[1] if best else None
