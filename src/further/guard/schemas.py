"""Tables of the guard stage: the answers that come in, the guarded answers that go out, why answers are deferred."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from further.guard.bounds import Floats

SPLITS = ("validation", "test", "shifted", "new")
"""Thresholds are chosen on validation cases and tried on test cases, and on those of another clinic ("shifted"), which
no promise is made for. New ones have no reference."""

DEFER = "DEFER"
"""What stands in place of an answer that is handed over to a person."""

CONTENT_REASONS = ("empty", "no end", "looped", "contradiction", "always human")
"""Reasons that hold whatever the score: what is wrong with an answer, or with a machine giving it."""

SCORE_REASONS = ("no score", "unknown type", "not certified", "under threshold")
"""Reasons of the score: there is none, no certificate for its question type, or it is too low."""

REASONS = CONTENT_REASONS + SCORE_REASONS

SURER_WHEN_LOW = ("entropy",)
"""Score columns that are low for sure answers; every other score is high for them."""

SCORES = (
    ("mean_logprob", pa.float64()),  # mean over the answer's tokens, nats
    ("min_logprob", pa.float64()),  # of its least likely token, nats
    ("entropy", pa.float64()),  # mean over its tokens, nats, at least 0
)

_FIXED = [
    ("case", pa.string()),
    ("question_type", pa.string()),
    ("split", pa.string()),  # one of SPLITS
    ("question", pa.string()),
    ("answer", pa.string()),
    ("caption", pa.string()),  # what the model writes of the whole case; null: nothing
    ("reference", pa.string()),  # null: not known
    ("correct", pa.bool_()),  # null: not judged
]
_WRITTEN = [
    ("ended", pa.bool_()),  # with the end token, not at the limit; null: not known
    ("longest_run", pa.int32()),  # times that a word or phrase stands in a row at most; null: not counted
    ("rep_4", pa.float64()),  # 1 - different / all runs of four words; null: not counted
]

ANSWERS = pa.schema([*_FIXED, *SCORES, *_WRITTEN])
"""One row per case and question. Further columns of floats are scores, too; high means sure."""

_OPTIONAL = ("caption", "reference", "correct", *(name for name, _ in _WRITTEN))


def answers_schema(scores: Sequence[str]) -> pa.Schema:
    """Schema of an answers table with these columns of scores."""
    return pa.schema([*_FIXED, *((name, pa.float64()) for name in scores), *_WRITTEN])


def guarded_schema(scores: Sequence[str]) -> pa.Schema:
    """Schema of the guarded table: the answers with what was decided about each."""
    decided = [
        ("guarded", pa.string()),  # the answer, or DEFER
        ("accepted", pa.bool_()),
        ("reasons", pa.list_(pa.string())),  # of REASONS, in that order; empty: accepted
        ("topics", pa.list_(pa.string())),  # that always go to a person and stand in question, answer or caption
        ("score", pa.float64()),  # that decided, high means sure; null: none
        ("threshold", pa.float64()),  # of its question type; null: nothing certified
    ]
    return pa.schema([*answers_schema(scores), *decided])


def score_columns(answers: pd.DataFrame) -> list[str]:
    """Names of the columns that hold scores: every column of floats beside those that have another meaning."""
    others = {name for name, _ in _FIXED + _WRITTEN} | {"score", "threshold"}
    return [str(name) for name in answers if name not in others and pd.api.types.is_float_dtype(answers[name])]


def turn_score(name: str, value: float | None) -> float | None:
    """A score turned so that high means sure; None where there is no finite one.

    Raises:
        ValueError: If an entropy is negative.
    """
    if value is None or pd.isna(value) or not math.isfinite(value):
        return None
    if name not in SURER_WHEN_LOW:
        return float(value)
    if value < 0:
        raise ValueError(f"{name}: {value} is negative; an entropy is at least 0 nats, low for sure answers")
    return -float(value)


def turn_scores(answers: pd.DataFrame, name: str) -> Floats:
    """A column of scores turned so that high means sure; NaN where there is no finite score, shape (rows,).

    Raises:
        ValueError: If there is no such column, a value is not a number, or an entropy is negative.
    """
    if name not in answers:
        known = ", ".join(score_columns(answers)) or "none"
        raise ValueError(f"score: {name!r} is no column of the answers; scores there: {known}")
    # Coerced, then compared: a word among the numbers is named, not taken for a missing score.
    values = pd.to_numeric(answers[name], errors="coerce")
    if len(wrong := answers.loc[values.isna() & answers[name].notna(), name]):
        raise ValueError(f"score: {name} has {wrong.iloc[0]!r}, which is not a number")
    return np.array([turn_score(name, value) for value in values], dtype=np.float64)


def check_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """Check an answers table; optional columns that are not there are added, empty.

    Args:
        answers: Columns of `ANSWERS`; caption, reference, correct, scores and what is known of the writing may be
            absent. Further columns of floats are scores.

    Returns:
        A copy with a fresh index; `correct` and `ended` are True, False or NA.

    Raises:
        ValueError: If a column is missing or has gaps, a mark is neither true nor false, a split is unknown, a case
            stands in two splits, or a case has two answers to the same question of the same type.
    """
    needed = [name for name, _ in _FIXED if name not in _OPTIONAL]
    if missing := [name for name in needed if name not in answers]:
        raise ValueError(f"answers: columns {', '.join(missing)} are missing; needed: {', '.join(needed)}")
    for name in (name for name in needed if name != "answer"):
        if gaps := int(answers[name].isna().sum()):
            raise ValueError(f"answers: column {name} has {gaps} gaps; none is allowed")
    added = {name: None for name in _OPTIONAL if name not in answers}
    checked = answers.reset_index(drop=True).assign(**added)
    checked = checked.assign(
        **{name: checked[name].astype(str) for name in ("case", "question_type", "question")},
        answer=checked["answer"].fillna("").astype(str),
        correct=_read_marks(checked["correct"]),
        ended=_read_marks(checked["ended"]),
        longest_run=checked["longest_run"].astype("Int32"),
    )
    _check_splits(checked)
    _check_repeats(checked)
    return checked


MARKS = dict.fromkeys(("true", "yes", "1", "1.0"), True) | dict.fromkeys(("false", "no", "0", "0.0"), False)
"""How tables write right and wrong, in lower case."""


def _read_marks(column: pd.Series) -> pd.Series:
    """True, False or NA, whether a table has them as such, as 0 and 1, or as words."""
    known = column.dropna().astype(str).str.strip().str.lower()
    if len(wrong := known[~known.isin(list(MARKS))]):
        raise ValueError(f"answers: {column.name} has {wrong.iloc[0]!r}; known: {', '.join(MARKS)}, or nothing")
    return known.map(MARKS).reindex(column.index).astype("boolean")


def _check_splits(answers: pd.DataFrame) -> None:
    if unknown := sorted(set(answers["split"]) - set(SPLITS)):
        raise ValueError(f"answers: split {unknown[0]!r} is unknown; known: {', '.join(SPLITS)}")
    pairs = answers[["case", "split"]].drop_duplicates()
    if len(twice := pairs[pairs.duplicated("case")]):
        case = twice["case"].iloc[0]
        found = " and ".join(sorted(pairs.loc[pairs["case"] == case, "split"]))
        raise ValueError(f"answers: case {case} stands in {found}; a case belongs to one split")


def _check_repeats(answers: pd.DataFrame) -> None:
    repeated = answers[answers.duplicated(["case", "question_type", "question"])]
    if len(repeated):
        row = repeated.iloc[0]
        raise ValueError(
            f"answers: case {row['case']} has two answers to {row['question']!r} of type {row['question_type']}; "
            "give one, or questions that differ"
        )
