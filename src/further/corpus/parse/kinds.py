"""What each block is, from its geometry, fonts, structure and place."""

import re
from collections.abc import Sequence

from further.corpus.clean.structure import is_reference
from further.corpus.parse.blocks import ITEM, Block
from further.corpus.parse.captions import extend_captions, is_caption
from further.corpus.parse.headings import is_heading
from further.corpus.parse.style import Style
from further.corpus.parse.tables import mark_tables
from further.corpus.sections import opens_abstract
from further.corpus.words import count_words, prose_share

MIN_STYLE_SHARE = 0.08
"""Share of a paper's characters above which a style that is not the body's may hold sections of it."""

# The last line of a trial's abstract (CONSORT, item 1b) is as short as a heading and ends in a number.
REGISTRATION = re.compile(
    r"(?:(?:clinical )?trials?|study|protocol|review|prospero) (?:registry|registration|identifier)\b"
    r"[^:.]{0,20}[:.] \S",
    re.IGNORECASE,
)


def mark_kinds(pages: Sequence[Sequence[Block]], style: Style, heights: Sequence[float]) -> None:
    """Set the kind of every block of a paper.

    Args:
        pages: Blocks of each page in reading order; kinds already set are left.
        style: How the paper's body is set.
        heights: Heights of the pages, points.
    """
    above: Block | None = None
    for blocks, height in zip(pages, heights, strict=True):
        for block in blocks:
            if not block.kind and is_caption(block, style, above):
                block.kind = "caption"
            above = above if block.kind else block
        extend_captions(blocks, style)
        mark_tables(blocks, style)
        _mark_footnotes(blocks, style, height)
    _mark_title([block for blocks in pages[:2] for block in blocks], style)
    for blocks in pages:
        for block, below in zip(blocks, [*blocks[1:], None], strict=False):
            if not block.kind:
                block.kind = _kind_by_style(block, below, style)


def _mark_footnotes(blocks: Sequence[Block], style: Style, height: float) -> None:
    """Small print at the foot of a page or column, with nothing of the body below it, that carries on none above it."""
    flow: list[Block] = []  # sections in small type, and abstracts
    for block in sorted((b for b in blocks if not b.kind), key=lambda b: b.y0):
        if any(_carries_on(block, above) for above in flow) or _is_abstract(block):
            flow.append(block)
        elif block.size <= 0.93 * style.size and block.y0 >= 0.5 * height and _is_last(block, blocks, style):
            block.kind = "footnote"
        elif prose_share(block.text) > 0.25 and count_words(block.text) >= 20:
            flow.append(block)


def _is_last(block: Block, blocks: Sequence[Block], style: Style) -> bool:
    """Whether only small print stands below a block."""
    below = [b for b in blocks if b.y0 > block.y0 and min(b.x1, block.x1) - max(b.x0, block.x0) > 5]
    return all(b.size <= 0.93 * style.size and b.kind in ("", "footnote") for b in below)


def _carries_on(block: Block, above: Block) -> bool:
    """Whether a block stands right below another that is set alike, or that is the heading of an abstract."""
    alike = (block.font == above.font and abs(block.size - above.size) < 0.15) or _is_abstract(above)
    overlap = min(block.x1, above.x1) - max(block.x0, above.x0)
    return alike and overlap > 5 and -3 < block.y0 - above.y1 < 2.5 * block.size


def _is_abstract(block: Block) -> bool:
    """Whether a block is an abstract's heading or begins with it."""
    return block.page <= 2 and opens_abstract(block.text, block.lead)


def _mark_title(blocks: Sequence[Block], style: Style) -> None:
    """The largest lettering of the first pages that reads as a title, and what stands next to it set the same."""
    candidates = [b for b in blocks if b.kind in ("", "caption") and (b.bold or b.size > 1.04 * style.size)]
    scores = {id(block): _title_score(block, style) for block in candidates}
    best = max(candidates, key=lambda block: (scores[id(block)], -block.page, -block.y0), default=None)
    if best is None or scores[id(best)] < 0.9:
        return
    best = next((b for b in candidates if _is_below_masthead(b, best, style) and scores[id(b)] >= 1.3), best)
    best.kind = "title"
    for _ in range(len(candidates)):
        parts = [block for block in candidates if block.kind == "title"]
        alike = [
            b for b in candidates if b.page == best.page and abs(b.size - best.size) < 0.03 * best.size and not b.kind
        ]
        near = [b for b in alike if any(max(b.y0 - part.y1, part.y0 - b.y1) < 1.5 * b.size for part in parts)]
        for block in near:
            block.kind = "title"
        if not near:
            break


def _is_below_masthead(block: Block, largest: Block, style: Style) -> bool:
    """Whether the largest lettering is a journal's name, of few words, and a block well below it the title."""
    long = count_words(largest.text) < 9 <= count_words(block.text) and block.size > 0.75 * largest.size
    return long and block.page == largest.page and block.y0 - largest.y1 > 1.5 * style.size


def _title_score(block: Block, style: Style) -> float:
    """Size against the body's, less for few words (a journal's name) and for lists of names."""
    words = count_words(block.text)
    if words < 3 or words > 60 or (words > 8 and block.text.rstrip().endswith(".") and block.size < 1.2 * style.size):
        return 0.0
    score = block.size / style.size * (1.0 if words >= 6 else 0.8 if words >= 5 else 0.7)
    names = block.text.count(",") + block.text.count("·") > 0.25 * words
    if names or re.search(r"\bISSN\b|www\.|https?:|@|\bvol(ume)?\b|\bjournal\b", block.text, re.IGNORECASE):
        score *= 0.4
    return score if block.page == 1 else 0.8 * score


def _kind_by_style(block: Block, below: Block | None, style: Style) -> str:
    words = count_words(block.text)
    if words == 0:
        return "other"
    if block.page <= 2 and REGISTRATION.match(block.text):
        return "text"
    if is_heading(block, below, style):
        return "heading"
    body = style.is_body_size(block.size)
    if block.size < 0.97 * style.size and block.page > 1 and is_reference(block.text):
        return "reference"
    share = prose_share(block.text)
    ended = block.text.rstrip()[-1] in ".:;?!"
    if ITEM.match(block.text) and (body or (share > 0.2 and words >= 8)):
        return "list"
    wide = block.share_in(style.fonts) > 0.5 and block.width > 0.5 * style.measure
    if body and ((share > 0.1 and words >= 4) or words >= (3 if wide else 8) or (words >= 2 and ended)):
        return "text"
    # Prose in another style: an abstract, or a section in small type; never a lone box.
    front = block.page <= 2
    usual = front or style.share_of(block.font, block.size) > MIN_STYLE_SHARE
    if (
        words >= (8 if front and ended else 15)
        and share > (0.15 if front else 0.2)
        and block.size > 0.75 * style.size
        and usual
    ):
        return "text"
    return "other"
