"""Reject papers that are there twice, under another name or in another layout."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from further.corpus.schemas import LEDGER, REJECTED, ROWS
from further.corpus.select.duplicates import reject_duplicates
from further.io import write_table
from further.job import start_log


def main(inputs: Sequence[Path], outputs: Sequence[Path], similarity: float | None) -> None:
    """Read and write rows, ledger and rejected papers, in this order."""
    tables = reject_duplicates(*map(pq.read_table, inputs), similarity)
    for path, table, schema in zip(outputs, tables, (ROWS, LEDGER, REJECTED), strict=True):
        write_table(path, table, schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        [Path(snakemake.input[name]) for name in ("rows", "ledger", "rejected")],
        [Path(snakemake.output[name]) for name in ("rows", "ledger", "rejected")],
        similarity=snakemake.params.settings["paper_similarity"],
    )
