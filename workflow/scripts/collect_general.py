"""Collect plain English that every Python installation carries, split into training and held-out documents."""

from pathlib import Path

import pyarrow as pa

from further.demo.general import general_documents, split_general
from further.io import write_table
from further.job import start_log

TEXTS = pa.schema([("document", pa.string()), ("text", pa.string())])


def main(train: Path, heldout: Path, heldout_fraction: float, seed: int) -> None:
    """Write two tables of documents."""
    sides = split_general(general_documents(), heldout_fraction=heldout_fraction, seed=seed)
    for path, documents in zip((train, heldout), sides, strict=True):
        write_table(path, [{"document": name, "text": text} for name, text in documents], TEXTS)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.output.train),
        Path(snakemake.output.heldout),
        heldout_fraction=snakemake.params.settings["heldout_fraction"],
        seed=snakemake.params.settings["split_seed"],
    )
