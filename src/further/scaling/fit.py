"""Fit the law `y = a * t**-b + c`, and say what the data allow."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from further.scaling.curve import Curve, Floats
from further.scaling.floor import judge_floor
from further.scaling.huber import huber_weights
from further.scaling.interval import Interval
from further.scaling.noise import uneven_factor
from further.scaling.projection import B_GRID, fit_exponent
from further.scaling.region import (
    Region,
    allowed_region,
    allows_no_floor,
    exponent_range,
    f_limit,
    floor_range,
    loss_range,
)
from further.scaling.residuals import SIGNIFICANT, ResidualTests, examine_residuals

HIGHEST_LEVEL = 0.9999  # at 1 the F threshold is infinite, and so is every interval
POOLED_ABOVE = 0.5  # chance of the size means' scatter by seeds alone, above which runs are counted: see bench/scaling


@dataclass(frozen=True)
class PowerLaw:
    """The law `loss = a * t**-b + c`: `a` and `c` in nats per token, `t` in unique training tokens."""

    a: float
    b: float
    c: float

    def loss_at(self, num_tokens: ArrayLike) -> Floats:
        """Return the loss in nats per token at token counts > 0; any shape."""
        return self.a * np.asarray(num_tokens, dtype=np.float64) ** -self.b + self.c

    def tokens_at(self, loss_nats: float) -> float | None:
        """Return the tokens at which the law falls to a loss, None at or below its floor."""
        excess = loss_nats - self.c
        return None if excess <= 0 or self.a <= 0 else float((excess / self.a) ** (-1.0 / self.b))


@dataclass(frozen=True)
class LawFit:
    """A fitted power law with what the data allow and what they do not.

    Attributes:
        law: Least-squares optimum with a >= 0 and c >= 0.
        sse: Weighted sum of squares; with standard errors in units of their squares, else in nats squared.
        noise_nats: Residual standard deviation of a point of mean weight.
        b, c: Profile-likelihood intervals; b's is widened where the noise is uneven.
        c_identified, c_reason: Do the data say where the curve flattens, and why or why not, in one sentence.
        basis: What intervals count: "points", or "sizes" where means of sizes may scatter more than their seeds do.
        huber_delta_nats: Huber's threshold in nats, in standard errors where those weigh; None for least squares.
    """

    law: PowerLaw
    sse: float
    noise_nats: float
    b: Interval
    c: Interval
    c_identified: bool
    c_reason: str
    residuals: ResidualTests
    basis: str
    huber_delta_nats: float | None
    curve: Curve = field(repr=False)
    region: Region = field(repr=False)

    @property
    def counted(self) -> Curve:
        """What the intervals count: the points, or the means of sizes."""
        return self.curve.size_means() if self.basis == "sizes" else self.curve

    @property
    def smallest(self) -> float:
        """Smallest size in tokens."""
        return float(self.curve.t.min())

    @property
    def largest(self) -> float:
        """Largest size in tokens."""
        return float(self.curve.t.max())

    @property
    def at_limit(self) -> bool:
        """The best exponent is at an end of the grid."""
        return bool(self.law.b <= B_GRID[1] or self.law.b >= B_GRID[-2])


@dataclass(frozen=True)
class Band:
    """Losses at given sizes with a pointwise interval, each of shape (T,)."""

    num_tokens: Floats
    loss_nats: Floats
    low: Floats
    high: Floats


def fit_curve(
    curve: Curve, level: float = 0.95, huber_delta: float | None = None, by_size: bool | None = None
) -> LawFit:
    """Fit the power law with a floor to separate runs at different sizes.

    Args:
        level: Nominal coverage of the intervals, above 0 and up to 0.9999.
        huber_delta: Residual in nats from which Huber's loss is straight; None for least squares. With standard
            errors it counts them.
        by_size: True: intervals count sizes, not runs, as they must where the seeds of a size share its papers; False:
            they count runs. None: runs only where an F test finds that their seeds explain the scatter of the sizes.

    Raises:
        ValueError: If an option is out of range.

    Source:
        Variable projection: Golub and Pereyra 1973. Form: Hoffmann et al. 2022, eq. 2, at one model size.
    """
    check_options(level, huber_delta)
    if huber_delta is not None:
        curve = huber_weights(curve, huber_delta)
    law, sse = best_law(curve)
    residuals = examine_residuals(curve, law.loss_at(curve.t))
    if by_size is None:
        by_size = _sizes_share_an_error(curve, residuals)
    basis = curve.size_means() if by_size else curve
    # The law is fitted to all points either way; only what its intervals count differs.
    basis_sse = float(basis.weights @ (basis.y - law.loss_at(basis.t)) ** 2)
    region = allowed_region(basis, law.b, basis_sse, level)
    b, c = _exponent(basis, law, basis_sse, level), _floor(region, law, level)
    identified, reason = judge_floor(curve, c, residuals, region, basis_sse, basis.y.size)
    return LawFit(
        law=law,
        sse=sse,
        noise_nats=float(np.sqrt(sse / (curve.y.size - 3) / curve.weights.mean())),
        b=b,
        c=c,
        c_identified=identified,
        c_reason=reason,
        residuals=residuals,
        basis="sizes" if by_size else "points",
        huber_delta_nats=huber_delta,
        curve=curve,
        region=region,
    )


def _sizes_share_an_error(curve: Curve, residuals: ResidualTests) -> bool:
    """Say whether sizes are to be counted: at a lenient level, as a shared error of one run's size hides in the test.

    Standard errors that were given are taken at their word unless the test contradicts them.
    """
    chance = residuals.lack_of_fit_p
    return chance is not None and chance < (SIGNIFICANT if curve.weighted else POOLED_ABOVE)


def check_options(level: float, huber_delta: float | None) -> None:
    """Refuse a level or a Huber threshold that is out of its range, with a ValueError."""
    if not 0.0 < level <= HIGHEST_LEVEL:
        raise ValueError(f"level is {level}: give a coverage above 0 and up to {HIGHEST_LEVEL}, such as 0.95")
    if huber_delta is not None and not 0.0 < huber_delta < np.inf:
        raise ValueError(f"huber_delta is {huber_delta}: give a residual in nats above 0, or None for least squares")


def best_law(curve: Curve) -> tuple[PowerLaw, float]:
    """Return the least-squares law of a curve, and its weighted sum of squares."""
    a, b, c, sse = fit_exponent(curve.t / curve.scale, curve.y, curve.weights)
    return PowerLaw(a * curve.scale**b, b, c), sse


def predict_band(fit: LawFit, num_tokens: ArrayLike) -> Band:
    """Return the law at sizes > 0, (T,), with its own interval, which supposes that the form is right."""
    t = np.atleast_1d(np.asarray(num_tokens, dtype=np.float64))
    return Band(t, fit.law.loss_at(t), *loss_range(fit.region, t))


def _exponent(basis: Curve, law: PowerLaw, sse: float, level: float) -> Interval:
    low, high = exponent_range(basis, law.b, f_limit(sse, basis.y.size, level, uneven_factor(basis, law.b)))
    low_open, high_open = bool(low <= B_GRID[0]), bool(high >= B_GRID[-1])
    return Interval(law.b, None if low_open else low, None if high_open else high, low_open, high_open, level)


def _floor(region: Region, law: PowerLaw, level: float) -> Interval:
    low, high = floor_range(region)
    no_floor = allows_no_floor(region)
    return Interval(law.c, 0.0 if no_floor else low, high, no_floor, False, level)
