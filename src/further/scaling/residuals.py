"""Tests of residuals: a curve of the wrong form leaves runs of one sign, whatever its sum of squares."""

from dataclasses import dataclass
from math import comb

import numpy as np
from scipy import stats

from further.scaling.curve import EXACT, Curve, Floats

NUM_SHUFFLES = 999  # with the observed order itself 1,000; a p of 0.05 is then known to 0.007
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class ResidualTests:
    """Do the residuals say that another form is needed?

    Attributes:
        runs: Number of runs of equal sign along the sizes.
        runs_p: Chance of so few runs if the signs were in random order.
        autocorrelation_p: Chance of one as large in random order.
        lack_of_fit_p: F test of size means about the curve against the spread of seeds, None without seeds.
        curved: Twice the smaller of the first two is below 0.05.
    """

    runs: int
    runs_p: float
    autocorrelation: float
    autocorrelation_p: float
    lack_of_fit_p: float | None
    curved: bool


def examine_residuals(curve: Curve, fitted: Floats, num_parameters: int = 3) -> ResidualTests:
    """Test the residuals of a fit; those that are rounding count as zero.

    Args:
        fitted: Fitted loss of each point, (points,).
        num_parameters: Of the form that was fitted.
    """
    residuals = curve.y - fitted
    weighted = curve.weights * np.where(np.abs(residuals) > EXACT * curve.y, residuals, 0.0)
    at_sizes = np.bincount(curve.size, weighted) / np.sqrt(np.bincount(curve.size, curve.weights))
    runs, runs_p = runs_test(at_sizes)
    correlation, correlation_p = neighbor_correlation(at_sizes)
    return ResidualTests(
        runs=runs,
        runs_p=runs_p,
        autocorrelation=correlation,
        autocorrelation_p=correlation_p,
        lack_of_fit_p=lack_of_fit(curve, fitted, num_parameters),
        curved=2.0 * min(runs_p, correlation_p) < SIGNIFICANT,
    )


def runs_test(residuals: Floats) -> tuple[int, float]:
    """Count runs of one sign, and how likely so few are if every order of the signs is as likely.

    Source: Wald and Wolfowitz 1940; the exact distribution, because sizes are few.
    """
    positive = residuals > 0
    runs = 1 + int(np.count_nonzero(positive[1:] != positive[:-1]))
    m, n = int(positive.sum()), int((~positive).sum())
    if min(m, n) == 0:
        return runs, 1.0
    ways = sum(_ways(m, n, count) for count in range(2, runs + 1))
    return runs, ways / comb(m + n, m)


def _ways(m: int, n: int, runs: int) -> int:
    """Number of orders of m signs of one kind and n of the other that make so many runs."""
    half = runs // 2
    if runs % 2 == 0:
        return 2 * comb(m - 1, half - 1) * comb(n - 1, half - 1)
    return comb(m - 1, half) * comb(n - 1, half - 1) + comb(m - 1, half - 1) * comb(n - 1, half)


def neighbor_correlation(residuals: Floats) -> tuple[float, float]:
    """Correlation of each residual with the next, and the fraction of shuffles that reach it."""
    square = float(residuals @ residuals)
    if square == 0.0:
        return 0.0, 1.0
    observed = float(residuals[1:] @ residuals[:-1]) / square
    # A fixed seed: one curve has one record.
    shuffled = np.random.default_rng(0).permuted(np.tile(residuals, (NUM_SHUFFLES, 1)), axis=1)
    others = (shuffled[:, 1:] * shuffled[:, :-1]).sum(1) / square
    # A shuffle that repeats the observed order counts as reaching it, whatever the order of its sum rounds to.
    return observed, float((1 + np.count_nonzero(others >= observed - 1e-12)) / (1 + NUM_SHUFFLES))


def lack_of_fit(curve: Curve, fitted: Floats, num_parameters: int) -> float | None:
    """F test of the means of sizes about the curve against the spread of seeds within sizes.

    Returns:
        The probability of so poor a fit by chance; None without repeats or more sizes than parameters, or where all
        lie on the curve.
    """
    means = curve.size_means()
    free_within, free_between = curve.y.size - curve.num_sizes, curve.num_sizes - num_parameters
    within = float(curve.weights @ (curve.y - means.y[curve.size]) ** 2)
    if free_within < 1 or free_between < 1:
        return None
    between = max(float(curve.weights @ (curve.y - fitted) ** 2) - within, 0.0)
    if within <= EXACT**2 * between:  # rows written twice are no repeats: they explain nothing of the scatter
        return 0.0 if between > 0.0 else None
    return float(stats.f.sf(between / free_between / (within / free_within), free_between, free_within))
