"""Paragraphs that go on in the next column right behind the end of a sentence: the edges of their lines tell."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from further.corpus.parse.blocks import Block
from further.corpus.parse.style import Style

MIN_INDENT, MAX_INDENT = 0.5, 4.0
"""Font sizes by which first lines of paragraphs stand further in than the others."""
MIN_INDENTED, MIN_SHARE = 5, 0.55
"""Paragraphs with an indent, and their share of those right below another, from which a paper indents them."""


def mark_carried(blocks: Sequence[Block], style: Style) -> None:
    """Mark the blocks that carry on a paragraph of the column or page before.

    They begin without an indent in a paper that has indents, and the last line above them is a full one.

    Args:
        blocks: Blocks of a paper in reading order; their kinds are known.
        style: How the paper's body is set.
    """
    pairs = [(above, block) for above, block in pairwise(_skip_floats(blocks, style)) if _are_paragraphs(above, block)]
    below = [block for above, block in pairs if not _has_moved(above, block)]
    indented = sum(MIN_INDENT < _indent(block) / block.size < MAX_INDENT for block in below)
    if indented < max(MIN_INDENTED, MIN_SHARE * len(below)):
        return
    for above, block in pairs:
        block.carried = _has_moved(above, block) and _is_full(above) and _indent(block) < 0.3 * block.size


def _are_paragraphs(above: Block, block: Block) -> bool:
    return above.kind == block.kind == "text" and len(block.lines) > 1


def _has_moved(above: Block, block: Block) -> bool:
    """Whether a block stands in another column than the one before."""
    return block.page != above.page or block.y1 < above.y0


def _skip_floats(blocks: Iterable[Block], style: Style) -> list[Block]:
    flow = (block for block in blocks if block.kind in ("text", "list", "heading", "title", "reference"))
    return [block for block in flow if block.kind != "text" or style.is_body_size(block.size)]


def _indent(block: Block) -> float:
    """How much further in the first line stands than the one that is furthest out below it, points."""
    return block.lines[0].x0 - min(line.x0 for line in block.lines[1:])


def _is_full(block: Block) -> bool:
    """Whether the last of some lines reaches as far as the longest of them."""
    return len(block.lines) > 2 and block.lines[-1].x1 > max(line.x1 for line in block.lines[:-1]) - 0.4 * block.size
