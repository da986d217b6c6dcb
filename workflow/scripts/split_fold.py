"""Split the papers for one fold of the cross-validation."""

from pathlib import Path

import pyarrow.parquet as pq

from further.corpus.schemas import SPLIT
from further.corpus.select.duplicates import without_duplicates
from further.corpus.select.folds import split_fold
from further.io import write_table
from further.job import start_log


def main(
    rows: Path, rejected: Path, split: Path, fold: int, folds: int, validation_fraction: float, split_seed: int
) -> None:
    """Read rows and rejected papers, write one line per paper."""
    papers = without_duplicates(pq.read_table(rows), pq.read_table(rejected))
    table = split_fold(papers, fold=fold, folds=folds, validation_fraction=validation_fraction, seed=split_seed)
    write_table(split, table, SPLIT)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.rows),
        Path(snakemake.input.rejected),
        Path(snakemake.output.split),
        **snakemake.params.settings,
    )
