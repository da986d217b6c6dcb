"""PathVQA and VQA-RAD as hubs pass them on: Parquet with the image in the table, beside its question and answer.

Source:
    Data sets flaviagiammarino/path-vqa and /vqa-rad: data/train-00000-of-00007.parquet with image {bytes, path},
    question, answer. PathVQA's own release is in pickles, which run code when they are loaded: it is not read.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from further.cases.files import Folder
from further.cases.found import Found
from further.cases.readers.base import Reader, is_closed
from further.cases.synonyms import name_split

COLUMNS = {"image", "question", "answer"}
ROWS = 64
"""Rows that are read at once: with one picture each, some ten MB."""


class Parquet(Reader):
    """Questions about images that the table holds; equal images are one case."""

    name = "parquet"
    holds = "Parquet files with the columns image, question and answer"

    def find_tables(self, folder: Folder) -> list[str]:
        """Parquet files with the columns."""
        return [file for file in folder.tables(".parquet") if set(_read_types(folder, file)) >= COLUMNS]

    def find_units(self, folder: Folder) -> dict[str, str]:
        """The tables themselves: each is a unit.

        Raises:
            ValueError: If their column `image` holds no pictures, as it does where it holds paths.
        """
        files = self.find_tables(folder)
        for file in files:
            kind = _read_types(folder, file)["image"]
            if "binary" not in kind:
                raise ValueError(f"cases.folder: the column image of {file} holds {kind}, and no pictures")
        rows, empty = (sum(numbers) for numbers in zip(*(_count_empty(folder, file) for file in files), strict=True))
        if rows == empty:
            raise ValueError(f"cases.folder: all {rows:,} images are missing: no row of {files[0]} holds a picture")
        return {file: file for file in files}

    def read(self, folder: Folder) -> Found:
        """Cases named by the digest of their image."""
        import pyarrow.parquet as pq

        found = Found()
        for file in self.find_tables(folder):
            split = name_split(PurePosixPath(file).name)
            first: dict[str, int] = {}
            texts = pq.read_table(folder.path / file, columns=["question", "answer"]).to_pylist()
            for row, digest, _ in iterate_pictures(folder.path / file):
                case = f"image-{digest[:12]}" if digest else f"{PurePosixPath(file).stem}-row-{row}"
                found.add_case(case, {}, split=split)
                if not digest or digest not in first:
                    first[digest] = row
                    place = (file, row, "") if digest else (None, 0, "the row holds no picture")
                    if case not in found.images:
                        found.add_image(case, case, place, {})
                answer = texts[row]["answer"]
                found.add_question(
                    case,
                    [case],
                    (texts[row]["question"], answer),
                    question_type="closed" if is_closed(None, answer) else "open",
                    closed=is_closed(None, answer),
                    split=split,
                )
        return found


def _read_types(folder: Folder, file: str) -> dict[str, str]:
    """Types of a table's columns, in Arrow's words."""
    import pyarrow as pa  # not while Snakemake plans a study without Parquet
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(folder.path / file)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"cases.folder: {file} is not valid Parquet: {str(error)[:100]}") from None
    return {field.name: str(field.type) for field in schema}


def _count_empty(folder: Folder, file: str) -> tuple[int, int]:
    """Rows of a table, and those of them that hold no picture as far as its statistics tell."""
    import pyarrow.parquet as pq

    rows = empty = 0
    metadata = pq.ParquetFile(folder.path / file).metadata
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        columns = [group.column(place) for place in range(group.num_columns)]
        image = next((one for one in columns if one.path_in_schema in ("image", "image.bytes")), None)
        rows += group.num_rows
        if image is not None and image.is_stats_set and image.statistics.has_null_count:
            empty += image.statistics.null_count
    return rows, empty


def iterate_pictures(file: Path) -> Iterator[tuple[int, str, bytes]]:
    """Number, SHA-256 and bytes of every row's picture; both empty for a row that has none."""
    import pyarrow.parquet as pq

    row = 0
    for batch in pq.ParquetFile(file).iter_batches(batch_size=ROWS, columns=["image"]):
        for value in batch.column(0).to_pylist():
            picture = value.get("bytes") if isinstance(value, dict) else value
            data = picture if isinstance(picture, bytes) else b""
            yield row, hashlib.sha256(data).hexdigest() if data else "", data
            row += 1
