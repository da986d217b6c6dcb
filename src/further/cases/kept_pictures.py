"""The pictures that were kept, out of the tables that `further.cases.pictures` writes.

Apart from it, so that stages that only look at pictures do not follow the readers of folders.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

# Some ten MB of pictures are held at once.
GROUP = 64


def load_images(table: Path, shards: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Name and PNG file of every image of a study, in the order of the shards.

    Args:
        table: Of IMAGES, of which no two share a picture.
        shards: The tables (PICTURES).
    """
    lines = pq.read_table(table, columns=["image", "key"]).to_pylist()
    names = {line["key"]: line["image"] for line in lines}
    return ((names[key], png) for key, png in load_pictures(shards, names))


def load_pictures(paths: Iterable[Path], keys: Iterable[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """Kept pictures, one after the other, from the shards' tables.

    Args:
        paths: The tables (PICTURES).
        keys: Those wanted, None for all.

    Yields:
        Key and PNG file: 8 bits, gray or RGB, written by this project.
    """
    wanted = None if keys is None else set(keys)
    for path in paths:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=GROUP, columns=["key", "png"]):
            for line in batch.to_pylist():
                if line["png"] is not None and (wanted is None or line["key"] in wanted):
                    yield line["key"], line["png"]
