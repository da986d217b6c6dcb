"""Where the power law may not hold, nothing is unreachable, and sentence and verdict say so alike."""

from dataclasses import replace

import numpy as np
import pytest

from facts import tells
from further.scaling.analysis import analyse_curve
from further.scaling.curve import Point
from further.scaling.describe import describe
from further.scaling.forms import CLEARLY_BETTER, compare_forms
from further.scaling.holdout import HoldOut
from further.scaling.prediction import Predictor
from further.scaling.target_verdict import judge_target
from further.scaling.units import make_target
from scaling.curves import fit_power_law, make_curve

T = np.geomspace(1e6, 1e9, 10)
LONG = np.geomspace(1e5, 1e9, 14)
CURVES = {
    # falls by the logarithm to a hard plateau at 2.2; without doubt 2.1 was "reachable" on 40 of 40 seeds
    "plateau": (T, np.maximum(3.0 - 0.35 * np.log10(T / 1e6), 2.2), 0.003, 2.1, "reachable"),
    # slows down at 1e7 tokens and goes on to 1.0; 1.1 was "unreachable" on 40 of 40
    "broken": (LONG, 1 + 2 * (LONG / 1e5) ** -0.4 * (1 + (LONG / 1e7) ** 2) ** 0.14, 0.004, 1.1, "unreachable"),
    # rises again from 10^8.4 tokens
    "U": (T, 2 + 0.08 * (np.log10(T) - 8.4) ** 2, 0.005, 1.9, "unreachable"),
}


def analyse(t, y, *losses):
    points = [Point(f"run {i}", *one) for i, one in enumerate(zip(t, y, strict=True))]
    return analyse_curve(points, [make_target(loss, "nats") for loss in losses])


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_form_that_the_curve_does_not_bear_is_doubted_and_makes_nothing_unreachable(name, seed):
    t, truth, noise, target, by_law = CURVES[name]
    y = truth + np.random.default_rng(seed).normal(0, noise, t.size)
    record = analyse(t, y, target, 5.0)
    judged, reached = record.targets
    fit = fit_power_law(t, y)
    assert judge_target(fit, judged.target, Predictor(fit.curve)).verdict in (by_law, "undecided")
    assert (judged.verdict, judged.tokens) == ("undecided", None)
    assert record.form_doubtful and "in doubt" in record.form_reason
    assert reached.verdict == "reached"


@pytest.mark.parametrize("num_sizes", [6, 8, 12])
def test_where_the_last_sizes_rise_nothing_larger_is_predicted(num_sizes):
    """A parabola with its bottom in the middle: every form falls, and all were predicted to, eight times ahead."""
    x = np.arange(num_sizes)
    y = 2 + 0.02 * (x - 0.52 * num_sizes) ** 2 + np.random.default_rng(0).normal(0, 0.005, num_sizes)
    record = analyse(1e5 * 2.0**x, y, y.min() - 0.01)
    assert (record.reach.dares, [one.useful for one in record.forecasts]) == (None, [False] * 3)
    assert tells(record.reach.reason, f"{y.min():.4g}", f"{y[-1]:.4g}") and record.form_doubtful
    assert (record.targets[0].verdict, record.targets[0].tokens) == ("undecided", None)
    falling = analyse(1e5 * 2.0**x, 2 + 2.0 ** (-x / 2) + np.random.default_rng(0).normal(0, 0.005, num_sizes))
    assert falling.reach.dares == 8


def test_sentence_and_verdict_follow_one_rule():
    """AICc 20 behind, whatever the residuals say, is a doubt in the sentence, in the flag and in the verdict."""
    t, truth, noise, target, _ = CURVES["broken"]
    y = truth + np.random.default_rng(0).normal(0, noise, t.size)
    forms = compare_forms(fit_power_law(t, y))
    assert forms.aicc_behind()["power"] > CLEARLY_BETTER
    assert any(doubt.startswith("AICc prefers the ") for doubt in forms.doubts)
    judged = analyse(t, y, target).targets[0]
    assert "Neither" not in forms.reason and forms.doubtful and judged.verdict == "undecided"


def test_a_held_out_size_outside_its_interval_is_said():
    t, truth, noise, _, _ = CURVES["plateau"]
    record = analyse(t, truth + np.random.default_rng(0).normal(0, noise, t.size))
    held = record.holdout
    words = describe(record)
    assert not record.residuals.curved and held.within is False
    assert f"predicted {held.predicted_nats:.4g} [{held.low:.4g}, {held.high:.4g}]" in words
    interval = f"{held.low:.4g} to {held.high:.4g}"
    assert tells(record.form_reason, f"{held.measured_nats:.4g}", interval)


def test_a_held_out_size_that_is_missed_by_a_twentieth_is_a_doubt():
    """The interval of a noisy curve holds nearly everything; 8 % off is said all the same."""
    held = HoldOut(1, 1, 1e9, 1e8, 2.0, 2.16, 8.0, 1.5, 2.5, True, 2.1, 5.0, False, ())
    t, y = make_curve(noise=0.005, num_sizes=8)
    [doubt] = compare_forms(fit_power_law(t, y), held).doubts
    assert tells(doubt, 2, "8.0%")
    assert not compare_forms(fit_power_law(t, y), replace(held, error_percent=4.9)).doubtful


@pytest.mark.parametrize("c", [0.0, 1.8])
def test_a_law_that_fits_as_well_without_its_floor_is_no_other_form(c):
    """With six sizes AICc charges 30 for a parameter more: each of these curves was doubted for that alone."""
    t, y = make_curve(a=30, b=0.15, c=c, noise=0.01, span=32, num_sizes=6, seed=2)
    forms = compare_forms(fit_power_law(t, y))
    assert forms.aicc_behind()["power"] > CLEARLY_BETTER
    assert forms.preferred == "power_without_floor" and not forms.doubtful


def test_verdicts_of_a_right_law_stand():
    t, y = make_curve(noise=0.005, span=1e3, num_sizes=8)
    assert [judged.verdict for judged in analyse(t, y, 1.87, 1.2).targets] == ["reachable", "unreachable"]


@pytest.mark.parametrize(("seed", "behind", "doubted"), [(2, 5.4, False), (0, 11.2, True)])
def test_another_form_that_is_a_little_better_is_no_doubt(seed, behind, doubted):
    """From 6 on, as AICc differs by a few between forms that are as good."""
    t, truth, noise, _, _ = CURVES["broken"]
    forms = compare_forms(fit_power_law(t, truth + np.random.default_rng(seed).normal(0, 2 * noise, t.size)))
    assert forms.aicc_behind()["power"] == pytest.approx(behind, abs=0.1)
    assert any(doubt.startswith("AICc") for doubt in forms.doubts) is doubted
