"""Fractions of correct answers, and two models paired on the same questions. numpy and scipy only."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from further.evaluation.intervals import LEVEL
from further.records.questions import Paired, Share


def share(correct: Sequence[bool]) -> Share:
    """How many were correct, with the exact interval.

    Raises:
        ValueError: If there is none.

    >>> share([True, False]).fraction
    0.5
    """
    if not correct:
        raise ValueError("no question to take a fraction of")
    found = stats.binomtest(sum(correct), len(correct)).proportion_ci(LEVEL, method="exact")
    return Share(
        number=len(correct),
        correct=sum(correct),
        fraction=sum(correct) / len(correct),
        low=float(found.low),
        high=float(found.high),
    )


def pair(base: Sequence[bool], adapted: Sequence[bool]) -> Paired:
    """Two models on the same questions, of each whether its answer was correct.

    Raises:
        ValueError: If there is no question.

    Source:
        McNemar 1947, with the exact binomial p-value. Interval: Bonett and Price 2012, Adjusted Wald confidence
        interval for a difference of binomial proportions based on paired data, which adds one question to each of the
        two kinds that differ.
    """
    gained = sum(after and not before for before, after in zip(base, adapted, strict=True))
    lost = sum(before and not after for before, after in zip(base, adapted, strict=True))
    number = len(base)
    up, down = (gained + 1) / (number + 2), (lost + 1) / (number + 2)
    half = float(stats.norm.ppf((1 + LEVEL) / 2)) * float(np.sqrt((up + down - (up - down) ** 2) / (number + 2)))
    return Paired(
        base=share(base),
        adapted=share(adapted),
        gained=gained,
        lost=lost,
        difference=(gained - lost) / number,
        low=max(-1.0, up - down - half),
        high=min(1.0, up - down + half),
        p_value=float(stats.binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0,
    )
