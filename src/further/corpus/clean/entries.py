"""Lists of references without a heading, by the numbers of their entries."""

import re
from collections.abc import Sequence

from further.corpus.clean.paragraphs import continues
from further.corpus.clean.pieces import Piece
from further.corpus.clean.structure import is_reference
from further.corpus.words import count_words

ENTRY = re.compile(r"\s*(?:\[(\d{1,3})\]|(\d{1,3})[.)]?\s)")
"""The number that an entry of a list begins with."""
MIN_ENTRIES, MAX_SKIPPED = 4, 15
"""Entries that make a list, and those that may stand in one block with the entry before them."""


def find_entries(pieces: Sequence[Piece]) -> set[int]:
    """The id() of entries of lists of references without a heading: numbered from 1, a third of them surely references.

    Args:
        pieces: Blocks in reading order.
    """
    found: set[int] = set()
    run: list[Piece] = []
    last = 0
    for piece in pieces:
        number = _entry_number(piece)
        if number == 1 or (run and number and 0 < number - last <= MAX_SKIPPED):
            found |= _as_list(run) if number == 1 else set()
            run, last = ([] if number == 1 else run) + [piece], number
        elif run and (piece.is_article() or not (is_reference(piece.text) or continues(run[-1], piece))):
            found |= _as_list(run)
            run = []
        elif run:
            run.append(piece)
    return found | _as_list(run)


def _entry_number(piece: Piece) -> int:
    """The number that a block of at least four words begins with, 0 for none."""
    found = ENTRY.match(piece.text) if count_words(piece.text) >= 4 else None
    return int(found[1] or found[2]) if found else 0


def _as_list(run: Sequence[Piece]) -> set[int]:
    """The id() of the blocks of a run that is a list of references."""
    sure = sum(is_reference(piece.text) for piece in run)
    entries = sum(_entry_number(piece) > 0 for piece in run)
    return {id(piece) for piece in run} if entries >= MIN_ENTRIES and 3 * sure >= len(run) else set()
