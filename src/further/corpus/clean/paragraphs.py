"""Kept blocks to rows: paragraphs joined over columns and pages, words made whole, characters repaired."""

import re
from collections.abc import Sequence
from typing import Any

from further.corpus.clean.characters import clean_characters
from further.corpus.clean.hyphens import Vocabulary, join_lines
from further.corpus.clean.pieces import Piece
from further.corpus.clean.superscripts import raise_superscripts
from further.corpus.clean.unknown import mark_unknown, unknown_length
from further.corpus.schemas import KEPT
from further.corpus.sections import heads_section, plain_heading
from further.corpus.words import SHORTENED

DECIMAL = re.compile(r"\d[.:]\d+$")
"""A decimal number or a ratio, which looks like a sentence's end with the number of a citation."""
MAX_BOXED, MIN_OPEN = 8, 80
"""Paragraphs in a box between two parts of a sentence, and characters of its first part."""
MARK = re.compile(r"\s*\(?(\d{1,2}|[a-h]|[ivx]{1,4})\)\s")
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
ORDERS = (ROMAN, tuple("abcdefgh"), tuple(map(str, range(1, 100))))
"""The mark of an item that is counted, and what follows what."""
ENDED = re.compile(r"[.?!:;…。！？：；][\"'”’»)\]」』）]*(?:\s?[\[(]?[\d,–\-\s*†‡]{1,30}[\])]?)?$")


def make_rows(pieces: Sequence[Piece], vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Rows of one paper; each kept block learns the number of its row.

    Args:
        pieces: Its blocks in reading order, with what becomes of each.
        vocabulary: The paper's words.

    Returns:
        Dictionaries with the columns of ROWS but the paper's name.
    """
    rows: list[dict[str, Any]] = []
    sections = name_sections(pieces)
    for group in group_paragraphs(pieces):
        first = group[0]
        # Superscripts are raised first: their places count characters of the text as extracted.
        marked = [(mark_unknown(piece.text), piece.raised) for piece in group]
        lines = [line for text, raised in marked for line in raise_superscripts(text, raised).split("\n")]
        text = clean_characters(join_lines(map(clean_line, lines), vocabulary))
        if text:
            box = {name: getattr(first, name) for name in ("page", "x0", "y0", "x1", "y1")}
            for piece in group:
                piece.row = len(rows)
            box["characters"] = sum(len(piece.text) - unknown_length(piece.text) for piece in group)
            rows.append({"section": sections[id(first)], "row": len(rows), "text": text} | box)
    return rows


def name_sections(pieces: Sequence[Piece]) -> dict[int, str]:
    """The heading that each piece stands under, by id(); headings of several blocks as one."""
    names: dict[int, str] = {}
    section, above = "", None
    for piece in pieces:
        if piece.opens_section:
            more = above is not None and above.opens_section and continues(above, piece)
            text = mark_unknown(piece.text)
            section = plain_heading(clean_characters(f"{section} {text}" if more else text))
        names[id(piece)] = section
        above = piece
    return names


def clean_line(line: str) -> str:
    """One line with its characters repaired; a soft hyphen at its end stays, for the words to be joined there."""
    return clean_characters(line) + ("\u00ad" if line.rstrip().endswith("\u00ad") else "")


def group_paragraphs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Kept blocks that belong to one paragraph, also where a column, a page or a table came between them.

    Code may end the sentence that leads to it: what begins with a capital below it is a paragraph of its own.
    """
    groups: list[list[Piece]] = []
    behind_code = False
    for piece in pieces:
        if piece.reason != KEPT:
            behind_code |= piece.reason == "code"
            continue
        begins, behind_code = behind_code and piece.text.lstrip()[:1].isupper(), False
        if begins:
            groups.append([piece])
        elif groups and continues(groups[-1][-1], piece):
            groups[-1].append(piece)
        elif groups and (open_group := _find_open(groups, piece)):
            open_group.append(piece)
        else:
            groups.append([piece])
    return groups


def _find_open(groups: Sequence[list[Piece]], piece: Piece) -> list[Piece] | None:
    """The paragraph that a box of whole paragraphs had interrupted, if a block goes on with it in the same style."""
    if piece.kind != "text" or not re.match(r"\s*(?:[^\W_A-Z]|\()", piece.text):
        return None
    for group in reversed(groups[-MAX_BOXED:]):
        last = group[-1]
        if last.kind == "heading" and heads_section(last.text):
            return None
        if last.kind == "text" and not ENDED.search(last.text.rstrip()):
            alike = last.is_set(piece.font_size) and len(last.text) > MIN_OPEN
            return group if alike and piece.page - last.page <= 1 else None
    return None


def continues(above: Piece, below: Piece) -> bool:
    """Whether a kept block carries on the sentence of the kept block before it."""
    end, start = above.text.rstrip(), below.text.lstrip()[:1]
    same_style = above.is_set(below.font_size)
    cut = bool(DECIMAL.search(end) or SHORTENED.search(end)) and (start.islower() or start.isdigit() or start in "[(")
    if above.kind == "text" and same_style and (below.carried or (cut and start == "[")):
        return True
    if below.kind == "list" and above.kind in ("text", "list"):
        return same_style and below.page - above.page <= 1 and runs_on(end, below.text)
    if above.kind != below.kind and not (above.kind == "list" and below.kind == "text"):
        return False
    if below.kind == "title":
        return above.page == below.page
    if below.kind == "heading":
        near = above.page == below.page and -1 < below.y0 - above.y1 < 0.6 * below.font_size
        return near and abs(above.font_size - below.font_size) < 0.2 and above.bold == below.bold
    if below.kind != "text" or below.page - above.page > 2:
        return False
    if start.isupper() and below.text[: below.lead].rstrip().endswith((":", ".")):  # "**Prompt:** Describe the image"
        return False
    if end.endswith(("-", "‐", "\u00ad")):
        return True
    if ENDED.search(end):
        apart = below.page != above.page or below.y0 < above.y0  # a semicolon at a column's foot ends no paragraph
        return cut or (apart and end.endswith((";", ":") if start.islower() else ";"))
    return start.islower() or (same_style and len(above.text) > 80)


def runs_on(above: str, below: str) -> bool:
    """Whether a block that begins with "(ii)" is no item of a list but goes on with a sentence that counts.

    Then the mark before its own stands in the block above, or the one behind it in its own, and begins no line.

    Args:
        above: Text of the block above, its lines apart.
        below: Text of the block.
    """
    found = MARK.match(below)
    order = next((order for order in ORDERS if found and found[1] in order), ())
    if not found or not order or not re.search(r"(?:[:;,]|\b(?:and|or))$", above):
        return False
    place = order.index(found[1])
    before, after = order[max(0, place - 1)], order[min(place + 1, len(order) - 1)]
    return (place > 0 and _has_mark(before, above)) or _has_mark(after, below[found.end() :])


def _has_mark(mark: str, text: str) -> bool:
    return bool(re.search(rf"\S[ ]\(?{mark}\)[ ]", text))
