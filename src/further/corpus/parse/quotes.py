"""Block quotes: what people said, or another text says, set in from the body's edges and mostly smaller or slanted."""

from collections.abc import Sequence

from further.corpus.clean.structure import MIN_QUOTED, is_note, is_quoted, is_reference
from further.corpus.parse.blocks import ITEM, Block
from further.corpus.parse.captions import LABEL
from further.corpus.parse.style import Style
from further.corpus.words import is_prose

MIN_INSET = 0.8
"""Font sizes by which a quote stands in from the body's left edge at least."""


def mark_quotes(pages: Sequence[Sequence[Block]], style: Style) -> None:
    """Set the kind of block quotes to "text": what stands in, between paragraphs of the body.

    One at the edge of a column has a paragraph on one side only. It is a quote if it is set as one elsewhere is.

    Args:
        pages: Blocks of each page; those of a kind are left.
        style: How the paper's body is set.
    """
    found = [(block, blocks) for blocks in pages for block in blocks if _may_be_quote(block, style)]
    inset = [(block, *place) for block, blocks in found if (place := _place(block, blocks, style))]
    known = {_setting(block, offset) for block, offset, sides in inset if sides == 2}
    for block, offset, sides in inset:
        if sides and _setting(block, offset) in known:
            block.kind = "text"


def _setting(block: Block, offset: float) -> tuple[str, float, int]:
    return block.font, block.size, round(offset)


def _may_be_quote(block: Block, style: Style) -> bool:
    """Whether a block reads as a quote does and is set no larger than the body, and not in bold."""
    text = block.text
    sized = not block.kind and not block.bold and 0.7 * style.size < block.size < 1.02 * style.size
    if not sized or not is_quoted(text):
        return False
    marked = bool(block.lines[0].raised) and block.lines[0].raised[0][0] == 0
    return not (marked or LABEL.match(text) or ITEM.match(text) or is_note(text) or is_reference(text))


def _place(block: Block, blocks: Sequence[Block], style: Style) -> tuple[float, int] | None:
    """How far a block stands in from the body in its column, points, and on how many sides it has the body."""
    column = [b for b in blocks if min(b.x1, block.x1) - max(b.x0, block.x0) > 5 and b is not block]
    body = [b for b in column if _is_body(b, style) and b.width > 0.75 * style.measure]
    if not body:
        return None
    left, right = min(b.x0 for b in body), max(b.x1 for b in body)
    centered = len(block.lines) == 1 and abs(block.x0 + block.x1 - left - right) < 4  # a heading, which may be asked
    if block.x0 < left + MIN_INSET * style.size or block.x1 > right + 1 or centered:
        return None
    others = [b for b in column if not (b.font == block.font and b.size == block.size and abs(b.x0 - block.x0) < 1)]
    above = max((b for b in others if b.y0 < block.y0), key=lambda b: b.y1, default=None)
    below = min((b for b in others if b.y0 > block.y0), key=lambda b: b.y0, default=None)
    beside = [b for b in (above, below) if b is not None]
    if any(b.kind not in ("", "text") for b in beside):  # below a caption or a table it is a note
        return None
    return block.x0 - left, sum(_is_body(b, style) for b in beside)


def _is_body(block: Block, style: Style) -> bool:
    set_so = style.is_body_size(block.size) and block.share_in(style.fonts) > 0.5 and not block.bold
    return set_so and block.kind in ("", "text") and is_prose(block.text, MIN_QUOTED)
