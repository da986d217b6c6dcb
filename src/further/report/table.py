"""Tables for people, as the page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table for people; the first column names the row.

    Attributes:
        caption: What it holds.
        header: One name per column, units included.
        rows: Cells as they are shown.
        is_number: By column, whether its cells line up on the right.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_number: tuple[bool, ...]


def make_table(
    caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()
) -> Table:
    """A table whose columns `numbers` (from 0) line up on the right."""
    is_number = tuple(column in numbers for column in range(len(header)))
    return Table(caption, tuple(header), tuple(tuple(row) for row in rows), is_number)
