"""Blocks to rows: one clean paragraph each, and an account of every character."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import pyarrow as pa

from further.corpus.clean.characters import is_unreadable
from further.corpus.clean.hyphens import Vocabulary, collect_vocabulary
from further.corpus.clean.language import MIN_CHARACTERS, check_language, find_language
from further.corpus.clean.paragraphs import make_rows
from further.corpus.clean.parts import drop_parts
from further.corpus.clean.pieces import Piece
from further.corpus.clean.reasons import decide
from further.corpus.clean.superscripts import cut_citations
from further.corpus.clean.unknown import unknown_length
from further.corpus.schemas import DECISIONS, KEPT, LEDGER, REJECTED, REJECTED_PAPER, ROWS
from further.corpus.sections import sections_in
from further.corpus.words import count_words

log = logging.getLogger(__name__)

WORDED = ("text", "list", "caption", "reference", "title")
"""Kinds of blocks whose words tell how a paper writes them."""


@dataclass(frozen=True)
class CleanSettings:
    """What is kept of a paper.

    Attributes:
        keep_captions: Whether captions of figures and tables become rows.
        keep_headings: Whether headings become rows.
        min_words: Words of body text under which a paper is rejected as too short.
        language: ISO 639 code of the only language that is kept; None keeps any.
        keep_citations: Whether superscript numbers of citations stay in the text, as superscript characters.
        drop_sections: Parts of an article that are left out, by their names in `further.corpus.clean.parts`.
        keep_appendices: Whether appendices are kept.
        max_damaged_fraction: Share of a paper's pages, unread or read in part, above which it is rejected as damaged.
    """

    keep_captions: bool
    keep_headings: bool
    min_words: int
    language: str | None = None
    keep_citations: bool = True
    drop_sections: tuple[str, ...] = ()
    keep_appendices: bool = True
    max_damaged_fraction: float = 1.0


def clean_papers(
    blocks: pa.Table, settings: CleanSettings, readings: pa.Table | None = None
) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    """Clean the papers of a table, one after the other.

    The ledger counts characters of the blocks' text as extracted, line feeds included: each character of a block
    goes to one reason, so the reasons of a paper add up to what was extracted. What cleaning changes inside kept
    text (hyphens, spaces, ligatures) is counted as kept.

    Args:
        blocks: Blocks of whole papers (BLOCKS), each paper's together and in reading order.
        settings: What to keep.
        readings: How much of the files was read (READINGS); None: all of them.

    Returns:
        Rows (ROWS), characters by reason (LEDGER), papers with too little to keep (REJECTED), and what became of each
        block (DECISIONS), of rejected papers too.

    Raises:
        ValueError: If the language's code or a part's name is not known.
    """
    if settings.language is not None:
        check_language(settings.language)
    read = {reading["paper"]: reading for reading in readings.to_pylist()} if readings is not None else {}
    rows, ledger, rejected, decisions = [], [], [], []
    papers, words = {}, {}
    for paper, pieces in _papers(blocks):
        language = _find_language(pieces)
        papers[paper] = _decide(pieces, settings, read.get(paper), language)
        words[paper] = replace(_collect_words(pieces), language=language or "en")
    # Line ends are joined only when all papers are read: the words of one decide those of another.
    others = Vocabulary()
    for own in words.values():
        others.add(own)
    for paper, (pieces, refusal) in papers.items():
        if refusal:
            whole = {"file": f"{paper}.pdf", "pages": max(piece.page for piece in pieces)}
            about = {name: read.get(paper, whole)[name] for name in whole}
            rejected.append({"paper": paper, "reason": refusal[0], "detail": refusal[1]} | about)
            log.warning("%s rejected: %s (%s)", paper, *refusal)
        else:
            if not settings.keep_citations:
                _cut_citations(pieces)
            rows += [{"paper": paper} | row for row in make_rows(pieces, replace(words[paper], others=others))]
        decisions += [
            {"paper": paper, "block": block, "reason": piece.reason, "row": piece.row}
            for block, piece in enumerate(pieces)
        ]
        ledger += [{"paper": paper} | entry for entry in count_characters(pieces, rejected=refusal is not None)]
    tables = ((rows, ROWS), (ledger, LEDGER), (rejected, REJECTED), (decisions, DECISIONS))
    made = [pa.Table.from_pylist(lines, schema) for lines, schema in tables]
    return made[0], made[1], made[2], made[3]


def _papers(blocks: pa.Table) -> Iterator[tuple[str, list[Piece]]]:
    names = [name for name in blocks.schema.names if name not in ("paper", "block")]
    for paper, group in groupby(range(blocks.num_rows), blocks["paper"].to_pylist().__getitem__):
        indices = list(group)
        part = blocks.slice(indices[0], len(indices)).select(names)
        yield paper, [Piece(**record) for record in part.to_pylist()]


def _decide(
    pieces: list[Piece], settings: CleanSettings, reading: Mapping[str, Any] | None, language: str
) -> tuple[list[Piece], tuple[str, str] | None]:
    """The blocks of one paper, each with its reason, and why the paper is rejected, None if it is not."""
    names = sections_in(language)
    keep = {name: getattr(settings, name) for name in ("keep_captions", "keep_headings", "keep_appendices")}
    decide(pieces, names, language, **keep)
    drop_parts(pieces, settings.drop_sections, names)
    return pieces, _refuse_damaged(reading, settings.max_damaged_fraction) or _refuse(pieces, settings)


def _collect_words(pieces: Sequence[Piece]) -> Vocabulary:
    """The words of a paper's text, and those of its references and captions too."""
    words = Vocabulary()
    for piece in pieces:
        if piece.kind in WORDED:
            words.add(collect_vocabulary(piece.text.split("\n"), broken=piece.text[:1].islower()))
    return words


def _find_language(pieces: Sequence[Piece]) -> str:
    """Code of the language of most running text, "" where there is too little of it to tell."""
    return find_language("\n".join(piece.text for piece in pieces if piece.is_text)) or ""


def _refuse_damaged(reading: Mapping[str, Any] | None, limit: float) -> tuple[str, str] | None:
    """Reason and detail if too many pages of a file could not be read in full."""
    if reading is None:
        return None
    lost, pages = len({*reading["unread_pages"], *reading["damaged_pages"]}), max(1, reading["pages"])
    if lost <= limit * pages:
        return None
    return "damaged", f"{lost} of {reading['pages']} pages could not be read in full; {limit:.0%} are allowed"


def _refuse(pieces: Sequence[Piece], settings: CleanSettings) -> tuple[str, str] | None:
    """Reason and detail for which a paper is rejected, or None."""
    if is_unreadable(_running_text(pieces)):
        return "unreadable font", "its fonts do not say which letters they show"
    language = None if settings.language is None else find_language(_running_text(pieces))
    if language != settings.language and language is not None:
        return "other language", f"its language is {language}, {settings.language} is kept"
    words = sum(count_words(piece.text) for piece in pieces if piece.reason == KEPT and piece.is_text)
    if words < settings.min_words:
        return "too short", f"{words} words of body text, {settings.min_words} needed"
    return None


def _running_text(pieces: Sequence[Piece]) -> str:
    """Kept running text, or all text where little is kept."""
    kept = "\n".join(piece.text for piece in pieces if piece.reason == KEPT and piece.is_text)
    return kept if len(kept) >= MIN_CHARACTERS else "\n".join(piece.text for piece in pieces)


def _cut_citations(pieces: Sequence[Piece]) -> None:
    for piece in pieces:
        if piece.reason == KEPT:
            before = len(piece.text)
            piece.text, piece.raised = cut_citations(piece.text, piece.raised)
            piece.num_cut = before - len(piece.text)


def count_characters(pieces: Sequence[Piece], *, rejected: bool) -> list[dict[str, Any]]:
    """Characters of one paper's blocks by reason, sorted by reason; of a rejected paper all under one reason."""
    count: dict[str, int] = {}
    for piece in pieces:
        reason = REJECTED_PAPER if rejected else piece.reason
        unknown = unknown_length(piece.text) if reason == KEPT else 0
        count[reason] = count.get(reason, 0) + len(piece.text) - unknown
        if unknown:
            count["unknown sign"] = count.get("unknown sign", 0) + unknown
        if piece.num_cut:
            count["citation"] = count.get("citation", 0) + piece.num_cut
    return [{"reason": reason, "characters": count[reason]} for reason in sorted(count)]
