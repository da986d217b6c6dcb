"""Read the cells of a table as a spreadsheet or a logger writes it: CSV of any separator and encoding, or .xlsx."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from further.scaling.number_cells import find_decimal_mark, is_blank, parse_number

SEPARATORS = ",;\t|"
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
LONGEST_SHOWN = 60  # characters of a line in a message


@dataclass(frozen=True)
class Cells:
    """The cells of a table.

    Attributes:
        rows: One list of cells per row, each as long as `names`; blank rows left out.
        decimal_mark: "." or ",".
    """

    names: list[str]
    rows: list[list[Any]]
    decimal_mark: str


def read_cells(path: Path) -> Cells:
    """Read the cells of a file.

    Raises:
        ValueError: If it is no table with a line of names, which says what stands there instead.
    """
    raw = path.read_bytes()
    if raw.startswith(OLD_EXCEL):
        raise ValueError(f"{path.name} is an old Excel file (.xls): save it as .xlsx or as CSV")
    try:
        lines, separator = (
            (_read_sheet(path), "") if raw.startswith(ZIP) else _split(_decode(raw, path.name), path.name)
        )
    except csv.Error as error:  # what an open quote looks like, too
        raise ValueError(
            f"{path.name} has a cell of more than {csv.field_size_limit():,} characters: close its quotes, or leave "
            "the column out"
        ) from error
    rows = [row for row in lines if not all(map(is_blank, row))]
    if not rows:
        raise ValueError(f"{path.name} holds no table: give a line of column names and one line for each run")
    decimal_mark = find_decimal_mark((cell for row in rows[1:] for cell in row), semicolons=separator == ";")
    names = ["" if is_blank(cell) else str(cell).strip() for cell in rows[0]]
    if all(parse_number(name, decimal_mark) is not None for name in names):
        raise ValueError(
            f"the first line, {_show(rows[0])}, holds numbers: put a line with the columns' names above it"
        )
    for number, row in enumerate(rows[1:], 1):
        if any(not is_blank(cell) for cell in row[len(names) :]):
            raise ValueError(f"row {number}, {_show(row)}, has {len(row)} cells for {len(names)} columns")
    padded = [[*row, *[None] * len(names)][: len(names)] for row in rows[1:]]
    return Cells(names, padded, decimal_mark)


def _read_sheet(path: Path) -> list[list[Any]]:
    """Rows of the first sheet that has any."""
    try:
        sheets = pd.read_excel(path, sheet_name=None, header=None, dtype=object)
    except (ValueError, KeyError, OSError, ImportError, BadZipFile) as error:  # ImportError: a zip of another program
        raise ValueError(f"{path.name} is no .xlsx that can be read: save it again, or as CSV") from error
    filled = [sheet for sheet in sheets.values() if not sheet.dropna(how="all").empty]
    return [list(row) for row in filled[0].itertuples(index=False)] if filled else []


def _decode(raw: bytes, name: str) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    # ASCII in UTF-16 has a zero in every other byte.
    for zeros, encoding in ((raw[1:400:2], "utf-16-le"), (raw[0:400:2], "utf-16-be")):
        if zeros and not any(zeros):
            return raw.decode(encoding, errors="replace")
    if b"\0" in raw:
        raise ValueError(f"{name} is not text: give a CSV or an .xlsx file")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # Latin-1 as spreadsheets on Windows write it


def _split(text: str, name: str) -> tuple[list[list[Any]], str]:
    """Rows of cells, and the separator: the one named by `sep=`, else the one that splits the most."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    separator = None
    if lines and lines[0].strip().strip('"').lower().startswith("sep="):
        separator = lines[0].strip().strip('"')[4:5] or "\t"
        lines = lines[1:]
    if separator is None and lines:
        separator = max(SEPARATORS, key=lambda one: _columns(lines[0], one))
        if _columns(lines[0], separator) == 1:
            separator = _spaces(lines, name)
    if separator == " ":
        return [line.split() for line in lines], " "
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator or ",", skipinitialspace=True)
    return [list(row) for row in reader], separator or ","


def _columns(line: str, separator: str) -> int:
    return len(next(csv.reader([line], delimiter=separator)))


def _spaces(lines: list[str], name: str) -> str:
    if len(lines[0].split()) > 1 and len({len(line.split()) for line in lines}) == 1:
        return " "
    raise ValueError(
        f"{name} has one column, {_show([lines[0]])}: separate sizes and losses by commas, semicolons or tabs"
    )


def _show(row: list[Any]) -> str:
    said = ", ".join("" if is_blank(cell) else str(cell) for cell in row)
    return repr(said if len(said) <= LONGEST_SHOWN else said[:LONGEST_SHOWN] + "…")
