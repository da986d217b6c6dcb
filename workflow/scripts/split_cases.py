"""Split the cases, and look for leaks in the split that their layout gives."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq

from further.cases.schemas import LEAKS, SPLIT
from further.cases.split import split_cases
from further.io import write_json, write_table
from further.job import start_log


def main(
    inputs: Mapping[str, Path],
    outputs: Mapping[str, Path],
    split: str,
    test_fraction: float,
    validation_fraction: float,
    split_seed: int,
) -> None:
    """Write the split, the leaks, and both in numbers."""
    made = split_cases(
        *(pq.read_table(inputs[name]) for name in ("found", "cases", "links")),
        how=split,
        test_fraction=test_fraction,
        validation_fraction=validation_fraction,
        seed=split_seed,
    )
    write_table(outputs["split"], made.split, SPLIT)
    write_table(outputs["leaks"], made.leaks, LEAKS)
    write_json(outputs["summary"], made.summary)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        {name: Path(path) for name, path in snakemake.input.items()},
        {name: Path(path) for name, path in snakemake.output.items()},
        **snakemake.params.settings,
    )
