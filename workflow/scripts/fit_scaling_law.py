"""Fit the scaling law to the runs on growing fractions of the papers, and judge the targets by it."""

from collections.abc import Sequence
from pathlib import Path

from further.io import read_table
from further.job import start_log
from further.records.comparison import Comparison
from further.records.training import Metrics, Timing
from further.scaling.analysis import analyse_curve
from further.scaling.study_runs import cost_of_study, points_of_runs
from further.scaling.units import make_target
from further.settings import LawSettings


def main(
    comparison: Path,
    metrics: Path,
    timing: Sequence[Path],
    history: Sequence[Path],
    law: Path,
    settings: LawSettings,
) -> None:
    """Read scores, speeds and how long each run trained; write the law, its predictions and what more data would cost.

    Histories are those of `settings.runs`, in their order.
    """
    compared, default = Comparison.load(comparison), Metrics.load(metrics)
    tokens_per_paper = default.num_unique_tokens / default.num_papers
    cost = cost_of_study(settings.cost, default.settings.epochs, tokens_per_paper, list(map(Timing.load, timing)))
    scored = compared.default.papers.after
    bytes_per_token = scored.num_bytes / scored.num_tokens
    targets = [make_target(target.value, target.unit, bytes_per_token) for target in settings.targets]
    # Without a sweep over data there are no runs, and the one history is the default run's.
    histories = {run: read_table(path) for run, path in zip(settings.runs, history, strict=False)}
    points = points_of_runs(compared, settings.runs, settings.model, histories)
    analyse_curve(points, targets, cost).save(law)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.comparison),
        Path(snakemake.input.metrics),
        [Path(path) for path in snakemake.input.timing],
        [Path(path) for path in snakemake.input.history],
        Path(snakemake.output.law),
        LawSettings.model_validate(snakemake.params.settings),
    )
