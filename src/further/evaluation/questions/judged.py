"""Answered questions of a text study as the guard reads them: one row a question, in two halves."""

import numpy as np
import pandas as pd

from further.evaluation.questions.compare import pick
from further.records.questions import Line, Questions
from further.shards import hash_rank

KIND = "multiple choice"
"""The one question type. A question with a single answer has no place: its score would be that of the reference."""


def judge_questions(asked: Questions) -> pd.DataFrame:
    """What the adapted model chose, how sure it was, and whether it was right.

    Thresholds are chosen on the validation half and tried on the test half. A hash of a question's words decides its
    half; neither the order in the file nor what was right plays a part.

    Args:
        asked: Of a study, with at least one question that has choices.

    Returns:
        Columns of `further.guard.schemas.ANSWERS`. `case` is the question's number in the file, from 1. Log-probability
        and entropy are of the choices, their likelihoods normalized to 1.
    """
    numbered = [(number, line) for number, line in enumerate(asked.lines, 1) if len(line.choices) > 1]
    ranked = sorted(numbered, key=lambda pair: (hash_rank("guard", pair[1].question, *pair[1].choices), pair[0]))
    # Questions of the same words and choices have one hash; among these the file's order decides.
    first = {number for number, _ in ranked[: (len(ranked) + 1) // 2]}
    return pd.DataFrame(
        [_describe(line) | {"case": f"question {number}", "split": "validation" if number in first else "test"}
         for number, line in numbered]
    )  # fmt: skip


def _describe(line: Line) -> dict[str, object]:
    values = np.array(line.adapted_loglikelihoods)
    logprobs = values - np.logaddexp.reduce(values)
    chosen = pick(line.adapted_loglikelihoods, line.choices, norm=False)
    return {
        "question_type": KIND,
        "question": line.question,
        "answer": line.choices[chosen],
        "caption": None,
        "reference": line.choices[line.correct],
        "correct": chosen == line.correct,
        "mean_logprob": float(logprobs[chosen]),
        "min_logprob": float(logprobs[chosen]),
        "entropy": max(0.0, float(-(np.exp(logprobs) * logprobs).sum())),
        "ended": True,
        "longest_run": None,
        "rep_4": None,
    }
