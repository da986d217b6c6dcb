"""The pictures of a shard: each opened in a child process with limits, prepared, and kept as PNG in one table."""

import base64
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from further.cases.found import key_of
from further.cases.readers.parquet import iterate_pictures
from further.cases.schemas import PICTURES
from further.children import Child, ChildError

log = logging.getLogger(__name__)

Settings = Mapping[str, Any]


def read_pictures(folder: Path, files: Sequence[str], settings: Settings) -> pa.Table:
    """Open all pictures of some files.

    Args:
        folder: The folder of cases.
        files: Files relative to it.
        settings: timeout_s, memory_mb and max_megapixels of one picture; ct_windows.

    Returns:
        One line a picture, sorted by key (PICTURES); those that are dropped without pixels.

    Raises:
        ValueError: If a limit is not positive.
    """
    from further.cases import worker

    if settings["max_megapixels"] <= 0:
        raise ValueError(f"cases.max_megapixels: {settings['max_megapixels']} must be above 0")
    limits = {"max_pixels": int(settings["max_megapixels"] * 1e6), "ct_windows": settings["ct_windows"]}
    lines = []
    with Child(worker.__name__, settings["timeout_s"], settings["memory_mb"]) as child:
        for file in files:
            lines += [line | {"key": key_of(file, line.pop("part"))} for line in _open(child, folder / file, limits)]
    for reason in sorted({line["reason"] for line in lines}):
        log.info("%d pictures: %s", sum(line["reason"] == reason for line in lines), reason)
    return pa.Table.from_pylist(sorted(lines, key=lambda line: str(line["key"])), PICTURES)


def _open(child: Child, path: Path, limits: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Pictures of one file: one, the frames of a DICOM file, the rows of a table."""
    if path.suffix.lower() == ".parquet":
        seen: set[str] = set()
        for row, digest, data in iterate_pictures(path):
            if digest and digest not in seen:
                seen.add(digest)
                yield _ask(child, {"data": base64.b64encode(data).decode(), "part": 0, **limits}) | {"part": row}
        return
    part, parts = 0, 1
    while part < parts:
        line = _ask(child, {"path": str(path.absolute()), "part": part, **limits}) | {"part": part}
        parts = line.pop("parts", parts)
        yield line
        part += 1


def _ask(child: Child, task: Mapping[str, Any]) -> dict[str, Any]:
    try:
        answer = child.ask({"do": "picture", **task})
    except ChildError as error:
        return {"reason": "damaged" if error.reason == "crashed" else error.reason, "detail": error.detail}
    return answer | {"png": base64.b64decode(answer["png"])} if "png" in answer else answer


def load_pictures(paths: Iterable[Path], keys: Iterable[str] | None = None) -> dict[str, bytes]:
    """PNG files of kept pictures by key, from the shards' tables.

    Args:
        paths: The tables (PICTURES).
        keys: Those wanted, None for all.

    Returns:
        Bytes that any library of images reads: 8 bits, gray or RGB, written by this project.
    """
    wanted = None if keys is None else set(keys)
    found: dict[str, bytes] = {}
    for path in paths:
        for line in pq.read_table(path, columns=["key", "png"]).to_pylist():
            if line["png"] is not None and (wanted is None or line["key"] in wanted):
                found[line["key"]] = line["png"]
    return found
