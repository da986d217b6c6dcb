"""Abstracts in other languages than the article's, which journals print beside its own."""

from collections.abc import Sequence

from further.corpus.clean.front import is_abstract
from further.corpus.clean.language import is_in
from further.corpus.clean.pieces import Piece
from further.corpus.sections import EVERY, Sections
from further.corpus.words import count_words

MIN_WORDS = 12
"""Words from which a block shows its language; the fewer of headings and keywords follow the block below or above."""


def drop_translations(pieces: Sequence[Piece], names: Sections, language: str) -> None:
    """Drop what stands under an abstract's name in another language, up to the next paragraph in the paper's own.

    Args:
        pieces: Blocks in reading order.
        names: Names of sections in the paper's language and in English, whose abstracts stay.
        language: ISO 639 code of the paper's language; "" where it is not known.
    """
    found: list[Piece] = []  # under such a name, not yet known to be in its language
    within = False
    for piece in pieces if language else ():
        if piece.reason:
            continue
        if not within or count_words(piece.text) <= 3:
            own = is_abstract(piece, names)
            within = not own and (within or is_abstract(piece, EVERY))
        if not within:
            found = []
            continue
        found.append(piece)
        if count_words(piece.text) < MIN_WORDS:
            continue
        if is_in(language, piece.text):
            within = False
        else:
            for part in found:
                part.reason = "translation"
        found = []
