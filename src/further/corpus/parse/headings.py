"""Headings, by how they are set apart."""

import re

from further.corpus.parse.blocks import Block
from further.corpus.parse.style import Style
from further.corpus.sections import plain_heading
from further.corpus.words import SPACELESS, count_words

MAX_HEADING_WORDS = 25
_NAMED = re.compile(rf"\S{{3}}|{SPACELESS.pattern}{{2}}")
"""What a heading holds: three characters together, or two of Chinese."""


def is_heading(block: Block, below: Block | None, style: Style) -> bool:
    """Whether a block is a section's heading: few words, set apart by weight, size, font or capitals."""
    text = block.text.strip()
    words = count_words(text)
    if (
        not 1 <= words <= MAX_HEADING_WORDS
        or len(block.lines) > 4
        or block.size < (0.75 if block.bold else 0.88) * style.size
    ):
        return False
    if text[-1] in ",;-‐\u00ad" or text[0].islower() or not _NAMED.search(plain_heading(text)):
        return False
    if below is not None and below.y0 < block.y0 - 5 and below.x0 < block.x1:
        return False
    slanted = block.lines[0].lead >= 0.5 * len(block.lines[0].text)
    capitals = text.isupper()
    larger = block.size > 1.04 * style.size
    numbered = bool(re.match(r"\d{1,2}(\.\d{1,2}){0,3}\.?\s+[A-Z]", text)) and words <= 12 and text[-1] != "."
    return block.bold or larger or capitals or slanted or numbered or (block.font not in style.fonts and words <= 12)
