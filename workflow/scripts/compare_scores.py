"""Compare base and adapted models on held-out papers and on general text."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from further.evaluation.comparison import compare_runs, describe_scoring
from further.evaluation.folds import Fold, cross_validate
from further.evaluation.quantization import split_quantization
from further.evaluation.shared import count_excluded, count_shared
from further.io import read_json, read_table, write_json
from further.job import start_log


def main(
    scores: Mapping[str, dict[str, pd.DataFrame]],
    corpus: Mapping[str, pd.DataFrame],
    folds: Mapping[str, Fold],
    metrics: Sequence[Path],
    comparison: Path,
    settings: Mapping[str, Any],
) -> None:
    """Write every run's comparison with its base, what each quantization costs, and the cross-validation."""
    described = {data["run"]: data for data in map(read_json, metrics)}
    base, runs, bootstrap = scores["base"], scores["runs"], (settings["bootstrap"], settings["seed"])
    thresholds = {name: settings[name] for name in ("paper_similarity", "paragraph_similarity")}
    min_words = settings["paragraph_words"]
    data = {
        "default_run": "default",
        "scoring": describe_scoring(runs["default"]),
        "runs": compare_runs(base, runs, described, *bootstrap),
        "quantization": split_quantization(base, runs, scores["merged"], settings["quantization_runs"], *bootstrap),
        "excluded": count_excluded(corpus["rejected"], corpus["repeats"], thresholds)
        | {"shared_paragraphs_left": count_shared(corpus["rows"], corpus["split"], min_words)},
        "cross_validation": cross_validate(folds, min_words, *bootstrap),
    }
    write_json(comparison, data)


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
        snakemake.params.settings,
    )
