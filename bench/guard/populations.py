"""Answers whose true error rate at every threshold is known: scores of right and wrong answers are normal."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
GRID = np.linspace(-9.0, 9.0, 18_001)


@dataclass(frozen=True)
class Population:
    """Right answers have scores of mean 0 and standard deviation 1.

    Attributes:
        error_rate: Of all answers.
        separation: Standard deviations by which wrong answers lie lower on average: 2 is a strong score, .7 a weak one.
        sure_and_wrong: Fraction of the wrong answers that lie about 2 above the mean of the right ones instead.
        lowered: How much lower all scores lie, right and wrong.
        step: Scores are rounded down to multiples of this, so that many are tied; 0: they are not.
        answers_per_case: Answers of one case.
        copied: Probability that an answer is the same as its case's, score and all.
    """

    error_rate: float
    separation: float
    sure_and_wrong: float = 0.0
    lowered: float = 0.0
    step: float = 0.0
    answers_per_case: int = 1
    copied: float = 0.0

    def risk(self, thresholds: Floats) -> Floats:
        """True error rate among answers at or above thresholds."""
        wrong = self.error_rate * self._wrong_above(thresholds + self.lowered)
        return np.asarray(wrong / self.coverage(thresholds))

    def coverage(self, thresholds: Floats) -> Floats:
        """True fraction of answers at or above thresholds."""
        right = (1 - self.error_rate) * stats.norm.sf(thresholds + self.lowered)
        return np.asarray(self.error_rate * self._wrong_above(thresholds + self.lowered) + right)

    def best_coverage(self, target: float) -> float:
        """Largest coverage of a threshold whose true error rate is at most the target; 0 if none has one."""
        grid = np.arange(-9.0, 9.0, self.step) if self.step else GRID
        allowed = grid[(self.risk(grid) <= target) & (self.coverage(grid) > 1e-4)]
        return float(self.coverage(allowed[:1])[0]) if allowed.size else 0.0

    def draw(self, num_cases: int, generator: np.random.Generator) -> tuple[Floats, Flags]:
        """Scores and correctness, each of shape (cases, answers per case)."""
        shape = (num_cases, self.answers_per_case)
        score, right = self._draw_single(shape, generator)
        copied = generator.random(shape) < self.copied
        own = self._draw_single((num_cases, 1), generator)
        return np.where(copied, own[0], score), np.where(copied, own[1], right)

    def _draw_single(self, shape: tuple[int, int], generator: np.random.Generator) -> tuple[Floats, Flags]:
        right = generator.random(shape) >= self.error_rate
        sure = generator.random(shape) < self.sure_and_wrong
        noise = generator.normal(size=shape)
        wrong = np.where(sure, 2.0 + 0.5 * noise, noise - self.separation)
        score = np.where(right, noise, wrong) - self.lowered
        return (np.floor(score / self.step) * self.step if self.step else score), right

    def _wrong_above(self, thresholds: Floats) -> Floats:
        low, high = stats.norm.sf(thresholds + self.separation), stats.norm.sf((thresholds - 2.0) / 0.5)
        return np.asarray((1 - self.sure_and_wrong) * low + self.sure_and_wrong * high)
