"""From the answers of all models of a study to its record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from further.evaluation.answers.compare import compare_answers
from further.evaluation.answers.floors import MAX_ANSWERS, count_different
from further.evaluation.answers.loops import explain_loops, measure_loops
from further.evaluation.answers.schemas import ANSWERS
from further.evaluation.answers.score import CONVENTIONS, score_answers
from further.evaluation.answers.summary import summarize_scores
from further.records.answers import AnswersRecord, Main, RunAnswers
from further.records.base import DEFAULT_RUN
from further.records.training import CaseMetrics
from further.settings import BootstrapSettings

STILL_FALLING = 0.01
"""Fall of the validation loss between its last two measurements from which a run was still learning."""


@dataclass(frozen=True)
class Answers:
    """A model's answers to the test's questions.

    Attributes:
        scores: ANSWER_SCORES.
        nats_per_token: Of the reference answers under the model.
    """

    scores: pd.DataFrame
    nats_per_token: float


def score_generated(generated: pd.DataFrame) -> Answers:
    """Score a model's answers (GENERATED) to the test's questions."""
    test = generated[generated["split"] == "test"]
    nats = float(test["reference_nats"].sum() / test["reference_tokens"].sum())
    table = pa.Table.from_pandas(test[ANSWERS.names], ANSWERS, preserve_index=False)
    return Answers(score_answers(table).to_pandas(), nats)


def choose_main(scores: pd.DataFrame) -> dict[str, Main]:
    """The score that each type is judged by: exact match up to 50 different references, else the F1 of words."""
    # Nobody writes a caption word for word: its exact match would be 0 before and after.
    different = count_different(scores, "reference")
    return {str(kind): "exact_match" if number <= MAX_ANSWERS else "token_f1" for kind, number in different.items()}


def gather_answers(
    bases: Mapping[str, Answers],
    runs: Mapping[str, Answers],
    views: Mapping[str, Answers],
    floors: pd.DataFrame,
    metrics: Mapping[str, CaseMetrics],
    histories: Mapping[str, pd.DataFrame],
    how: BootstrapSettings,
) -> AnswersRecord:
    """The record of a study.

    Args:
        views: The default run's answers without the right image, by view.
        floors: FLOOR_SCORES.
        histories: Of each run, with columns step and validation_loss_nats.
    """
    return AnswersRecord(
        default_run=DEFAULT_RUN,
        main=choose_main(runs[DEFAULT_RUN].scores),
        bases={name: summarize_scores(answers.scores, how) for name, answers in sorted(bases.items())},
        runs={name: _gather_run(runs[name], bases, metrics[name], histories[name], how) for name in sorted(runs)},
        floors={str(name): summarize_scores(part, how) for name, part in floors.groupby("floor", sort=False)},
        views={name: summarize_scores(answers.scores, how) for name, answers in views.items()},
        base_loops=measure_loops(bases["none"].scores),
        conventions=CONVENTIONS,
    )


def _gather_run(
    answers: Answers,
    bases: Mapping[str, Answers],
    metrics: CaseMetrics,
    history: pd.DataFrame,
    how: BootstrapSettings,
) -> RunAnswers:
    base, measured = bases[metrics.settings.quantization], measure_loops(answers.scores)
    return RunAnswers(
        settings=metrics.settings,
        num_cases=metrics.num_cases,
        num_unique_tokens=metrics.num_unique_tokens,
        num_trained_tokens=metrics.num_trained_tokens,
        trainable_share=metrics.parameters.share,
        nats_per_token=answers.nats_per_token,
        base_nats_per_token=base.nats_per_token,
        scores=summarize_scores(answers.scores, how),
        change=compare_answers(base.scores, answers.scores, how),
        loops=measured,
        cause=explain_loops(
            measured,
            cut_fraction=metrics.num_without_end / metrics.num_questions,
            still_learning=find_still_learning(history["validation_loss_nats"].dropna().tolist()),
        ),
    )


def find_still_learning(losses: Sequence[float]) -> bool | None:
    """Whether the validation loss was still falling when training ended; None with fewer than two measurements."""
    return None if len(losses) < 2 else losses[-1] < losses[-2] * (1 - STILL_FALLING)
