"""Data sets as hubs pass them on: Parquet with the pictures in the table, beside questions, captions or fields.

Source:
    Data sets flaviagiammarino/path-vqa and /vqa-rad: data/train-00000-of-00007.parquet with image {bytes, path},
    question, answer. PathVQA's own release is in pickles, which run code when they are loaded: it is not read.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from further.cases.columns import find_choices, name_columns, name_image_columns, tells
from further.cases.files import Folder
from further.cases.found import Found
from further.cases.parquet_files import (
    find_picture_column,
    find_picture_files,
    iterate_pictures,
    read_parquet,
    read_types,
)
from further.cases.readers.base import Reader, is_closed
from further.cases.readers.image_rows import ImageRow, gather_rows
from further.cases.records import Row
from further.cases.sheets import split_of, take_roles


class Parquet(Reader):
    """Questions, captions or fields of images that the table holds; equal images are one case."""

    name = "parquet"
    holds = "Parquet files with a column of pictures, and questions with answers, captions or findings"

    def find_tables(self, folder: Folder) -> list[str]:
        """Parquet files with pictures, and with a text that a question can be made of."""
        return [file for file in find_picture_files(folder) if tells(find_roles(folder, file))]

    def find_units(self, folder: Folder) -> dict[str, str]:
        """The tables themselves: each is a unit.

        Raises:
            ValueError: If a column of images holds lists of pictures.
        """
        files = self.find_tables(folder)
        for file in files:
            types = read_types(folder.path / file)
            column = find_picture_column(types, folder.columns)
            if types[column].startswith(("list", "large_list")):
                raise ValueError(f"cases.folder: the column {column} of {file} holds lists, and not one picture a row")
        return {file: file for file in files}

    def read(self, folder: Folder) -> Found:
        """Cases named by the digest of their image."""
        return gather_rows([row for file in self.find_tables(folder) for row in _read_rows(folder, file)])


def _read_rows(folder: Folder, file: str) -> Iterator[ImageRow]:
    """Rows with the digest of their picture, which is left behind: a folder may hold more than fits in memory."""
    texts = _read_texts(folder, file)
    for number, digest, _ in iterate_pictures(folder.path / file, folder.columns):
        case = f"image-{digest[:12]}" if digest else f"{PurePosixPath(file).stem}-row-{number}"
        place = (file, number, "") if digest else (None, 0, "the row holds no picture")
        yield ImageRow(case, place, split_of(texts[number], file), texts[number])


def _read_texts(folder: Folder, file: str) -> list[Row]:
    """Rows by role, without their pictures; a question without a type is of its answer's."""
    roles = find_roles(folder, file)
    choices = find_choices(list(read_types(folder.path / file)))
    rows = [take_roles(row, roles) for row in read_parquet(folder.path / file, [*roles.values(), *choices])]
    for row in rows:
        closed = is_closed(row.get("answer_type"), row.get("answer"))
        row["question_type"] = row.get("question_type") or ("closed" if closed else "open")
    return rows


def find_roles(folder: Folder, file: str) -> dict[str, str]:
    """What a table's columns hold beside the pictures; `image` is what the pictures are called."""
    types = read_types(folder.path / file)
    others = [name for name in types if name != find_picture_column(types, folder.columns)]
    roles = name_columns(others, folder.columns)
    for name in (name for name in name_image_columns(others, {})[0] if types[name] == "string"):
        roles.setdefault("image", name)
    return roles
