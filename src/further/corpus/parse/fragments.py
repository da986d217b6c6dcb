"""Parts of a line put together: MuPDF splits lines at wide gaps, at superscripts, and where fonts change."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise

from further.corpus.parse.lines import ITEM_MARK, MAX_INDENT, Line

WORD = re.compile(r"[^\W\d_]+")
LETTER = re.compile(r"\s*[^\W\d_]\s*")
MAX_STACKED, RAISED_WIDTH = 1.5, 0.5
"""Font sizes by which parts of a line may overlap where one holds a superscript, and the same by its characters."""
ERROR = re.compile(r"[-−–+]\s?\d+(?:[.,]\d+)?")
LAST_ERROR = re.compile(rf"{ERROR.pattern}$")
"""One of the two errors that stand above each other behind a number, and the same at a text's end."""
BEFORE_FRACTION = ("", *" ([−-–+=<>≤≥±/,")
"""What stands before a fraction, "" at a line's beginning."""


def join_fragments(lines: Iterable[Line]) -> list[Line]:
    """Put together the parts of a line that stretched word spaces, a raised number or another font had split.

    Parts are joined where they follow each other in the file, overlap in height and have a gap under 1.3 font
    sizes: the widest word gap seen in justified columns is 1.1, the narrowest table gutter 1.5. Wider gaps are
    joined in a line that reaches from edge to edge of the line above it, nearer parts also out of sequence.

    Args:
        lines: Lines of one page in drawing order.

    Returns:
        The lines in the same order.
    """
    joined: list[Line] = []
    for line in _place_initials(list(lines)):
        if joined and _continues(joined[-1], line):
            joined[-1] = _join(joined[-1], line)
        else:
            joined.append(line)
    return join_words(_join_stretched(_join_scattered(joined)))


def _place_initials(lines: list[Line]) -> list[Line]:
    """Put letters several lines high that were drawn elsewhere before the line that they begin."""
    for initial in [line for line in lines if LETTER.fullmatch(line.text)]:
        words = (line for line in lines if initial.size >= 1.5 * line.size and _continues(initial, line))
        first = min(words, key=lambda line: line.baseline, default=None)
        if first is not None:
            lines.remove(initial)
            place = lines.index(first)
            whole = _begins_known_word(initial.text.strip(), first, lines)
            lines[place : place + 1] = [_join(initial, first, word=True)] if whole else [initial, first]
    return lines


def _join_scattered(lines: list[Line]) -> list[Line]:
    """Join parts that touch but were drawn apart, such as words in italics drawn after the rest of a paragraph."""
    by_foot: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        by_foot.setdefault(round(line.baseline), []).append(index)
    made: dict[int, Line | None] = dict(enumerate(lines))
    for foot, members in by_foot.items():
        # Parts of one line may round to two points.
        near = sorted([*members, *by_foot.get(foot + 1, ())], key=lambda index: lines[index].x0)
        last = near[0]
        for index in near[1:]:
            left, right = made[last], made[index]
            if left is not None and right is not None and _touch(left, right):
                made[last] = made[index] = None
                last = min(last, index)
                made[last] = _join(left, right)
            else:
                last = index
    return [line for line in made.values() if line is not None]


def _touch(left: Line, right: Line) -> bool:
    """Whether one part ends where the other begins, on one baseline and in one size."""
    alike = abs(left.baseline - right.baseline) <= 1 and 0.85 < right.size / left.size < 1.18
    return alike and -0.2 * left.size < right.x0 - left.x1 < 0.45 * left.size


def _join_stretched(lines: list[Line]) -> list[Line]:
    """Join all parts of a line that, together, reach from edge to edge of the line above it in the same block.

    The line below tells, too. A block's first line has none above it, and an indent may be before its parts. The line
    above the second one may be indented.
    """
    rows: list[list[Line]] = []
    for line in lines:
        last = rows[-1][-1] if rows else None
        if last and line.group == last.group and abs(line.baseline - rows[-1][0].baseline) < 1:
            rows[-1].append(line)
        else:
            rows.append([line])
    joined: list[Line] = []
    for parts, under in zip(rows, [*rows[1:], None], strict=False):
        above = joined[-1] if joined and joined[-1].group == parts[0].group else None
        below = under[0] if under and len(under) == 1 else None
        full = len(parts) > 1 and (_fills(parts, above, 0) or _fills(parts, below, 0 if above else MAX_INDENT))
        joined += [reduce(_join, parts)] if full else parts
    return joined


def join_words(lines: list[Line], slack: float = 1.0) -> list[Line]:
    """Join words whose gaps are so wide that each is a block: they reach from edge to edge of a line near them.

    Args:
        lines: Lines of one page in drawing order.
        slack: Points by which baselines of one line may differ; edges by three times as much.
    """
    rows: list[list[Line]] = []
    for line in lines:
        if rows and abs(line.baseline - rows[-1][-1].baseline) < slack and line.x0 > rows[-1][-1].x1:
            rows[-1].append(line)
        else:
            rows.append([line])
    wide = [index for index, parts in enumerate(rows) if len(parts) > 1]
    for index in (*wide, *reversed(wide)):  # one such line may stand above another
        above, under = rows[index - 1] if index else [], rows[index + 1] if index + 1 < len(rows) else []
        near = [(side[0], indent) for side, indent in ((above, 0), (under, MAX_INDENT)) if len(side) == 1]
        inside = len(near) == 2 and all(_has_edges(rows[index], line, 0, slack) for line, _ in near)
        if any(_is_set_between(rows[index], line, indent, slack, inside) for line, indent in near):
            rows[index] = [reduce(_join, rows[index])]
    return [line for parts in rows for line in parts] if wide else lines


def _is_set_between(parts: Sequence[Line], line: Line, indent: float, slack: float, inside: bool) -> bool:
    """Whether parts are words of a justified line: set as one near them, from edge to edge, with gaps of one width.

    Where they are `inside` two lines with their edges, or in the middle of a sentence, the gaps may differ.
    """
    if len(parts) == 1 or not _has_edges(parts, line, indent, slack):
        return False
    alike = inside or 2 * sum(part.font == line.font for part in parts) >= len(parts)
    alike = alike and 2 * sum(abs(part.size - line.size) < 0.3 for part in parts) > len(parts)
    near = 0.8 * line.size < abs(parts[0].baseline - line.baseline) < 2 * line.size
    gaps = [right.x0 - left.x1 for left, right in pairwise(parts)]
    even = len(gaps) > 1 and max(gaps) - min(gaps) < 0.5 * line.size
    open_above = line.baseline < parts[0].baseline and line.text.rstrip()[-1:] not in ".:?!"
    return alike and near and max(gaps) < 5 * line.size and (even or open_above or inside)


def _fills(parts: Sequence[Line], line: Line | None, indent: float) -> bool:
    """Whether the parts of a line, from left to right, have another's edges in the same block, but for an indent."""
    if line is None or line.group != parts[0].group:
        return False
    return _has_edges(parts, line, indent)


def _has_edges(parts: Sequence[Line], line: Line, indent: float, slack: float = 1.0) -> bool:
    """Whether parts of a line, from left to right, begin and end where another does, but for an indent."""
    begins = -3 * slack < parts[0].x0 - line.x0 < 3 * slack + indent * line.size
    ordered = all(left.x1 <= right.x0 + 1 for left, right in pairwise(parts))
    return len(line.text) > 20 and begins and abs(line.x1 - parts[-1].x1) < 3 * slack and ordered


def _continues(left: Line, right: Line) -> bool:
    overlap = min(left.y1, right.y1) - max(left.y0, right.y0)
    height = min(left.y1 - left.y0, right.y1 - right.y0)
    size = max(left.size, right.size)
    least = 0.48 if right.size < 0.85 * left.size else 0.5  # a superscript may be raised by half its line's size
    gap, back = right.x0 - left.x1, 0.3
    if gap <= -back * size and abs(left.baseline - right.baseline) < 0.4 * size:
        stacked = _stacked_length(left, right)
        back = max(MAX_STACKED, RAISED_WIDTH * stacked) if stacked else back
    return overlap > least * height and -back * size < gap < 1.3 * size and right.size < 2.5 * left.size


def _raised_start(line: Line) -> int:
    """Where the superscript begins with which a line ends; the line's end if there is none."""
    start = len(line.text.rstrip())
    for begin, end in reversed(line.raised):  # TeX sets "+0.4" in three parts
        if end < start:
            break
        start = begin
    return start


def _raised_end(line: Line) -> int:
    """Where the superscript ends with which a line begins; 0 if there is none."""
    position = 0
    for begin, end in line.raised:
        if begin > position:
            break
        position = end
    return position


def _stacked_length(left: Line, right: Line) -> int:
    """Characters of a superscript between two parts of a line, which may stand over what is drawn next to it."""
    return len(left.text.rstrip()) - _raised_start(left) or _raised_end(right)


def _split_stack(left: Line, right: Line) -> tuple[Line, Line, str]:
    """Two parts of a line of which one begins over or under the other's end, and the sign between them.

    A number over another is a fraction unless it stands behind a letter or a sign of sums. An error upwards and one
    downwards are written "3.2 +0.4/−0.3".
    """
    if right.x0 > left.x1 - 0.1 * right.size or not _stacked_length(left, right):
        return left, right, ""
    text, start = left.text.rstrip(), _raised_start(left)
    last, first = LAST_ERROR.search(text), ERROR.match(right.text)
    if last and first and last[0][0] != first[0][0] and (last.start() == start or _raised_end(right)):
        right = replace(right, raised=tuple(span for span in right.raised if span[0] >= first.end()))
        start, text = last.start(), f"{text[: last.start()].rstrip()} {last[0]}"
    elif not (text[start:].isdigit() and right.text[:1].isdigit() and text[:start][-1:] in BEFORE_FRACTION):
        return left, right, ""
    lead = len(text) if left.lead == len(left.text) else left.lead
    raised = tuple(span for span in left.raised if span[1] <= start)
    return replace(left, text=text, lead=lead, raised=raised), right, "/"


def _join(left: Line, right: Line, *, word: bool = False) -> Line:
    apart = not (left.text.endswith(" ") or right.text.startswith(" ") or right.x0 - left.x1 < 0.15 * right.size)
    initial = left.size >= 1.5 * right.size and bool(LETTER.fullmatch(left.text))
    if initial and (word or _begins_word(left, right)):
        left, apart = replace(left, text=left.text.strip()), False
    left, right, slash = _split_stack(left, right)
    space = slash or (" " if apart else "")
    offset = len(left.text) + len(space)
    main = left if len(left.text) >= len(right.text) else right
    styled = left.lead == len(left.text) or (right.lead > 0 and ITEM_MARK.fullmatch(left.text))
    # A smaller part is a superscript or an index: with its box the line would overlap the one above or below.
    return replace(
        main,
        x0=min(left.x0, right.x0),
        y0=min(left.y0, right.y0) if left.size == right.size else main.y0,
        x1=max(left.x1, right.x1),
        y1=max(left.y1, right.y1) if left.size == right.size else main.y1,
        text=left.text + space + right.text,
        raised=(*left.raised, *((start + offset, end + offset) for start, end in right.raised)),
        lead=offset + right.lead if styled else left.lead,
        group=left.group,
        initial=initial or left.initial,
    )


def _begins_word(initial: Line, right: Line) -> bool:
    """Whether a letter several lines high begins the word that goes on beside it; A and I may be words of their own."""
    rest = WORD.match(right.text)
    return rest is not None and (initial.text.strip() not in ("A", "I") or len(rest.group()) == 1)


def _begins_known_word(initial: str, right: Line, lines: Sequence[Line]) -> bool:
    """Whether a letter that may be a word begins a longer one that the page has elsewhere, and its rest nowhere."""
    rest = WORD.match(right.text)
    if rest is None or initial not in ("A", "I"):
        return False
    elsewhere = {word for line in lines if line is not right for word in WORD.findall(line.text.lower())}
    return initial.lower() + rest[0].lower() in elsewhere and rest[0].lower() not in elsewhere
