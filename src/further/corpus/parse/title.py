"""An article's title, by its size and its words."""

import re
from collections.abc import Sequence

from further.corpus.parse.blocks import Block
from further.corpus.parse.style import Style
from further.corpus.words import count_words

MIN_SCORE = 0.9
"""Score below which nothing on the first pages is a title."""


def mark_title(blocks: Sequence[Block], style: Style) -> None:
    """Set the kind "title" on the largest lettering of the first pages that reads as one; cells are known."""
    large = [b for b in blocks if b.kind in ("", "caption") and (b.bold or b.size > 1.04 * style.size)]
    scores = {id(block): _title_score(block, style) for block in large}
    best = max(large, key=lambda block: (scores[id(block)], -block.page, -block.y0), default=None)
    if best is None or scores[id(best)] < MIN_SCORE:
        return
    below = (b for b in large if _is_below_masthead(b, best, style) and scores[id(b)] >= 1.3)
    _mark_parts(next(below, best), large)


def _mark_parts(title: Block, blocks: Sequence[Block]) -> None:
    """Mark a title, and what is set the same next to it: its lines may have come apart."""
    title.kind = "title"
    parts = [title]
    for part in parts:  # grows while it is read
        for block in blocks:
            alike = block.page == title.page and abs(block.size - title.size) < 0.03 * title.size
            if not block.kind and alike and max(block.y0 - part.y1, part.y0 - block.y1) < 1.5 * block.size:
                block.kind = "title"
                parts.append(block)


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
