"""Clean the blocks of one shard into rows, with an account of every character and of prose that may be lost."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pyarrow.parquet as pq

from further.corpus.clean.losses import list_losses
from further.corpus.clean.lost import find_lost
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.schemas import DECISIONS, DROPPED_PROSE, LEDGER, LOSSES, REJECTED, ROWS
from further.io import write_table
from further.job import start_log

OUTPUTS = {
    "rows": ROWS,
    "ledger": LEDGER,
    "rejected": REJECTED,
    "decisions": DECISIONS,
    "dropped_prose": DROPPED_PROSE,
    "losses": LOSSES,
}


def main(
    blocks: Path, readings: Path, outputs: Sequence[Path], settings: CleanSettings, max_unknown_signs: int
) -> None:
    """Read blocks; write rows, ledger, too short papers, what became of each block, dropped prose, what was lost."""
    found, read = pq.read_table(blocks), pq.read_table(readings)
    cleaned = clean_papers(found, settings, read)
    prose, losses = find_lost(found, cleaned[3]), list_losses(found, cleaned[3], read, max_unknown_signs)
    for path, table, schema in zip(outputs, (*cleaned, prose, losses), OUTPUTS.values(), strict=True):
        write_table(path, table, schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    settings = snakemake.params.settings
    cleaning = {field.name: settings[field.name] for field in fields(CleanSettings)}
    main(
        Path(snakemake.input.blocks),
        Path(snakemake.input.readings),
        [Path(snakemake.output[name]) for name in OUTPUTS],
        CleanSettings(**cleaning | {"drop_sections": tuple(settings["drop_sections"])}),
        max_unknown_signs=settings["max_unknown_signs"],
    )
