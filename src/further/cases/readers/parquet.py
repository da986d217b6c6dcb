"""Data sets as hubs pass them on: Parquet with the pictures in the table, beside questions, captions or fields.

Source:
    Data sets flaviagiammarino/path-vqa and /vqa-rad: data/train-00000-of-00007.parquet with image {bytes, path},
    question, answer. PathVQA's own release is in pickles, which run code when they are loaded: it is not read.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from further.cases.columns import find_choices, name_columns, name_image_columns, tells
from further.cases.files import Folder
from further.cases.found import Found
from further.cases.readers.base import Reader, is_closed
from further.cases.readers.image_rows import ImageRow, gather_rows
from further.cases.records import Row
from further.cases.sheets import split_of, take_roles

ROWS = 64
"""Rows that are read at once: with one picture each, some ten MB."""


class Head(NamedTuple):
    """Columns of a table.

    Attributes:
        image: The one that holds pictures, or is called so and holds none; "" where there is neither.
        holds: What that column holds, in Arrow's words.
        roles: The others by what they hold.
    """

    image: str
    holds: str
    roles: dict[str, str]


class Parquet(Reader):
    """Questions, captions or fields of images that the table holds; equal images are one case."""

    name = "parquet"
    holds = "Parquet files with a column of pictures, and questions with answers, captions or findings"

    def find_tables(self, folder: Folder) -> list[str]:
        """Parquet files with pictures, and with a text that a question can be made of."""
        heads = {file: read_head(folder, file) for file in folder.tables(".parquet")}
        return [file for file, head in heads.items() if head.image and tells(head.roles)]

    def find_units(self, folder: Folder) -> dict[str, str]:
        """The tables themselves: each is a unit.

        Raises:
            ValueError: If their column of images holds no pictures, as it does where it holds paths.
        """
        files = self.find_tables(folder)
        heads = {file: read_head(folder, file) for file in files}
        for file, head in heads.items():
            if not _is_picture(head.holds):
                raise ValueError(f"cases.folder: the column {head.image} of {file} holds {head.holds}, and no pictures")
        counts = [_count_empty(folder, file, head.image) for file, head in heads.items()]
        rows, empty = (sum(numbers) for numbers in zip(*counts, strict=True))
        if rows == empty:
            raise ValueError(f"cases.folder: all {rows:,} images are missing: no row of {files[0]} holds a picture")
        return {file: file for file in files}

    def read(self, folder: Folder) -> Found:
        """Cases named by the digest of their image."""
        return gather_rows([row for file in self.find_tables(folder) for row in _read_rows(folder, file)])


def _read_rows(folder: Folder, file: str) -> Iterator[ImageRow]:
    """Rows with the digest of their picture, which is left behind: a folder may hold more than fits in memory."""
    texts = _read_texts(folder, file)
    for number, digest, _ in iterate_pictures(folder.path / file):
        case = f"image-{digest[:12]}" if digest else f"{PurePosixPath(file).stem}-row-{number}"
        place = (file, number, "") if digest else (None, 0, "the row holds no picture")
        yield ImageRow(case, place, split_of(texts[number], file), texts[number])


def _read_texts(folder: Folder, file: str) -> list[Row]:
    """Rows by role, without their pictures; a question without a type is of its answer's."""
    import pyarrow.parquet as pq

    roles = read_head(folder, file).roles
    names = [*roles.values(), *find_choices(pq.read_schema(folder.path / file).names)]
    table = pq.read_table(folder.path / file, columns=list(dict.fromkeys(names)))
    rows = [take_roles(row, roles) for row in table.to_pylist()]
    for row in rows:
        closed = is_closed(row.get("answer_type"), row.get("answer"))
        row["question_type"] = row.get("question_type") or ("closed" if closed else "open")
    return rows


def read_head(folder: Folder, file: str) -> Head:
    """Which column holds the pictures, and what the others hold.

    Raises:
        ValueError: If the file is not valid Parquet.
    """
    import pyarrow as pa  # not while Snakemake plans a study without Parquet
    import pyarrow.parquet as pq

    try:
        types = {field.name: str(field.type) for field in pq.read_schema(folder.path / file)}
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"cases.folder: {file} is not valid Parquet: {str(error)[:100]}") from None
    image = _find_picture_column(types)
    others = [name for name in types if name != image]
    roles = name_columns(others, dict(folder.columns))
    for name in (name for name in name_image_columns(others, {})[0] if types[name] == "string"):
        roles.setdefault("image", name)  # what the picture is called
    return Head(image, types.get(image, ""), roles)


def _is_picture(kind: str) -> bool:
    return "binary" in kind and not kind.startswith(("list", "large_list"))


def _find_picture_column(types: Mapping[str, str]) -> str:
    """The column of pictures; of several, one that is called like images; else one that is called so, or ""."""
    pictures = [name for name, kind in types.items() if _is_picture(kind)]
    called, loose = name_image_columns(pictures or types, {})
    return next(iter([*called, *(loose if pictures else []), *pictures]), "")


def _count_empty(folder: Folder, file: str, column: str) -> tuple[int, int]:
    """Rows of a table, and those of them that hold no picture as far as its statistics tell."""
    import pyarrow.parquet as pq

    rows = empty = 0
    metadata = pq.ParquetFile(folder.path / file).metadata
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        columns = [group.column(place) for place in range(group.num_columns)]
        image = next((one for one in columns if one.path_in_schema in (column, f"{column}.bytes")), None)
        rows += group.num_rows
        if image is not None and image.is_stats_set and image.statistics.has_null_count:
            empty += image.statistics.null_count
    return rows, empty


def iterate_pictures(file: Path) -> Iterator[tuple[int, str, bytes]]:
    """Number, SHA-256 and bytes of every row's picture; both empty for a row that has none."""
    import pyarrow.parquet as pq

    row = 0
    table = pq.ParquetFile(file)
    column = _find_picture_column({field.name: str(field.type) for field in table.schema_arrow})
    for batch in table.iter_batches(batch_size=ROWS, columns=[column]):
        for value in batch.column(0).to_pylist():
            picture = value.get("bytes") if isinstance(value, dict) else value
            data = picture if isinstance(picture, bytes) else b""
            yield row, hashlib.sha256(data).hexdigest() if data else "", data
            row += 1
