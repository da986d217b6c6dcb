"""Huber's loss: one bad run hardly moves the law, and a wide threshold is least squares."""

import numpy as np
import pytest
from scipy import optimize

from further.scaling.analysis import analyse_curve
from further.scaling.curve import Point
from further.scaling.huber import huber_factor
from scaling.curves import fit_power_law, make_curve


def test_factor_by_hand():
    assert huber_factor(np.array([0.5, -1.0, 4.0, -0.0]), 1.0) == pytest.approx([1.0, 1.0, 0.25, 1.0])


def test_one_bad_run_hardly_moves_the_law():
    t, y = make_curve(noise=0.002, num_sizes=12)
    y[10] += 0.3
    robust = fit_power_law(t, y, huber_delta=0.005)
    assert abs(robust.law.c - 1.8) < 0.01
    assert abs(fit_power_law(t, y).law.c - 1.8) > 0.05
    assert robust.huber_delta_nats == 0.005
    assert robust.c.low <= robust.law.c <= robust.c.high


def test_a_wide_threshold_is_least_squares():
    t, y = make_curve(noise=0.01)
    assert fit_power_law(t, y, huber_delta=10.0).law.c == pytest.approx(fit_power_law(t, y).law.c, rel=1e-9)


def test_the_fit_minimizes_hubers_loss():
    t, y = make_curve(noise=0.02, num_sizes=10)
    y[3] += 0.2
    fit = fit_power_law(t, y, huber_delta=0.02)
    found = optimize.least_squares(
        lambda p: np.exp(p[0]) * (t / 1e7) ** -p[1] + p[2] - y, [-1.0, 0.3, 1.5], loss="huber", f_scale=0.02, xtol=1e-12
    )
    assert (fit.law.b, fit.law.c) == pytest.approx((found.x[1], found.x[2]), rel=1e-3)


def test_seeds_do_not_change_the_unit_of_the_threshold():
    """Scatter that falls with size gives weights under least squares; under Huber's loss delta would count errors."""
    t, y = make_curve(a=30.0, b=0.25, c=1.9, smallest=1e6, span=100.0, num_sizes=6, seeds=3)
    y += np.repeat(np.geomspace(0.05, 0.002, 6), 3) * np.random.default_rng(0).normal(size=18)
    y[13] += 0.2
    points = [Point(f"run {i}", *one) for i, one in enumerate(zip(t, y, strict=True))]
    robust = analyse_curve(points, huber_delta=0.02)
    assert robust.law.b == fit_power_law(t, y, huber_delta=0.02).law.b
    assert analyse_curve(points).law.b != pytest.approx(fit_power_law(t, y).law.b, rel=1e-6)
