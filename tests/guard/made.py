"""Answers of known kinds, one a case."""

from pathlib import Path

import numpy as np
import pandas as pd

from further.guard.bounds import level, p_value
from further.guard.certify import check_scores, count_accepted

DATA = Path(__file__).parent / "data"


def make_answers(scores, correct, question_type="side", split="validation", prefix="v"):
    """One answer a case; right ones say left, wrong ones right."""
    rows = [
        {
            "case": f"{prefix}{number}",
            "question_type": question_type,
            "split": split,
            "question": "On which side?",
            "answer": "right" if right is not None and not right else "left",
            "reference": "left",
            "correct": right,
            "mean_logprob": score,
            "ended": True,
            "longest_run": 1,
            "rep_4": 0.0,
        }
        for number, (score, right) in enumerate(zip(scores, correct, strict=True))
    ]
    return pd.DataFrame(rows)


def descending(count, start=-0.01, step=-0.01):
    """Different scores, surest first."""
    return [start + step * number for number in range(count)]


def any_threshold_passes(score, correct, settings):
    """Whether some threshold would pass its test if it were the only one: picked by looking, it is no certificate."""
    scores, right = check_scores(score, correct)
    accepted, errors = count_accepted(scores, right, np.unique(scores))
    return bool((p_value(errors, accepted, settings.target_error) <= level(settings.confidence)).any())
