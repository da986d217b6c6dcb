"""Lines to blocks: a paragraph, an item, a heading, a cell, or the part of one that stands in a column."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from further.corpus.parse.lines import MAX_INDENT, Line
from further.corpus.parse.style import Style
from further.corpus.parse.typewriter import is_typed
from further.corpus.sections import EVERY
from further.corpus.words import SHORTENED, count_words, is_prose

ITEM = re.compile(
    r"\s*(?:[•●▪■◦‣–—∙·*o]\s|[•●▪■‣\ufffd\ue000-\uf8ff]|\(?\d{1,3}[.)]\s|\[\d{1,3}\](?!\s*[.,;:)])|\(?[a-z][.)]\s|\(?[ivx]{1,4}[.)]\s)"
)
"""What a list item or a numbered reference begins with."""
BULLET = re.compile(r"\s*[•●▪■◦‣–—]\s")
"""The mark of a list, behind which the item's further lines stand."""
ENDED = re.compile(r"[.?!:;…。！？：；][\"'”’»)\]」』）]*[\d,–\-\[\]\s*†‡]*$")
"""A line that may be a paragraph's last: punctuation, then at most citation numbers."""

MAX_LABEL_WORDS = 8
"""Words of a paragraph's heading on its first line."""
MIN_TYPED = 40
"""Words from which prose is a paragraph even if it is set in a typewriter's font."""
WIDEST, DOUBLE = 2.1, 2.6
"""Widest leading, in font sizes: of an abstract, say, in another size than the body's; of what is set double-spaced."""


@dataclass(eq=False)
class Block:
    """Lines that belong together.

    Attributes:
        lines: At least one, from top to bottom.
        kind: One of KINDS, once it is known.
        carried: Whether its first line goes on with the paragraph of the column before, once that is known.
    """

    lines: list[Line]
    kind: str = ""
    carried: bool = False

    def __post_init__(self) -> None:
        """Measure the box and the style."""
        lines = self.lines
        self.page = lines[0].page
        self.x0, self.y0 = min(line.x0 for line in lines), min(line.y0 for line in lines)
        self.x1, self.y1 = max(line.x1 for line in lines), max(line.y1 for line in lines)
        self.text = "\n".join(line.text for line in lines)
        sizes, fonts = Counter[float](), Counter[str]()
        for line in lines:
            sizes[line.size] += len(line.text)
            fonts[line.font] += len(line.text)
        self.size = sizes.most_common(1)[0][0]
        self.font = fonts.most_common(1)[0][0]
        self.fonts = fonts
        self.bold = sum(len(line.text) for line in lines if line.bold) > 0.5 * sum(len(line.text) for line in lines)

    @property
    def width(self) -> float:
        """Width of the box, points."""
        return self.x1 - self.x0

    def share_in(self, fonts: Collection[str]) -> float:
        """Share of the characters that are set in one of some fonts."""
        return sum(self.fonts[font] for font in fonts) / max(1, self.fonts.total())

    @property
    def lead(self) -> int:
        """Characters of the text at its start that are bold or italic."""
        lead = 0
        for line in self.lines:
            lead += line.lead
            if line.lead < len(line.text.rstrip()):
                break
            lead += 1
        return min(lead, len(self.text))


def make_blocks(lines: Iterable[Line], style: Style) -> list[Block]:
    """Group the lines of one page.

    Args:
        lines: Lines in drawing order, without running heads.
        style: How the paper's body is set.

    Returns:
        Blocks in drawing order; those of code have their kind.
    """
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _belongs(groups[-1], line, style):
            groups[-1].append(line)
        else:
            groups.append([line])
    blocks = [Block(group) for group in groups]
    for block in blocks:
        block.kind = "code" if _is_code(block, style) else ""
    return blocks


def _is_code(block: Block, style: Style) -> bool:
    """Whether a block is what a program reads or prints: in a typewriter's font, and neither a heading nor prose."""
    typed = sum(len(line.text) for line in block.lines if is_typed(line, style.pitches))
    large = block.size > 1.04 * style.size
    return 2 * typed > len(block.text) and not large and not is_prose(block.text, MIN_TYPED)


def _belongs(group: Sequence[Line], line: Line, style: Style) -> bool:
    above = group[-1]
    size = max(above.size, line.size)
    step = line.baseline - above.baseline
    if len(group) == 1 and _stands_aside(above, line):
        return False
    heads = len(group) == 1 and _has_run_in(above)
    reach = 0.15 * size if heads else max(0.6, 0.07 * size)
    # The line before the last counts too: one line of a paragraph may be mostly code or a formula.
    if all(abs(one.size - line.size) > reach for one in group[-2:]) and not _is_justified(group, line, style):
        return False
    if (above.bold != line.bold and not heads) or _turns_to_code(group, line, style):
        return False
    if step < 0.4 * size or (step >= _widest_step(size, style) and not _runs_on(group, line, style)):
        return False
    overlap = min(above.x1, line.x1) - max(above.x0, line.x0)
    if overlap < 0.5 * min(above.x1 - above.x0, line.x1 - line.x0) and not (
        overlap > 0 and abs(line.x0 - above.x0) < 4 * size
    ):
        return False
    if (above.font != line.font or _is_in_capitals(group, line)) and _is_heading_line(group, line):
        return False
    return not _starts_paragraph(group, line)


def _stands_aside(above: Line, line: Line) -> bool:
    """Whether a line is no first line of the one below: further in than an indent, and not centered over it.

    Such are a formula's number and the last cell of a table.
    """
    centered = abs(above.x0 + above.x1 - line.x0 - line.x1) < 2 * line.size
    return above.x0 - line.x0 > MAX_INDENT * line.size and not centered


def _is_justified(group: Sequence[Line], line: Line, style: Style) -> bool:
    """Whether a line in another size is one of a justified paragraph that goes on: most of it is code or a formula."""
    above = group[-1]
    indent = above.x0 - line.x0 if len(group) == 1 else 0.0
    edges = abs(above.x1 - line.x1) < 1 and abs(above.x0 - indent - line.x0) < 1 and -1 < indent < 3 * style.size
    level = abs(line.baseline - above.baseline - style.leading) < 1 and style.is_body_size(above.size)
    return edges and level and count_words(above.text) >= 4 and not ENDED.search(above.text)


def _turns_to_code(group: Sequence[Line], line: Line, style: Style) -> bool:
    """Whether code begins or ends with a line; a line of text that holds nothing else is as long as those of text."""
    if not style.pitches or is_typed(group[-1], style.pitches) == is_typed(line, style.pitches):
        return False
    code = line if is_typed(line, style.pitches) else group[-1]
    text = (other for other in (*group, line) if not is_typed(other, style.pitches))
    return all(abs(code.x1 - other.x1) > line.size for other in text)


def _widest_step(size: float, style: Style) -> float:
    """Distance of baselines up to which a line of a size belongs to the block above it, points."""
    usual = max(1.3 * style.leading * size / style.size, 1.45 * size) if size <= 1.1 * style.size else 1.65 * size
    return min(max(usual, 1.15 * style.leadings.get(size, 0.0)), DOUBLE * size)


def _runs_on(group: Sequence[Line], line: Line, style: Style) -> bool:
    """Whether lines of prose with one left edge carry on a sentence, or keep the distance of those above."""
    above = group[-1]
    prose = min(count_words(above.text), count_words(line.text)) >= 4 and is_prose(above.text + " " + line.text, 8)
    if not prose or abs(above.x0 - line.x0) > 1.5 or above.size > 1.1 * style.size:
        return False
    steps = [below.baseline - one.baseline for one, below in pairwise([*group[-2:], line])]
    if steps[-1] >= WIDEST * above.size:
        return False
    short = above.x1 < line.x1 - 0.3 * (line.x1 - line.x0) and line.text[:1].isupper()
    return not (short or ENDED.search(above.text)) or (len(steps) == 2 and abs(steps[0] - steps[1]) < 0.5)


def _has_run_in(line: Line) -> bool:
    """Whether a line is a heading at first and ends as the text under it: "**Study design.** We enrolled"."""
    return line.bold and bool(line.lead) and count_words(line.text[line.lead :]) > 0


def _is_in_capitals(group: Sequence[Line], line: Line) -> bool:
    """Whether a block is in capitals and the line below it is not, as under a heading in small capitals."""
    return not line.text.isupper() and all(member.text.isupper() and count_words(member.text) for member in group)


def _is_heading_line(group: Sequence[Line], line: Line) -> bool:
    """Whether the lines of a block are a heading in a font of their own, right above a paragraph's first line."""
    if len(group) > 3 or any(member.font != group[0].font for member in group):
        return False
    right = max([member.x1 for member in group] + [line.x1])
    short = group[-1].x1 < right - 0.12 * (right - line.x0)
    return short and not group[-1].text.rstrip().endswith((",", ";", "-")) and not line.text.lstrip()[:1].islower()


def _starts_paragraph(group: Sequence[Line], line: Line) -> bool:
    """Whether a line under a block, near enough to belong to it, begins a paragraph or an item of its own."""
    above, size = group[-1], line.size
    left, right = min(member.x0 for member in group), max([member.x1 for member in group] + [line.x1])
    ended = bool(ENDED.search(above.text)) and not SHORTENED.search(above.text)
    short = above.x1 < right - max(2 * size, 0.08 * (right - left))
    level = abs(line.x0 - group[0].x0) < size or BULLET.match(line.text)
    out = line.x0 < left - 0.6 * size  # of what the column before began
    if ITEM.match(line.text) and (((ended or short) and level) or out):
        return True
    if ended and _has_label(line) and EVERY.keywords.match(line.text):
        return True
    if BULLET.match(group[0].text) and ended and line.x0 < group[0].x0 + 0.6 * size:
        return True  # where the item's mark stands, and not its text
    # Lines beside an initial stand further in than the first one below it.
    if group[0].initial and all(member.x0 > left + 0.6 * size for member in group[1:]):
        return False
    hanging = not group[0].initial and len(group) > 1 and group[1].x0 > group[0].x0 + 0.6 * size
    if hanging and line.x0 < group[1].x0 - 0.6 * size:
        return True
    if not hanging and line.x0 > above.x0 + 0.6 * size:
        first = len(group) == 1 and bool(ITEM.match(above.text))  # of an item
        rest = above.text[:1].islower() or is_prose(above.text, 6)  # of a paragraph in the column before
        return (ended or (short and not first)) and (len(group) > 1 or short or (rest and not first))
    capital = line.text.lstrip()[:1].isupper()
    spaced = len(group) > 1 and line.baseline - above.baseline > 1.2 * (above.baseline - group[-2].baseline)
    if line.initial or ((ended or short) and spaced and capital):
        return True
    room = right - above.x1
    if not ended or room < 0.5 * size + (first_word_width(line) if _is_ragged(group, right) else 0):
        return False
    return _has_label(line) or (room > 0.2 * (right - left) and not line.text.lstrip()[:1].islower())


def _has_label(line: Line) -> bool:
    """Whether a line begins with a paragraph's own heading: "**Results:** The graft", "*Assays.* Blood was"."""
    label = line.text[: line.lead].strip()
    if not 0 < line.lead < len(line.text.rstrip()) or not 1 <= count_words(label) <= MAX_LABEL_WORDS:
        return False
    return label[0].isupper() and (label[-1] in ".:" or bool(EVERY.label.match(label)))


def _is_ragged(group: Sequence[Line], right: float) -> bool:
    """Whether most lines of a block but its last end before its right edge."""
    others = group[:-1]
    return len(others) > 1 and 2 * sum(member.x1 < right - 0.3 * member.size for member in others) > len(others)


def first_word_width(line: Line) -> float:
    """Width of a line's first word, about: lines that are not justified end where the next word does not fit."""
    return (line.x1 - line.x0) * len(line.text.split()[0]) / len(line.text)
