"""Case bootstrap: what is drawn, and that fitting many at once is fitting each."""

import numpy as np
import pytest

from further.scaling import fit_power_law
from further.scaling.bootstrap import draw_counts, fit_many, resample_parameters
from further.scaling.projection import fit_exponent
from scaling.curves import make_curve


def test_many_fits_are_the_single_fits():
    t, y = make_curve(noise=0.02, num_sizes=8)
    log_s = np.log(t / np.exp(np.log(t).mean()))
    weights = np.random.default_rng(0).integers(0, 3, (20, t.size)) + np.eye(20, t.size) + 0.5
    a, b, c = fit_many(log_s, y, weights)
    for row in range(20):
        single = fit_exponent(np.exp(log_s), y, weights[row])
        assert (a[row], b[row], c[row]) == pytest.approx(single[:3], rel=1e-4)


def test_sizes_are_drawn_as_blocks():
    curve = fit_power_law(*make_curve(noise=0.02, num_sizes=6, seeds=3)).curve
    counts = draw_counts(curve, 200, np.random.default_rng(0), "sizes").reshape(200, 6, 3)
    assert np.all(counts.sum(axis=(1, 2)) == 18)
    assert np.all(counts.sum(axis=2) % 3 == 0)
    assert np.all(np.count_nonzero(counts.sum(axis=2), axis=1) >= 4)


def test_seeds_are_drawn_within_sizes():
    curve = fit_power_law(*make_curve(noise=0.02, num_sizes=6, seeds=3)).curve
    counts = draw_counts(curve, 50, np.random.default_rng(0), "seeds").reshape(50, 6, 3)
    assert np.all(counts.sum(axis=2) == 3)
    assert len(np.unique(counts.reshape(50, -1), axis=0)) > 40


def test_spread_of_the_draws_is_about_the_profile_interval():
    fit = fit_power_law(*make_curve(noise=0.01, num_sizes=12))
    drawn = resample_parameters(fit.curve, 500)
    low, high = np.quantile(drawn["c"], [0.025, 0.975])
    assert 0.4 < (high - low) / (fit.c.high - fit.c.low) < 2.0
    assert low < fit.law.c < high


def test_same_seed_same_draws():
    curve = fit_power_law(*make_curve(noise=0.02)).curve
    first, second, other = (resample_parameters(curve, 20, seed=seed)["c"] for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)
