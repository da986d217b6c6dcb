"""What stands before and beside an article's beginning: names, addresses, keywords, notes on the journal."""

from collections.abc import Container, Sequence
from itertools import pairwise

from further.corpus.clean.paragraphs import continues
from further.corpus.clean.pieces import MIN_PARAGRAPH, Piece
from further.corpus.clean.structure import (
    CITE,
    PLACE,
    is_address,
    is_marked,
    is_note,
    is_quoted,
    lists_places,
    reference_marks,
)
from further.corpus.schemas import KEPT
from further.corpus.sections import EVERY, Sections, is_section, opens_abstract, plain_heading, run_in
from further.corpus.words import count_words, is_prose, prose_share

MIN_LARGE = 15
"""Words of prose larger than the body that an article begins with: what it is about."""
MIN_SAID = 12
"""Words of prose in the body's size that are a paragraph of an article which begins with a short one."""

MAX_CITED = 100
"""Words up to which a block below "Cite this article as" is an article's names, title and place."""
MIN_INSET, MAX_APART = 0.8, 2.5
"""Font sizes by which a quote stands in from the body's edge at least, and stands below it at most."""

END = tuple('.?!:;…。！？”"’»)]*†‡§¶')
"""What a paragraph ends with, a mark that refers to a note included."""


def drop_front(pieces: Sequence[Piece], size: float, names: Sections) -> int:
    """Drop what stands before the abstract, and names, addresses and keywords after it.

    Args:
        pieces: Undecided blocks of one paper in reading order.
        size: Font size of its body, points.
        names: Names of sections in its language.

    Returns:
        Where the article begins: the number of the block of its abstract, or of its first paragraph.
    """
    owed = _find_owed(pieces, size)
    start = _find_start(pieces, names, owed)
    for piece in pieces[:start]:
        large = piece.is_text and piece.font_size > 1.06 * size and is_prose(piece.text, MIN_LARGE)
        said = large and len(PLACE.findall(piece.text)) < 2  # "Department of Mechanics, Faculty of Arts and Crafts"
        alike = piece.is_set(size) or piece.font_size == pieces[start].font_size
        if piece.kind == "title" or said or (alike and _is_said(piece, names) and id(piece) not in owed):
            piece.reason = KEPT
        else:
            piece.reason = "affiliation" if is_address(piece.text) else "front matter"
    first_page = pieces[start].page if pieces else 1
    for above, piece in zip([None, *pieces], pieces, strict=False):
        rest = above is not None and not above.reason and above.is_article() and continues(above, piece)
        if not piece.reason and piece.page <= first_page + 1 and piece.kind != "title" and not rest:
            reason = front_reason(piece, above, size, names)
            place = reason == "affiliation" and piece.kind == "heading" and piece.page > first_page
            piece.reason = "" if place else reason  # a section's heading may name an institution
    # Small print is judged by all of its kind on a page, so what is told by its own words goes first.
    _drop_asides([piece for piece in pieces if not piece.reason and piece.page <= first_page + 1], size, names)
    return start


def _find_start(pieces: Sequence[Piece], names: Sections, owed: Container[int]) -> int:
    """Number of the block in which the abstract begins, or, in an article without that word, the text."""
    named = (i for i, piece in enumerate(pieces) if piece.page <= 2 and is_abstract(piece, names))
    said = ((i, piece) for i, piece in enumerate(pieces) if id(piece) not in owed)
    first = (i for i, piece in said if _is_opening(piece, names) or is_abstract(piece, names))
    return next(named, next(first, 0))


def _find_owed(pieces: Sequence[Piece], size: float) -> set[int]:
    """The id() of what stands under the names of back matter before a thesis's text: declarations and thanks."""
    owed: set[int] = set()
    for above, piece in pairwise(pieces):
        chapter = above.kind == "heading" and above.font_size > 1.1 * size and is_section(EVERY.back, above.text)
        below = above.page == piece.page and above.y1 - 1 < piece.y0
        beside = piece.x1 < above.x0 or above.x1 < piece.x0  # another column, which a sidebar's heading does not head
        if piece.kind not in ("heading", "title") and not beside and ((chapter and below) or id(above) in owed):
            owed.add(id(piece))
    return owed


def is_abstract(piece: Piece, names: Sections) -> bool:
    """Whether a block is the abstract's heading or begins with it."""
    return opens_abstract(piece.text, piece.lead, names)


def _is_opening(piece: Piece, names: Sections) -> bool:
    """Whether a block may be the first one of an article without the word "Abstract"."""
    if piece.kind == "heading":
        return is_section(names.opening, piece.text)
    labeled = piece.is_text and run_in(names.opening, piece.text, piece.lead) and is_prose(piece.text, 15)
    return labeled or (piece.is_article() and not run_in(names.back, piece.text, piece.lead))


def _is_said(piece: Piece, names: Sections) -> bool:
    """Whether a block is a paragraph, which may be a short one: no name, address or note of the journal."""
    ended = piece.text.rstrip()[-1:] in END  # a list of links is not
    short = piece.is_text and ended and is_prose(piece.text, MIN_SAID) and not is_note(piece.text)
    return (short or piece.is_article()) and not run_in(names.back, piece.text, piece.lead)


def front_reason(piece: Piece, above: Piece | None, size: float, names: Sections) -> str:
    """Why a block on an article's first pages is no part of its abstract or body; "" if it is."""
    text = piece.text.lstrip()
    lone = above is not None and above.reason == "keywords" and count_words(plain_heading(above.text)) <= 3
    if is_section(EVERY.keywords, text) or (lone and prose_share(text) < 0.2):
        return "keywords"
    if run_in(names.label, text, piece.lead):
        return ""
    if run_in(names.glossary, text, piece.lead):
        return "front matter"
    if CITE.match(text) and (count_words(text) <= 6 or run_in(CITE, text, piece.lead)):
        return "front matter"
    cited = above is not None and bool(CITE.match(above.text)) and count_words(above.text) <= 6
    if cited and reference_marks(text) >= 2 and count_words(text) < MAX_CITED:
        return "front matter"
    body = piece.is_text and piece.is_set(size) and count_words(text) >= 20
    shown = not body or is_marked(text) or (piece.page == 1 and lists_places(text))
    return "affiliation" if shown and is_address(text) else ""


def _drop_asides(pieces: Sequence[Piece], size: float, names: Sections) -> None:
    """Drop small print beside an article's first paragraphs; not an abstract, a quote, nor a box of prose."""
    abstracts = _abstract_sizes(pieces, names)
    quotes: set[int] = set()
    for above, piece in pairwise(pieces):
        if is_quoted(piece.text) and _stands_in(above, piece, size, behind_quote=id(above) in quotes):
            quotes.add(id(piece))

    def aside(piece: Piece) -> bool:
        small = piece.is_text and piece.is_small(size)
        return small and id(piece) not in quotes and all(abs(piece.font_size - one) > 0.03 * size for one in abstracts)

    runs: dict[tuple[int, float], list[Piece]] = {}
    for piece in filter(aside, pieces):
        runs.setdefault((piece.page, piece.font_size), []).append(piece)
    texts = {key: "\n".join(piece.text for piece in run) for key, run in runs.items()}
    prose = {
        size for (_, size), text in texts.items() if is_prose(text, MIN_PARAGRAPH)
    }  # boxes on one page or the next
    for (_, size), run in runs.items():
        if size not in prose:
            for piece in run:
                piece.reason = "sidebar"


def _stands_in(above: Piece, piece: Piece, size: float, *, behind_quote: bool) -> bool:
    """Whether a block stands right below a paragraph of the body and in from its edges, or below a quote as it does."""
    if piece.page != above.page or not -1 < piece.y0 - above.y1 < MAX_APART * size:
        return False
    inset = above.x0 + MIN_INSET * size < piece.x0 and piece.x1 < above.x1 + 1
    return abs(above.x0 - piece.x0) < 1 if behind_quote else inset and above.is_text and above.is_set(size)


def _abstract_sizes(pieces: Sequence[Piece], names: Sections) -> list[float]:
    """Font sizes of a paper's abstracts, of which a graphical one may be the first."""
    heads = [i for i, piece in enumerate(pieces) if piece.page <= 2 and is_abstract(piece, names)]
    below = [next((p for p in pieces[i:] if p.is_text and count_words(p.text) >= 5), None) for i in heads]
    return [piece.font_size for piece in below if piece]


def name_front(pieces: Sequence[Piece], size: float, names: Sections) -> None:
    """Give small print of the first pages the reason that its words show, rather than its place."""
    for piece in pieces:
        if piece.page <= 2 and piece.reason in ("footnote", "figure text"):
            piece.reason = front_reason(piece, None, size, names) or piece.reason
