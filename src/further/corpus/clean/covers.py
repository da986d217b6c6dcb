"""Cover pages that repositories and publishers put before an article, or behind it."""

import re
from collections.abc import Sequence

from further.corpus.clean.front import is_abstract
from further.corpus.clean.pieces import Piece
from further.corpus.sections import Sections
from further.corpus.words import count_words

MARKS = re.compile(
    # Pure, DSpace, DiVA, EPrints, HAL, Digital Commons
    r"general rights|take[ -]?down policy|users may download and print|you may (?:not further|freely) distribute|"
    r"believe that this document breaches|copyright and moral rights|link to publication|document version|"
    r"citation for (?:the )?(?:original )?published|access to the published (?:paper|version)|when citing this work|"
    r"permanent link to this|electronic reprint of the original|this is (?:a repository copy|an author[- ]produced)|"
    r"this is the (?:author'?s? |peer[- ]reviewed |published |accepted )+(?:manuscript|version|copy)|"
    r"advised to consult the publisher|strictly personal use|digital repository|open repository|research online|"
    r"hosted at the .{0,40}repository|multi-?disciplinary open access|archive ouverte pluridisciplinaire|\bhal id\b|"
    r"to cite this version|additional works at|brought to you for free|accepted for inclusion in|digital library\b|"
    # JSTOR, ResearchGate, e-offprints
    r"stable url|linked references|jstor is a|jstor archive|collaborating with jstor|see discussions, stats|"
    r"authors of this publication|content following this page|requested enhancement|see profile|view project|"
    r"e-offprint|self-archived|"
    # Taylor & Francis, SAGE, HighWire
    r"to link to this article|view related articles|submit your article to|terms (?:&|and) conditions of access|"
    r"crossmark data|article views|online version of this article|additional services and information|email alert|"
    r"updated information and services|requests for permissions? to reproduce|information about (?:reprints|ordering)|"
    r"alerts when new articles|information about subscribing",
    re.IGNORECASE,
)
"""What such pages say of the copy, its owner and its use."""
MIN_MARKS = 3
"""Different marks that make a cover: the first page of an article may have one or two at its foot."""
MAX_OTHER = 80
"""Words of paragraphs without a mark from which a page is one of the article."""


def drop_covers(pieces: Sequence[Piece], names: Sections) -> None:
    """Drop what stands on the covers among the first two pages and the last, but for a title.

    Args:
        pieces: Blocks in reading order.
        names: Names of sections in the paper's language.
    """
    pages = {piece.page for piece in pieces}
    for page in pages & {1, 2, max(pages, default=0)}:
        own = [piece for piece in pieces if piece.page == page]
        if not _is_cover(own, names):
            continue
        for piece in own:
            if not piece.reason and piece.kind != "title":
                piece.reason = "front matter" if page <= 2 else "back matter"


def _is_cover(pieces: Sequence[Piece], names: Sections) -> bool:
    texts = [" ".join(piece.text.split()) for piece in pieces]
    marks = {mark.lower() for text in texts for mark in MARKS.findall(text)}
    if len(marks) < MIN_MARKS or any(is_abstract(piece, names) for piece in pieces):
        return False
    plain = (piece for piece, text in zip(pieces, texts, strict=True) if piece.is_article() and not MARKS.search(text))
    return sum(count_words(piece.text) for piece in plain) < MAX_OTHER
