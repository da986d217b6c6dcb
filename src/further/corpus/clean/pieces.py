"""Blocks of a paper while it is decided what becomes of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from further.corpus.clean.structure import is_address, is_biography
from further.corpus.words import count_words, is_prose

MIN_PARAGRAPH = 40
"""Words from which prose is surely a paragraph, and no label, note or entry of a list."""
SMALL = 0.93
"""Of the body's size; small print is set no larger."""


@dataclass
class Piece:
    """One block, and what becomes of it.

    Attributes are the columns of BLOCKS, and `reason`: "" while undecided, "kept", or why it is dropped;
    `num_cut`, characters of citations cut out of its text; `opens_section`, whether it is a heading with kept text
    under it; and `row`, the row that it is a part of.
    """

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    font_size: float
    bold: bool
    kind: str
    text: str
    lead: int
    raised: list[int]
    carried: bool = False
    reason: str = ""
    num_cut: int = 0
    opens_section: bool = False
    row: int | None = None

    @property
    def is_text(self) -> bool:
        """Whether it is running text."""
        return self.kind in ("text", "list")

    def is_set(self, size: float) -> bool:
        """Whether it has a font size, but for rounding."""
        return abs(self.font_size - size) < 0.06 * size

    def is_like(self, other: "Piece") -> bool:
        """Whether two headings have one size and weight."""
        return self.bold == other.bold and abs(self.font_size - other.font_size) < 0.3

    def is_small(self, size: float) -> bool:
        """Whether it is small print beside a body of some size."""
        return self.font_size <= SMALL * size

    def is_paragraph(self, size: float) -> bool:
        """Whether it is surely a paragraph of a body set in some size."""
        return self.is_text and self.is_set(size) and is_prose(self.text, MIN_PARAGRAPH)

    def is_article(self) -> bool:
        """Whether it is surely a paragraph of the article, in whatever size: no address, no author's life."""
        prose = self.is_text and is_prose(self.text, MIN_PARAGRAPH)
        return prose and not is_address(self.text) and not is_biography(self.text)


def body_size(pieces: Sequence[Piece]) -> float:
    """Font size of most running text, points."""
    count = Counter[float]()
    for piece in pieces:
        if piece.is_text:
            count[round(2 * piece.font_size) / 2] += len(piece.text)
    return max(count, key=count.__getitem__) if count else 10.0


def count_body_words(piece: Piece, size: float) -> int:
    """Words of a piece if it is a paragraph of the body, else 0."""
    return count_words(piece.text) if piece.is_paragraph(size) else 0
