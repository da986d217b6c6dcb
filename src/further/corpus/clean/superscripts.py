"""Raised numbers: powers, charges and isotopes, told from the numbers of citations by what they follow."""

import re
from collections.abc import Iterator, Sequence

RAISED = str.maketrans("0123456789+-−–.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻·")
POWER = re.compile(r"[+−–-]?\d{1,3}(?:\.\d{1,2})?\s*|\d?[+−–-]\s*")
"""A power, an isotope's number, or the charge of an ion."""
BASE = re.compile(r"(?:(?<![\w.,-])[\d.,]*\d|x10|(?<![^\W\d_])(?:[^\W\d_]|[kmcdµμn]m|in|ft|min|day|kg))$")
"""What a power stands on: a number (but not IL-6 or CD4), a unit, or a letter that stands alone, as in R² and χ²."""
OVER = re.compile(r"\s?[/⁄]\s?\d")
"""What stands behind the upper number of a fraction: half a tablet is 1/2, and no power."""
YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d$")
CITATION = re.compile(r"\s*[\[(]?\d{1,3}(?:\s*[,;–‐−-]\s*\d{1,3})*[\])]?[,;.]?\s*")
CITED = re.compile(r"[^\W\d_][\w-]*$|[.,;:!?%)\]\"'”’»]$")
"""What a citation's number follows: a word, or a mark behind one; never a space, as the number of an isotope does."""


def raise_superscripts(text: str, raised: Sequence[int]) -> str:
    """Text whose superscripts are superscript characters: 10 and a raised 6 become 10⁶, not 106.

    Args:
        text: A block's text.
        raised: Start and end of each superscript, in characters, in ascending order.

    Returns:
        Text of the same length; in lists of citations the digits are raised and the commas are not.
    """
    parts, position = [], 0
    for start, end in _pairs(raised):
        piece = text[start:end]
        if _is_over(text, start, end):
            continue
        if POWER.fullmatch(piece):
            piece = piece.translate(RAISED)
        elif CITATION.fullmatch(piece):
            piece = re.sub(r"\d+", lambda digits: digits.group().translate(RAISED), piece)
        parts += [text[position:start], piece]
        position = end
    return "".join(parts) + text[position:]


def _is_over(text: str, start: int, end: int) -> bool:
    """Whether a superscript is the upper number of a fraction; behind anything but a space it is a power: "w²/2"."""
    return text[start:end].strip().isdigit() and not text[:start][-1:].strip() and bool(OVER.match(text, end))


def find_citations(text: str, raised: Sequence[int]) -> list[tuple[int, int]]:
    """Start and end of the superscripts that are citations.

    A number after a digit, a unit or a lone letter is a power, but for one after a year.

    Args:
        text: A block's text.
        raised: Start and end of each superscript, in characters, in ascending order.
    """
    return [(start, end) for start, end in _pairs(raised) if _is_citation(text[:start], text[start:end])]


def _is_citation(before: str, piece: str) -> bool:
    before = before[-20:]
    if YEAR.search(before):
        return bool(CITATION.fullmatch(piece))
    power = POWER.fullmatch(piece) and BASE.search(before)
    return bool(CITATION.fullmatch(piece) and CITED.search(before) and not power)


def cut_citations(text: str, raised: Sequence[int]) -> tuple[str, list[int]]:
    """Text without its superscript citations, and where its other superscripts are then.

    Args:
        text: A block's text.
        raised: Start and end of each superscript, in characters, in ascending order.
    """
    citations, kept, shift, position = find_citations(text, raised), "", 0, 0
    left: list[int] = []
    for start, end in _pairs(raised):
        if (start, end) in citations:
            tail = text[start:end]
            tail = tail[len(tail.rstrip()) :]  # the space to the next word
            kept += text[position:start] + tail
            shift += end - start - len(tail)
            position = end
        else:
            left += [start - shift, end - shift]
    return kept + text[position:], left


def _pairs(raised: Sequence[int]) -> Iterator[tuple[int, int]]:
    return zip(raised[::2], raised[1::2], strict=True)
