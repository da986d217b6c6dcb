"""Parquet as hubs pass data sets on: which column holds the pictures, and rows with or without them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from further.cases.columns import name_image_columns
from further.cases.files import NO_COLUMNS, Folder, remembered

# With one picture in each row, some ten MB are held at once.
ROWS = 64

Row = dict[str, Any]


def read_types(path: Path) -> dict[str, str]:
    """Columns and their types, in Arrow's words.

    Raises:
        ValueError: If the file is not valid Parquet.
    """
    import pyarrow as pa  # not while Snakemake plans a study without Parquet
    import pyarrow.parquet as pq

    try:
        return {field.name: str(field.type) for field in pq.read_schema(path)}
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"cases.folder: {path.name} is not valid Parquet: {str(error)[:100]}") from None


def find_picture_column(types: Mapping[str, str], told: Mapping[str, str]) -> str:
    """The column of pictures, or of lists of them; of several, the one that is told or called like images; or ""."""
    pictures = [name for name, kind in types.items() if "binary" in kind]
    called, loose = name_image_columns(pictures, told)
    return next(iter([*called, *loose, *pictures]), "")


@remembered
def find_picture_files(folder: Folder) -> list[str]:
    """Files with a column of pictures; none where not one row has a picture: they name files by their path."""
    types = {file: read_types(folder.path / file) for file in folder.tables(".parquet")}
    columns = {file: column for file in types if (column := find_picture_column(types[file], folder.columns))}
    return list(columns) if any(_may_hold(folder.path / file, column) for file, column in columns.items()) else []


def _may_hold(path: Path, column: str) -> bool:
    """Whether a column holds a value, as far as the file's statistics tell."""
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(path)
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        columns = [group.column(place) for place in range(group.num_columns)]
        own = next((one for one in columns if one.path_in_schema in (column, f"{column}.bytes")), None)
        counted = own is not None and own.is_stats_set and own.statistics.has_null_count
        if own is None or not counted or own.statistics.null_count < group.num_rows:
            return True
    return False


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> list[Row]:
    """Rows without their pictures, of which the path stays.

    Args:
        columns: Those wanted, None for all.
    """
    import pyarrow.parquet as pq

    types = read_types(path)
    wanted = list(types) if columns is None else list(dict.fromkeys(columns))
    texts = [name for name in wanted if "binary" not in types[name]]
    paths = [name for name in wanted if "binary" in types[name] and types[name].endswith("path: string>")]
    table = pq.ParquetFile(path).read(columns=[*texts, *(f"{name}.path" for name in paths)])
    rows: list[Row] = table.to_pylist()
    return [row | {name: (row[name] or {}).get("path") for name in paths} for row in rows]


def iterate_pictures(path: Path, told: Mapping[str, str] = NO_COLUMNS) -> Iterator[tuple[int, str, bytes]]:
    """Number, SHA-256 and bytes of every row's picture; both empty for a row that has none.

    Args:
        told: Column by what it holds, where a setting says so.
    """
    import pyarrow.parquet as pq

    row = 0
    column = find_picture_column(read_types(path), told)
    for batch in pq.ParquetFile(path).iter_batches(batch_size=ROWS, columns=[column]):
        for value in batch.column(0).to_pylist():
            picture = value.get("bytes") if isinstance(value, dict) else value
            data = picture if isinstance(picture, bytes) else b""
            yield row, hashlib.sha256(data).hexdigest() if data else "", data
            row += 1
