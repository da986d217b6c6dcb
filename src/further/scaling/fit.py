"""Fit the law `y = a * t**-b + c`, and say what the data allow."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from further.scaling.bootstrap import resample_parameters
from further.scaling.check import check_curve
from further.scaling.huber import huber_weights
from further.scaling.identify import chance_of_fall, judge_floor
from further.scaling.projection import B_GRID, fit_exponent
from further.scaling.records import Band, Curve, Floats, Interval, LawFit, PowerLaw, Region
from further.scaling.region import allowed_region, allows_no_floor, floor_range, gain_range, loss_range
from further.scaling.residuals import SIGNIFICANT, examine_residuals

NUM_RESAMPLES_HUBER = 1000


def fit_power_law(
    num_tokens: ArrayLike,
    losses: ArrayLike,
    *,
    standard_errors: ArrayLike | None = None,
    groups: Sequence[object] | None = None,
    level: float = 0.95,
    huber_delta: float | None = None,
    by_size: bool | None = None,
) -> LawFit:
    """Fit the power law with a floor to separate runs at different sizes.

    Args:
        num_tokens: Unique training tokens of each run, > 0, (points,), any order.
        losses: Held-out loss in nats per token, (points,).
        standard_errors: Standard error of each loss in nats; squares of them weigh the points and are scaled to the
            residuals. None: equal weights.
        groups: Label of each point's size; seeds share one. None: sizes within 5 % are one size.
        level: Nominal coverage of the intervals, between 0 and 1.
        huber_delta: Residual in nats from which Huber's loss is straight; None for least squares. With standard
            errors it counts them.
        by_size: True: intervals count sizes, not runs, as they must where the seeds of a size share its papers; False:
            they count runs. None: sizes where their means scatter more than the seeds within them (F test at 5 %).

    Returns:
        The fit. Intervals are by profile likelihood, under Huber's loss by case bootstrap.

    Raises:
        ValueError: If the points are not a falling curve of losses at four sizes or more, or an option is out of range.

    Source:
        Variable projection: Golub and Pereyra 1973. Form: Hoffmann et al. 2022, eq. 2, at one model size.
    """
    return fit_curve(check_curve(num_tokens, losses, standard_errors, groups), level, huber_delta, by_size)


def fit_curve(
    curve: Curve, level: float = 0.95, huber_delta: float | None = None, by_size: bool | None = None
) -> LawFit:
    """Fit a checked curve; arguments and result as in `fit_power_law`."""
    check_options(level, huber_delta)
    given = curve
    if huber_delta is not None:
        curve = huber_weights(curve, huber_delta)
    law, sse = best_law(curve)
    residuals = examine_residuals(curve, law.loss_at(curve.t))
    if by_size is None:
        by_size = residuals.lack_of_fit_p is not None and residuals.lack_of_fit_p < SIGNIFICANT
    basis = curve.size_means() if by_size else curve
    basis_sse = float(basis.weights @ (basis.y - law.loss_at(basis.t)) ** 2)
    region = allowed_region(basis, law.b, basis_sse, level)
    drawn = None if huber_delta is None else resample_parameters(given, NUM_RESAMPLES_HUBER, huber_delta=huber_delta)
    b, c = _profile_intervals(region, law, level) if drawn is None else _bootstrap_intervals(drawn, law, level)
    identified, reason = judge_floor(curve, c, residuals, chance_of_fall(region, basis_sse, basis.y.size))
    freedom = curve.y.size - 3
    return LawFit(
        law=law,
        sse=sse,
        noise_nats=float(np.sqrt(sse / freedom / curve.weights.mean())),
        b=b,
        c=c,
        c_identified=identified,
        c_reason=reason,
        residuals=residuals,
        basis="sizes" if by_size else "points",
        method="profile likelihood" if huber_delta is None else "case bootstrap",
        huber_delta_nats=huber_delta,
        weighted=curve.weighted,
        num_points=curve.y.size,
        num_sizes=curve.num_sizes,
        smallest=float(curve.t.min()),
        largest=float(curve.t.max()),
        at_limit=bool(law.b <= B_GRID[1] or law.b >= B_GRID[-2]),
        curve=given,
        region=region,
        drawn=drawn,
    )


def check_options(level: float, huber_delta: float | None) -> None:
    """Refuse a level or a Huber threshold that `fit_power_law` cannot take.

    Raises:
        ValueError: If it is out of its range.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is {level}: give a coverage between 0 and 1, such as 0.95")
    if huber_delta is not None and not 0.0 < huber_delta < np.inf:
        raise ValueError(f"huber_delta is {huber_delta}: give a residual in nats above 0, or None for least squares")


def best_law(curve: Curve) -> tuple[PowerLaw, float]:
    """Return the least-squares law of a curve, and its weighted sum of squares."""
    a, b, c, sse = fit_exponent(curve.t / curve.scale, curve.y, curve.weights)
    return PowerLaw(a * curve.scale**b, b, c), sse


def predict_band(fit: LawFit, num_tokens: ArrayLike) -> Band:
    """Return the law and its pointwise interval at given sizes.

    Args:
        fit: A fit.
        num_tokens: Sizes > 0, (T,).
    """
    t = np.atleast_1d(np.asarray(num_tokens, dtype=np.float64))
    low, high = loss_range(fit.region, t) if fit.drawn is None else _drawn_range(fit, _drawn_losses(fit.drawn, t))
    slack = 1e-9
    outside = (t < fit.smallest * (1 - slack)) | (t > fit.largest * (1 + slack))
    return Band(t, fit.law.loss_at(t), low, high, outside)


def predict_gain(fit: LawFit, num_tokens: float) -> Interval:
    """Return the fall in loss from the largest size measured to another."""
    ends = np.array([fit.largest, num_tokens])
    here, there = fit.law.loss_at(ends)
    if fit.drawn is None:
        low, high = gain_range(fit.region, fit.largest, num_tokens)
    else:
        losses = _drawn_losses(fit.drawn, ends)
        low, high = (float(end[0]) for end in _drawn_range(fit, losses[:, :1] - losses[:, 1:]))
    return Interval(float(here - there), low, high, level=fit.c.level)


def band_grid(fit: LawFit, factor: float = 10.0, num_points: int = 80) -> Floats:
    """Return sizes, evenly spaced in their logarithm, from the smallest to `factor` times the largest."""
    return np.geomspace(fit.smallest, fit.largest * factor, num_points)


def _profile_intervals(region: Region, law: PowerLaw, level: float) -> tuple[Interval, Interval]:
    low, high = floor_range(region)
    no_floor = allows_no_floor(region)
    b_low, b_high = (
        (None if region.b_low_open else float(region.b[0])),
        (None if region.b_high_open else float(region.b[-1])),
    )
    b = Interval(law.b, b_low, b_high, region.b_low_open, region.b_high_open, level)
    return b, Interval(law.c, 0.0 if no_floor else low, high, no_floor, False, level)


def _bootstrap_intervals(drawn: Mapping[str, Floats], law: PowerLaw, level: float) -> tuple[Interval, Interval]:
    b_low, b_high = (float(one) for one in np.quantile(drawn["b"], _tails(level)))
    c_low, c_high = (float(one) for one in np.quantile(drawn["c"], _tails(level)))
    b = Interval(law.b, b_low, b_high, b_low <= B_GRID[1], b_high >= B_GRID[-2], level)
    return b, Interval(law.c, c_low, c_high, c_low <= 0.0, False, level)


def _drawn_losses(drawn: Mapping[str, Floats], t: Floats) -> Floats:
    """Loss of each drawn law at each size, (draws, T)."""
    a, b, c = (drawn[name][:, None] for name in "abc")
    return a * t**-b + c


def _drawn_range(fit: LawFit, values: Floats) -> tuple[Floats, Floats]:
    low, high = np.quantile(values, _tails(fit.c.level), axis=0)
    return low, high


def _tails(level: float) -> list[float]:
    return [(1 - level) / 2, (1 + level) / 2]
