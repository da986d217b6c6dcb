"""Paragraphs that go on in the next column or on the next page, by the edges of their lines."""

from collections.abc import Sequence
from itertools import pairwise

from further.corpus.parse.blocks import Block, first_word_width
from further.corpus.parse.lines import MAX_INDENT
from further.corpus.parse.style import Style

FLUSH, INDENTED = 0.3, 0.6
"""Font sizes by which a paragraph's first line stands in at most if it is not indented, and at least if it is."""
MIN_INDENTED = 0.7
"""Share of paragraphs that are indented where a paper indents them, and two at least."""


def mark_carried(blocks: Sequence[Block], style: Style) -> None:
    """Mark blocks that go on with the paragraph of the column before, also where a sentence ends with that column.

    Only where paragraphs are indented do their edges tell: the last line above is full and the first one below is not
    indented. Blocks are in reading order, and their kinds are known.
    """
    flow = [block for block in blocks if block.kind in ("text", "heading", "list")]
    pairs = [(above, below) for above, below in pairwise(flow) if _are_alike(above, below) and len(below.lines) > 1]
    begun = [below for above, below in pairs if below.kind == "text" and -FLUSH < _indent(below) < MAX_INDENT]
    indented = sum(_indent(below) > INDENTED for below in begun)
    plain = sum(_indent(b) <= INDENTED and _stands_under(a, b, style) for a, b in pairs if b in begun)
    if indented < max(2, MIN_INDENTED * (indented + plain)):
        return
    for above, below in pairs:
        apart = below.page != above.page or below.y0 < above.y1 - below.size
        flush = abs(_indent(below)) < FLUSH and not below.lead
        inside = below.kind == "text" or above.text.rstrip().endswith((",", ";"))  # "(5) age; (6) sex", no list's item
        below.carried = apart and flush and inside and _is_full(above, below, flow)


def _are_alike(above: Block, below: Block) -> bool:
    return above.kind == "text" and below.kind != "heading" and abs(above.size - below.size) < 0.06 * below.size


def _stands_under(above: Block, below: Block, style: Style) -> bool:
    near = above.page == below.page and 0 <= below.y0 - above.y1 + 1 < style.leading
    return near and abs(above.x0 - below.x0) < 2 * style.size and style.is_body_size(below.size)


def _indent(block: Block) -> float:
    """How far a block's first line stands in from its others, font sizes."""
    return (block.lines[0].x0 - min(line.x0 for line in block.lines[1:])) / block.size


def _is_full(block: Block, below: Block, flow: Sequence[Block]) -> bool:
    """Whether a block's last line has no room for the first word below, before the right edge of its column."""
    column = [b for b in flow if b.page == block.page and abs(b.x0 - block.x0) < 2 * block.size]
    room = max(b.x1 for b in column) - block.lines[-1].x1
    return room < 0.5 * block.size + first_word_width(below.lines[0])
