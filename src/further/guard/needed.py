"""How many validation cases it would take, where a guard has to defer all."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from further.guard.bounds import Floats, most_errors, smallest_accepted
from further.guard.certify import check_scores, first_accepted
from further.settings import GuardSettings

CHANCE = 0.8  # of passing the first test that a study is planned with
MOST_CASES = 10_000  # beyond, estimates from a few hundred cases say no more than "very many"
PRIOR_SD = (3.0, 2.0)  # of intercept and slope, in log odds: keeps answers that are all right from a slope of infinity
QUANTILES = special.ndtri((np.arange(MOST_CASES) + 0.5) / MOST_CASES)[::-1]  # of normal scores, surest first


def _allowed_error_rate(settings: GuardSettings) -> float:
    """Error rate among the surest answers at which the first threshold is certified with a probability of 80 %."""
    accepted = first_accepted(settings)
    errors = most_errors(accepted, settings.target_error, settings.confidence)
    return float(stats.beta.ppf(1 - CHANCE, errors + 1, accepted - errors))


def estimate_needed_cases(score: ArrayLike, correct: ArrayLike, settings: GuardSettings) -> int | None:
    """Eligible cases at which some answers would be accepted with a probability of 80 %, if answers go on like these.

    The first threshold accepts a fixed number of the surest answers. Among more cases these are a smaller fraction, and
    surer. How fast errors get rare towards the surest answers is read from a logistic regression of "wrong" on the
    score's rank, as the few surest answers of a small set say too little by themselves.

    Args:
        score, correct: As `certify` takes them.

    Returns:
        Number of cases, more than there are; None above 10,000: then a better score or model is needed, not more cases.
    """
    scores, right = check_scores(score, correct)
    if right.all():
        return smallest_accepted(0, settings.target_error, settings.confidence)
    intercept, slope = _fit_errors(_normal_scores(scores), (~right).astype(np.float64))
    wrong = special.expit(intercept - slope * QUANTILES)
    rates = np.cumsum(wrong) / np.arange(1, MOST_CASES + 1)  # among each fraction of the surest
    good = np.flatnonzero(rates <= _allowed_error_rate(settings))
    if not good.size:
        return None
    cases = math.ceil(first_accepted(settings) * MOST_CASES / (int(good[-1]) + 1))
    return max(cases, scores.size + 1) if cases <= MOST_CASES else None


def _normal_scores(scores: Floats) -> Floats:
    """Scores as quantiles of a normal distribution by their ranks, ties alike."""
    return np.asarray(special.ndtri((stats.rankdata(scores) - 0.5) / scores.size), dtype=np.float64)


def _fit_errors(quantiles: Floats, wrong: Floats) -> tuple[float, float]:
    """Intercept and slope of `log odds of wrong = intercept - slope * quantile`, at their most probable values."""

    def surprise(values: Floats) -> float:
        odds = values[0] - values[1] * quantiles
        prior = float(np.sum((values / PRIOR_SD) ** 2)) / 2
        return float(np.sum(np.logaddexp(0.0, odds) - wrong * odds)) + prior

    intercept, slope = optimize.minimize(surprise, np.array([0.0, 1.0])).x
    return float(intercept), float(slope)
