"""Numbers as people write them: decimal commas, thousands separators, suffixes, percent."""

import re
from collections.abc import Iterable
from math import isfinite
from typing import Any

SUFFIXES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e12}
BLANKS = {"", "-", "--", "na", "n/a", "nan", "none", "null"}
# Between thousands: blanks of any width, the apostrophe of Switzerland, the underscore of Python.
GAPS = re.compile(r"(?<=\d)[\s'’_](?=\d{3})")
NUMBER = re.compile(r"([+-]?\d[\d.,]*(?:e[+-]?\d+)?|[+-]?[.,]\d+(?:e[+-]?\d+)?)\s*([kmbgt]?)\s*(%?)", re.IGNORECASE)
# 2,949 is nearly three or nearly three thousand; 0,949 and 12,9490 are no thousands.
AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
UNGROUPED = re.compile(r"[+-]?\d{4,}")


def is_blank(cell: Any) -> bool:
    """Say whether a cell holds nothing, or a word for nothing."""
    return cell is None or cell != cell or (isinstance(cell, str) and cell.strip().lower() in BLANKS)


def find_decimal_mark(cells: Iterable[Any], *, semicolons: bool) -> str:
    """Find which of "." and "," is the decimal mark of a file.

    Args:
        cells: Every cell; those that are no numbers are passed over.
        semicolons: The columns are separated by semicolons, as where the comma is the decimal mark. This decides where
            all numbers with a comma could be read both ways, as "2,949" can, and so do thousands without a mark.

    Raises:
        ValueError: If two cells contradict each other.
    """
    seen: dict[str, str] = {}
    doubtful, ungrouped = set(), False
    for cell in cells:
        body = _body(cell)
        if body is None or not set(body) & set(".,"):
            ungrouped |= body is not None and UNGROUPED.fullmatch(body) is not None
            continue
        mark = _mark_of(body)
        if mark is None:
            doubtful |= set(body) & set(".,")
        else:
            seen.setdefault(mark, str(cell).strip())
    if len(seen) == 2:
        raise ValueError(
            f"the decimal mark is a point in {seen['.']!r} and a comma in {seen[',']!r}: write one kind throughout"
        )
    if seen:
        return next(iter(seen))
    # Who writes 1000000 groups no thousands, so that 2,949 beside it is nearly three.
    return "," if "," in doubtful and (semicolons or (ungrouped and "." not in doubtful)) else "."


def parse_number(cell: Any, decimal_mark: str) -> float | None:
    """Return the number in a cell, None where it is none or not finite; 100k is 100,000, and 25 % is 0.25."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell) if isfinite(cell) else None
    found = NUMBER.fullmatch(GAPS.sub("", str(cell).strip()))
    if found is None:
        return None
    body, suffix, percent = found.groups()
    other = "," if decimal_mark == "." else "."
    try:
        value = float(body.replace(other, "").replace(decimal_mark, "."))
    except ValueError:
        return None
    value *= SUFFIXES[suffix.lower()] / (100.0 if percent else 1.0)
    return value if isfinite(value) else None


def _body(cell: Any) -> str | None:
    """Return digits and marks of a number in a text cell."""
    found = NUMBER.fullmatch(GAPS.sub("", cell.strip())) if isinstance(cell, str) else None
    return None if found is None else found.group(1)


def _mark_of(body: str) -> str | None:
    """Return the decimal mark that a number shows, None where it could be either."""
    marks = [character for character in body if character in ".,"]
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:
        return "," if marks[0] == "." else "."
    return None if AMBIGUOUS.fullmatch(body) else marks[0]
