"""Split the papers into training, validation and test, by a rule that new papers hardly disturb."""

from pathlib import Path

import pyarrow.parquet as pq

from further.corpus.schemas import SPLIT
from further.corpus.select.duplicates import without_duplicates
from further.corpus.select.split import split_papers
from further.io import write_table
from further.job import start_log


def main(rows: Path, rejected: Path, split: Path, test_fraction: float, validation_fraction: float, seed: int) -> None:
    """Read rows and rejected papers, write one line per paper."""
    papers = without_duplicates(pq.read_table(rows), pq.read_table(rejected))
    table = split_papers(papers, test_fraction=test_fraction, validation_fraction=validation_fraction, seed=seed)
    write_table(split, table, SPLIT)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.rows),
        Path(snakemake.input.rejected),
        Path(snakemake.output.split),
        test_fraction=snakemake.params.settings["test_fraction"],
        validation_fraction=snakemake.params.settings["validation_fraction"],
        seed=snakemake.params.settings["split_seed"],
    )
