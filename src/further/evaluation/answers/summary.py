"""Scores by question type, with intervals over cases: the answers of one case are not independent."""

from math import hypot
from typing import Any

import pandas as pd

from further.evaluation.answers.match import RIGHT, UNREADABLE, yes_or_no
from further.evaluation.intervals import LEVEL, ratio_interval, share_interval
from further.records.answers import ALL, Score, Scores, TypeScores
from further.settings import BootstrapSettings

SHARES = ("exact_match", "closed_accuracy", "unreadable", "sensitivity", "specificity", "open_exact_match")
MEANS = ("token_f1", "bleu", "rouge_l", "open_recall")


def summarize_scores(scores: pd.DataFrame, how: BootstrapSettings) -> Scores:
    """Scores of each question type, "all" first.

    Raises:
        ValueError: If there is no answer.
    """
    if scores.empty:
        raise ValueError("no answer to score")
    return {name: _summarize(part, how) for name, part in by_type(mark_closed(scores)).items()}


def by_type(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The lines of each question type; all of them together first, where there are several."""
    parts = {str(kind): part for kind, part in table.groupby("question_type")}
    if len(parts) == 1:
        return parts
    # A study may call one of its types "all".
    return {ALL: table} | {f"{kind} (type)" if kind == ALL else kind: part for kind, part in parts.items()}


def mark_closed(scores: pd.DataFrame) -> pd.DataFrame:
    """Scores with a column for each of closed or open questions alone, missing where the question is not counted."""
    closed, reference = scores["closed"].notna(), scores["reference"].map(yes_or_no)
    right, yes, no = (scores["closed"] == RIGHT).astype(float), reference == "yes", reference == "no"
    return scores.assign(
        closed_accuracy=right.where(closed),
        unreadable=(scores["closed"] == UNREADABLE).astype(float).where(closed),
        sensitivity=right.where(closed & yes),
        specificity=right.where(closed & no),
        open_exact_match=scores["exact_match"].where(~closed),
        open_recall=scores["token_recall"].where(~closed),
    )


def _summarize(part: pd.DataFrame, how: BootstrapSettings) -> TypeScores:
    found: dict[str, Any] = {name: share_over_cases(part, name) for name in SHARES if part[name].notna().any()}
    found |= {name: bounded_mean(part, name, how) for name in MEANS if part[name].notna().any()}
    if "sensitivity" in found and "specificity" in found:
        found["balanced_accuracy"] = balance(found["sensitivity"], found["specificity"])
    return TypeScores(answers=len(part), cases=int(part["case"].nunique()), **found)


def share_over_cases(part: pd.DataFrame, name: str) -> Score:
    """A fraction of answers, each marked 0 or 1 or not at all, with the exact interval over cases."""
    sums = part.groupby("case")[name].agg(["sum", "count"])
    sums = sums[sums["count"] > 0]  # a case without a marked answer says nothing, and is no document of the interval
    low, high = share_interval(sums["sum"], sums["count"])
    estimate = float(sums["sum"].sum() / sums["count"].sum())
    return Score(estimate=estimate, low=low, high=high, level=LEVEL, answers=int(sums["count"].sum()))


def mean_over_cases(part: pd.DataFrame, name: str, how: BootstrapSettings) -> Score:
    """Mean of a score over the answers that have it, with the studentized bootstrap over cases."""
    sums = part.dropna(subset=[name]).groupby("case")[name].agg(["sum", "count"])
    return Score.model_validate(ratio_interval(sums["sum"], sums["count"], how).model_dump())


def bounded_mean(part: pd.DataFrame, name: str, how: BootstrapSettings) -> Score:
    """The same of a score that is never below 0 nor above its best value, and so is the interval."""
    top = 100.0 if name == "bleu" else 1.0
    if set(part[name].dropna()) in ({0.0}, {top}):  # all resamples are alike, as if no other answer could be drawn
        ends = share_over_cases(part.assign(**{name: part[name] / top}), name).scaled(top).model_dump()
        return Score.model_validate(ends)
    found = mean_over_cases(part, name, how)
    low, high = (None if end is None else min(max(end, 0.0), top) for end in (found.low, found.high))
    return found.model_copy(update={"low": low, "high": high})


def balance(sensitivity: Score, specificity: Score) -> Score:
    """Mean of sensitivity and specificity, with the interval that follows from theirs.

    Source:
        Zou and Donner 2008, Construction of confidence limits about effect measures, equation 2 (MOVER), for the sum of
        two independent estimates. A case with both kinds of questions makes them dependent, which is ignored.
    """
    both = (sensitivity, specificity)
    estimate = sum(part.estimate for part in both) / 2
    down = [part.estimate - part.low for part in both if part.low is not None]
    up = [part.high - part.estimate for part in both if part.high is not None]
    if len(down) < 2 or len(up) < 2:
        return Score(estimate=estimate, low=None, high=None, level=LEVEL)
    low, high = estimate - hypot(*down) / 2, estimate + hypot(*up) / 2
    return Score(estimate=estimate, low=low, high=high, level=LEVEL)
