"""How well a score ranks answers: risk against coverage, and the area under it, ties in expectation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from further.guard.bounds import Floats
from further.guard.certify import Counts, check_scores, count_accepted


@dataclass(frozen=True)
class RiskCoverage:
    """Accepted answers and wrong ones among them at the different scores, falling, each (T,); ties go together."""

    thresholds: Floats
    accepted: Counts
    errors: Counts
    num_answers: int

    @property
    def coverage(self) -> Floats:
        """Accepted fraction of all answers, shape (T,)."""
        return self.accepted / self.num_answers

    @property
    def risk(self) -> Floats:
        """Error rate among accepted answers, shape (T,)."""
        return self.errors / self.accepted


@dataclass(frozen=True)
class Ranking:
    """How well a score ranks, beside the two ends of what a score could do.

    Attributes:
        aurc, augrc: As `area_under_risk` and `area_under_generalized_risk` say; lower is better.
        random_aurc, random_augrc: Of a score that knows nothing, in expectation.
        oracle_aurc, oracle_augrc: Where every right answer is surer than every wrong one.
    """

    aurc: float
    augrc: float
    random_aurc: float
    random_augrc: float
    oracle_aurc: float
    oracle_augrc: float
    num_answers: int


def risk_coverage(score: ArrayLike, correct: ArrayLike) -> RiskCoverage:
    """Accepted answers and errors at each different score; raises ValueError as `check_scores` does."""
    scores, right = check_scores(score, correct)
    thresholds = np.unique(scores)[::-1]
    return RiskCoverage(thresholds, *count_accepted(scores, right, thresholds), scores.size)


def expected_errors(score: ArrayLike, correct: ArrayLike) -> Floats:
    """Errors among the k surest answers for k = 1 to n, the mean over all orders of tied answers, shape (n,).

    Between the ends of a block of ties the expectation is a straight line:

        scores   .9   .5   .5   .1
        wrong     0    0    1    1
        errors    0   .5    1    2
    """
    curve = risk_coverage(score, correct)
    ends = np.concatenate([[0], curve.accepted])
    places = np.arange(1, curve.num_answers + 1)
    return np.asarray(np.interp(places, ends, np.concatenate([[0], curve.errors])), dtype=np.float64)


def area_under_risk(errors: Floats) -> float:
    """AURC: mean over k of the error rate among the k surest.

    Source:
        Geifman, Uziel and El-Yaniv 2019, eq. 4, for a loss of 0 or 1.
    """
    return float((errors / np.arange(1, errors.size + 1)).mean())


def area_under_generalized_risk(errors: Floats) -> float:
    """AUGRC: mean over k of the errors among the k surest, as a fraction of all answers.

    Source:
        Traub et al. 2024, "Overcoming common flaws in the evaluation of selective classification systems".
    """
    return float(errors.mean() / errors.size)


def rank_score(score: ArrayLike, correct: ArrayLike) -> Ranking:
    """AURC and AUGRC of a score, of no score and of the best one; of at least one answer."""
    scores, right = check_scores(score, correct)
    own, random, oracle = (expected_errors(order, right) for order in (scores, np.zeros(scores.size), right))
    return Ranking(
        aurc=area_under_risk(own),
        augrc=area_under_generalized_risk(own),
        random_aurc=area_under_risk(random),
        random_augrc=area_under_generalized_risk(random),
        oracle_aurc=area_under_risk(oracle),
        oracle_augrc=area_under_generalized_risk(oracle),
        num_answers=scores.size,
    )
