"""Split the papers for one fold of the cross-validation."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from further.corpus.schemas import SPLIT
from further.corpus.select.folds import split_fold
from further.io import write_table
from further.job import start_log


def main(rows: Path, split: Path, settings: dict[str, Any]) -> None:
    """Read rows, write one line per paper."""
    table = split_fold(
        pq.read_table(rows),
        fold=settings["fold"],
        folds=settings["folds"],
        validation_fraction=settings["validation_fraction"],
        seed=settings["split_seed"],
    )
    write_table(split, table, SPLIT)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(Path(snakemake.input.rows), Path(snakemake.output.split), snakemake.params.settings)
