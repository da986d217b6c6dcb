"""Exact binomial tests and bounds of an error rate, from counts of accepted answers and of errors among them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]


def p_value(errors: ArrayLike, accepted: ArrayLike, target: float) -> Floats:
    """Exact p-value of "the error rate is at least `target`", any shape; 1 where nothing was accepted."""
    return np.asarray(stats.binom.cdf(np.asarray(errors), np.asarray(accepted), target), dtype=np.float64)


def upper_bound(errors: int, accepted: int, confidence: float) -> float:
    """One-sided Clopper–Pearson bound: the error rate at which `p_value` is 1 - `confidence`; 1 if all are wrong."""
    if errors == accepted:
        return 1.0
    return float(stats.beta.ppf(confidence, errors + 1, accepted - errors))


def exact_interval(errors: int, accepted: int) -> tuple[float, float]:
    """Two-sided 95 % interval of an error rate (Clopper and Pearson 1934); (0, 1) where nothing was accepted."""
    low = float(stats.beta.ppf(0.025, errors, accepted - errors + 1)) if errors else 0.0
    return low, upper_bound(errors, accepted, 0.975)


def smallest_accepted(errors: int, target: float, confidence: float) -> int:
    """Accepted answers from which on so many errors among them certify a target.

    >>> smallest_accepted(0, 0.05, 0.95), smallest_accepted(0, 0.10, 0.95)
    (59, 29)
    """
    # At most so many errors among n answers: the next one comes after the n-th, and its place is negative binomial.
    return errors + 1 + int(stats.nbinom.isf(level(confidence), errors + 1, target))


def most_errors(accepted: int, target: float, confidence: float) -> int:
    """The most errors among so many accepted answers that still certify a target; -1 if even none is too many."""
    return int(np.sum(p_value(np.arange(accepted + 1), accepted, target) <= level(confidence))) - 1


def level(confidence: float) -> float:
    """Largest p-value that certifies: 1 - confidence without the rounding of the subtraction.

    >>> 1 - 0.9, level(0.9)
    (0.09999999999999998, 0.1)
    """
    return round(1 - confidence, 12)
