"""What becomes of each block of a paper: kept, or dropped for one reason."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

from further.corpus.clean.covers import drop_covers
from further.corpus.clean.end import Ending
from further.corpus.clean.front import drop_front, name_front
from further.corpus.clean.neighbors import drop_neighbors
from further.corpus.clean.paragraphs import ENDED, continues
from further.corpus.clean.pieces import Piece, body_size
from further.corpus.clean.structure import ends_in_page, is_contents, is_legend, is_license, is_reference
from further.corpus.clean.translations import drop_translations
from further.corpus.schemas import KEPT
from further.corpus.sections import Sections, heads_section, is_section
from further.corpus.words import count_words

BY_KIND = {
    "page header": "page header",
    "page footer": "page footer",
    "footnote": "footnote",
    "table": "table",
    "reference": "reference",
    "code": "code",
    "other": "figure text",
}

PAGES_ALONE = re.compile(r"(?:\s*(?:\d{1,4}|[ivxlc]{1,6})(?=\s|$))+\s*")
MIN_QUOTED, SENTENCE = 5, re.compile('^[“„"‘«]|[.!?”“"’»]$')
"""Words of a pull quote, and how it begins or ends."""
NOTES = {"footnote", "sidebar", "back matter"}
"""Reasons of small print that may go on over a page's end."""
FLOATS = {"figure text", "table", "caption"}
"""Reasons of what a figure or a table consists of."""


def decide(
    pieces: Sequence[Piece],
    names: Sections,
    language: str,
    *,
    keep_captions: bool,
    keep_headings: bool,
    keep_appendices: bool,
) -> None:
    """Set the reason of every block of one paper.

    Args:
        pieces: Blocks in reading order.
        names: Names of sections in the paper's language.
        language: ISO 639 code of it; "" where it is not known.
        keep_captions: Whether captions are kept.
        keep_headings: Whether headings with kept text under them are kept.
        keep_appendices: Whether appendices are kept.
    """
    for piece in pieces:
        piece.reason = _own_reason(piece, keep_captions)
    # The order matters: each step looks at blocks that the ones before have left without a reason.
    drop_covers(pieces, names)
    drop_neighbors(pieces, names)
    drop_translations(pieces, names, language)
    _drop_contents(pieces, names)
    size = body_size(pieces)
    open_pieces = [piece for piece in pieces if not piece.reason]
    start = drop_front(open_pieces, size, names)
    first = open_pieces[start] if open_pieces else None
    begun = next((i for i, piece in enumerate(pieces) if piece is first), 0)
    name_front(pieces[begun:], size, names)
    Ending(pieces[begun:], size, names).mark(keep_appendices)
    for piece in open_pieces:
        if not piece.reason:
            piece.reason = KEPT if piece.kind != "heading" else "heading"
    _drop_rests(pieces, size)
    _drop_labels(pieces, size, names)
    _drop_quotes(pieces, size)
    _find_sections(pieces, keep_headings)


def _own_reason(piece: Piece, keep_captions: bool) -> str:
    """Why a block is dropped wherever it stands, kept for a caption that is, "" while that depends on its place."""
    if is_license(piece.text) and piece.kind not in ("title", "caption"):
        return "license"
    if piece.kind == "caption":
        return KEPT if keep_captions else "caption"
    return BY_KIND.get(piece.kind, "") or ("table" if is_legend(piece.text) and not is_reference(piece.text) else "")


def _drop_contents(pieces: Sequence[Piece], names: Sections) -> None:
    """Drop lists of contents, figures and tables: their headings, and the entries below that end in a page's number."""
    listed = False
    for piece, beside in zip(pieces, [*pieces[1:], None], strict=False):
        heads = count_words(piece.text) <= 4 and is_section(names.contents, piece.text)
        entry = ends_in_page(piece.text) or (beside is not None and _is_page_beside(piece, beside))
        listed = heads or (listed and (entry or piece.reason in ("page header", "page footer")))
        if is_contents(piece.text) or (listed and piece.reason in ("", "figure text")):
            piece.reason = "contents"


def _is_page_beside(piece: Piece, beside: Piece) -> bool:
    """Whether pages of entries stand in the next block: to the right of the last line or of all, or behind a line."""
    ends = is_contents(beside.text) or ends_in_page(beside.text)
    if ends and piece.page == beside.page and -1 < beside.y0 - piece.y1 < piece.font_size:
        return True
    level = piece.page == beside.page and piece.y0 - 1 < beside.y0 and beside.y1 < piece.y1 + 0.5 * piece.font_size
    last = "\n" in beside.text or piece.y1 < beside.y1 + 0.5 * piece.font_size  # or a column of pages
    return level and last and beside.x0 > piece.x0 and bool(PAGES_ALONE.fullmatch(beside.text))


def _drop_rests(pieces: Sequence[Piece], size: float) -> None:
    """Drop the rests of notes that go on at the same edge of the next page, as what authors owe to others may.

    Only where nothing else is kept in their size: an abstract may be set as small.
    """
    small = [piece for piece in pieces if piece.is_small(size)]
    kept = Counter((piece.page, piece.font_size) for piece in small if piece.reason == KEPT)
    open_notes = {
        (note.page + 1, note.font_size, round(note.x0)): note
        for note in sorted(small, key=lambda piece: piece.y0)
        if note.reason in NOTES and not kept[note.page, note.font_size]
    }  # the lowest of each edge
    for piece in small:
        note = open_notes.get((piece.page, piece.font_size, round(piece.x0)))
        alone = piece.reason == KEPT and kept[piece.page, piece.font_size] == 1
        if note and alone and piece.text[0].islower() and not ENDED.search(note.text.rstrip()):
            piece.reason = note.reason


def _drop_labels(pieces: Sequence[Piece], size: float, names: Sections) -> None:
    """Drop headings that label a figure: they part one sentence, or have parts of figures on both sides.

    Between these a bold or numbered heading is a section's, unless it is small.
    """
    texts = [piece for piece in pieces if piece.reason == KEPT and piece.is_text]
    parted = {
        id(below) for above, below in pairwise(texts) if below.text.lstrip()[:1].islower() and continues(above, below)
    }
    for are_headings, group in groupby(enumerate(pieces), key=lambda place: place[1].reason == "heading"):
        run = list(group)
        first, last = run[0][0], run[-1][0]
        if not are_headings or first == 0 or last == len(pieces) - 1:
            continue
        below = next((piece for piece in pieces[last:] if piece.reason == KEPT and piece.is_text), None)
        beside = {pieces[first - 1].reason, pieces[last + 1].reason}
        parts = id(below) in parted and not any(heads_section(piece.text, names) for _, piece in run)
        labels = (piece.is_small(size) or not (piece.bold or heads_section(piece.text, names)) for _, piece in run)
        if parts or (beside <= FLOATS and all(labels)):
            for _, piece in run:
                piece.reason = "figure text"


def _drop_quotes(pieces: Sequence[Piece], size: float) -> None:
    """Drop pull quotes: lettering larger than the body that says again what one of its paragraphs says."""
    kept = [piece for piece in pieces if piece.reason in (KEPT, "heading") and piece.kind not in ("title", "caption")]
    body = "".join(_letters(piece) for piece in kept if piece.is_text and piece.is_set(size))
    for piece in kept:
        large = piece.font_size > 1.1 * size and count_words(piece.text) >= MIN_QUOTED
        if large and SENTENCE.search(piece.text.strip()) and _letters(piece) in body:
            piece.reason = "sidebar"


def _letters(piece: Piece) -> str:
    return "".join(filter(str.isalpha, piece.text.lower()))


def _find_sections(pieces: Sequence[Piece], keep_headings: bool) -> None:
    """Mark, and keep if asked, headings that have kept text under them before any heading of a part that is dropped."""
    useful = False
    for piece in reversed(pieces):
        if piece.reason == KEPT and piece.is_text:
            useful = True
        elif piece.reason == "heading" and useful:
            piece.opens_section = True
            piece.reason = KEPT if keep_headings else "heading"
        elif piece.kind == "heading":
            useful = False
