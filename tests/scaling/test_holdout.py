"""The largest size left out: what is held, the baseline, and the interval."""

import numpy as np
import pytest

from further.scaling.analysis import analyse_curve
from further.scaling.curve import Point
from further.scaling.holdout import hold_out_largest
from scaling.curves import fit_power_law, make_curve


def hold(num_sizes=9, noise=0.0, seeds=1, seed=0, **options):
    t, y = make_curve(num_sizes=num_sizes, noise=noise, seeds=seeds, seed=seed)
    return t, y, hold_out_largest(fit_power_law(t, y).curve, families=(), **options)


def test_a_true_law_predicts_what_it_has_not_seen():
    t, y, held = hold()
    assert held.num_tokens == t[-1]
    assert held.fitted_up_to == pytest.approx(t[-2])
    assert held.predicted_nats == pytest.approx(y[-1], rel=1e-6)
    assert held.last_value_error_percent == pytest.approx(100 * (y[-2] / y[-1] - 1))
    assert held.beats_last_value


def test_all_seeds_of_the_size_are_held():
    _, y, held = hold(noise=0.01, seeds=3)
    assert (held.num_sizes_held, held.num_points_held) == (1, 3)
    assert held.measured_nats == pytest.approx(y[-3:].mean())
    assert held.last_value_nats == pytest.approx(y[-6:-3].mean())


@pytest.mark.parametrize(("num_sizes", "expected"), [(5, 1), (15, 1), (16, 2), (24, 3)])
def test_an_eighth_of_the_sizes_is_held(num_sizes, expected):
    assert hold(num_sizes=num_sizes)[2].num_sizes_held == expected


def test_every_size_above_a_factor_is_held():
    t, _, held = hold(num_sizes=9, factor=10.0)  # sizes are 10 ** 0.5 apart
    assert held.num_sizes_held == 2
    assert held.fitted_up_to == pytest.approx(t[-1] / 10)


def test_three_sizes_left_give_a_prediction_without_interval():
    _, _, held = hold(num_sizes=4)
    assert held.low is None and held.within is None
    assert hold(num_sizes=4, factor=1e3)[2] is None


@pytest.mark.slow
def test_measured_mean_is_within_the_interval_as_often_as_said():
    within = [hold(noise=0.01, seeds=2, num_sizes=7, seed=seed)[2].within for seed in range(800)]
    assert 0.92 <= np.mean(within) <= 0.98


def shared_error(generator):
    """Papers drawn once per size move its three seeds together, by twice the scatter of a seed."""
    t = np.repeat(np.geomspace(1e6, 1e8, 6), 3)
    return t, 30 * t**-0.25 + 1.9 + np.repeat(generator.normal(0, 0.02, 6), 3) + generator.normal(0, 0.01, 18)


def test_the_interval_holds_a_size_whose_runs_share_an_error():
    """Counting runs, it held 69 of 100."""
    generator = np.random.default_rng(3)
    fits = [fit_power_law(*shared_error(generator)) for _ in range(150)]
    within = [hold_out_largest(fit.curve, families=(), by_size=fit.basis == "sizes").within for fit in fits]
    assert np.mean(within) > 0.9


def test_an_analysis_counts_for_the_held_out_size_what_its_fit_counts():
    t, y = shared_error(np.random.default_rng(3))
    record = analyse_curve([Point(f"run {i}", *one) for i, one in enumerate(zip(t, y, strict=True))])
    by_size = hold_out_largest(fit_power_law(t, y).curve, families=(), by_size=True)
    assert record.fit.basis == "sizes"
    assert (record.holdout.low, record.holdout.high) == (by_size.low, by_size.high)
    assert record.holdout.num_points_held == 3
