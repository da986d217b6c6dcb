"""Gather the shards' rows, ledgers, rejected papers and losses; stop if too many papers were rejected."""

from collections.abc import Sequence
from pathlib import Path

from further.corpus.schemas import LEDGER, LOSSES, REJECTED, ROWS
from further.corpus.select.gather import check_rejected, gather
from further.io import write_table
from further.job import start_log

TABLES = ("rows", "ledger", "rejected", "losses")


def main(inputs: Sequence[Sequence[Path]], outputs: Sequence[Path], max_share: float) -> None:
    """Read one table per shard, write one table each of rows, ledger, rejected papers and losses."""
    tables = [gather(paths) for paths in inputs]
    check_rejected(rows=tables[0], rejected=tables[2], max_share=max_share)
    for path, table, schema in zip(outputs, tables, (ROWS, LEDGER, REJECTED, LOSSES), strict=True):
        write_table(path, table, schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        [[Path(path) for path in snakemake.input[name]] for name in TABLES],
        [Path(snakemake.output[name]) for name in TABLES],
        max_share=snakemake.params.settings["max_rejected_fraction"],
    )
