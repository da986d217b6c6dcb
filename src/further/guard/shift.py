"""Are new cases like the validation cases? A warning where their scores are not; silence proves nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

ALARM = 0.01  # chance of a warning for one question type where nothing has shifted, at most


@dataclass(frozen=True)
class Shift:
    """Scores of new cases beside those of the validation cases, for one question type.

    Attributes:
        distance: Kolmogorov–Smirnov statistic, 0 to 1.
        accepted_validation, accepted_new: Fractions at or above the threshold; None without one.
        warns: Whether the smaller p-value, of that statistic or of Fisher's exact test that the fractions are equal,
            times the number of tests, is under 0.01.
    """

    num_validation: int
    num_new: int
    distance: float
    accepted_validation: float | None
    accepted_new: float | None
    warns: bool


def check_shift(validation: ArrayLike, new: ArrayLike, threshold: float | None) -> Shift:
    """Compare the scores of new cases with those of validation cases, of one question type.

    A clinic whose pictures make the model wrong without making it less sure looks the same: only its judged answers can
    tell.

    Args:
        validation, new: One score of each case, any order, at least one.
    """
    before, after = (np.asarray(scores, dtype=np.float64) for scores in (validation, new))
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    test = stats.ks_2samp(before, after)
    old, now, tests = None, None, [float(test.pvalue)]
    if threshold is not None:
        old, now = int((before >= threshold).sum()), int((after >= threshold).sum())
        counts = np.array([[old, before.size - old], [now, after.size - now]])
        tests.append(float(stats.fisher_exact(counts).pvalue))
    return Shift(
        num_validation=before.size,
        num_new=after.size,
        distance=float(test.statistic),
        accepted_validation=None if old is None else old / before.size,
        accepted_new=None if now is None else now / after.size,
        warns=len(tests) * min(tests) < ALARM,  # Bonferroni
    )
