"""Compare base and adapted models on held-out papers and on general text."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from further.evaluation.comparison import compare_runs, describe_scoring
from further.evaluation.folds import Fold, cross_validate
from further.evaluation.overlap import count_excluded
from further.evaluation.quantization import split_quantization
from further.io import read_table
from further.job import start_log
from further.records.base import DEFAULT_RUN
from further.records.comparison import Comparison
from further.records.training import Metrics
from further.settings import ComparisonSettings


def main(
    scores: Mapping[str, dict[str, pd.DataFrame]],
    corpus: Mapping[str, pd.DataFrame],
    folds: Mapping[str, Fold],
    metrics: Sequence[Path],
    comparison: Path,
    settings: ComparisonSettings,
) -> None:
    """Write every run's comparison with its base, what each quantization costs, and the cross-validation."""
    described = {data.run: data for data in map(Metrics.load, metrics)}
    base, runs = scores["base"], scores["runs"]
    Comparison(
        default_run=DEFAULT_RUN,
        scoring=describe_scoring(runs[DEFAULT_RUN]),
        runs=compare_runs(base, runs, described, settings),
        quantization=split_quantization(base, runs, scores["merged"], settings.quantization_runs, settings),
        excluded=count_excluded(**corpus, how=settings),
        cross_validation=cross_validate(folds, settings),
    ).save(comparison)


def read_tables(paths: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Tables by the name of their file."""
    return {Path(path).stem: read_table(Path(path)) for path in paths}


def read_folds(base: Sequence[str], runs: Sequence[str], tables: Sequence[str]) -> dict[str, Fold]:
    """Folds by name, from the files of each."""
    return {
        Path(run).stem: Fold(
            base=read_table(Path(scores)),
            run=read_table(Path(run)),
            **read_tables(path for path in tables if Path(path).parent.name == Path(run).stem),
        )
        for scores, run in zip(base, runs, strict=True)
    }


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        {kind: read_tables(snakemake.input[kind]) for kind in ("base", "runs", "merged")},
        read_tables(snakemake.input.corpus),
        read_folds(snakemake.input.fold_base, snakemake.input.fold_runs, snakemake.input.folds),
        [Path(path) for path in snakemake.input.metrics],
        Path(snakemake.output.comparison),
        ComparisonSettings.model_validate(snakemake.params.settings),
    )
