"""Tables and JSON of a folder as rows and records, and its texts. Standard library only."""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

from further.cases.files import Folder, kind_of, remembered

# The largest table of texts that is known, ROCOv2's captions, has 30 MB.
MAX_TABLE_MB = 2_000
# csv's own limit of 131,072 characters is too low for some captions.
MAX_CELL = 10_000_000
# Read as the last row of every table. csv does not tell that a quote is still open: this row is then part of another.
END = "\0end of the table"
MARKS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
"""What may stand between the cells of a table."""
UNREADABLE = (OSError, EOFError, zlib.error)
"""What opening, or unpacking, a broken file raises."""


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let csv read cells up to MAX_CELL. Its limit is the whole process's, so others get theirs back."""
    before = csv.field_size_limit(MAX_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def read_records(folder: Folder, file: str) -> list[dict[str, Any]]:
    """Records of a JSON list, of a JSON object that holds one list, or of JSON lines.

    Raises:
        ValueError: If the file is none of these, naming file and line.
    """
    data = read_json(folder, file)
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list)]
        data = lists[0] if len(lists) == 1 else [data]
    if not isinstance(data, list):
        raise ValueError(f"cases.folder: {file} holds {type(data).__name__}, not a list of records")
    return [check_record(record, file, number) for number, record in enumerate(data, 1)]


def read_json(folder: Folder, file: str) -> Any:
    """What a JSON file holds; a list of what the lines hold for JSON lines.

    Raises:
        ValueError: If it is none, naming file and line.
    """
    text = read_text(folder, file)
    if kind_of(file) != ".jsonl":
        return _parse(text, file, 1)
    return [_parse(line, file, number) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


@remembered
def peek_record(folder: Folder, file: str) -> dict[str, Any]:
    """The first record of a JSON file or of JSON lines; empty if there is none or the file cannot be read so."""
    try:
        if kind_of(file) == ".jsonl":
            with open_text(folder.path / file, errors="replace") as stream:
                first = next((line for line in stream if line.strip()), "{}")
            return check_record(_parse(first, file, 1), file, 1)
        return next(iter(read_records(folder, file)), {})
    except (ValueError, *UNREADABLE):
        return {}


@_long_cells()
def read_rows(folder: Folder, file: str) -> list[dict[str, str]]:
    """Rows of a CSV file by column, the columns' names in lower case; its head tells what stands between cells.

    Excel's first line `sep=;` is read as it is meant. Rows without a text are left out: Excel leaves some at the end.

    Raises:
        ValueError: If the file is no text, a column is there twice, a quote is not closed, which would make one cell of
            the rows after it, or a row has more cells than there are columns: a comma in a text without quotes around
            it would move the texts after it.
    """
    text, mark = _without_sep(read_text(folder, file))
    table = _read_cells(text, mark, file)
    names = name_cells(next(table, (1, []))[1], file)
    rows = []
    for line, cells in table:
        if any(cell.strip() for cell in cells[len(names) :]):
            raise ValueError(
                f"cases.folder: line {line} of {file} has {len(cells)} cells for {len(names)} columns; a text with "
                f"{_call(mark)} in it needs quotes around it"
            )
        if any(cell.strip() for cell in cells):
            rows.append({name: cell for name, cell in zip(names, cells, strict=False) if name})
    return rows


def _read_cells(text: str, mark: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of a table, each with the number of its last line."""
    table = csv.reader(io.StringIO(f"{text}\n{END}"), delimiter=mark, skipinitialspace=True)
    start = 1
    try:
        for cells in table:
            if cells == [END]:
                return
            if cells and cells[-1].endswith(END):
                break
            yield table.line_num, cells
            start = table.line_num + 1
    except csv.Error:  # a cell of more than MAX_CELL characters
        pass
    raise ValueError(f"cases.folder: line {start} of {file} opens a quote that is not closed: close it, or take it out")


def name_cells(cells: Iterable[str], file: str) -> list[str]:
    """Names of columns, in lower case.

    Raises:
        ValueError: If one is there twice.
    """
    names = [cell.strip().lower() for cell in cells]
    twice = sorted(name for name in set(names) - {""} if names.count(name) > 1)
    if twice:
        raise ValueError(f"cases.folder: {file} has the column {twice[0]} twice")
    return names


@_long_cells()
def read_head(folder: Folder, file: str) -> list[str]:
    """Names of a CSV file's columns, in lower case; none where it cannot be read."""
    path = folder.path / file
    try:
        with open_text(path, errors="replace") as stream:
            head, mark = _without_sep(stream.readline(100_000) + stream.readline(100_000))
    except (UnicodeError, *UNREADABLE):
        return []
    return [name.strip().lower() for name in next(csv.reader(io.StringIO(head), delimiter=mark), [])]


def _without_sep(text: str) -> tuple[str, str]:
    """A table without Excel's line `sep=;`, and what stands between its cells."""
    head, _, rest = text.partition("\n")
    if told := re.fullmatch(r"sep=(.)", head.strip('\r"'), re.IGNORECASE):
        return rest, told[1]
    return text, max(MARKS, key=head.count)


def _call(mark: str) -> str:
    return MARKS.get(mark, repr(mark))


def open_text(path: Path, errors: str = "strict") -> TextIO:
    """A file of text, unpacked if it is called .gz: UTF-8, or UTF-16 where the first two bytes say so (Excel)."""
    unpack = gzip.open if path.name.lower().endswith(".gz") else open
    with unpack(path, "rb") as stream:
        encoding = "utf-16" if stream.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return cast(TextIO, unpack(path, "rt", encoding=encoding, errors=errors))


def read_text(folder: Folder, file: str) -> str:
    """The text of a file.

    Raises:
        ValueError: If it is no text, or too large.
    """
    most = MAX_TABLE_MB * 1_000_000
    try:
        with open_text(folder.path / file) as stream:
            text = stream.read(most + 1)
        if len(text) > most:
            raise ValueError(f"cases.folder: {file} has more than {MAX_TABLE_MB:,} MB, which a table of texts may have")
        return text
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise ValueError(f"cases.folder: {file} cannot be unpacked: it is cut off or no gzip") from None
    except UnicodeError as error:
        byte = getattr(error, "start", 0)
        raise ValueError(
            f'cases.folder: {file} is not UTF-8 text (byte {byte:,}); save it again as UTF-8, in Excel as "CSV UTF-8"'
        ) from None


def _parse(text: str, file: str, line: int) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(f"cases.folder: {file} is nested too deep, line {line}") from None
    except ValueError as error:
        place = getattr(error, "lineno", 1) + line - 1
        raise ValueError(
            f"cases.folder: {file} is not valid JSON, line {place}: {getattr(error, 'msg', error)}"
        ) from None


def check_record(record: Any, file: str, number: int) -> dict[str, Any]:
    """A record, which must be an object."""
    if not isinstance(record, dict):
        raise ValueError(f"cases.folder: record {number} of {file} is {type(record).__name__}, not an object")
    return record
