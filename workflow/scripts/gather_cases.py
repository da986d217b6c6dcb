"""Join records and pictures: what is kept, what is dropped and why, which cases belong together."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from further.cases.gather import gather_cases
from further.cases.schemas import CASE_LINKS, CASES, IMAGES, LEDGER, PICTURES
from further.io import write_table
from further.job import start_log


def main(cases: Path, images: Path, pictures: Sequence[Path], outputs: Sequence[Path], near_equal_bits: int) -> None:
    """Write cases, images, ledger and links; the pictures themselves are not loaded."""
    columns = [name for name in PICTURES.names if name != "png"]
    shards = {path.stem: pq.read_table(path, columns=columns) for path in pictures}
    tables = gather_cases(pq.read_table(cases), pq.read_table(images), shards, near_equal_bits)
    for path, table, schema in zip(outputs, tables, (CASES, IMAGES, LEDGER, CASE_LINKS), strict=True):
        write_table(path, table, schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.cases),
        Path(snakemake.input.images),
        [Path(path) for path in snakemake.input.pictures],
        [Path(snakemake.output[name]) for name in ("cases", "images", "ledger", "links")],
        snakemake.params.settings["near_equal_bits"],
    )
