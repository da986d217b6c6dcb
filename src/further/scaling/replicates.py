"""How noisy is a size? Three seeds say little by themselves, so their spreads are joined by a trend."""

import numpy as np
from scipy import special, stats

from further.scaling.records import Curve, Floats

SIGNIFICANT = 0.05


def errors_from_seeds(curve: Curve) -> Floats | None:
    """Return the standard error of each run from the spread of seeds, or None where equal weights will do.

    The variance is taken to change as a power of the size. Its exponent is a straight-line fit of log variances, whose
    own scatter is known: it is that of log chi-squared. Only an exponent that is clear of zero gives weights: weights
    from single spreads of three seeds would make intervals too narrow.

    Args:
        curve: Points with equal weights.
    """
    counts = np.bincount(curve.size)
    squares = np.bincount(curve.size, (curve.y - curve.size_means().y[curve.size]) ** 2)
    usable = (counts > 1) & (squares > 0)
    if np.count_nonzero(usable) < 3:
        return None
    freedom = (counts[usable] - 1.0) / 2.0
    log_variance = np.log(squares[usable] / (2.0 * freedom)) - special.digamma(freedom) + np.log(freedom)
    precision = 1.0 / special.polygamma(1, freedom)
    log_t = np.log(curve.size_means().t)
    middle = np.average(log_t[usable], weights=precision)
    spread = float(precision @ (log_t[usable] - middle) ** 2)
    slope = float(precision @ ((log_t[usable] - middle) * log_variance)) / spread
    if 2.0 * stats.norm.sf(abs(slope) * np.sqrt(spread)) >= SIGNIFICANT:
        return None
    level = float(np.average(log_variance, weights=precision))
    return np.asarray(np.exp(0.5 * (level + slope * (log_t - middle)))[curve.size], dtype=np.float64)
