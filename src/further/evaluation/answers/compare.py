"""Answers before and after, question by question."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from further.evaluation.answers.summary import MEANS, SHARES, by_type, mark_closed, mean_over_cases
from further.records.answers import Scores, TypeScores
from further.settings import BootstrapSettings

COMPARED = ("exact_match", "closed_accuracy", "sensitivity", "specificity", "open_exact_match", *MEANS)


def compare_answers(before: pd.DataFrame, after: pd.DataFrame, how: BootstrapSettings) -> Scores:
    """What a second model's answers gain over a first one's: mean differences with intervals over cases.

    Args:
        before: ANSWER_SCORES.
        after: ANSWER_SCORES of the same questions.

    Returns:
        By type, "all" first.

    Raises:
        ValueError: If the two did not answer the same questions with the same references.
    """
    return {name: _compare(part, how) for name, part in by_type(pair_answers(before, after)).items()}


def pair_answers(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Both models' scores in one line a question: question_id, case, question_type, and each score twice.

    Raises:
        ValueError: As `compare_answers`.
    """
    first, second = (mark_closed(scores).set_index("question_id") for scores in (before, after))
    for name, scores in (("before", first), ("after", second)):
        if not scores.index.is_unique:
            raise ValueError(f"compared answers: a question stands twice in those {name}")
    alone = sorted(set(first.index) ^ set(second.index))
    if alone:
        raise ValueError(f"compared answers: {len(alone)} questions only one has answered, {_list(alone)}")
    second = second.loc[first.index]
    unlike = first.index[first["reference"] != second["reference"]]
    if len(unlike):
        raise ValueError(f"compared answers: {len(unlike)} questions with two references, {_list(list(unlike))}")
    scores = [*SHARES, *MEANS]
    return first[["case", "question_type", *scores]].join(second[scores].add_suffix("_after")).reset_index()


def _compare(part: pd.DataFrame, how: BootstrapSettings) -> TypeScores:
    change = part["exact_match_after"] - part["exact_match"]
    found: dict[str, Any] = {}
    for name in COMPARED:
        if part[name].notna().any():
            moved = part[["case"]].assign(moved=part[f"{name}_after"] - part[name])
            found[name] = mean_over_cases(moved, "moved", how)
    return TypeScores(
        answers=len(part),
        cases=int(part["case"].nunique()),
        became_right=int((change > 0).sum()),
        became_wrong=int((change < 0).sum()),
        **found,
    )


def _list(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
