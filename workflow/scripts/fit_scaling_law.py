"""Fit the scaling law to the runs on growing shares of the papers, and judge the targets by it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from further.io import read_json, read_table, write_json
from further.job import start_log
from further.scaling.analysis import analyse_curve
from further.scaling.study_runs import cost_of_study, points_of_runs, targets_of_study


def main(
    comparison: Path,
    metrics: Path,
    timing: Sequence[Path],
    history: Sequence[Path],
    law: Path,
    settings: dict[str, Any],
) -> None:
    """Read scores, speeds and how long each run trained; write the law, its predictions and what more data would cost.

    Histories are those of `settings["runs"]`, in their order.
    """
    compared = read_json(comparison)
    cost = cost_of_study(settings["cost"], read_json(metrics), [read_json(path) for path in timing])
    targets = targets_of_study(settings["targets"], compared)
    histories = {run: read_table(path) for run, path in zip(settings["runs"], history, strict=False)}
    points = points_of_runs(compared, settings["runs"], settings["model"], histories)
    write_json(law, analyse_curve(points, targets, cost).to_json())


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.comparison),
        Path(snakemake.input.metrics),
        [Path(path) for path in snakemake.input.timing],
        [Path(path) for path in snakemake.input.history],
        Path(snakemake.output.law),
        snakemake.params.settings,
    )
