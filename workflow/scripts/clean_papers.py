"""Clean the blocks of one shard into rows, with an account of every character and of prose that may be lost."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from further.corpus.clean.lost import find_lost
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.schemas import DECISIONS, LEDGER, LOST, REJECTED, ROWS
from further.io import write_table
from further.job import start_log


def main(blocks: Path, outputs: Sequence[Path], settings: CleanSettings) -> None:
    """Read blocks; write rows, ledger, papers that hold too little, what became of each block, and dropped prose."""
    read = pq.read_table(blocks)
    cleaned = clean_papers(read, settings)
    tables = (*cleaned, find_lost(read, cleaned[3]))
    for path, table, schema in zip(outputs, tables, (ROWS, LEDGER, REJECTED, DECISIONS, LOST), strict=True):
        write_table(path, table, schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.blocks),
        [Path(snakemake.output[name]) for name in ("rows", "ledger", "rejected", "decisions", "lost")],
        CleanSettings(
            keep_captions=snakemake.params.settings["keep_captions"],
            keep_headings=snakemake.params.settings["keep_headings"],
            min_words=snakemake.params.settings["min_words"],
            keep_citations=snakemake.params.settings["keep_citations"],
            language=snakemake.params.settings["language"],
            drop_sections=tuple(snakemake.params.settings["drop_sections"]),
            keep_appendices=snakemake.params.settings["keep_appendices"],
        ),
    )
