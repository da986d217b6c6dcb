"""How noisy is a size, and is the noise even? Weights from seeds, and how far uneven noise widens an interval."""

import numpy as np
from scipy import special, stats

from further.scaling.curve import Curve, Floats
from further.scaling.projection import fit_exponent
from further.scaling.residuals import SIGNIFICANT

TRENDS = np.array([0.3, 0.6, 1.0, 1.5])  # exponents of a standard deviation that falls with the size
UNEVEN = 0.5  # likelihood ratio over equal noise from which the interval is checked: 3.84 would miss most at 8 points
HIGHEST_LEVERAGE = 0.95  # HC3 divides by 1 - leverage, which is 0 for a point that alone sets a parameter


def errors_from_seeds(curve: Curve) -> Floats | None:
    """Return the standard error of each run from the spread of seeds, or None where equal weights will do.

    The variance is taken to change as a power of the size. Its exponent is a straight-line fit of log variances, whose
    own scatter is known: it is that of log chi-squared. Only an exponent that is clear of zero gives weights: weights
    from single spreads of three seeds would make intervals too narrow.
    """
    counts = np.bincount(curve.size)
    squares = np.bincount(curve.size, (curve.y - curve.size_means().y[curve.size]) ** 2)
    usable = (counts > 1) & (squares > 0)
    if np.count_nonzero(usable) < 3:
        return None
    freedom = (counts[usable] - 1.0) / 2.0
    # The logarithm of a variance of few seeds lies too low on average, by digamma(k/2) - log(k/2).
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


def run_noise(curve: Curve) -> float:
    """Return the standard deviation of one run about its size's mean, 0 where no size has several runs."""
    freedom = curve.y.size - curve.num_sizes
    squares = float(((curve.y - curve.size_means().y[curve.size]) ** 2).sum())
    return float(np.sqrt(squares / freedom)) if freedom else 0.0


def uneven_factor(curve: Curve, b: float) -> float:
    """Return by how much uneven noise widens the variance of the exponent, 1 where the noise looks even.

    Where small sizes are noisier than large ones, equal weights leave the best law almost as it is, but the interval of
    b comes out too narrow (87 % for a nominal 95 % where the noise falls tenfold). Estimated weights would be worse:
    they follow the noise that they are estimated from. So a likelihood ratio test looks for a trend, and where it finds
    one the variance is the sandwich.

    Args:
        curve: Points, or means of sizes.

    Source:
        HC3: MacKinnon and White 1985.
    """
    log_s = np.log(curve.t / curve.scale)
    sums = [_best_sum(curve, exponent) for exponent in (0.0, *TRENDS)]
    freedom = curve.y.size - 4
    if freedom < 1 or min(sums) <= 0.0 or freedom * np.log(sums[0] / min(sums)) <= UNEVEN:
        return 1.0
    a, _, c, sse = fit_exponent(curve.t / curve.scale, curve.y, curve.weights)
    x = np.exp(-b * log_s)
    root = np.sqrt(curve.weights)
    slopes = root[:, None] * np.column_stack([x, -a * x * log_s, np.ones_like(x)])
    residuals = root * (curve.y - a * x - c)
    inverse = np.linalg.pinv(slopes.T @ slopes)
    leverage = np.clip(np.einsum("ij,jk,ik->i", slopes, inverse, slopes), 0.0, HIGHEST_LEVERAGE)
    sandwich = inverse @ (slopes.T * (residuals / (1.0 - leverage)) ** 2) @ slopes @ inverse
    return max(1.0, float(sandwich[1, 1] / (inverse[1, 1] * sse / (curve.y.size - 3))))


def _best_sum(curve: Curve, exponent: float) -> float:
    """Sum of squares of the best law with weights of geometric mean 1 that rise with the size."""
    weights = curve.weights * (curve.t / curve.scale) ** (2.0 * exponent)
    return fit_exponent(curve.t / curve.scale, curve.y, weights / np.exp(np.log(weights).mean()))[3]
