"""The pictures of a shard: each opened in a child process with limits, prepared, and kept as PNG in one table."""

import base64
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from further.cases.files import NO_COLUMNS
from further.cases.found import key_of
from further.cases.kept_pictures import GROUP
from further.cases.parquet_files import iterate_pictures
from further.cases.schemas import PICTURES
from further.children import Child, ChildError
from further.io import write_atomically
from further.settings import PictureSettings

log = logging.getLogger(__name__)


def write_pictures(
    path: Path, folder: Path, files: Sequence[str], how: PictureSettings, columns: Mapping[str, str] = NO_COLUMNS
) -> dict[str, int]:
    """Open all pictures of some files and keep them in one table (PICTURES), a few at a time.

    Args:
        path: The table to write; those that are dropped stand in it without pixels.
        files: Files relative to the folder.
        columns: What columns of Parquet hold, where a setting says so.

    Returns:
        Pictures by reason, kept among them.
    """
    counts = Counter[str]()

    def write(temporary: Path) -> None:
        # PNG is packed already; small groups of rows let a later stage read a few at a time, too.
        with pq.ParquetWriter(temporary, PICTURES, compression={"png": "none"}) as writer:
            found = read_pictures(folder, files, how, columns)
            while lines := list(islice(found, GROUP)):
                writer.write_table(pa.Table.from_pylist(lines, PICTURES))
                counts.update(line["reason"] for line in lines)

    write_atomically(path, write)
    for reason, number in counts.most_common():
        log.info("%d pictures: %s", number, reason)
    return dict(counts)


def read_pictures(
    folder: Path, files: Sequence[str], how: PictureSettings, columns: Mapping[str, str] = NO_COLUMNS
) -> Iterator[dict[str, Any]]:
    """Lines of PICTURES, one for each picture of the files, in their order; see `write_pictures`."""
    from further.cases import worker

    limits = {"max_pixels": int(how.max_megapixels * 1e6), "ct_windows": how.ct_windows}
    with Child(worker.__name__, how.timeout_s, how.memory_mb) as child:
        for file in files:
            for line in _open(child, folder / file, limits, columns):
                yield {"key": key_of(file, line.pop("part")), **line}


def _open(child: Child, path: Path, limits: Mapping[str, Any], columns: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Pictures of one file: one, the frames of a DICOM file, the rows of a table."""
    if path.suffix.lower() == ".parquet":
        seen: set[str] = set()
        for row, digest, data in iterate_pictures(path, columns):
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
