"""A folder of cases as it lies on disk: its files, and which of them a record means. Standard library only."""

import csv
import gzip
import io
import json
import os
import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from posixpath import splitext
from types import MappingProxyType
from typing import Any, TextIO, TypeVar, cast

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".jp2", ".dcm", ".dicom")
NO_COLUMNS: Mapping[str, str] = MappingProxyType({})
T = TypeVar("T")
# The largest table of texts that is known, ROCOv2's captions, has 30 MB.
MAX_TABLE_MB = 2_000
# csv's own limit of 131,072 characters is too low for some captions.
MAX_CELL = 10_000_000
# Read as the last row of every table. csv does not tell that a quote is still open: this row is then part of another.
END = "\0end of the table"
UNREADABLE = (OSError, EOFError, zlib.error)
"""What opening, or unpacking, a broken file raises."""

csv.field_size_limit(MAX_CELL)


@dataclass(frozen=True)
class Folder:
    """A folder, or one file of it that the study is to be read from.

    Attributes:
        only: Name of the one table to read, "" for whatever the folder holds.
        columns: What a setting says of a table's columns: how each is called, by what it holds.
    """

    path: Path
    only: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, columns: Mapping[str, str] = NO_COLUMNS) -> "Folder":
        """The folder at a path, or that of a file there.

        Raises:
            ValueError: If there is neither.
        """
        if path.is_dir():
            return cls(path, columns=columns)
        if path.is_file():
            return cls(path.parent, path.name, columns)
        raise ValueError(f"cases.folder: there is no folder {path}")

    @cached_property
    def files(self) -> tuple[str, ...]:
        """All files, relative to the folder, sorted; hidden ones and folders of programs' own are left out.

        Raises:
            ValueError: If a name is not UTF-8, as in archives that old Windows programs packed.
        """
        files = tuple(sorted(_walk(self.path, "")))
        wrong = next((file for file in files if not file.isascii() and re.search("[\ud800-\udfff]", file)), None)
        if wrong is not None:
            raise ValueError(f"cases.folder: the name of {wrong!a} is not UTF-8: rename it, as convmv does")
        return files

    @cached_property
    def _by_kind(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for file in self.files:
            found[kind_of(file)].append(file)
        return found

    @cached_property
    def _memory(self) -> dict[str, Any]:
        return {}

    def remember(self, what: str, read: Callable[["Folder"], T]) -> T:
        """What `read` finds in the folder, which is read once."""
        if what not in self._memory:
            self._memory[what] = read(self)
        return cast(T, self._memory[what])

    @cached_property
    def images(self) -> "ImageFiles":
        """Those of the files that are named like images."""
        return ImageFiles([file for file in self.files if file.lower().endswith(IMAGE_SUFFIXES)])

    @cached_property
    def others(self) -> dict[str, str]:
        """Files that are called like no picture, by their name without folders, in lower case."""
        files = (file for file in self.files if not file.lower().endswith(IMAGE_SUFFIXES))
        return {compose(file).rsplit("/", 1)[-1].lower(): file for file in files}

    def find_other(self, name: str) -> str:
        """The file that a record means, where it is called like no picture that is read; "" if there is none."""
        return self.others.get(compose(name).replace("\\", "/").rsplit("/", 1)[-1].lower(), "")

    def tables(self, *suffixes: str) -> list[str]:
        """Files of text with one of the suffixes: the one that was named, or all."""
        if self.only:
            return [self.only] if kind_of(self.only) in suffixes else []
        return sorted(file for suffix in suffixes for file in self._by_kind[suffix])

    def describe(self) -> str:
        """What lies there, by suffix, for a message: `12 .png, 2 .json`."""
        counts: dict[str, int] = defaultdict(int)
        for file in self.files:
            counts[PurePosixPath(file).suffix.lower() or "without suffix"] += 1
        most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
        return ", ".join(f"{number:,} {suffix}" for suffix, number in most) or "no file"


def _walk(folder: Path, below: str, above: tuple[Path, ...] = ()) -> Iterator[str]:
    """Files in and below a folder; links to folders are followed, unless that leads back to where it came from.

    Args:
        below: What stands before the files' names.
        above: Folders of the links that were followed to come here.
    """
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith((".", "__MACOSX")):
                continue
            if entry.is_dir():
                there = Path(entry.path)
                came = (*above, folder.resolve()) if entry.is_symlink() else above
                if not entry.is_symlink() or not any(one.is_relative_to(there.resolve()) for one in came):
                    yield from _walk(there, f"{below}{entry.name}/", came)
            elif entry.is_file():
                yield f"{below}{entry.name}"


class ImageFiles:
    """Image files of a folder, found by what records call them: a path, a name, or a name without suffix."""

    def __init__(self, files: Iterable[str]) -> None:
        """Remember the files, relative to the folder."""
        self.files = list(files)
        self.by_name: dict[str, list[str]] = defaultdict(list)
        for file in self.files:
            for name in _names(file):
                self.by_name[name].append(file)

    def find(self, name: str, hint: str = "") -> tuple[str | None, str]:
        """The one file that a record means.

        Only files of the folder are found, so a name cannot lead out of it.

        Args:
            hint: A part of the path that decides between several files: `train`.

        Returns:
            The file and ""; or None and what is wrong: that there is none, or that there are several.
        """
        parts = [part for part in compose(name).replace("\\", "/").strip().split("/") if part not in ("", ".")]
        for start in range(len(parts)):
            found = self.by_name.get("/".join(parts[start:]).lower(), [])
            if len(found) > 1 and hint:
                found = [file for file in found if hint in file] or found
            if len(found) == 1:
                return found[0], ""
            if found:
                exact = [file for file in found if compose(file) == "/".join(parts)]
                return (exact[0], "") if exact else (None, f"{len(found)} files are called so: {', '.join(found[:3])}")
        return None, "there is no such file"


def _names(file: str) -> set[str]:
    """All that a file may be called, in lower case: its path, every end of it, each without suffix too."""
    whole = compose(file).lower()
    suffix = PurePosixPath(whole).suffix
    ends = [whole]
    while "/" in ends[-1]:
        ends.append(ends[-1].split("/", 1)[1])
    return {name for end in ends for name in (end, end.removesuffix(suffix))}


def compose(name: str) -> str:
    """A name with each letter as one character: macOS writes the ä of a file's name as two."""
    return unicodedata.normalize("NFC", name)


def kind_of(file: str) -> str:
    """A file's suffix in lower case, that of what is packed in it for .gz."""
    return splitext(file.lower().removesuffix(".gz"))[1]


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
    return [_record(record, file, number) for number, record in enumerate(data, 1)]


def read_json(folder: Folder, file: str) -> Any:
    """What a JSON file holds; a list of what the lines hold for JSON lines.

    Raises:
        ValueError: If it is none, naming file and line.
    """
    text = read_text(folder, file)
    return [_parse(*line) for line in _lines(text, file)] if kind_of(file) == ".jsonl" else _parse(text, file, 1)


def peek_record(folder: Folder, file: str) -> dict[str, Any]:
    """The first record of a JSON file or of JSON lines; empty if there is none or the file cannot be read so."""
    return folder.remember(f"first record of {file}", lambda folder: _read_first(folder, file))


def _read_first(folder: Folder, file: str) -> dict[str, Any]:
    try:
        if kind_of(file) == ".jsonl":
            with open_text(folder.path / file, errors="replace") as stream:
                first = next((line for line in stream if line.strip()), "{}")
            return _record(_parse(first, file, 1), file, 1)
        return next(iter(read_records(folder, file)), {})
    except (ValueError, *UNREADABLE):
        return {}


def read_rows(folder: Folder, file: str) -> list[dict[str, str]]:
    """Rows of a CSV file by column, the columns' names in lower case; commas, semicolons or tabs, as its head has them.

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
    if told := re.fullmatch(r"sep=(.)", head.strip('\r"') or "", re.IGNORECASE):
        return rest, told[1]
    return text, max((",", ";", "\t"), key=head.count)


def _call(mark: str) -> str:
    return {",": "a comma", ";": "a semicolon", "\t": "a tab"}.get(mark, repr(mark))


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


def _lines(text: str, file: str) -> list[tuple[str, str, int]]:
    return [(line, file, number) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


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


def _record(record: Any, file: str, number: int) -> dict[str, Any]:
    if not isinstance(record, dict):
        raise ValueError(f"cases.folder: record {number} of {file} is {type(record).__name__}, not an object")
    return record
