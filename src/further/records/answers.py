"""The record of a study's answers: scores before and after by question type, floors, views, loops."""

from typing import Any, Literal

from further.records.base import Interval, Record, differing
from further.settings import Run

ALL = "all"
"""Stands for all question types together."""

Main = Literal["exact_match", "token_f1"]


class Score(Interval):
    """A score with its interval over cases; ends are None where too few cases leave them open."""

    estimate: float
    answers: int | None = None


class TypeScores(Record):
    """Scores of the answers to one type of question, or what two models' answers differ by.

    Attributes:
        became_right, became_wrong: By exact match; of a difference only.
        closed_accuracy, open_exact_match, open_recall: Of closed and of open questions alone, None where there is none.
    """

    answers: int
    cases: int
    became_right: int | None = None
    became_wrong: int | None = None
    exact_match: Score
    token_f1: Score
    bleu: Score
    rouge_l: Score
    closed_accuracy: Score | None = None
    unreadable: Score | None = None
    sensitivity: Score | None = None
    specificity: Score | None = None
    balanced_accuracy: Score | None = None
    open_exact_match: Score | None = None
    open_recall: Score | None = None


Scores = dict[str, TypeScores]


class LoopCounts(Record):
    """Fractions of answers that do not end or repeat themselves.

    Attributes:
        usual_rep_4: The 99th percentile of the references' rep-4.
        over_limit: Answers that did not end and repeat nothing.
        without_end: The limit came before EOS.
        with_run: A word or phrase stands four times in a row.
        repetitive: rep-4 above `usual_rep_4`.
    """

    answers: int
    usual_rep_4: float
    over_limit: float
    without_end: Score
    with_run: Score
    repetitive: Score


class LoopCause(Record):
    """Why answers loop, as `loops.explain_loops` tells it."""

    cause: str
    cut_fraction: float
    still_learning: bool | None


class RunAnswers(Record):
    """What came of one run.

    Attributes:
        num_unique_tokens: Of their answers, ends counted.
        num_trained_tokens: The same over all epochs.
        trainable_share: Fraction of the parameters that were trained.
        nats_per_token: Of the test's reference answers under the model.
        base_nats_per_token: The same of the base at the run's quantization.
        change: Against the base at the run's quantization, by question type.
    """

    settings: Run
    num_cases: int
    num_unique_tokens: int
    num_trained_tokens: int
    trainable_share: float
    nats_per_token: float
    base_nats_per_token: float
    scores: Scores
    change: Scores
    loops: LoopCounts
    cause: LoopCause


class AnswersRecord(Record):
    """The whole comparison, `results/evaluation/answers.json`.

    Attributes:
        default_run: Name of the run that most is said of.
        main: The score that a question type is judged by: exact match where its answers are a few terms, else the F1
            of its words.
        bases: Scores of the base at each quantization, by question type.
        floors: Scores of what can be answered without looking closely, by floor and question type.
        views: Scores of the default run's answers without the right image, by view and question type.
        conventions: How each score is meant, and where others differ.
    """

    default_run: str
    main: dict[str, Main]
    bases: dict[str, Scores]
    runs: dict[str, RunAnswers]
    floors: dict[str, Scores]
    views: dict[str, Scores]
    base_loops: LoopCounts
    conventions: dict[str, str]

    @property
    def default(self) -> RunAnswers:
        """The default run."""
        return self.runs[self.default_run]

    @property
    def default_base(self) -> Scores:
        """Scores of the default run's base."""
        return self.base_of(self.default_run)

    @property
    def kinds(self) -> list[str]:
        """Types of questions, in order."""
        return sorted(self.main)

    def differing(self, run: str) -> dict[str, object]:
        """The settings in which a run differs from the default one, with the run's values."""
        return differing(self.runs[run].settings, self.default.settings)

    def base_of(self, run: str) -> Scores:
        """Scores of the base at a run's quantization."""
        return self.bases[self.runs[run].settings.quantization]


def main_score(scores: TypeScores, main: Main) -> Score:
    """The score that a type is judged by."""
    score: Any = getattr(scores, main)
    assert isinstance(score, Score)
    return score
