"""Verdicts on a curve whose floor is 1.8 nats."""

import numpy as np
import pytest

from facts import tells
from further.scaling.prediction import Predictor
from further.scaling.target_verdict import judge_target, tokens_needed
from further.scaling.units import make_target
from scaling.curves import fit_power_law, make_curve


@pytest.fixture(scope="module")
def fit():
    return fit_power_law(*make_curve(noise=0.005, span=1e3, num_sizes=8))


def judge(fit, loss):
    return judge_target(fit, make_target(loss, "nats"), Predictor(fit.curve))


def test_reached_where_a_size_was_measured_at_it(fit):
    verdict = judge(fit, 2.2)
    assert verdict.verdict == "reached"
    assert not verdict.extrapolated
    assert verdict.tokens.low <= (0.4 / 60) ** (-1 / 0.35) <= verdict.tokens.high <= fit.largest


def test_a_target_that_every_size_reached_needs_at_most_the_smallest(fit):
    verdict = judge(fit, 9.0)
    assert (verdict.verdict, verdict.extrapolated) == ("reached", False)
    assert verdict.tokens.low is None and verdict.tokens.low_open and verdict.tokens.estimate is None
    assert verdict.tokens.high == pytest.approx(1e5) and not verdict.tokens.high_open


@pytest.mark.parametrize("loss", [2.7, 2.3, 2.0, 1.96, 1.91])
def test_what_was_reached_needs_no_more_than_where_it_was_and_holds_its_estimate(fit, loss):
    means = fit.curve.size_means()
    first = means.t[means.y <= loss][0]
    tokens = judge(fit, loss).tokens
    assert fit.smallest <= tokens.low <= tokens.estimate <= tokens.high <= first


def test_a_wrong_law_cannot_move_what_was_measured():
    """A late steep fall reaches 2.0 at 4.6e8 tokens; the power law, which misses it, asked for 1e9."""
    t = np.geomspace(1e6, 1e9, 10)
    y = 3 * (t / 1e6) ** -0.02 * (1 + (t / 1e8) ** 2) ** -0.1
    tokens = judge(fit_power_law(t, y), 2.0).tokens
    assert tokens.low <= tokens.estimate <= tokens.high == pytest.approx(t[-2])


def test_reachable_with_an_interval_that_holds_the_truth(fit):
    verdict = judge(fit, 1.87)
    truth = (0.07 / 60) ** (-1 / 0.35)
    assert verdict.verdict == "reachable"
    assert verdict.extrapolated
    assert verdict.tokens.low < truth < verdict.tokens.high
    assert verdict.tokens.low < verdict.tokens.estimate < verdict.tokens.high


def test_undecided_inside_the_interval_of_the_floor(fit):
    verdict = judge(fit, fit.law.c)
    assert verdict.verdict == "undecided"
    assert verdict.tokens is None
    assert tells(verdict.reason, f"{fit.c.low:.4g} to {fit.c.high:.4g}")


def test_unreachable_below_it_and_below_every_prediction(fit):
    verdict = judge(fit, 1.2)
    assert verdict.verdict == "unreachable"
    assert tells(verdict.reason, 1.2, f"{fit.c.low:.4g} to {fit.c.high:.4g}")
    far_low = float(Predictor(fit.curve).at(8.0).low[0])
    assert judge(fit, 0.999 * far_low).verdict == "unreachable"
    assert far_low < fit.c.low and judge(fit, 1.001 * far_low).verdict == "undecided"


def test_ends_are_where_the_prediction_crosses_the_target(fit):
    predictor = Predictor(fit.curve)
    target = float(predictor.at(4.0).high[0])
    tokens = tokens_needed(fit, target, predictor, trusted=False)
    assert tokens.estimate is None
    assert tokens.low == fit.largest and predictor.at(1.0).low[0] < target
    assert tokens.high == pytest.approx(4.0 * fit.largest, rel=2e-3)


def test_nothing_is_counted_further_than_predictions_go(fit):
    predictor = Predictor(fit.curve)
    target = float(fit.law.loss_at(30 * fit.largest))
    assert tokens_needed(fit, target, predictor, trusted=True) is None
    assert predictor.limit == 8.0


def test_a_floor_that_is_not_identified_makes_nothing_unreachable():
    fit = fit_power_law(*make_curve(a=20.0, b=0.15, c=1.5, smallest=1e7, span=4.0, num_sizes=6, noise=0.01))
    assert {judge(fit, loss).verdict for loss in (0.01, 0.5, 1.5)} == {"undecided"}
    assert "span only 4x" in judge(fit, 0.5).reason


def test_a_narrow_span_makes_nothing_unreachable_even_without_noise():
    fit = fit_power_law(*make_curve(a=20.0, b=0.15, c=1.5, smallest=1e7, span=4.0, num_sizes=6, noise=1e-6))
    assert fit.c.low > 1.0
    assert judge(fit, 0.5).verdict == "undecided"
