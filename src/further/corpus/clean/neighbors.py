"""Parts of other articles on a paper's first and last page: publishers cut an issue at its pages."""

from collections.abc import Sequence

from further.corpus.clean.pieces import Piece
from further.corpus.clean.structure import is_reference
from further.corpus.sections import Sections, is_section, plain_heading
from further.corpus.words import count_words

MIN_ENTRIES = 3
"""References before the title, or before a heading set as the title, that end another article."""
MIN_TITLE = 4
"""Words of a title that need no other sign."""


def drop_neighbors(pieces: Sequence[Piece], names: Sections) -> None:
    """Drop what ends in references above the title, and what begins with another title behind the references.

    Args:
        pieces: Blocks in reading order.
        names: Names of sections in the paper's language.
    """
    start = next((i for i, piece in enumerate(pieces) if piece.kind == "title"), None)
    if start is None:
        return
    title, last = pieces[start], max(piece.page for piece in pieces)
    if _has_entries(pieces[:start]) and 2 * start < len(pieces):
        _drop(pieces[:start], "front matter")
    for index, piece in enumerate(pieces[start:], start):
        large = piece.kind == "heading" and piece.is_like(title) and count_words(piece.text) >= MIN_TITLE
        named = is_section(names.appendix, piece.text) or plain_heading(piece.text).lower().startswith("supplement")
        if large and not named and title.page < piece.page == last and _has_entries(pieces[start:index]):
            _drop(pieces[index:], "back matter")
            return


def _has_entries(pieces: Sequence[Piece]) -> bool:
    return sum(piece.kind == "reference" or is_reference(piece.text) for piece in pieces) >= MIN_ENTRIES


def _drop(pieces: Sequence[Piece], reason: str) -> None:
    for piece in pieces:
        piece.reason = piece.reason or reason
