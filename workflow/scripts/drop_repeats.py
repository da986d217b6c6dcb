"""Drop repeated paragraphs, from the training papers first, and separate the splits."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from further.corpus.schemas import LEDGER, REPEATS, ROWS, SPLIT
from further.corpus.select.duplicates import drop_repeats
from further.io import write_table
from further.job import start_log


def main(inputs: Sequence[Path], outputs: Sequence[Path], similarity: float | None, min_words: int) -> None:
    """Read rows, ledger, rejected papers and split; write what is left of them, and the repeats."""
    tables = drop_repeats(*map(pq.read_table, inputs), threshold=similarity, min_words=min_words)
    for path, table, schema in zip(outputs, tables, (ROWS, LEDGER, SPLIT, REPEATS), strict=True):
        write_table(path, table, schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        [Path(snakemake.input[name]) for name in ("rows", "ledger", "rejected", "split")],
        [Path(snakemake.output[name]) for name in ("rows", "ledger", "split", "repeats")],
        similarity=snakemake.params.settings["paragraph_similarity"],
        min_words=snakemake.params.settings["paragraph_words"],
    )
