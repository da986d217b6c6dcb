"""Gather the shards' rows, ledgers, rejected papers, dropped prose and losses; stop if too many were rejected."""

from collections.abc import Sequence
from pathlib import Path

from further.corpus.schemas import DROPPED_PROSE, LEDGER, LOSSES, REJECTED, ROWS
from further.corpus.select.gather import check_rejected, gather
from further.io import write_table
from further.job import start_log

TABLES = {"rows": ROWS, "ledger": LEDGER, "rejected": REJECTED, "dropped_prose": DROPPED_PROSE, "losses": LOSSES}


def main(inputs: Sequence[Sequence[Path]], outputs: Sequence[Path], max_share: float) -> None:
    """Read one table per shard, write one table of each kind for the corpus."""
    tables = [gather(paths) for paths in inputs]
    check_rejected(rows=tables[0], rejected=tables[2], max_share=max_share)
    for path, table, schema in zip(outputs, tables, TABLES.values(), strict=True):
        write_table(path, table, schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        [[Path(path) for path in snakemake.input[name]] for name in TABLES],
        [Path(snakemake.output[name]) for name in TABLES],
        max_share=snakemake.params.settings["max_rejected_fraction"],
    )
