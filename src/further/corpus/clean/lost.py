"""Prose that may have been dropped by mistake: long running text under a label that seldom holds any."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from math import inf
from typing import Any

import pyarrow as pa

from further.corpus.clean.pieces import MIN_PARAGRAPH
from further.corpus.clean.structure import is_biography, is_contents, is_note, is_reference, reference_marks
from further.corpus.schemas import DROPPED_PROSE
from further.corpus.sections import EVERY, is_section, run_in
from further.corpus.words import count_words, is_prose

PLAUSIBLE = (
    *("front matter", "contents", "table", "figure text", "footnote", "page header", "page footer", "sidebar"),
    *("reference", "back matter"),
)
"""Reasons under which prose is not expected; captions, licenses and parts are dropped because that is asked for."""
MAX_BACK_WORDS = 150
"""Words of running text that one name of back matter accounts for."""
MAX_START = 120
"""Characters of a block's text that are shown."""


def find_lost(blocks: pa.Table, decisions: pa.Table) -> pa.Table:
    """List the dropped blocks that read like prose and are neither references nor notes.

    A short list does not prove that a paper is whole. It says where to look first.

    Args:
        blocks: Blocks of whole papers (BLOCKS), each paper's together and in reading order.
        decisions: What became of them (DECISIONS), in the same order.

    Returns:
        One line per block (DROPPED_PROSE), in the order of the blocks.
    """
    lines = [
        block | {"reason": reason}
        for block, reason in zip(blocks.to_pylist(), decisions["reason"].to_pylist(), strict=True)
    ]
    found = [line for _, group in groupby(lines, key=lambda line: line["paper"]) for line in lost_of_paper(list(group))]
    return pa.Table.from_pylist(found, DROPPED_PROSE)


def lost_of_paper(lines: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same of one paper, as dictionaries with the columns of DROPPED_PROSE.

    Args:
        lines: Its blocks in reading order, with the columns of BLOCKS and `reason`.
    """
    allowed: float = 0
    behind = False
    for line in lines:
        text = line["text"]
        behind = behind or line["reason"] == "reference"
        if behind and line["kind"] == "heading" and is_section(EVERY.reviews, text):
            allowed = inf  # referees' reports go on to the end
        elif _names_back(line):
            allowed = max(allowed, MAX_BACK_WORDS)
        if line["reason"] not in PLAUSIBLE or _is_marked(line) or not _reads_as_article(text):
            continue
        if line["reason"] == "reference" and reference_marks(text) >= 2:
            continue
        words = count_words(text)
        if line["reason"] == "back matter" and allowed > 0:
            allowed -= words
            continue
        place = {name: line[name] for name in ("paper", "page", "block", "reason")}
        yield place | {"num_words": words, "start": " ".join(text.split())[:MAX_START]}


def _names_back(line: Mapping[str, Any]) -> bool:
    named = line["kind"] == "heading" and is_section(EVERY.back, line["text"])
    return named or run_in(EVERY.back, line["text"], line["lead"])


def _is_marked(line: Mapping[str, Any]) -> bool:
    """Whether a block begins with a raised letter or sign, as a note below a table or a flow chart does."""
    start, end = line["raised"][:2] or (1, 1)
    return start == 0 and len(line["text"][:end].strip()) == 1


def _reads_as_article(text: str) -> bool:
    if not is_prose(text, MIN_PARAGRAPH) or is_reference(text):
        return False
    return not is_note(text) and not is_contents(text) and not is_biography(text)
