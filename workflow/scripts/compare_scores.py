"""Compare base and adapted models on held-out papers and on general text."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from further.evaluation.comparison import compare_runs, cost_of_quantisation
from further.io import read_json, read_table, write_json
from further.job import start_log


def main(
    scores: dict[str, dict[str, pd.DataFrame]],
    metrics: Sequence[Path],
    comparison: Path,
    quantisation_runs: dict[str, str],
    resamples: int,
    seed: int,
) -> None:
    """Write every run's comparison with its base, and what each quantisation costs."""
    described = {data["run"]: data for data in map(read_json, metrics)}
    base, runs, merged = scores["base"], scores["runs"], scores["merged"]
    data = {
        "default_run": "default",
        "runs": compare_runs(base, runs, described, resamples, seed),
        "quantisation": cost_of_quantisation(base, runs, merged, quantisation_runs, resamples, seed),
    }
    write_json(comparison, data)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        {
            kind: {Path(path).stem: read_table(Path(path)) for path in snakemake.input[kind]}
            for kind in ("base", "runs", "merged")
        },
        [Path(path) for path in snakemake.input.metrics],
        Path(snakemake.output.comparison),
        quantisation_runs=snakemake.params.settings["quantisation_runs"],
        resamples=snakemake.params.settings["bootstrap"],
        seed=snakemake.params.settings["seed"],
    )
