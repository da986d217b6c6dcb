"""Clean the blocks of one shard into rows, with an account of every character."""

from pathlib import Path

import pyarrow.parquet as pq

from further.corpus.clean import CleanSettings, clean_papers
from further.corpus.schemas import LEDGER, REJECTED, ROWS
from further.io import write_table
from further.job import start_log


def main(blocks: Path, rows: Path, ledger: Path, rejected: Path, settings: CleanSettings) -> None:
    """Read blocks, write rows, ledger and papers that hold too little."""
    tables = clean_papers(pq.read_table(blocks), settings)
    for path, table, schema in zip((rows, ledger, rejected), tables, (ROWS, LEDGER, REJECTED), strict=True):
        write_table(path, table, schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.blocks),
        Path(snakemake.output.rows),
        Path(snakemake.output.ledger),
        Path(snakemake.output.rejected),
        CleanSettings(
            keep_captions=snakemake.params.settings["keep_captions"],
            keep_headings=snakemake.params.settings["keep_headings"],
            min_words=snakemake.params.settings["min_words"],
            language=snakemake.params.settings["language"],
        ),
    )
