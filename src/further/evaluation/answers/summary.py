"""Scores by question type, with intervals over cases: the answers of one case are not independent."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from further.evaluation.answers.match import RIGHT, UNREADABLE, normalize
from further.evaluation.intervals import LEVEL, ratio_interval, share_interval
from further.settings import BootstrapSettings

SHARES = ("exact_match", "closed_accuracy", "unreadable", "sensitivity", "specificity")
MEANS = ("token_f1", "bleu", "rouge_l")
Summary = dict[str, dict[str, Any]]


def summarize_scores(scores: pd.DataFrame, *, resamples: int, seed: int) -> Summary:
    """Scores of each question type, and of all.

    Args:
        resamples: Of the bootstrap over cases, for scores that are no shares.

    Returns:
        By type, "all" first: answers, cases, and each score with estimate, low, high and level. Closed scores where a
        type has closed questions; sensitivity, specificity and their mean, the balanced accuracy, where it has
        questions with both answers.

    Raises:
        ValueError: If there is no answer.
    """
    if scores.empty:
        raise ValueError("no answer to score")
    marked = mark_closed(scores)
    kinds = sorted(scores["question_type"].unique())
    parts = [marked] if len(kinds) == 1 else [marked, *(marked[marked["question_type"] == kind] for kind in kinds)]
    names = kinds if len(kinds) == 1 else ["all", *kinds]
    return {name: _summarize(part, resamples, seed) for name, part in zip(names, parts, strict=True)}


def mark_closed(scores: pd.DataFrame) -> pd.DataFrame:
    """Scores with a column for each closed score: 0 or 1, missing where the question does not count for it."""
    closed, reference = scores["closed"].notna(), scores["reference"].map(normalize)
    right, yes, no = (scores["closed"] == RIGHT).astype(float), reference == "yes", reference == "no"
    return scores.assign(
        closed_accuracy=right.where(closed),
        unreadable=(scores["closed"] == UNREADABLE).astype(float).where(closed),
        sensitivity=right.where(closed & yes),
        specificity=right.where(closed & no),
    )


def _summarize(part: pd.DataFrame, resamples: int, seed: int) -> dict[str, Any]:
    found: dict[str, Any] = {"answers": len(part), "cases": int(part["case"].nunique())}
    for name in SHARES:
        if part[name].notna().any():
            found[name] = share_over_cases(part, name)
    for name in MEANS:
        found[name] = mean_over_cases(part, name, resamples, seed)
    if "sensitivity" in found and "specificity" in found:
        found["balanced_accuracy"] = balance(found["sensitivity"], found["specificity"])
    return found


def share_over_cases(part: pd.DataFrame, name: str) -> dict[str, Any]:
    """A share of answers, with the exact interval over cases.

    Args:
        part: Lines with `case` and a mark, 0 or 1; lines without the mark are left out.

    Returns:
        estimate, low, high, level, and answers, the number that count.
    """
    sums = part.groupby("case")[name].agg(["sum", "count"])
    sums = sums[sums["count"] > 0]
    low, high = share_interval(sums["sum"], sums["count"])
    estimate = float(sums["sum"].sum() / sums["count"].sum())
    return {"estimate": estimate, "low": low, "high": high, "level": LEVEL, "answers": int(sums["count"].sum())}


def mean_over_cases(part: pd.DataFrame, name: str, resamples: int, seed: int) -> dict[str, Any]:
    """Mean of a score over answers, with the studentized bootstrap over cases.

    Args:
        part: Lines with `case` and the score; lines without the score are left out.

    Returns:
        estimate, low, high, level; without ends under six cases.
    """
    sums = part.dropna(subset=[name]).groupby("case")[name].agg(["sum", "count"])
    how = BootstrapSettings(bootstrap=resamples, seed=seed)
    return ratio_interval(sums["sum"], sums["count"], how).model_dump()


def balance(sensitivity: dict[str, Any], specificity: dict[str, Any]) -> dict[str, Any]:
    """Mean of sensitivity and specificity, with the interval that follows from theirs.

    Source:
        Zou and Donner 2008, Construction of confidence limits about effect measures, equation 2 (MOVER), for the sum of
        two independent estimates. Of cases with both kinds of questions it takes no note.
    """
    both: Sequence[dict[str, Any]] = (sensitivity, specificity)
    estimate = sum(part["estimate"] for part in both) / 2
    if any(part["low"] is None for part in both):
        return {"estimate": estimate, "low": None, "high": None, "level": LEVEL}
    down = np.hypot(*(part["estimate"] - part["low"] for part in both)) / 2
    up = np.hypot(*(part["high"] - part["estimate"] for part in both)) / 2
    return {"estimate": estimate, "low": float(estimate - down), "high": float(estimate + up), "level": LEVEL}
