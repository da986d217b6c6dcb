"""Intervals over papers, which are the unit of sampling."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from further.records.base import Interval
from further.records.comparison import MIN_PAPERS
from further.settings import BootstrapSettings

Floats = NDArray[np.float64]

LEVEL = 0.95
DRAWN = 100_000  # places in resamples that are worked on at once: they fit the cache, 5 times as fast as 1,000,000
KEPT = 1_000_000  # places up to which all resamples are kept


def ratio_interval(amounts: "pd.Series[float]", sizes: "pd.Series[int]", how: BootstrapSettings) -> Interval:
    """Sum of amounts (nats or bits) over sum of sizes (tokens or bytes), with an interval over the documents.

    Returns:
        The ratio, with a studentized bootstrap interval. An open end is None, both under six documents, whose resamples
        are too much alike; where no document differs, the interval is the estimate.

    Source:
        Efron and Tibshirani 1993, section 12.5, with the linearized standard error of a ratio. A simulation of 25
        papers of unequal length covers the truth in 94 to 96 % of trials; BCa in 90 to 91 %.
    """
    values, weights = amounts.to_numpy(dtype=float), sizes.to_numpy(dtype=float)
    estimate, error = ratio_error(values, weights)
    ends: tuple[float | None, ...] = (None, None) if len(values) < MIN_PAPERS else (float(estimate), float(estimate))
    if len(values) >= MIN_PAPERS and error > 0:
        quantiles = _pivot_quantiles(estimate, *_resample(values, weights, how))
        ends = tuple(float(end) if np.isfinite(end) else None for end in estimate - quantiles * error)
    return Interval(estimate=float(estimate), low=ends[0], high=ends[1], level=LEVEL)


def half_width(values: Floats) -> float:
    """Half of Student's interval for the mean of two or more independent values: seeds, or papers that weigh alike."""
    quantile = stats.t.ppf((1 + LEVEL) / 2, len(values) - 1)
    return float(quantile * values.std(ddof=1) / len(values) ** 0.5)


def share_interval(hits: "pd.Series[int]", sizes: "pd.Series[int]") -> tuple[float | None, float | None]:
    """Exact interval of the fraction of parts that are hits; those that are alike within a document count for less.

    Returns:
        Low and high, those of Clopper and Pearson where every document has one part; None for fewer than two documents.

    Source:
        Korn and Graubard 1998, Confidence intervals for proportions with small expected number of positive counts
        estimated from survey data; the design effect is at least 1, and 1 where no part has the property, or all.
    """
    if len(sizes) < 2:
        return None, None
    share, error = ratio_error(hits.to_numpy(dtype=float), sizes.to_numpy(dtype=float))
    number, upper = int(sizes.sum()), (1 + LEVEL) / 2
    effect = max(1.0, float((number - 1) * error**2 / (share * (1 - share)))) if 0 < share < 1 else 1.0
    worth = number / effect * (stats.t.ppf(upper, number - 1) / stats.t.ppf(upper, len(sizes) - 1)) ** 2
    low = stats.beta.ppf(1 - upper, share * worth, worth - share * worth + 1) if share > 0 else 0.0
    high = stats.beta.ppf(upper, share * worth + 1, worth - share * worth) if share < 1 else 1.0
    return float(low), float(high)


def ratio_error(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Ratio of the sums over the last axis, and its linearized standard error; 0 where nothing differs."""
    count = values.shape[-1]
    ratio = values.sum(-1) / weights.sum(-1)
    residuals = values - ratio[..., None] * weights
    # What rounding leaves of documents with one ratio is no spread: a resample of them would be infinitely far off.
    error = np.sqrt(count / max(count - 1, 1) * (residuals**2).sum(-1)) / weights.sum(-1)
    return ratio, np.where(error > 1e-12 * np.abs(ratio), error, 0.0)


def _resample(values: Floats, weights: Floats, how: BootstrapSettings) -> Iterator[Floats]:
    draw = _draw_once if how.bootstrap * len(values) <= KEPT else _draw
    parts = [ratio_error(values[picks], weights[picks]) for picks in draw(how.seed, how.bootstrap, len(values))]
    return map(np.concatenate, zip(*parts, strict=True))


def _draw(seed: int, bootstrap: int, count: int) -> Iterator[NDArray[np.int64]]:
    """Places of the documents of each resample, some resamples (rows) at a time."""
    generator, size = np.random.default_rng(seed), max(1, DRAWN // count)
    for start in range(0, bootstrap, size):
        yield generator.integers(0, count, (min(size, bootstrap - start), count))


@lru_cache(maxsize=8)  # 8 MB each
def _draw_once(seed: int, bootstrap: int, count: int) -> tuple[NDArray[np.int64], ...]:
    """The same, kept: a study's many scores are resampled alike, and drawing took as long as the rest."""
    return tuple(_draw(seed, bootstrap, count))


def _pivot_quantiles(estimate: Floats, estimates: Floats, errors: Floats) -> Floats:
    """Upper and lower quantile of the resamples' distances in standard errors; not finite where an end is open."""
    # A resample without spread, one document drawn again and again, is off by any number of its standard errors.
    # Leaving such resamples out would close the end beyond a single document that moved.
    shifts = estimates - estimate
    with np.errstate(divide="ignore", invalid="ignore"):  # infinite distances, and steps between two of them
        far = np.where(shifts == 0, 0.0, np.copysign(np.inf, shifts))
        pivots = np.where(errors > 0, shifts / errors, far)
        quantiles: Floats = np.quantile(pivots, [(1 + LEVEL) / 2, (1 - LEVEL) / 2])
    return quantiles
