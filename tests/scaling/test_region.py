"""Profile intervals against their definition: at an end, the best fit that passes through it reaches the F limit."""

import numpy as np
import pytest
from scipy import optimize

from further.scaling.region import floor_range, loss_range
from scaling.curves import fit_power_law, make_curve

SETTINGS = [
    {"noise": 0.01},
    {"noise": 0.02, "a": 20.0, "b": 0.2, "c": 1.0, "span": 100.0},
    {"noise": 0.015, "a": 30.0, "b": 0.12, "c": 0.0, "span": 1e3},
    {"noise": 0.01, "seeds": 3, "num_sizes": 5},
]


def least_over_b(sum_at):
    """Smallest value over the exponent, by a grid and a bounded search."""
    grid = np.linspace(0.005, 3.0, 1500)
    near = grid[np.argmin([sum_at(b) for b in grid])]
    bounds = (max(near - 0.004, 1e-4), near + 0.004)
    return optimize.minimize_scalar(sum_at, bounds=bounds, method="bounded", options={"xatol": 1e-11}).fun


def sum_through(fit, num_tokens, loss):
    """Least sum of squares of a law that passes through a loss at a size, with a >= 0 and c >= 0."""
    s, y, s0 = fit.curve.t / fit.region.scale, fit.curve.y, num_tokens / fit.region.scale

    def at(b):
        x = s**-b - s0**-b
        a = np.clip(x @ (y - loss) / (x @ x), 0.0, loss * np.exp(min(b * np.log(s0), 300.0)))
        return np.sum((y - loss - a * x) ** 2)

    return least_over_b(at)


@pytest.mark.parametrize("settings", SETTINGS)
def test_ends_of_a_prediction_lie_on_the_limit(settings):
    fit = fit_power_law(*make_curve(**settings), by_size=False)
    for factor in (0.1, 2.0, 10.0):
        t = factor * fit.largest
        for end in loss_range(fit.region, np.array([t])):
            assert sum_through(fit, t, end[0]) == pytest.approx(fit.region.limit, rel=1e-3)


@pytest.mark.parametrize("settings", SETTINGS)
def test_upper_end_of_the_floor_lies_on_the_limit(settings):
    fit = fit_power_law(*make_curve(**settings), by_size=False)
    assert sum_through(fit, 1e200, floor_range(fit.region)[1]) == pytest.approx(fit.region.limit, rel=1e-3)


def test_a_higher_level_contains_a_lower_one():
    t, y = make_curve(noise=0.01)
    narrow, wide = (fit_power_law(t, y, level=level) for level in (0.8, 0.99))
    assert wide.c.low < narrow.c.low < narrow.c.high < wide.c.high
    assert wide.b.low < narrow.b.low < narrow.b.high < wide.b.high


@pytest.mark.parametrize(("largest", "identified"), [(1e7, False), (2e7, True)])
def test_a_floor_asks_for_sizes_that_span_more_than_ten(largest, identified):
    t = np.geomspace(1e6, largest, 10)
    y = 1.5 * (t / 1e6) ** -0.5 + 1.5 + 1e-5 * np.random.default_rng(0).normal(size=10)
    assert fit_power_law(t, y).c_identified is identified


@pytest.mark.parametrize(("seed", "share", "identified"), [(0, 0.48, True), (2, 0.71, False)])
def test_a_floor_is_known_by_an_interval_under_half_of_the_lowest_loss(seed, share, identified):
    t = np.geomspace(1e6, 1e9, 12)
    y = 1.5 * (t / 1e6) ** -0.3 + 1.5 + 0.08 * np.random.default_rng(seed).normal(size=12)
    fit = fit_power_law(t, y)
    assert (fit.c.high - fit.c.low) / y.min() == pytest.approx(share, abs=0.02) and fit.c_identified is identified
