"""Reject papers that are there twice, under another name or in another layout."""

from pathlib import Path

import pyarrow.parquet as pq

from further.corpus.schemas import REJECTED
from further.corpus.select.duplicates import reject_duplicates
from further.io import write_table
from further.job import start_log


def main(rows: Path, before: Path, losses: Path, rejected: Path, similarity: float | None) -> None:
    """Read rows and rejected papers, write the rejected papers with the duplicates."""
    read = pq.read_table(losses, columns=["paper", "file"]).to_pydict()  # one row for each paper that was read
    files = dict(zip(read["paper"], read["file"], strict=True))
    write_table(rejected, reject_duplicates(pq.read_table(rows), pq.read_table(before), similarity, files), REJECTED)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.rows),
        Path(snakemake.input.rejected),
        Path(snakemake.input.losses),
        Path(snakemake.output.rejected),
        similarity=snakemake.params.settings["paper_similarity"],
    )
