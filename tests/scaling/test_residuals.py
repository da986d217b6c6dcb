"""Tests of residuals, on signs that can be counted by hand."""

import numpy as np
import pytest

from further.scaling.residuals import neighbor_correlation, runs_test
from scaling.curves import fit_power_law, make_curve


@pytest.mark.parametrize(
    ("signs", "runs", "p"),
    [
        ("++---", 2, 2 / 10),  # of the 10 orders of 2 and 3 signs, two have 2 runs
        ("+--+-", 4, 9 / 10),  # only +-+-+ reversed, -+-+-, has 5: all but one have 4 or fewer
        ("+-+", 3, 1.0),
        ("+++", 1, 1.0),
        ("++++----", 2, 2 / 70),
    ],
)
def test_runs_are_counted_exactly(signs, runs, p):
    found = runs_test(np.array([1.0 if sign == "+" else -1.0 for sign in signs]))
    assert found == (runs, pytest.approx(p))


def test_neighbors_of_a_slow_wave_agree():
    correlation, p = neighbor_correlation(np.sin(np.linspace(0, 2 * np.pi, 16)))
    assert correlation > 0.8
    assert p < 0.01


def test_correlation_by_hand():
    assert neighbor_correlation(np.array([1.0, 2.0, -1.0]))[0] == pytest.approx((2.0 - 2.0) / 6.0)
    assert neighbor_correlation(np.zeros(4)) == (0.0, 1.0)


def test_a_bend_is_seen_and_noise_is_not():
    t, y = make_curve(noise=0.003, num_sizes=12)
    assert not fit_power_law(t, y).residuals.curved
    bent = 3.0 / (1 + (t / 1e7) ** 0.6) + 0.8
    assert fit_power_law(t, bent).residuals.curved


def test_false_alarms_are_rare():
    alarms = [fit_power_law(*make_curve(noise=0.01, num_sizes=10, seed=seed)).residuals.curved for seed in range(200)]
    assert np.mean(alarms) < 0.1


def test_lack_of_fit_by_hand():
    """Four sizes, two runs each; the F statistic is 1 where the means scatter as the runs within sizes do."""
    from further.scaling.curve import check_curve
    from further.scaling.residuals import lack_of_fit

    t = np.repeat([1e6, 1e7, 1e8, 1e9], 2)
    fitted = np.repeat([4.0, 3.0, 2.5, 2.2], 2)
    spread = np.tile([0.1, -0.1], 4)  # within: 8 * 0.01 over 4 degrees of freedom = 0.02
    shift = np.repeat([0.1, 0.0, 0.0, 0.0], 2)  # between: 2 * 0.01 over 1 = 0.02
    p = lack_of_fit(check_curve(t, fitted + spread + shift), fitted, 3)
    assert p == pytest.approx(0.3739, abs=1e-4)  # F(1, 4) above 1, from tables
