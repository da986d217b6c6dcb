"""Files between stages: Parquet with a schema, strict JSON, text. Each is written whole or not at all."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, then rename it, so that no reader meets half a file.

    Args:
        path: The file to make; its folder is made if absent.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside the file, as a rename is atomic within one file system only; by process, as two jobs may write one file.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_table(path: Path, rows: Sequence[Mapping[str, Any]] | pa.Table, schema: pa.Schema) -> None:
    """Write rows, or a table cast to `schema`, as Parquet.

    Args:
        rows: One mapping per row, or an Arrow table with the schema's columns.
    """
    table = (
        rows.select(schema.names).cast(schema)
        if isinstance(rows, pa.Table)
        else pa.Table.from_pylist(list(rows), schema)
    )
    write_atomically(path, lambda temporary: pq.write_table(table, temporary, compression="zstd"))


def read_table(path: Path) -> pd.DataFrame:
    """Read a Parquet table into pandas."""
    return pq.read_table(path).to_pandas()


def write_json(path: Path, data: Any) -> None:
    """Write JSON with sorted keys.

    Raises:
        ValueError: If a number is NaN or infinite: null says "no value", nothing else does.
    """
    text = json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text."""
    write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def share_files(folder: Path) -> None:
    """Give a folder's files the mode that other new files have: safetensors' own can be read by their owner only."""
    mask = os.umask(0)
    os.umask(mask)
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(0o666 & ~mask)
