"""Case bootstrap: sizes are drawn with replacement, and seeds within them, so that 18 runs at 6 sizes stay 6 sizes.

All draws are fitted at once. On a grid of exponents the sums that a straight-line fit needs are matrix products of the
drawn weights with fixed powers; the lowest exponent of each draw is then refined.
"""

from typing import Literal

import numpy as np

from further.scaling.huber import huber_factor
from further.scaling.projection import B_GRID, solve_linear
from further.scaling.records import Curve, Floats

FEWEST_DRAWN_SIZES = 4
NUM_ZOOMS = 6
ZOOM_POINTS = 9
HUBER_ROUNDS = 12
Scheme = Literal["sizes", "seeds"]


def resample_parameters(
    curve: Curve,
    num_resamples: int,
    *,
    seed: int = 0,
    scheme: Scheme = "sizes",
    huber_delta: float | None = None,
) -> dict[str, Floats]:
    """Refit resampled curves.

    Args:
        curve: The points.
        num_resamples: Number of draws.
        seed: Seed of the draws.
        scheme: "sizes" draws sizes as blocks, then seeds within each; "seeds" keeps every size and draws its seeds.
        huber_delta: As in `fit_power_law`.

    Returns:
        a (in nats at one token), b, c, each (num_resamples,).
    """
    weights = draw_counts(curve, num_resamples, np.random.default_rng(seed), scheme) * curve.weights
    log_s = np.log(curve.t / curve.scale)
    a, b, c = fit_many(log_s, curve.y, weights)
    if huber_delta is not None:
        for _ in range(HUBER_ROUNDS):
            residuals = curve.y - a[:, None] * np.exp(-b[:, None] * log_s) - c[:, None]
            factor = huber_factor(residuals * np.sqrt(curve.weights), huber_delta)
            a, b, c = fit_many(log_s, curve.y, weights * factor)
    return {"a": a * curve.scale**b, "b": b, "c": c}


def draw_counts(curve: Curve, num_resamples: int, generator: np.random.Generator, scheme: Scheme) -> Floats:
    """Return how often each point is drawn, (num_resamples, points); every draw has four sizes or more."""
    members = [np.flatnonzero(curve.size == size) for size in range(curve.num_sizes)]
    counts = np.zeros((num_resamples, curve.y.size))
    for row in counts:
        for size in _draw_sizes(len(members), generator, scheme):
            chosen = generator.integers(members[size].size, size=members[size].size)
            np.add.at(row, members[size][chosen], 1.0)
    return counts


def _draw_sizes(num_sizes: int, generator: np.random.Generator, scheme: Scheme) -> list[int]:
    if scheme == "seeds":
        return list(range(num_sizes))
    while True:
        drawn = generator.integers(num_sizes, size=num_sizes)
        if np.unique(drawn).size >= min(FEWEST_DRAWN_SIZES, num_sizes - 1):
            return [int(one) for one in drawn]


def fit_many(log_s: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Fit many weightings of the same points.

    Args:
        log_s: Logarithm of scaled sizes, (points,).
        y: Losses, (points,).
        weights: (draws, points), zero where a point was not drawn.

    Returns:
        a, b, c, each (draws,), for scaled sizes.
    """
    lowest = np.argmin(_grid_sums(log_s, y, weights), axis=1)
    below, above = B_GRID[np.maximum(lowest - 1, 0)], B_GRID[np.minimum(lowest + 1, B_GRID.size - 1)]
    rows = np.arange(len(weights))
    for _ in range(NUM_ZOOMS):
        places = np.linspace(below, above, ZOOM_POINTS, axis=1)
        x = np.exp(-places[:, :, None] * log_s)
        lowest = np.argmin(solve_linear(x, y, weights[:, None, :])[2], axis=1)
        below = places[rows, np.maximum(lowest - 1, 0)]
        above = places[rows, np.minimum(lowest + 1, ZOOM_POINTS - 1)]
    b = places[rows, lowest]
    a, c, _ = solve_linear(np.exp(-b[:, None] * log_s), y, weights)
    return a, b, c


def _grid_sums(log_s: Floats, y: Floats, weights: Floats) -> Floats:
    """Sum of squares of each draw at each exponent of the grid, (draws, exponents), from moments."""
    x = np.exp(-B_GRID[:, None] * log_s).T
    y_mean = (weights @ y / weights.sum(1))[:, None]
    total = weights.sum(1)[:, None]
    x_sum, x_square, xy = weights @ x, weights @ (x * x), weights @ (x * y[:, None])
    y_square = (weights @ (y * y))[:, None]
    spread = np.maximum(x_square - x_sum**2 / total, 1e-300)
    a = (xy - x_sum * y_mean) / spread
    c = y_mean - a * x_sum / total
    with_c = y_square - total * y_mean**2 - a * (xy - x_sum * y_mean)
    without_c = y_square - xy**2 / x_square
    sums = np.where(c < 0, without_c, np.where(a < 0, y_square - total * y_mean**2, with_c))
    return np.asarray(sums, dtype=np.float64)
