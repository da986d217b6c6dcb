"""The lowest threshold of a score at which the error rate of accepted answers is certified: fixed-sequence testing."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from further.guard.bounds import Floats, level, p_value, smallest_accepted
from further.settings import GuardSettings

Counts = NDArray[np.int64]
LARGEST_START = 0.8  # of the cases: beyond, a first threshold without room for an error accepts more (`bench/guard`)


@dataclass(frozen=True)
class ThresholdSequence:
    """Thresholds in the order in which they are tested, strictest first.

    Attributes:
        thresholds: Scores from which on an answer is accepted, shape (steps,).
        accepted, errors: Answers at or above each, ties together, and wrong ones among them, shape (steps,).
        p_values: Exact p-value of each "the error rate is at least the target", shape (steps,).
        num_certified: Leading thresholds that all certify; the last of them holds. 0: defer all.
    """

    thresholds: Floats
    accepted: Counts
    errors: Counts
    p_values: Floats
    num_certified: int

    @property
    def threshold(self) -> float | None:
        """The lowest certified threshold; None where all answers are deferred."""
        return float(self.thresholds[self.num_certified - 1]) if self.num_certified else None


def first_accepted(settings: GuardSettings) -> int:
    """How many answers the first threshold accepts, with room for an error; where cases are few, it accepts fewer.

    >>> first_accepted(GuardSettings(target_error=0.05)), first_accepted(GuardSettings(target_error=0.10))
    (95, 47)
    """
    fewest = smallest_accepted(0, settings.target_error, settings.confidence)
    # Rounded first, as 1.1 * 50 is 55.00000000000001 and would be 56.
    return math.ceil(round(settings.start_factor * fewest, 9))


def accepted_counts(num_cases: int, settings: GuardSettings) -> Counts:
    """Numbers of answers that the thresholds accept, in even steps from the first to all; none for too few cases."""
    start = first_accepted(settings)
    if start > LARGEST_START * num_cases:  # room for an error would leave too few thresholds to choose from
        start = smallest_accepted(0, settings.target_error, settings.confidence)
    if num_cases < start:
        return np.zeros(0, dtype=np.int64)
    start = max(start, math.ceil(round(settings.start_fraction * num_cases, 9)))
    return np.unique(np.linspace(start, num_cases, settings.steps).astype(np.int64))


def certify(score: ArrayLike, correct: ArrayLike, settings: GuardSettings) -> ThresholdSequence:
    """Test thresholds, strictest first, until one is not certified.

    The thresholds follow from the scores alone. Stopping at the first p-value above 1 - confidence keeps the level
    without a correction for many tests: to certify a wrong threshold, the first wrong one in this order has to pass its
    own test. Its p-value is exact where surer answers are not more often wrong. Otherwise the answer that sets the
    threshold is not drawn like those above it, and the level is off by what one answer can do.

    Args:
        score: High means sure, shape (cases,). Each answer is of another case.
        correct: Whether each is right, shape (cases,).

    Raises:
        ValueError: As `check_scores` says.

    Source:
        Angelopoulos, Bates, Candès, Jordan and Lei 2021, "Learn then Test", fixed-sequence testing; here with exact
        binomial p-values, and started where a test can pass in spite of an error.
    """
    scores, right = check_scores(score, correct)
    counts = accepted_counts(scores.size, settings)
    # The order of the tests is fixed here, before anything is known of what was right.
    thresholds = np.sort(scores)[::-1][counts - 1]
    accepted, errors = count_accepted(scores, right, thresholds)
    tests = p_value(errors, accepted, settings.target_error)
    failed = np.flatnonzero(tests > level(settings.confidence))
    return ThresholdSequence(thresholds, accepted, errors, tests, int(failed[0]) if failed.size else tests.size)


def check_scores(score: ArrayLike, correct: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    """Scores as float64 and correctness as booleans.

    Raises:
        ValueError: If a score is NaN, or the shapes differ.
    """
    scores, right = np.asarray(score, dtype=np.float64), np.asarray(correct, dtype=np.bool_)
    if scores.shape != right.shape or scores.ndim != 1:
        raise ValueError(
            f"score, correct: shapes {scores.shape} and {right.shape} are not one list each of equal length"
        )
    if np.isnan(scores).any():
        raise ValueError(f"score: {int(np.isnan(scores).sum())} of {scores.size} are NaN; leave those answers out")
    return scores, right


def count_accepted(scores: Floats, right: NDArray[np.bool_], thresholds: Floats) -> tuple[Counts, Counts]:
    """Answers at or above each threshold, and the wrong ones among them."""
    wrong = np.sort(scores[~right])
    accepted = scores.size - np.searchsorted(np.sort(scores), thresholds, side="left")
    errors = wrong.size - np.searchsorted(wrong, thresholds, side="left")
    return accepted.astype(np.int64), errors.astype(np.int64)
