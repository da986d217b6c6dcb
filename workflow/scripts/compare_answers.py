"""Score all answers, hold them against base, floors and views, and write the record."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from further.evaluation.answers.gather import Answers, gather_answers, score_generated
from further.evaluation.answers.schemas import MODEL_SCORES
from further.io import read_table, write_table
from further.job import start_log
from further.records.base import DEFAULT_RUN
from further.records.training import CaseMetrics
from further.settings import BootstrapSettings


def main(
    inputs: Mapping[str, Sequence[Path]],
    comparison: Path,
    scores: Path,
    how: BootstrapSettings,
) -> None:
    """Read answers, floors and what each run did; write the record, and the default run's and its base's scores."""
    bases, runs, views = ({path.stem: _score(path) for path in inputs[name]} for name in ("base", "runs", "views"))
    metrics = {path.parent.name: CaseMetrics.load(path) for path in inputs["metrics"]}
    histories = {path.parent.name: read_table(path) for path in inputs["history"]}
    floors = read_table(inputs["floors"][0])
    record = gather_answers(bases, runs, views, floors, metrics, histories, how)
    record.save(comparison)
    compared = {"base": bases[record.default.settings.quantization], DEFAULT_RUN: runs[DEFAULT_RUN]}
    parts = [answers.scores.assign(model=name) for name, answers in compared.items()]
    write_table(scores, pa.Table.from_pandas(pd.concat(parts), MODEL_SCORES, preserve_index=False), MODEL_SCORES)


def _score(path: Path) -> Answers:
    return score_generated(read_table(path))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    names = ("base", "runs", "views", "metrics", "history")
    main(
        {name: [Path(path) for path in snakemake.input[name]] for name in names}
        | {"floors": [Path(snakemake.input.floors)]},
        Path(snakemake.output.comparison),
        Path(snakemake.output.scores),
        BootstrapSettings.model_validate({name: snakemake.params.settings[name] for name in ("bootstrap", "seed")}),
    )
