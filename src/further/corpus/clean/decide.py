"""What becomes of each block of a paper: kept, or dropped for one reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from further.corpus.clean.structure import CITE, is_address, is_legend, is_license, is_reference
from further.corpus.schemas import KEPT
from further.corpus.sections import (
    AMBIGUOUS,
    BACK,
    BODY,
    GLOSSARY,
    KEYWORDS,
    LABEL,
    OPENING,
    REFERENCES,
    is_section,
    opens_abstract,
    plain_heading,
    run_in,
)
from further.corpus.words import count_words, prose_share

BY_KIND = {
    "page header": "page header",
    "page footer": "page footer",
    "footnote": "footnote",
    "table": "table",
    "reference": "reference",
    "other": "figure text",
}

MIN_BEFORE_END = 0.15
"""Share of the body's characters before which no back matter begins: a note on the first page stands alone."""


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
    reason: str = ""
    num_cut: int = 0
    opens_section: bool = False
    row: int | None = None

    @property
    def is_text(self) -> bool:
        """Whether it is running text."""
        return self.kind in ("text", "list")


def decide(pieces: Sequence[Piece], *, keep_captions: bool, keep_headings: bool) -> None:
    """Set the reason of every block of one paper.

    Args:
        pieces: Blocks in reading order.
        keep_captions: Whether captions are kept.
        keep_headings: Whether headings with kept text under them are kept.
    """
    for piece in pieces:
        if is_license(piece.text) and piece.kind not in ("title", "caption"):
            piece.reason = "license"
        elif piece.kind == "caption":
            piece.reason = KEPT if keep_captions else "caption"
        else:
            piece.reason = BY_KIND.get(piece.kind, "")
        if not piece.reason and is_legend(piece.text):
            piece.reason = "table"
    size = body_size(pieces)
    open_pieces = [piece for piece in pieces if not piece.reason]
    start = _drop_front(open_pieces, size)
    first = open_pieces[start] if open_pieces else None
    begun = next((i for i, piece in enumerate(pieces) if piece is first), 0)
    _name_front(pieces[begun:], size)
    _drop_end(pieces[begun:], size)
    for piece in open_pieces:
        if not piece.reason:
            piece.reason = KEPT if piece.kind != "heading" else "heading"
    _find_sections(pieces, keep_headings)


def _name_front(pieces: Sequence[Piece], size: float) -> None:
    """Give small print of the first pages the reason that its words show, rather than its place."""
    for piece in pieces:
        if piece.page <= 2 and piece.reason in ("footnote", "figure text"):
            piece.reason = _front_reason(piece, None, size) or piece.reason


def _is_size(piece: Piece, size: float) -> bool:
    return abs(piece.font_size - size) < 0.06 * size


def body_size(pieces: Sequence[Piece]) -> float:
    """Font size of most running text, points."""
    count: dict[float, int] = {}
    for piece in pieces:
        if piece.is_text:
            size = round(2 * piece.font_size) / 2
            count[size] = count.get(size, 0) + len(piece.text)
    return max(count, key=count.__getitem__) if count else 10.0


def _drop_front(pieces: Sequence[Piece], size: float) -> int:
    """Drop what stands before the abstract, and names, addresses and keywords after it; where the abstract begins."""
    start = next((i for i, piece in enumerate(pieces) if piece.page <= 2 and is_abstract(piece)), None)
    if start is None:
        start = next((i for i, piece in enumerate(pieces) if is_opening(piece)), 0)
    for piece in pieces[:start]:
        if piece.kind == "title" or (is_opening(piece) and piece.kind != "heading" and _is_size(piece, size)):
            piece.reason = KEPT
        else:
            piece.reason = "affiliation" if is_address(piece.text) else "front matter"
    first_page = pieces[start].page if pieces else 1
    abstracts = _abstract_sizes(pieces[start:])
    for above, piece in zip([None, *pieces], pieces, strict=False):
        if not piece.reason and piece.page <= first_page + 1 and piece.kind != "title":
            piece.reason = _front_reason(piece, above, size)
            small = piece.font_size < 0.93 * size and piece.is_text
            if small and not piece.reason and all(abs(piece.font_size - one) > 0.03 * size for one in abstracts):
                piece.reason = "sidebar"
    return start


def _abstract_sizes(pieces: Sequence[Piece]) -> list[float]:
    """Font sizes of a paper's abstracts, of which a graphical one may be the first, or of its first paragraph."""
    heads = [i for i, piece in enumerate(pieces) if piece.page <= 2 and is_abstract(piece)]
    below = [next((p for p in pieces[i:] if p.is_text and count_words(p.text) >= 5), None) for i in heads]
    first = next((p for p in pieces if p.is_text and count_words(p.text) >= 20), None)
    return [piece.font_size for piece in (*below, first) if piece]


def _front_reason(piece: Piece, above: Piece | None, size: float) -> str:
    """Why a block on an article's first pages is no part of its abstract or body; "" if it is."""
    text = piece.text.lstrip()
    lone = above is not None and above.reason == "keywords" and above.kind == "heading" and count_words(above.text) <= 3
    if is_section(KEYWORDS, text) or (lone and prose_share(text) < 0.2):
        return "keywords"
    if run_in(LABEL, text, piece.lead):
        return ""
    if run_in(GLOSSARY, text, piece.lead):
        return "front matter"
    if CITE.match(text) and (count_words(text) <= 6 or run_in(CITE, text, piece.lead)):
        return "front matter"
    body = piece.is_text and _is_size(piece, size) and count_words(text) >= 20
    if is_address(text) and (not body or text[0] in "*†‡§¶∗✉" or prose_share(text) < 0.12):
        return "affiliation"
    return ""


def is_abstract(piece: Piece) -> bool:
    """Whether a block is the abstract's heading or begins with it."""
    return opens_abstract(piece.text, piece.lead)


def is_opening(piece: Piece) -> bool:
    """Whether a block may be the first paragraph of an article without an abstract."""
    if piece.kind == "heading":
        return is_section(OPENING, piece.text)
    return (
        piece.is_text
        and count_words(piece.text) >= 40
        and prose_share(piece.text) > 0.25
        and not is_address(piece.text)
    )


def _drop_end(pieces: Sequence[Piece], size: float) -> None:
    """Drop references and back matter, each from its heading to the next heading that is of the body."""
    flow = [piece for piece in pieces if piece.kind not in ("table", "caption", "page header", "page footer")]
    lists = {id(piece) for index, piece in enumerate(flow) if _heads_references(flow[index : index + 12], size)}
    pieces = [piece for piece in pieces if piece.reason in ("", "footnote", "figure text")]
    headings = [i for i, p in enumerate(pieces) if p.kind == "heading" and not p.reason and is_section(BODY, p.text)]
    # Small print is never a section of the body: "Methods" in a reference's title, say.
    last_body = max((i for i in headings if pieces[i].font_size > 0.96 * size or pieces[i].bold), default=-1)
    body = [len(p.text) if p.is_text and not p.reason and _is_size(p, size) else 0 for p in pieces]
    total, before = sum(body), 0
    zone, opener = "", None
    for index, piece in enumerate(pieces):
        before += body[index]
        named = _is_back(piece, final=index > last_body or bool(zone))
        name = "reference" if id(piece) in lists else "back matter" if named else ""
        if name and (before > MIN_BEFORE_END * total or (name == "reference" and piece.page > 1)):
            zone, opener = name, piece
        elif zone and opener and _resumes(pieces[index:], opener, size):
            zone = ""
        if zone or name == "back matter":
            piece.reason = zone or name
        elif not piece.reason and piece.is_text and is_reference(piece.text) and before > 0.5 * total:
            piece.reason = "reference"


def _is_back(piece: Piece, *, final: bool) -> bool:
    """Whether a block begins back matter.

    Args:
        piece: The block.
        final: Whether no section of the body begins later.
    """
    named = piece.kind == "heading" and is_section(BACK, piece.text)
    if named or (piece.kind != "title" and run_in(BACK, piece.text, piece.lead)):
        return final or not AMBIGUOUS.match(plain_heading(piece.text))
    return False


def _heads_references(pieces: Sequence[Piece], size: float) -> bool:
    """Whether the first of some pieces heads a list of references; a table's column, or a box, may have its name.

    Entries follow it; a heading may also have entries that cannot be told as such, but no paragraph of the body.
    """
    head = pieces[0]
    named = (head.kind == "heading" or count_words(head.text) <= 4) and REFERENCES.fullmatch(plain_heading(head.text))
    if not named:
        return False
    following = [piece for piece in pieces[1:] if count_words(piece.text) >= 4][:5]
    entries = [piece for piece in following if is_reference(" ".join(piece.text.split()[:60]))]
    if entries:
        return len(entries) >= sum(_is_paragraph(piece, size) for piece in following)
    return (head.kind == "heading" or head.is_text) and not _ends_zone(pieces, size)


def _resumes(pieces: Sequence[Piece], opener: Piece, size: float) -> bool:
    """Whether the body goes on with the first of some pieces behind references or back matter.

    It does with a section of the body. An ambiguous name ("Ethics statement", "Supplements") may also have stood in
    the body over one section, up to the next heading set alike, or over one paragraph, up to the next one.
    """
    piece = pieces[0]
    ambiguous = bool(AMBIGUOUS.match(plain_heading(opener.text)))
    if piece.kind == "heading":
        alike = piece.bold == opener.bold and abs(piece.font_size - opener.font_size) < 0.3
        named = is_section(BODY, piece.text) or (ambiguous and (alike or opener.kind != "heading"))
        return named and _ends_zone(pieces, size)
    return ambiguous and opener.is_text and _is_paragraph(piece, size) and piece.text[0].isupper()


def _is_paragraph(piece: Piece, size: float) -> bool:
    """Whether a block is surely a paragraph of the body."""
    long = piece.is_text and _is_size(piece, size) and count_words(piece.text) >= 40
    return long and prose_share(piece.text) > 0.25


def _ends_zone(pieces: Sequence[Piece], size: float) -> bool:
    """Whether a heading of the body behind references or acknowledgements is one: prose in body size follows."""
    following = [piece for piece in pieces[1:6] if piece.is_text]
    prose = [p for p in following if p.font_size > 0.85 * size and prose_share(p.text) > 0.25]
    words = sum(count_words(piece.text) for piece in prose if not is_reference(piece.text))
    return count_words(pieces[0].text) <= 8 and words >= 60


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
