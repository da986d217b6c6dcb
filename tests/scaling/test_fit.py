"""The law: what is recovered, what is invariant, what is refused."""

from contextlib import suppress

import numpy as np
import pytest
from scipy import optimize, stats

from facts import naming, tells
from further.scaling.fit import predict_band
from further.scaling.floor import chance_of_fall
from further.scaling.holdout import hold_out_largest
from scaling.curves import fit_power_law, make_curve


def test_noise_free_curve_is_recovered():
    fit = fit_power_law(*make_curve(a=60.0, b=0.35, c=1.8))
    assert fit.law.a == pytest.approx(60.0, rel=1e-4)
    assert fit.law.b == pytest.approx(0.35, rel=1e-5)
    assert fit.law.c == pytest.approx(1.8, rel=1e-5)
    assert fit.c.low == pytest.approx(1.8, abs=1e-3)
    assert fit.c_identified


@pytest.mark.parametrize("b", [0.02, 0.1, 0.5, 1.2])
def test_slow_and_fast_curves_are_recovered(b):
    fit = fit_power_law(*make_curve(a=2.0 * 1e5**b, b=b, c=1.0, span=1e3, num_sizes=7))
    assert fit.law.b == pytest.approx(b, rel=1e-3)
    assert fit.law.c == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("factor", [1e-3, 1e6])
def test_unit_of_the_sizes_changes_only_a(factor):
    t, y = make_curve(noise=0.01)
    fit, other = fit_power_law(t, y), fit_power_law(t * factor, y)
    assert other.law.b == pytest.approx(fit.law.b, rel=1e-6)
    assert other.law.c == pytest.approx(fit.law.c, rel=1e-6)
    assert other.c.high == pytest.approx(fit.c.high, rel=1e-6)
    assert other.law.a == pytest.approx(fit.law.a * factor**fit.law.b, rel=1e-4)


def test_order_of_the_points_does_not_matter():
    t, y = make_curve(noise=0.01)
    order = np.random.default_rng(1).permutation(t.size)
    fit, other = fit_power_law(t, y), fit_power_law(t[order], y[order])
    assert other.law == fit.law
    assert other.c == fit.c


def test_no_other_parameters_fit_better():
    t, y = make_curve(a=200.0, b=0.4, c=2.0, noise=0.02, span=300.0)
    fit = fit_power_law(t, y)
    best = min(
        optimize.least_squares(
            lambda p: np.exp(p[0]) * (t / 1e6) ** -p[1] + p[2] - y, [0.0, b, 1.0], bounds=([-30, 1e-4, 0], [30, 10, 9])
        ).cost
        for b in (0.05, 0.2, 0.5, 1.0, 2.0)
    )
    assert fit.sse <= 2 * best * (1 + 1e-9)


def sum_of_squares_at_floor(t, y, c):
    """Least sum of squares with c held, by another route: a bounded search over b."""
    x = np.log(t / np.exp(np.log(t).mean()))

    def at(b):
        power = np.exp(-b * x)
        a = power @ (y - c) / (power @ power)
        return np.sum((y - c - a * power) ** 2)

    grid = np.linspace(0.01, 3.0, 600)
    near = grid[np.argmin([at(b) for b in grid])]
    return optimize.minimize_scalar(
        at, bounds=(near - 0.01, near + 0.01), method="bounded", options={"xatol": 1e-10}
    ).fun


def test_ends_of_the_floors_interval_lie_on_the_f_threshold():
    t, y = make_curve(noise=0.01)
    fit = fit_power_law(t, y)
    limit = fit.sse * (1 + stats.f.ppf(0.95, 1, 6) / 6)
    for end in (fit.c.low, fit.c.high):
        assert sum_of_squares_at_floor(t, y, end) == pytest.approx(limit, rel=1e-3)


def test_weights_follow_the_standard_errors():
    t, y = make_curve(noise=0.0)
    bent = y.copy()
    bent[0] += 0.5
    errors = np.full(t.size, 0.01)
    errors[0] = 100.0
    assert fit_power_law(t, bent, standard_errors=errors).law.c == pytest.approx(1.8, abs=1e-3)
    assert abs(fit_power_law(t, bent).law.c - 1.8) > 1e-2


def test_a_common_factor_of_the_standard_errors_does_not_matter():
    t, y = make_curve(noise=0.01)
    fit, other = (fit_power_law(t, y, standard_errors=np.full(t.size, error)) for error in (0.001, 10.0))
    assert other.c.high == pytest.approx(fit.c.high, rel=1e-6)
    assert other.noise_nats * 0.001 == pytest.approx(fit.noise_nats * 0.001, rel=1e-6)


def test_size_labels_join_runs_that_differ_in_tokens():
    t, y = make_curve(seeds=3, noise=0.01, num_sizes=5)
    shaken = t * np.tile([0.9, 1.0, 1.1], 5)
    assert fit_power_law(shaken, y, groups=[str(i // 3) for i in range(15)]).curve.num_sizes == 5
    assert fit_power_law(shaken, y).curve.num_sizes == 15


def test_sizes_within_a_twentieth_are_one():
    t, y = make_curve(seeds=3, noise=0.01, num_sizes=5)
    fit = fit_power_law(t * np.tile([0.98, 1.0, 1.02], 5), y)
    held = hold_out_largest(fit.curve, families=())
    assert (fit.curve.num_sizes, held.num_points_held) == (5, 3)
    assert held.fitted_up_to == pytest.approx(1.02 * t[-4])


def test_a_chain_of_near_sizes_is_not_one_size():
    """Each is 4 % above the one before: every other one is over 5 % above the first of its size."""
    t = 1e6 * 1.04 ** np.arange(12)
    assert fit_power_law(t, 60 * t**-0.35 + 1.8).curve.num_sizes == 6


def test_sizes_that_scatter_more_than_seeds_count_as_sizes():
    t, y = make_curve(seeds=3, noise=0.001, num_sizes=7)
    shared = np.repeat(np.random.default_rng(5).normal(0, 0.02, 7), 3)
    fit = fit_power_law(t, y + shared)
    means = fit_power_law(t[::3], (y + shared).reshape(7, 3).mean(1))
    assert fit.basis == "sizes"
    assert fit.law.c == pytest.approx(means.law.c, rel=1e-6)
    assert (fit.c.low, fit.c.high) == pytest.approx((means.c.low, means.c.high), rel=1e-5)


def test_counting_sizes_on_request_is_fitting_their_means():
    t, y = make_curve(seeds=3, noise=0.01, num_sizes=6)
    fit = fit_power_law(t, y, by_size=True)
    means = fit_power_law(t[::3], y.reshape(6, 3).mean(1))
    assert fit_power_law(t, y, by_size=False).basis == "points"
    assert (fit.c.low, fit.c.high) == pytest.approx((means.c.low, means.c.high), rel=1e-5)


def test_narrow_span_is_not_identified():
    fit = fit_power_law(*make_curve(a=20.0, b=0.15, c=1.5, smallest=1e7, span=4.0, num_sizes=6, noise=0.01))
    assert not fit.c_identified
    assert "span only 4x" in fit.c_reason


def test_a_curve_without_floor_is_open_below():
    fit = fit_power_law(*make_curve(a=30.0, b=0.12, c=0.0, smallest=1e6, span=1e3, num_sizes=8, noise=0.015))
    assert fit.c.low_open
    assert fit.c.low == 0.0
    assert not fit.c_identified
    assert tells(fit.c_reason, "c = 0")


def test_a_constant_with_noise_is_told_to_be_one():
    """Half of such curves happen to fall from end to end; a law that is no better than a constant says so."""
    t, generator = np.geomspace(1e6, 1e9, 10), np.random.default_rng(0)
    fits = []
    for losses in 2.0 + generator.normal(0, 0.01, (60, 10)):
        with suppress(ValueError):
            fits.append(fit_power_law(t, losses))
    told = ["F test" in fit.c_reason and not fit.c_identified for fit in fits]
    assert len(told) > 20 and np.mean(told) > 0.9
    assert "F test" not in fit_power_law(t, 0.1 * (t / 1e6) ** -0.3 + 2 + generator.normal(0, 0.01, 10)).c_reason


def test_the_f_test_against_a_constant_is_that_of_nested_fits():
    t, y = make_curve(noise=0.4, num_sizes=8)
    fit = fit_power_law(t, y)
    by_hand = stats.f.sf((np.sum((y - y.mean()) ** 2) - fit.sse) / 2 / (fit.sse / 5), 2, 5)
    assert chance_of_fall(fit.region, fit.sse, 8) == pytest.approx(by_hand)
    assert 1e-6 < by_hand < 0.5


def test_an_exponent_beyond_the_grid_is_open():
    """One high point and a flat rest: any steep fall will do."""
    t = np.geomspace(1e5, 1e8, 6)
    y = np.array([3.0, 2.0, 2.01, 1.99, 2.0, 2.005])
    assert fit_power_law(t, y).b.high_open


def test_rows_written_twice_do_not_narrow_an_interval():
    t, y = make_curve(noise=0.01, num_sizes=8)
    once, thrice = fit_power_law(t, y), fit_power_law(np.repeat(t, 3), np.repeat(y, 3))
    assert thrice.basis == "sizes"
    assert (thrice.c.low, thrice.c.high) == pytest.approx((once.c.low, once.c.high), rel=1e-4)
    assert (thrice.b.low, thrice.b.high) == pytest.approx((once.b.low, once.b.high), rel=1e-4)


def test_a_band_holds_its_law_and_falls():
    fit = fit_power_law(*make_curve(noise=0.01))
    band = predict_band(fit, np.geomspace(fit.smallest, 100.0 * fit.largest, 50))
    assert np.all((band.low <= band.loss_nats) & (band.loss_nats <= band.high))
    assert band.num_tokens[-1] == pytest.approx(fit.largest * 100)
    assert np.all(np.diff(band.high) < 0)


def test_band_far_out_is_the_interval_of_the_floor():
    fit = fit_power_law(*make_curve(noise=0.01))
    band = predict_band(fit, [1e60])
    assert (band.low[0], band.high[0]) == pytest.approx((fit.c.low, fit.c.high), rel=1e-3)


def test_a_floor_above_a_measured_loss_is_not_identified():
    """The largest runs lie below where the law flattens: seven sizes of 60 to 3,840 cases at 400 steps each."""
    t = 60.0 * 2.0 ** np.arange(7)
    fit = fit_power_law(t, [0.632, 0.400, 0.284, 0.247, 0.220, 0.230, 0.211])
    assert fit.law.c == pytest.approx(0.212, abs=5e-4)
    assert not fit.c_identified and tells(fit.c_reason, 0.2119, 0.211)


def test_a_floor_whose_interval_reaches_above_a_measured_loss_is_not_called_narrow():
    t, y = make_curve(a=200.0, b=0.45, noise=0.004, num_sizes=8, seed=13)
    fit = fit_power_law(t, y)
    assert fit.c.high > fit.curve.size_means().y.min() > fit.law.c
    lowest = fit.curve.size_means().y.min()
    assert fit.c_identified and tells(fit.c_reason, f"{lowest:.4g}") and "narrow" not in fit.c_reason


T, Y = make_curve(num_sizes=5)
BAD = {
    "train at 4 sizes or more": (T[:3], Y[:3]),
    "1 different size:": (np.full(5, 1e6), Y),
    "check that the runs differ": (T, np.full(5, 2.0)),
    "the loss rises from": (T, Y[::-1]),
    "give 1 - accuracy": (T, 1.0 - Y / 10.0),
    "does not fall as data are added: it is 3 at 1e[+]05 tokens, 2 at 1e[+]06 tokens, 2.95 at 1e[+]09 tokens": (
        T,
        np.array([3.0, 2.0, 2.5, 2.9, 2.95]),
    ),
    "the sizes span only 1.18x": (1e6 * np.array([1.0, 1.055, 1.115, 1.18]), np.array([3.0, 2.9, 2.8, 2.7])),
    "2 different sizes": (np.repeat([1e6, 4e6], 3) * np.tile([0.98, 1.0, 1.02], 2), np.repeat([3.0, 2.5], 3)),
    "point 2 has a loss of nan": (T, np.where(np.arange(5) == 1, np.nan, Y)),
    "point 1 has a loss of inf": (T, np.where(np.arange(5) == 0, np.inf, Y)),
    "point 3 has a number of tokens of 0": (np.where(np.arange(5) == 2, 0.0, T), Y),
    "point 3 has a number of tokens of -1": (np.where(np.arange(5) == 2, -1.0, T), Y),
    "point 5 has a loss of -0.5": (T, np.where(np.arange(5) == 4, -0.5, Y)),
    "point 5 has a number of tokens of 1e[+]30": (np.append(T[:4], 1e30), Y),
    "the sizes span 1e[+]16x": (np.append(1.0, 1e16 * np.arange(1, 5) / 4), Y),
    "looks like a perplexity": (T, np.exp(Y) + 10.0),
    "give one loss for each size": (T, Y[:4]),
    "one list of numbers": (T[None], Y[None]),
    "1 point at 1 different size": (T[:1], Y[:1]),
    "0 points at 0 different sizes": ([], []),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_one_sentence(message):
    with pytest.raises(ValueError, match=message) as error:
        fit_power_law(*BAD[message])
    assert "\n" not in str(error.value)


def test_bad_options_are_refused():
    with pytest.raises(ValueError, match="standard error of -1"):
        fit_power_law(T, Y, standard_errors=[0.1, -1.0, 0.1, 0.1, 0.1])
    with pytest.raises(ValueError, match=naming("2 standard errors", 5)):
        fit_power_law(T, Y, standard_errors=[0.1, 0.1])
    with pytest.raises(ValueError, match=naming("2 size labels", 5)):
        fit_power_law(T, Y, groups=["a", "b"])
    with pytest.raises(ValueError, match=naming("labeled 1", "1e+05 to 1e+09 tokens")):
        fit_power_law(T, Y, groups=[1, 2, 3, 4, 1])
    with pytest.raises(ValueError, match="level is 95"):
        fit_power_law(T, Y, level=95)
    with pytest.raises(ValueError, match="huber_delta is 0"):
        fit_power_law(T, Y, huber_delta=0)


@pytest.mark.parametrize(("seed", "chance", "basis"), [(1, 0.452, "sizes"), (4, 0.638, "points")])
def test_sizes_are_counted_where_their_scatter_is_rather_more_than_the_seeds(seed, chance, basis):
    """Three seeds of six sizes, noise without a shared error: on either side of an even chance."""
    t = np.repeat(np.geomspace(1e6, 1e8, 6), 3)
    y = 40 * t**-0.28 + 2.1 + 0.01 * np.random.default_rng(seed).normal(size=18)
    fit = fit_power_law(t, y)
    assert fit.residuals.lack_of_fit_p == pytest.approx(chance, abs=0.01) and fit.basis == basis
