"""Excel's workbooks as tables: the first worksheet that holds a row of names and rows below it."""

import datetime
import zipfile
from collections.abc import Iterable
from typing import Any

from further.cases.files import Folder
from further.cases.tables import name_cells

MAX_UNPACKED_MB = 1_000  # a hostile file of some kB unpacks to any size
Row = dict[str, Any]


def read_workbook(folder: Folder, file: str) -> list[Row]:
    """Rows by column, the columns' names in lower case; rows without a value are left out.

    Raises:
        ValueError: If the file is no workbook, unpacks to more than MAX_UNPACKED_MB, or has a column twice.
    """
    import pandas as pd  # not while a study without workbooks is planned

    path = folder.path / file
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist()) / 1e6
        if size > MAX_UNPACKED_MB:
            raise ValueError(f"cases.folder: {file} unpacks to {size:,.0f} MB; a workbook may have {MAX_UNPACKED_MB:,}")
        # na_filter: pandas would take the answer "None" for an empty cell.
        book = pd.read_excel(path, sheet_name=None, header=None, dtype=object, na_filter=False, engine="openpyxl")
    except (zipfile.BadZipFile, KeyError, OSError):
        raise ValueError(f"cases.folder: {file} is no workbook that can be read; save it as CSV UTF-8") from None
    tables = (_read_sheet(file, sheet.itertuples(index=False, name=None)) for sheet in book.values())
    return next((rows for rows in tables if rows), [])


def _read_sheet(file: str, lines: Iterable[tuple[Any, ...]]) -> list[Row]:
    """Rows below the first line that has two names."""
    names: list[str] = []
    rows = []
    for line in lines:
        cells = [_text(cell) for cell in line]
        if names and any(cells):
            rows.append({name: cell for name, cell in zip(names, cells, strict=False) if name})
        elif not names and sum(map(bool, cells)) > 1:
            names = name_cells(cells, file)
    return rows


def _text(cell: object) -> str:
    """A cell as it is read: 3.0 is 3, a day has no hours.

    >>> _text(3.0), _text(True), _text(datetime.datetime(2026, 1, 2)), _text(None)
    ('3', 'yes', '2026-01-02', '')
    """
    if isinstance(cell, bool):
        return ("no", "yes")[cell]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return "" if cell is None else str(cell)
