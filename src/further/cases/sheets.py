"""The tables of a folder that belong together: those that name images, and those that tell more of the same cases."""

import ast
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from further.cases.columns import add_choices, choices_of, find_choices, name_columns, name_image_columns, tells
from further.cases.files import IMAGE_SUFFIXES, Folder, kind_of, remembered
from further.cases.records import Row, find_columns, find_text_files, read_any
from further.cases.reports import find_reports, read_reports
from further.cases.synonyms import find_split
from further.cases.tables import read_text
from further.cases.text import join_list

# Looking for the images of all rows would take minutes in a large folder; the first rows tell the column.
TRIED = 200
AFTER_SUFFIX = re.compile(rf"({'|'.join(map(re.escape, IMAGE_SUFFIXES))}),", re.IGNORECASE)


class Sheet(NamedTuple):
    """One table.

    Attributes:
        columns: Column by role, `image` among them where it names images.
        seen: Whether at least one image that it names is there.
        rows: What each row holds, by role.
    """

    file: str
    columns: Mapping[str, str]
    seen: bool
    rows: list[Row]


@remembered
def read_sheets(folder: Folder) -> list[Sheet]:
    """Tables of a folder that make cases; none where no image is named, or nothing is told of one.

    Where one table names images that are there, a column of that name in a table of the same cases is a text.

    Raises:
        ValueError: If a table is broken.
    """
    tried = [sheet for file in find_text_files(folder) if (sheet := _try(folder, file)) is not None]
    sheets = _keep_related(tried)
    for file, row in read_reports(folder, find_reports(folder)):
        sheets.append(Sheet(file, {role: role for role in row if not role.startswith("own_")}, True, [row]))
    telling = any(tells(sheet.columns) for sheet in sheets)
    return sheets if telling and any("image" in sheet.columns for sheet in sheets) else []


def unused_columns(folder: Folder) -> list[str]:
    """Columns of the tables of which nothing is taken, for a message."""
    sheets = [sheet for sheet in read_sheets(folder) or find_telling(folder) if not sheet.file.endswith(".txt")]
    heads = [(find_columns(folder, sheet.file), sheet.columns.values()) for sheet in sheets]
    unused = (name for head, used in heads for name in head if name not in {*used, *find_choices(head)})
    return list(dict.fromkeys(unused))


@remembered
def find_telling(folder: Folder) -> list[Sheet]:
    """Tables that tell of cases and name no image: whose they are, their values have to tell; rows as they are."""
    named = {file: name_columns(find_columns(folder, file), folder.columns) for file in find_text_files(folder)}
    return [Sheet(file, columns, False, read_any(folder, file)) for file, columns in named.items() if tells(columns)]


def _try(folder: Folder, file: str) -> Sheet | None:
    """A file as a sheet; None if it tells nothing of a case or an image."""
    head = find_columns(folder, file)
    columns, (called, loose) = name_columns(head, folder.columns), name_image_columns(head, folder.columns)
    # A table of cases and patients alone still says which cases must stay together.
    if not (called or loose or "case" in columns) or len({*columns, *(["image"] if called or loose else [])}) < 2:
        return None
    rows = read_any(folder, file)
    image, seen = _find_image_column(folder, rows, called, loose)
    if image is not None:
        columns = {role: column for role, column in columns.items() if column != image} | {"image": image}
    elif "case" not in columns:
        return None
    return Sheet(file, columns, seen, [take_roles(row, columns) for row in rows])


def _find_image_column(folder: Folder, rows: list[Row], called: list[str], loose: list[str]) -> tuple[str | None, bool]:
    """The column whose names are those of files, and whether there is one; else the first that is called so."""
    for column in called or loose:
        values = [name for row in rows[:TRIED] for name in names_in(row.get(column))]
        if any(folder.images.find(name)[0] or folder.find_other(name) for name in values):
            return column, True
    return (called[0] if called else None), False


def names_in(value: object) -> list[str]:
    """Names of images in a cell: a list, one that a program wrote as text, or names between semicolons or bars.

    A comma parts them where it follows a suffix: a name may hold one.

    >>> names_in("a.png; b.png"), names_in("['a.png', 'b.png']"), names_in("[a].png"), names_in("a, b.PNG,c.jpg")
    (['a.png', 'b.png'], ['a.png', 'b.png'], ['[a].png'], ['a, b.PNG', 'c.jpg'])
    >>> names_in("[12, 13]")
    ['12', '13']
    """
    value = _read_list(value)
    text = AFTER_SUFFIX.sub(r"\1;", str(value if value is not None else ""))
    parts = value if isinstance(value, list | tuple) else re.split(r"[;|]", text)
    return [name for part in parts if (name := str(part).strip())]


def _read_list(value: Any) -> Any:
    """A list that a program wrote into a cell as text; any other value as it is."""
    if isinstance(value, str) and value.lstrip()[:1] == "[":
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            return ast.literal_eval(value.strip())  # not JSON: pandas writes lists in Python's quotes
    return value


def take_roles(row: Row, columns: Mapping[str, str]) -> Row:
    """A row by what its columns hold; a question with choices is closed, and asks them."""
    own: Row = {role: _flat(row.get(column)) for role, column in columns.items()}
    own |= {"image": row.get(columns["image"])} if "image" in columns else {}
    choices = choices_of(row) if own.get("question") else {}
    if choices:
        own["question"], own["answer"] = add_choices(
            own["question"], own.get("answer"), choices, own.get("right_choice")
        )
        own["answer_type"] = own.get("answer_type") or "CLOSED"
    return own


def _flat(value: Any) -> Any:
    """A value of a record; those of a list as one text, each once."""
    if isinstance(value, str) and all(isinstance(part, str) for part in _read_list(value)):  # four numbers are a box
        value = _read_list(value)
    if isinstance(value, list | tuple):
        return join_list(value) or None
    return value


def _keep_related(tried: list[Sheet]) -> list[Sheet]:
    """Tables that name images, and those that tell of the same cases; what these call an image is none.

    Raises:
        ValueError: If a table that tells patients cannot be joined: they would stand on both sides of the split.
    """
    seen = [sheet for sheet in tried if sheet.seen]
    if not seen:
        return [sheet for sheet in tried if "image" in sheet.columns]
    cases, kept = {_case(row) for sheet in seen for row in sheet.rows} - {""}, []
    for sheet in tried:
        if not sheet.seen and cases & {_case(row) for row in sheet.rows}:
            rows = [{role: value for role, value in row.items() if role != "image"} for row in sheet.rows]
            columns = {role: column for role, column in sheet.columns.items() if role != "image"}
            kept.append(Sheet(sheet.file, columns, False, rows))
        elif "image" in sheet.columns:
            kept.append(sheet)
        elif "patient" in sheet.columns:
            raise ValueError(
                f"cases.folder: {sheet.file} tells patients, and none of its cases ({sheet.columns['case']}) is one of "
                f"those in {', '.join(one.file for one in seen[:3])}: write them alike, or take it out of the folder"
            )
    return kept


def _case(row: Row) -> str:
    told = row.get("case")
    return "" if told is None else str(told).strip()


def explain_columns(folder: Folder) -> str:
    """Which columns the first table of a folder has, and what its user can type; "" where nothing is missing."""
    heads = {file: find_columns(folder, file) for file in find_text_files(folder) if not file.endswith(".txt")}
    file, head = next(((file, head) for file, head in heads.items() if head), ("", []))
    if not file:
        for table in (table for table in heads if kind_of(table) in (".csv", ".tsv")):
            read_text(folder, table)  # says if it cannot be unpacked
        return ""
    if any("\ufffd" in name for name in head):
        read_text(folder, file)  # says that it is not UTF-8
    columns, (called, _) = name_columns(head, {}), name_image_columns(head, {})
    missing = [] if called else ["image"]
    if not tells(columns):
        missing += [role for role in ("question", "answer") if role not in columns]
    told, have = ", ".join(f"{role}: COLUMN" for role in missing), ", ".join(name[:40] for name in head)
    others = " (or caption, findings, diagnosis ...)" if "answer" in missing else ""
    if not missing:
        return ""
    return (
        f"{file} has no column that is known for {', '.join(missing)}{others}; it has {have}: "
        f"say which is which, as in cases.columns: {{{told}}}"
    )


def split_of(row: Row, file: str) -> str | None:
    """The split that a row tells, or else its file's name or folder."""
    return find_split(str(row.get("split") or "")) or find_split(file)
