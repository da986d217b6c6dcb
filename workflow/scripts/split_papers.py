"""Split the papers into training, validation and test, by a rule that new papers hardly disturb."""

from pathlib import Path

import pyarrow.parquet as pq

from further.corpus.schemas import SPLIT
from further.corpus.split import split_papers
from further.io import write_table
from further.job import start_log


def main(rows: Path, split: Path, test_share: float, validation_share: float, seed: int) -> None:
    """Read rows, write one line per paper."""
    table = split_papers(pq.read_table(rows), test_share=test_share, validation_share=validation_share, seed=seed)
    write_table(split, table, SPLIT)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.rows),
        Path(snakemake.output.split),
        test_share=snakemake.params.settings["test_share"],
        validation_share=snakemake.params.settings["validation_share"],
        seed=snakemake.params.settings["split_seed"],
    )
