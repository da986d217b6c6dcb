"""Fit the scaling law to the runs on growing fractions of the cases, and judge the targets by it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from further.io import read_json, read_table, write_json
from further.job import start_log
from further.scaling.analysis import analyse_curve
from further.scaling.case_runs import points_of_answers
from further.scaling.study_runs import cost_of_study
from further.scaling.units import make_target


def main(
    comparison: Path,
    metrics: Path,
    timing: Sequence[Path],
    history: Sequence[Path],
    law: Path,
    settings: dict[str, Any],
) -> None:
    """Read scores, speeds and how long each run trained; write the law, its predictions and what more would cost.

    Histories are those of `settings["runs"]`, in their order.
    """
    default = read_json(metrics)
    cost = cost_of_study(
        settings["cost"], default | {"num_papers": default["num_cases"]}, [read_json(path) for path in timing]
    )
    targets = [make_target(target["value"], target["unit"]) for target in settings["targets"]]
    histories = {run: read_table(path) for run, path in zip(settings["runs"], history, strict=False)}
    points = points_of_answers(read_json(comparison), settings["runs"], settings["model"], histories)
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
