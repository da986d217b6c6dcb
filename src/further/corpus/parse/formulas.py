"""Displayed formulas: the parts between two lines of a paragraph, put together and kept with it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from further.corpus.parse.blocks import ENDED, ITEM, Block
from further.corpus.parse.captions import LABEL
from further.corpus.parse.lines import Line
from further.corpus.parse.style import Style
from further.corpus.words import count_words, prose_share

RELATION = re.compile(r"[=≈≤≥<>∝≡∼≃≅×÷∑∏∫√]")
"""What a formula holds: a relation of its two sides, or a sign of reckoning that prose has none of."""
FORMULA_NUMBER = re.compile(r"\s*[(\[](?:[A-Z]\.?)?\d{1,3}[a-z]?[)\]]\s*")
"""The number of a formula, at the edge of its column."""
MAX_PARTS, MAX_WORDS, MAX_NAMES = 10, 15, 5
"""Blocks of a formula, words of each, and words up to which "a" and "of" may be the names of quantities."""
INDENT = 1.5
"""Of a formula between two sentences, in font sizes."""
MAX_SIDE = 8
"""Words above or below a fraction bar; a line of a sentence has more."""
MAX_NAMED = 3
"""Words for each part of a long formula; a list of what its letters mean has more."""
MAX_HEIGHT, MAX_GAP = 6.0, 2.5
"""Height of a formula, and distance from the text above and below, in leadings."""


def join_formulas(blocks: Sequence[Block], style: Style) -> list[Block]:
    """Blocks of one page, with the parts of each displayed formula as one block of running text.

    A formula interrupts a sentence: the text above it has not ended or ends in a colon, or the text below goes on with
    a small letter. Or it stands in from the edge of its column, as no heading does that holds an equals sign.
    A long one, such as a derivation in several lines or a matrix, is one block of the kind "other": read in a row its
    parts say nothing.

    Args:
        blocks: Blocks of one page in reading order, of which those of code have their kind.
        style: How the paper's body is set.
    """
    joined: list[Block] = []
    index = 0
    while index < len(blocks):
        joined.append(blocks[index])
        end = _end_of_formula(blocks, index, style)
        if end > index + 1:
            parts = blocks[index + 1 : end]
            joined.append(Block(_order_lines(parts), "other" if _is_long(parts, style) else "text"))
        index = end
    return joined


def _end_of_formula(blocks: Sequence[Block], index: int, style: Style) -> int:
    """Index of the block behind the formula that stands below a paragraph; of the next block if none does."""
    above = blocks[index]
    if not _is_paragraph(above, style):
        return index + 1
    end = index + 1
    while end < len(blocks) and _is_part(blocks[end], above, style):
        end += 1
    long = _is_long(blocks[index + 1 : end], style)
    end = end if long else min(end, index + 1 + MAX_PARTS)
    parts = blocks[index + 1 : end]
    below = blocks[end] if end < len(blocks) and _is_paragraph(blocks[end], style) else None
    if not RELATION.search("".join(part.text for part in parts)):
        return index + 1
    top, foot = min(part.y0 for part in parts), max(part.y1 for part in parts)
    near = top - above.y1 < MAX_GAP * style.leading and (long or foot - top < MAX_HEIGHT * style.leading)
    if below is not None and below.y0 > top:
        near = near and below.y0 - foot < MAX_GAP * style.leading
    text = above.text.rstrip()
    goes_on = below is not None and below.text.lstrip()[:1].islower()
    inside = text.endswith(":") or not ENDED.search(text) or goes_on
    return end if near and (inside or _is_indented(parts, above, style)) else index + 1


def _is_long(parts: Sequence[Block], style: Style) -> bool:
    """Whether a formula has so many parts, or is so high, that its lines give no order to read it in."""
    if not parts or count_words(" ".join(part.text for part in parts)) > MAX_NAMED * len(parts):
        return False
    height = max(part.y1 for part in parts) - min(part.y0 for part in parts)
    return len(parts) > MAX_PARTS or height > MAX_HEIGHT * style.leading


def _is_indented(parts: Sequence[Block], above: Block, style: Style) -> bool:
    """Whether all parts but the number stand in from the left edge of the column, and one is set as the body."""
    said = [part for part in parts if not FORMULA_NUMBER.fullmatch(part.text)]
    stands_in = all(part.x0 > above.x0 + INDENT * style.size for part in said)
    return stands_in and any(RELATION.search(part.text) and style.is_body_size(part.size) for part in said)


def _is_paragraph(block: Block, style: Style) -> bool:
    """Whether a block is running text of the body, however short."""
    return style.is_body_size(block.size) and not block.bold and prose_share(block.text) > 0.15


def _is_part(block: Block, above: Block, style: Style) -> bool:
    """Whether a block may be a part of a formula that stands in the column of the paragraph above."""
    small = block.size < 1.05 * style.size and not (block.bold or block.kind) and count_words(block.text) <= MAX_WORDS
    inside = block.x0 > above.x0 - 2 and block.x1 < max(above.x1, above.x0 + style.measure) + 2
    below = block.y1 > above.y1 and block.y0 > above.y1 - style.size
    words = re.sub(r"\b[^\W\d_]\b", "", block.text)  # without the letters of a matrix, such as "a"
    said = prose_share(words) > 0.2 and count_words(words) > MAX_NAMES and not RELATION.search(block.text)
    return small and inside and below and not (said or LABEL.match(block.text) or ITEM.match(block.text))


def _order_lines(parts: Sequence[Block]) -> list[Line]:
    """Lines of a formula as they are read: row by row, from left to right, a numerator before its denominator."""
    lines = [line for part in parts for line in part.lines]
    numbers = [line for line in lines if FORMULA_NUMBER.fullmatch(line.text)]
    rows: list[list[Line]] = []
    for line in sorted((line for line in lines if line not in numbers), key=lambda line: line.y0):
        if rows and line.y0 < max(other.y1 for other in rows[-1]) + 0.35 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [*(line for row in rows for line in _order_row(row)), *numbers]


def _order_row(row: Sequence[Line]) -> list[Line]:
    stacks: list[list[Line]] = []
    for line in sorted(row, key=lambda line: line.x0):
        # What begins well before the end of the others stands over or under them.
        if stacks and line.x0 < max(other.x1 for other in stacks[-1]) - 0.3 * (line.x1 - line.x0):
            stacks[-1].append(line)
        else:
            stacks.append([line])
    return [line for stack in stacks for line in _write_fraction(stack)]


def _write_fraction(stack: list[Line]) -> list[Line]:
    """Two lines of one size above each other, with the slash that a fraction bar stands for."""
    lines = sorted(stack, key=lambda line: line.baseline)
    alike = len(lines) == 2 and abs(lines[0].size - lines[1].size) < 0.07 * lines[0].size
    alike &= max(count_words(line.text) for line in lines) <= MAX_SIDE
    if alike and all(re.search(r"[^\W_]", line.text) for line in lines) and not RELATION.search(lines[1].text):
        return [replace(lines[0], text=f"{lines[0].text.rstrip()} /"), lines[1]]
    return lines
