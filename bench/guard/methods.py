"""Ways to choose a threshold: the guard's, and what others do. Each takes scores and correctness, one answer a case."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from further.guard.bounds import Floats, p_value, upper_bound
from further.guard.certify import Counts, certify, count_accepted
from further.settings import GuardSettings

Flags = NDArray[np.bool_]
Method = Callable[[Floats, Flags, GuardSettings], float | None]


def choose_by_guard(score: Floats, correct: Flags, settings: GuardSettings) -> float | None:
    return certify(score, correct, settings).threshold


def choose_from_a_fifth(score: Floats, correct: Flags, settings: GuardSettings) -> float | None:
    """The guard with a first threshold that accepts a fifth of the cases."""
    return certify(score, correct, settings | {"start_fraction": 0.2}).threshold


def choose_by_hoeffding_bentkus(score: Floats, correct: Flags, settings: GuardSettings) -> float | None:
    """The same sequence with Hoeffding–Bentkus p-values (Bates et al. 2021, for any loss between 0 and 1)."""
    sequence = certify(score, correct, settings)
    tests = hoeffding_bentkus(sequence.errors, sequence.accepted, settings.target_error)
    return _last_in_a_row(sequence.thresholds, tests <= 1 - settings.confidence)


def choose_by_bonferroni(score: Floats, correct: Flags, settings: GuardSettings) -> float | None:
    """The lowest of 40 even steps whose exact test passes at a fortieth of the level; order plays no part."""
    counts = np.unique(np.linspace(1, score.size, settings.steps).astype(int))
    thresholds = np.sort(score)[::-1][counts - 1]
    accepted, errors = count_accepted(score, correct, thresholds)
    good = p_value(errors, accepted, settings.target_error) <= (1 - settings.confidence) / counts.size
    return float(thresholds[good].min()) if good.any() else None


def choose_by_search(score: Floats, correct: Flags, settings: GuardSettings) -> float | None:
    """Binary search with exact bounds, each at its share of the level (Geifman and El-Yaniv 2017, SGR)."""
    ordered = np.sort(score)
    low, high, best = 0, score.size - 1, None
    rounds = math.ceil(math.log2(score.size))
    for _ in range(rounds):
        middle = math.ceil((low + high) / 2)
        accepted, errors = count_accepted(score, correct, ordered[middle : middle + 1])
        bound = upper_bound(int(errors[0]), int(accepted[0]), 1 - (1 - settings.confidence) / rounds)
        if bound < settings.target_error:
            high, best = middle, float(ordered[middle])
        else:
            low = middle
    return best


def choose_by_looking(score: Floats, correct: Flags, settings: GuardSettings) -> float | None:
    """The lowest threshold at which the error rate seen is at most the target: no certificate."""
    thresholds = np.unique(score)
    accepted, errors = count_accepted(score, correct, thresholds)
    good = errors / accepted <= settings.target_error
    return float(thresholds[good].min()) if good.any() else None


METHODS: dict[str, Method] = {
    "guard": choose_by_guard,
    "from 1/5": choose_from_a_fifth,
    "HB": choose_by_hoeffding_bentkus,
    "Bonferroni": choose_by_bonferroni,
    "SGR": choose_by_search,
    "by looking": choose_by_looking,
}


def hoeffding_bentkus(errors: Counts, accepted: Counts, target: float) -> Floats:
    """min(exp(-n h(r, target)), e P(X <= n r)) with h the relative entropy of two coins; 1 where r is at the target."""
    rate = np.minimum(errors / accepted, target)
    ends = np.stack([np.full_like(rate, target), np.full_like(rate, 1 - target)])
    entropy = stats.entropy(np.stack([rate, 1 - rate]), ends)
    return np.asarray(np.minimum(np.exp(-accepted * entropy), math.e * p_value(errors, accepted, target)))


def _last_in_a_row(thresholds: Floats, good: Flags) -> float | None:
    """The threshold before the first that is not good."""
    number = good.size if good.all() else int(np.argmin(good))
    return float(thresholds[number - 1]) if number else None
