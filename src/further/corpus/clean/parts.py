"""Parts of an article that the configuration leaves out, each from its heading to the next part's."""

from collections.abc import Collection, Sequence

from further.corpus.clean.front import is_abstract
from further.corpus.clean.pieces import Piece
from further.corpus.schemas import KEPT
from further.corpus.sections import PARTS, Sections, is_section

NAMES = ("abstract", *PARTS)
"""What may be left out by name; headings that are none of these belong to the part they stand in."""


def drop_parts(pieces: Sequence[Piece], dropped: Collection[str], names: Sections) -> None:
    """Set the reason "section" on kept blocks of some parts; titles stay.

    The headings inside a structured abstract (Methods, Results ...) begin no part: an abstract ends at the
    introduction, or, in an article without that heading, at the next part's. An introduction, which seldom has
    headings of its own, ends at any heading set as its own is: the rest of a review is no part by name.

    Args:
        pieces: Blocks of one paper in reading order, decided.
        dropped: Names out of NAMES.
        names: Names of sections in the paper's language.

    Raises:
        ValueError: If there is no part of a name.
    """
    unknown = sorted(set(dropped) - set(NAMES))
    if unknown:
        raise ValueError(f"corpus.drop_sections: {', '.join(unknown)} is not known; known: {', '.join(NAMES)}")
    named = [_name_part(piece, names) for piece in pieces]
    current, opening = "", None
    for index, piece in enumerate(pieces):
        inside = current == "abstract" and named[index] != "introduction" and "introduction" in named[index:]
        if named[index] and not inside:
            current, opening = named[index], piece
        elif current == "introduction" and piece.kind == "heading" and opening:
            capitals = piece.text.isupper() == opening.text.isupper()
            current = "" if capitals and piece.is_like(opening) else current
        if piece.reason == KEPT and piece.kind != "title" and current in dropped:
            piece.reason = "section"


def _name_part(piece: Piece, names: Sections) -> str:
    """The part that a block begins, "" if none."""
    if piece.reason not in (KEPT, "heading"):
        return "abstract" if piece.kind == "heading" and is_abstract(piece, names) else ""
    if piece.kind != "title" and piece.page <= 2 and is_abstract(piece, names):
        return "abstract"
    if piece.kind != "heading":
        return ""
    return next((name for name, pattern in names.parts.items() if is_section(pattern, piece.text)), "")
