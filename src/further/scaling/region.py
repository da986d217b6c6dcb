"""Profile likelihood by geometry.

At a fixed exponent the sum of squares is a bowl in (a, c), so the parameters within the F threshold are an ellipse cut
by a >= 0 and c >= 0. A prediction `a * x0 + c` is linear there: its largest and smallest values lie where the ellipse
has the prediction's direction as normal, or where it meets the axes. The profile interval is the range over all
exponents; no optimizer is run and none can stop early.

Source: Bates and Watts 1988, section 6.1.2 (profile t and the F threshold, n - 3 degrees of freedom).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from further.scaling.curve import Curve, Flags, Floats
from further.scaling.projection import B_GRID, solve_linear

NUM_EXPONENTS = 300  # ends of 60 drawn curves' intervals move by 0.4 % at most against 6,000 places
NARROWING, NUM_NARROWINGS = 64, 5  # a step of 3 % to 2**-30 of it; 63 places at once take as long as one


@dataclass(frozen=True)
class Region:
    """The parameters that the data allow: per exponent b, the least-squares optimum and how fast the sum rises from it.

    Attributes:
        b: Exponents inside the region, shape (G,).
        x_mean, x_square, x_zero_square: Weighted mean of `x = (t/scale)**-b`, sums of squares about it and 0, (G,).
        a, sse: Unconstrained optimum of the slope and its sum of squares, (G,); at `x_mean` the fit is `y_mean`.
        a_without_c, sse_without_c: The optimum with c = 0, each (G,).
        sse_flat: Of a constant.
        limit: Sum of squares at the region's edge.
        scale: Tokens by which `t` is divided.
    """

    b: Floats
    x_mean: Floats
    x_square: Floats
    x_zero_square: Floats
    a: Floats
    sse: Floats
    a_without_c: Floats
    sse_without_c: Floats
    sse_flat: float
    y_mean: float
    total_weight: float
    limit: float
    scale: float


def f_limit(sse: float, num_points: int, level: float, inflation: float = 1.0) -> float:
    """Return the sum of squares at the region's edge; `inflation`: of the F threshold, for uneven noise."""
    freedom = num_points - 3
    return float(sse * (1.0 + inflation * stats.f.ppf(level, 1, freedom) / freedom))


def allowed_region(curve: Curve, b: float, sse: float, level: float) -> Region:
    """Find the parameters that four or more points, or means of sizes, allow about their optimum, `b` with `sse`."""
    # An exact curve has a sum of squares of zero, and its region would be empty by rounding.
    limit = f_limit(max(sse, _rounding(curve)), curve.y.size, level)
    low, high = exponent_range(curve, b, limit)
    # The valley need not be convex in b, so places between the ends are checked, too.
    places = np.unique(np.append(np.linspace(low, high, NUM_EXPONENTS), b))
    places = places[_outside(curve, limit)(places) <= 1e-9 * limit]
    return _moments(curve, places, limit)


def exponent_range(curve: Curve, b: float, limit: float) -> tuple[float, float]:
    """Return the smallest and the largest exponent whose best sum of squares is within a limit of `f_limit`."""
    limit = max(limit, _rounding(curve))
    outside = _outside(curve, limit)
    inside = np.append(B_GRID[outside(B_GRID) <= 0], b)  # a region narrower than the grid holds the optimum alone
    low, high = (_edge(outside, end, beyond) for end, beyond in _neighbors(inside))
    return low, high


def _rounding(curve: Curve) -> float:
    return float(np.sum(curve.weights * (1e-14 * curve.y) ** 2))


def _outside(curve: Curve, limit: float) -> Callable[[Floats], Floats]:
    log_s = np.log(curve.t / curve.scale)

    def outside(places: Floats) -> Floats:
        return solve_linear(np.exp(-places[:, None] * log_s), curve.y, curve.weights)[2] - limit

    return outside


def _neighbors(inside: Floats) -> list[tuple[float, Floats]]:
    """Return the smallest and the largest inside, each with the next place of the grid beyond it, if any."""
    first, last = float(inside.min()), float(inside.max())
    below, above = np.flatnonzero(np.less(B_GRID, first)), np.flatnonzero(np.greater(B_GRID, last))
    return [(first, B_GRID[below[-1:]]), (last, B_GRID[above[:1]])]


def _edge(outside: Callable[[Floats], Floats], inner: float, outer: Floats) -> float:
    """Narrow in on the place between `inner`, inside, and `outer`, outside (empty at the grid's end)."""
    if outer.size == 0:
        return float(inner)
    far = float(outer[0])
    for _ in range(NUM_NARROWINGS):
        places = np.linspace(inner, far, NARROWING + 1)
        first_outside = int(np.argmin(np.append(outside(places[1:-1]) <= 0, False)))
        inner, far = float(places[first_outside]), float(places[first_outside + 1])
    return inner


def _moments(curve: Curve, b: Floats, limit: float) -> Region:
    y, weights, total = curve.y, curve.weights, float(curve.weights.sum())
    x = np.exp(-b[:, None] * np.log(curve.t / curve.scale))
    x_mean, y_mean = x @ weights / total, float(y @ weights / total)
    centered = x - x_mean[:, None]
    x_square, x_zero_square = (centered * centered) @ weights, (x * x) @ weights
    a, a_without_c = centered @ (weights * (y - y_mean)) / x_square, x @ (weights * y) / x_zero_square
    return Region(
        b=b,
        x_mean=x_mean,
        x_square=x_square,
        x_zero_square=x_zero_square,
        a=a,
        sse=((y - y_mean - a[:, None] * centered) ** 2) @ weights,
        a_without_c=a_without_c,
        sse_without_c=((y - a_without_c[:, None] * x) ** 2) @ weights,
        sse_flat=float(weights @ (y - y_mean) ** 2),
        y_mean=y_mean,
        total_weight=total,
        limit=limit,
        scale=curve.scale,
    )


def allows_no_floor(region: Region) -> bool:
    """Say whether c = 0 is inside the region."""
    return bool(np.any(region.sse_without_c <= region.limit))


def extremes(region: Region, slope: Floats) -> tuple[Floats, Floats]:
    """Return the smallest and largest value of `slope * a + c` over the region, each (T,).

    Args:
        slope: Factor of a (for sizes divided by the region's scale) at each exponent, (G, T).
    """
    candidates = [*_bowl_ends(region, slope), *_axis_ends(region, slope)]
    low = np.min([np.where(allowed, value, np.inf) for value, allowed in candidates], axis=(0, 1))
    high = np.max([np.where(allowed, value, -np.inf) for value, allowed in candidates], axis=(0, 1))
    return low, high


def _bowl_ends(region: Region, slope: Floats) -> list[tuple[Floats, Flags]]:
    """Values at the two points of each ellipse that lie farthest along the prediction, and whether a, c >= 0 there.

    In (a, m), m = c + a * x_mean, the axes of the ellipse are straight: x_square * da^2 + W * dm^2 = limit - sse.
    """
    x_mean, x_square, a, sse = (one[:, None] for one in (region.x_mean, region.x_square, region.a, region.sse))
    room = np.maximum(region.limit - sse, 0.0)
    along = slope - x_mean
    norm = np.sqrt(along**2 / x_square + 1.0 / region.total_weight)
    ends = []
    for sign in (-1.0, 1.0):
        step = sign * np.sqrt(room) / norm
        a_end, mean_end = a + step * along / x_square, region.y_mean + step / region.total_weight
        allowed = (sse <= region.limit) & (a_end >= 0) & (mean_end - a_end * x_mean >= 0)
        ends.append((a_end * along + mean_end, allowed))
    return ends


def _axis_ends(region: Region, slope: Floats) -> list[tuple[Floats, Flags]]:
    """Values where the ellipses meet c = 0 and a = 0, and whether they do."""
    ends = []
    room = (region.limit - region.sse_without_c)[:, None]
    flat_room = region.limit - region.sse_flat
    for sign in (-1.0, 1.0):
        a_end = region.a_without_c[:, None] + sign * np.sqrt(np.maximum(room, 0.0) / region.x_zero_square[:, None])
        ends.append((slope * np.maximum(a_end, 0.0), np.broadcast_to(room >= 0, slope.shape)))
        c_end = region.y_mean + sign * np.sqrt(max(flat_room, 0.0) / region.total_weight)
        ends.append((np.full_like(slope, max(c_end, 0.0)), np.full(slope.shape, flat_room >= 0)))
    return ends


def floor_range(region: Region) -> tuple[float, float]:
    """Return the profile interval of c."""
    low, high = extremes(region, np.zeros((region.b.size, 1)))
    return float(low[0]), float(high[0])


def loss_range(region: Region, num_tokens: Floats) -> tuple[Floats, Floats]:
    """Return the profile interval of the law at each size, two arrays of shape (T,)."""
    return extremes(region, np.exp(-region.b[:, None] * np.log(num_tokens / region.scale)))
