"""Least squares of `y = a * x(theta) + c` with a >= 0 and c >= 0, solved exactly for many x at once.

Variable projection (Golub and Pereyra 1973): for a given shape x the best a and c are a straight-line fit, so only the
shape's own parameters are searched, on a grid fine enough to find the valley, then ever finer about its lowest point.
"""

from collections.abc import Callable

import numpy as np

from further.scaling.curve import Floats

B_GRID = np.geomspace(1e-4, 10.0, 360)  # steps of 3 %: far narrower than any valley of a real curve
NUM_ZOOMS = 9
ZOOM_POINTS = 15  # each zoom narrows the bracket by 7, nine of them by 4e7


def solve_linear(x: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Fit a and c for each shape.

    Args:
        x: Shapes, (..., points), positive.
        y: Losses, (points,) or broadcastable to x.
        weights: Weights, (points,) or broadcastable to x.

    Returns:
        a, c and the weighted sum of squares, each (...).
    """
    total = weights.sum(-1)
    x_mean, y_mean = (weights * x).sum(-1) / total, (weights * y).sum(-1) / total
    centered = x - x_mean[..., None]
    spread = (weights * centered * centered).sum(-1)
    a = (weights * centered * (y - y_mean[..., None])).sum(-1) / np.where(spread > 0, spread, 1.0)
    c = y_mean - a * x_mean
    # Both bounds, in this order: a law at c = 0 has a > 0, as losses are positive; a flat one has its mean as c.
    without_c = (weights * x * y).sum(-1) / (weights * x * x).sum(-1)
    a, c = np.where(c < 0, without_c, a), np.where(c < 0, 0.0, c)
    a, c = np.where(a < 0, 0.0, a), np.where(a < 0, y_mean, c)
    residuals = y - a[..., None] * x - c[..., None]
    return a, c, (weights * residuals * residuals).sum(-1)


def _find_lowest(objective: Callable[[Floats], Floats]) -> float:
    """Return the exponent of the smallest value of `objective`, found on the grid, then between neighbors."""
    places, lowest = B_GRID, int(np.argmin(objective(B_GRID)))
    for _ in range(NUM_ZOOMS):
        below, above = places[max(lowest - 1, 0)], places[min(lowest + 1, places.size - 1)]
        places = np.linspace(below, above, ZOOM_POINTS)
        lowest = int(np.argmin(objective(places)))
    return float(places[lowest])


def fit_exponent(s: Floats, y: Floats, weights: Floats) -> tuple[float, float, float, float]:
    """Fit `y = a * s**-b + c` to sizes divided by their geometric mean; a (of these), b, c and the sum of squares."""
    log_s = np.log(s)

    def sums(b: Floats) -> Floats:
        return solve_linear(np.exp(-b[:, None] * log_s), y, weights)[2]

    b = _find_lowest(sums)
    a, c, sse = solve_linear(np.exp(-b * log_s), y, weights)
    return float(a), b, float(c), float(sse)
