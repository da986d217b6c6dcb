"""Gather the shards' rows, ledgers and rejected papers; stop if too many papers were rejected."""

from collections.abc import Sequence
from pathlib import Path

from further.corpus.schemas import LEDGER, REJECTED, ROWS
from further.corpus.select.gather import check_rejected, gather
from further.io import write_table
from further.job import start_log


def main(
    rows: Sequence[Path], ledger: Sequence[Path], rejected: Sequence[Path], outputs: Sequence[Path], max_share: float
) -> None:
    """Read one table per shard, write one table each of rows, ledger and rejected papers."""
    tables = [gather(paths) for paths in (rows, ledger, rejected)]
    check_rejected(rows=tables[0], rejected=tables[2], max_share=max_share)
    for path, table, schema in zip(outputs, tables, (ROWS, LEDGER, REJECTED), strict=True):
        write_table(path, table, schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        [Path(path) for path in snakemake.input.rows],
        [Path(path) for path in snakemake.input.ledger],
        [Path(path) for path in snakemake.input.rejected],
        [Path(snakemake.output.rows), Path(snakemake.output.ledger), Path(snakemake.output.rejected)],
        max_share=snakemake.params.settings["max_rejected_fraction"],
    )
