"""What each block is, from its geometry, fonts, structure and place."""

import re
from collections.abc import Sequence

from further.corpus.blocks import ITEM, Block
from further.corpus.style import Style
from further.corpus.tables import mark_tables
from further.corpus.words import count_words, prose_share

LABEL = re.compile(
    r"\s*(?:(?:supplement(?:ary|al)|extended data|online|additional|appendix)\s+)?"
    r"(?P<label>fig(?:ure|s)?s?|table|scheme|chart|box|plate|video|movie|panel|exhibit|algorithm|photo|graph|map)s?\.?\s*"
    r"(?P<number>(?:[a-z]{1,2}[-.]?)?\d{1,3}(?:[.-]\d{1,2})?[a-z]?|[ivxlc]{1,6})\b(?P<mark>\s*[.:|–—-]|\s*\)|\s*$|\s*\n)?\s*(?P<rest>.?)",
    re.IGNORECASE,
)
MAX_HEADING_WORDS = 25
MIN_STYLE_SHARE = 0.08
"""Share of a paper's characters above which a style that is not the body's may hold sections of it."""


def mark_kinds(pages: Sequence[Sequence[Block]], style: Style, heights: Sequence[float]) -> None:
    """Set the kind of every block of a paper.

    Args:
        pages: Blocks of each page in reading order; kinds already set are left.
        style: How the paper's body is set.
        heights: Heights of the pages, points.
    """
    for blocks, height in zip(pages, heights, strict=True):
        for block in blocks:
            if not block.kind and is_caption(block, style):
                block.kind = "caption"
        _extend_captions(blocks, style)
        mark_tables(blocks, style)
        _mark_footnotes(blocks, style, height)
    _mark_title([block for blocks in pages[:2] for block in blocks], style)
    for blocks in pages:
        for block, below in zip(blocks, [*blocks[1:], None], strict=False):
            if not block.kind:
                block.kind = _kind_by_style(block, below, style)


def is_caption(block: Block, style: Style) -> bool:
    """Whether a block begins as a caption does: a label, a number, then a mark, a new line or another style.

    "Figure 2 shows ..." in body style is a sentence; "Figure 2. Survival" and "Figure 2 Survival" are captions.
    """
    match = LABEL.match(block.text)
    if not match or not block.text.lstrip()[0].isupper():
        return False
    if match["mark"] and (match["mark"].strip() != ")" ) and (not match["rest"] or not match["rest"].islower()):
        return True
    body = style.is_body_size(block.size) and block.font in style.fonts and not block.bold
    styled = block.lines[0].lead >= len(match["label"]) or not body
    return styled and not match["rest"].islower()


def _extend_captions(blocks: Sequence[Block], style: Style) -> None:
    """Further parts of a caption: beside or right below a label that stands alone, or set as the caption is."""
    for above in blocks:
        if above.kind != "caption":
            continue
        alone = count_words(above.text) <= 2
        body = style.is_body_size(above.size) and above.font in style.fonts
        for block in blocks:
            if block.kind or abs(block.size - above.size) > 0.3 or (body and not alone) or block.font != above.font and not alone:
                continue
            beside = abs(block.lines[0].baseline - above.lines[0].baseline) < 1.5 and 0 < block.x0 - above.x1 < 3 * above.size
            under = -2 < block.y0 - above.y1 < (1.2 if alone else 0.8) * block.size and _overlap(above, block) > 0
            if (alone and (beside or under)) or (under and not _is_table_label(above)):
                block.kind = "caption"


def _overlap(one: Block, other: Block) -> float:
    return min(one.x1, other.x1) - max(one.x0, other.x0)


def _is_table_label(block: Block) -> bool:
    return block.text.lstrip().lower().startswith("table")


def _mark_footnotes(blocks: Sequence[Block], style: Style, height: float) -> None:
    """Small print at the foot of a page or column, with nothing of the body below it."""
    for block in blocks:
        if block.kind or block.size > 0.93 * style.size or block.y0 < 0.5 * height:
            continue
        below = [b for b in blocks if b.y0 > block.y0 and min(b.x1, block.x1) - max(b.x0, block.x0) > 5]
        if all(b.size <= 0.93 * style.size and b.kind in ("", "footnote") for b in below):
            block.kind = "footnote"


def _mark_title(blocks: Sequence[Block], style: Style) -> None:
    """The largest lettering of the first pages that reads as a title, and what stands next to it set the same."""
    candidates = [b for b in blocks if b.kind in ("", "caption") and (b.bold or b.size > 1.04 * style.size)]
    scores = {id(block): _title_score(block, style) for block in candidates}
    best = max(candidates, key=lambda block: (scores[id(block)], -block.page, -block.y0), default=None)
    if best is None or scores[id(best)] < 0.9:
        return
    for block in candidates:
        same = block.page == best.page and abs(block.size - best.size) < 0.03 * best.size and block.font == best.font
        if same and max(block.y0 - best.y1, best.y0 - block.y1) < 2 * best.size:
            block.kind = "title"


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
    if is_heading(block, below, style):
        return "heading"
    body = style.is_body_size(block.size)
    share = prose_share(block.text)
    ended = block.text.rstrip()[-1] in ".:;?!"
    if ITEM.match(block.text) and (body or (share > 0.2 and words >= 8)):
        return "list"
    if body and ((share > 0.1 and words >= 4) or words >= 8 or (words >= 2 and ended)):
        return "text"
    # Prose in another style: an abstract, or a section in small type; never a lone box.
    usual = block.page <= 2 or style.share_of(block.font, block.size) > MIN_STYLE_SHARE
    if words >= 15 and share > 0.2 and block.size > 0.75 * style.size and usual:
        return "text"
    return "other"


def is_heading(block: Block, below: Block | None, style: Style) -> bool:
    """Whether a block is a section's heading: few words, set apart by weight, size, font or capitals."""
    text = block.text.strip()
    words = count_words(text)
    if not 1 <= words <= MAX_HEADING_WORDS or len(block.lines) > 4 or block.size < (0.75 if block.bold else 0.88) * style.size:
        return False
    if text[-1] in ",;" or text[0].islower() or not any(len(word) > 2 for word in text.split()):
        return False
    if below is not None and below.page == block.page and below.y0 < block.y0 - 5 and below.x0 < block.x1:
        return False
    slanted = block.lines[0].lead >= 0.5 * len(block.lines[0].text)
    capitals = text.upper() == text
    larger = block.size > 1.04 * style.size
    numbered = bool(re.match(r"\d{1,2}(\.\d{1,2}){0,3}\.?\s+[A-Z]", text)) and words <= 12 and text[-1] != "."
    return block.bold or larger or capitals or slanted or numbered or (block.font not in style.fonts and words <= 12)
