"""Tables for people, as the page shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from further.report.wording import MINUS


@dataclass(frozen=True)
class ShownTable:
    """A table for people; the first column names the row.

    Attributes:
        is_number: By column, whether its cells line up on the right.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_number: tuple[bool, ...]


def show_table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()
) -> ShownTable:
    """A table whose columns `numbers` (from 0) line up on the right."""
    is_number = tuple(column in numbers for column in range(len(header)))
    return ShownTable(caption, tuple(header), tuple(tuple(row) for row in rows), is_number)


def show_filled(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], first_number: int) -> ShownTable:
    """A table without the columns that are empty in every row; numbers from a column on."""
    keep = [column for column in range(len(header)) if any(row[column] for row in rows)]
    numbers = [place for place, column in enumerate(keep) if column >= first_number]
    return show_table(
        caption, [header[column] for column in keep], [[row[column] for column in keep] for row in rows], numbers
    )


def show_frame(caption: str, frame: pd.DataFrame) -> ShownTable:
    """A data frame, its numbers to five significant digits."""
    rows = [[_show_cell(cell) for cell in row] for row in frame.itertuples(index=False)]
    numbers = [index for index, kind in enumerate(frame.dtypes) if pd.api.types.is_numeric_dtype(kind)]
    return show_table(caption, [column.replace("_", " ") for column in frame.columns], rows, numbers)


def _show_cell(cell: Any) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float):
        return f"{cell:.5g}".replace("-", MINUS)
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)
