"""What an article ends with: references, back matter and appendices, each from its beginning to its end."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from further.corpus.clean.entries import find_entries
from further.corpus.clean.paragraphs import continues
from further.corpus.clean.pieces import Piece, count_body_words
from further.corpus.clean.structure import is_address, is_marked, is_note, is_reference
from further.corpus.sections import Sections, begins_note, is_section, plain_heading, run_in
from further.corpus.words import count_words, prose_share

MIN_REST = 200
"""Words of the body, before the next list of references, from which back matter is not the end of an article."""
MIN_REST_SHARE = 0.1
"""The same as a share of the body's words."""
MIN_PROSE = 60
"""Words of running text under a heading that make it a section's."""
MAX_OWED = 0.01
"""Share of words like "funded" up to which prose is no back matter; 92 % of the body's paragraphs have less."""
REACH, APPENDIX_REACH = 5, 12
"""Blocks below a heading among which its running text is."""
LABELED = re.compile(r"\s*\[(?:\d{1,3}|[A-Z][^\]\n]{0,60}\d\d[a-z]?\)?)\]")
"""The label of an entry in brackets: "[12]", "[ABC+20]", "[Maker et al.(2020)]". No paragraph begins so."""
AUTHOR = r"(?:[A-Z]\.[\s-]?)+[A-Z][\w'’-]+(?:,|,? and)\s(?:[A-Z]\.|$)|[^\n]*\b(?:19|20)\d\d\."
LETTERED = re.compile(rf"\s*(?!{AUTHOR})[A-Z](?:\.\d{{1,2}})*[.:)]?\s+[A-Z]")
"""How appendices are numbered: "A Proofs", "B.1. Further results", but no "B. Maker, A. Drawer. 2012. Hearts"."""


@dataclass(frozen=True)
class Zone:
    """A part of an article that is dropped as a whole.

    Attributes:
        reason: Why.
        opener: The block that it begins with.
        scope: How far it goes: "note" (its block), "small" (small print on its page), "section" (until the body goes
            on) or "rest" (all that follows).
    """

    reason: str
    opener: Piece
    scope: str


class Ending:
    """The blocks of one paper, and where its references, back matter and appendices begin and end."""

    def __init__(self, pieces: Sequence[Piece], size: float, names: Sections) -> None:
        """Measure the article.

        Args:
            pieces: Blocks in reading order, from the article's beginning.
            size: Font size of the body, points.
            names: Names of sections in the paper's language.
        """
        # Tables and captions float: one may stand between the name of a list and its entries.
        flow = [piece for piece in pieces if piece.kind not in ("table", "caption", "page header", "page footer")]
        self.size, self.names = size, names
        self.lists = {id(p) for i, p in enumerate(flow) if self._heads_references(flow[i : i + 12])}
        self.pieces = [piece for piece in pieces if piece.reason in ("", "footnote", "figure text")]
        self.backs = {id(piece) for piece in self.pieces if self._names_back(piece)}
        self.first_list = next((i for i, p in enumerate(self.pieces) if id(p) in self.lists), len(self.pieces))
        self.appendices = {id(piece) for i, piece in enumerate(self.pieces) if self._names_appendix(i)}
        self.rest = self._count_rest()
        self.total = sum(count_body_words(piece, size) for piece in self.pieces)
        behind = range(self.first_list, len(self.pieces))
        end = next((i for i in behind if self._heads_checklist(self.pieces[i])), len(self.pieces))
        body = [i for i, piece in enumerate(self.pieces[:end]) if self._names_body(piece)]
        self.last_body = max(body, default=-1)
        self.entries = find_entries(flow)

    def mark(self, keep_appendices: bool) -> None:
        """Set the reasons of all blocks in a zone; those of appendices only if they are not kept."""
        zone: Zone | None = None
        seen = 0
        for index, piece in enumerate(self.pieces):
            seen += count_body_words(piece, self.size)
            # A zone that begins here comes before the one that goes on: "Funding" ends "Acknowledgments".
            further = zone is not None and zone.reason == "appendix" and id(piece) in self.appendices
            closed = zone is not None and zone.scope == "rest" and not self._is_lettered_appendix(index)
            opened = None if further or closed else self._open(index)
            zone = opened or self._go_on(zone, index) or self._open_thanks(index)
            if zone and (zone.reason != "appendix" or not keep_appendices):
                piece.reason = zone.reason
            elif not piece.reason and (id(piece) in self.entries or self._is_late_reference(piece, seen)):
                piece.reason = "reference"
            elif not piece.reason and index > self.first_list and is_marked(piece.text) and is_address(piece.text):
                piece.reason = "affiliation"

    def _is_late_reference(self, piece: Piece, seen: int) -> bool:
        """Whether a block behind half of the body's words looks like an entry of a list of references."""
        return piece.is_text and is_reference(piece.text) and seen > 0.5 * self.total

    def _names_body(self, piece: Piece) -> bool:
        """Whether a block is the heading of a section of the body; small print never is: "Methods" in a title, say."""
        large = piece.font_size > 0.96 * self.size or piece.bold
        return piece.kind == "heading" and not piece.reason and large and is_section(self.names.body, piece.text)

    def _heads_checklist(self, piece: Piece) -> bool:
        """Whether a block heads a conference's checklist, whose points may be called as sections of the body are."""
        return piece.kind == "heading" and "checklist" in piece.text.lower() and self._names_review(piece)

    def _names_review(self, piece: Piece) -> bool:
        return is_section(self.names.reviews, piece.text)

    def _is_lettered_appendix(self, index: int) -> bool:
        """Whether a block heads an appendix, also behind a checklist: by its name or its letter."""
        piece = self.pieces[index]
        return (id(piece) in self.appendices or bool(LETTERED.match(piece.text))) and self._is_appendix(index)

    def _count_rest(self) -> list[int]:
        """Words of the body that follow each block, up to the next list of references.

        A paragraph under a heading of back matter, or one that begins with its name, is none.
        """
        rest, words = [0] * len(self.pieces), 0
        for index in range(len(self.pieces) - 1, -1, -1):
            rest[index] = words
            piece = self.pieces[index]
            above = self.pieces[index - 1] if index else None
            back = id(piece) in self.backs or (
                above is not None and above.kind == "heading" and id(above) in self.backs
            )
            if id(piece) in self.lists:
                words = 0
            elif not back and count_body_words(piece, self.size) and piece.is_article():
                words += count_body_words(piece, self.size)
        return rest

    def _names_back(self, piece: Piece) -> bool:
        """Whether a block has the name of back matter: as its heading, or before its text."""
        if piece.kind == "heading" and is_section(self.names.back, piece.text):
            return True
        if piece.is_text and piece.is_small(self.size) and begins_note(self.names.back, piece.text):
            return True
        return piece.kind != "title" and run_in(self.names.back, piece.text, piece.lead)

    def _names_appendix(self, index: int) -> bool:
        """Whether a block has the name of an appendix, which behind the references may be "Supplementary material"."""
        piece = self.pieces[index]
        supplement = index > self.first_list and plain_heading(piece.text).lower().startswith("supplement")
        return piece.kind == "heading" and (supplement or is_section(self.names.appendix, piece.text))

    def _is_ambiguous(self, piece: Piece) -> bool:
        return bool(self.names.ambiguous.match(plain_heading(piece.text)))

    def _is_final(self, index: int) -> bool:
        """Whether little of the body follows a block, and no heading of it."""
        return index > self.last_body and self.rest[index] <= max(MIN_REST, MIN_REST_SHARE * self.total)

    def _open(self, index: int) -> Zone | None:
        """The zone that begins with a block, if one does."""
        piece = self.pieces[index]
        if id(piece) in self.lists:
            return Zone("reference", piece, "section")
        if self._is_appendix(index):
            return Zone("appendix", piece, "section")
        sure = self._is_final(index) or self._is_behind(index) or piece.is_small(self.size)
        if id(piece) not in self.backs or (self._is_ambiguous(piece) and not sure):
            return None
        return Zone("back matter", piece, self._scope(index))

    def _open_thanks(self, index: int) -> Zone | None:
        """The zone of an acknowledgment without a heading, at an article's end."""
        piece = self.pieces[index]
        thanks = self.names.thanks.match(" ".join(piece.text[:200].split()))
        return Zone("back matter", piece, "note") if thanks and piece.is_text and self._is_final(index) else None

    def _scope(self, index: int) -> str:
        """How far back matter goes that begins with a block."""
        piece = self.pieces[index]
        if piece.kind == "heading" and self._is_behind(index) and self._names_review(piece):
            return "rest"
        if self._is_final(index) or (piece.kind == "heading" and not piece.is_small(self.size)):
            return "section"
        return "small" if piece.kind == "heading" or count_words(piece.text) <= 6 else "note"

    def _go_on(self, zone: Zone | None, index: int) -> Zone | None:
        """The zone that a block which opens none is in: that of the block before it, if it has not ended."""
        if zone is None or zone.scope == "rest":
            return zone
        piece, above = self.pieces[index], self.pieces[index - 1]
        if zone.scope == "note":
            return zone if continues(above, piece) or (piece.is_small(self.size) and is_note(piece.text)) else None
        if zone.scope == "small":
            small = piece.is_small(self.size) and piece.page == above.page
            return zone if small or continues(above, piece) else None
        return None if self._resumes(zone, index) else zone

    def _resumes(self, zone: Zone, index: int) -> bool:
        """Whether the body goes on with a block behind references or back matter.

        It does with a section of the body, or of a name unknown over prose about a subject, and with any section or
        second paragraph where much of the body follows; behind references with a paragraph before many more.
        An ambiguous name ("Ethics statement", "Supplements") may also have stood in the body over one section, up to
        the next heading set alike, or over one paragraph, up to the next one.
        """
        piece, opener = self.pieces[index], zone.opener
        early = zone.reason == "back matter" and not self._is_final(index - 1)
        ambiguous = self._is_ambiguous(opener)
        if zone.reason == "appendix":
            return False
        if piece.kind == "heading":
            alike = piece.is_like(opener) or opener.kind != "heading"
            named = is_section(self.names.body, piece.text) or (ambiguous and alike)
            other = zone.reason == "back matter" and self._has_subject(index)
            return (named or early or other) and self._has_prose(index)
        if not piece.is_paragraph(self.size):
            return False
        if zone.reason == "reference":
            return piece.is_article() and self.rest[index - 1] > MIN_REST and not LABELED.match(piece.text)
        second = early and any(above.is_text for above in self.pieces[:index] if above.reason == "back matter")
        return second or (ambiguous and opener.is_text and piece.text[0].isupper())

    def _has_subject(self, index: int) -> bool:
        """Whether a heading behind back matter is over prose about something else: no thanks, money or interests."""
        below = list(takewhile(lambda piece: piece.kind != "heading", self.pieces[index + 1 :]))
        text = "\n".join(piece.text for piece in below if piece.is_article())
        unknown = id(self.pieces[index]) not in self.backs
        return unknown and count_words(text) > 0 and len(self.names.owed.findall(text)) <= MAX_OWED * count_words(text)

    def _is_appendix(self, index: int) -> bool:
        """Whether a block heads an appendix: by its name, or behind the references as a heading over running text."""
        piece = self.pieces[index]
        named = id(piece) in self.appendices
        reach = APPENDIX_REACH if named else REACH  # below its name an appendix may have a heading more, and formulas
        if piece.kind != "heading" or not (self._has_prose(index, reach) or self._is_set_as_section(index)):
            return False
        if named:
            return True
        lettered = bool(LETTERED.match(piece.text))
        first = lettered and piece.text.lstrip()[0] == "A" and self.pieces[index - 1].reason == "reference"
        behind = first or self._is_behind(index)  # further appendices may have sections of the body's names
        more = lettered or self.rest[index] > MIN_REST
        return more and behind and not self._names_review(piece)

    def _is_set_as_section(self, index: int) -> bool:
        """Whether a lettered heading behind the references is set as theirs and heads none: over code or lists."""
        piece = self.pieces[index]
        if not LETTERED.match(piece.text) or not self._is_behind(index):
            return False
        return piece.is_like(self.pieces[self.first_list]) and piece.font_size > self.size

    def _is_behind(self, index: int) -> bool:
        """Whether a block stands behind a list of references, and no section of the body does."""
        return self.first_list < index > self.last_body

    def _has_prose(self, index: int, reach: int = REACH) -> bool:
        """Whether a heading has running text below it, before any references or back matter; figures may come first."""
        worded = (piece for piece in self.pieces[index + 1 :] if piece.is_text or piece.kind == "heading")
        following = list(islice(worded, reach))
        ends = self.lists | (self.backs - self.appendices if id(self.pieces[index]) in self.appendices else self.backs)
        end = next((i for i, piece in enumerate(following) if id(piece) in ends), None)
        return has_prose(following[:end])

    def _heads_references(self, pieces: Sequence[Piece]) -> bool:
        """Whether the first of some pieces heads a list of references; a table's column, or a box, may have its name.

        Entries follow it; a heading may also have entries that cannot be told as such, but no paragraph of the body.
        """
        head = pieces[0]
        short = head.kind == "heading" or count_words(head.text) <= 4
        if not short or not self.names.references.fullmatch(plain_heading(head.text)):
            return False
        following = [piece for piece in pieces[1:] if count_words(piece.text) >= 4][:5]
        entries = [piece for piece in following if is_reference(" ".join(piece.text.split()[:60]))]
        if entries:
            return len(entries) >= sum(piece.is_paragraph(self.size) for piece in following)
        return (head.kind == "heading" or head.is_text) and not has_prose(pieces[1 : REACH + 1])


def has_prose(pieces: Sequence[Piece]) -> bool:
    """Whether the blocks below a heading are a section's: running text."""
    prose = (piece.text for piece in pieces if piece.is_text and prose_share(piece.text) > 0.25)
    return sum(map(count_words, prose)) >= MIN_PROSE
