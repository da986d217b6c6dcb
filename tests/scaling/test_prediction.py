"""What a new, larger run would measure: on curves of other forms than the law's, and how far ahead it is said."""

import numpy as np
import pytest
from scipy import stats

from further.scaling.analysis import analyse_curve
from further.scaling.curve import Point, check_curve
from further.scaling.prediction import FACTORS, SPAN_PER_FACTOR, Predictor, local_noise
from scaling.curves import make_curve

S = 2.0 ** np.arange(14)
FORMS = {  # sizes from 1 to 8192; the loss between 5 and 1
    "power": lambda s: 1.5 + 3.0 * s**-0.3,
    "without floor": lambda s: 4.0 * s**-0.12,
    "logarithm": lambda s: 4.0 - 0.3 * np.log(s),
    "exponential": lambda s: 1.5 + 2.0 * np.exp(-s / 800.0),
    "sigmoid": lambda s: 1.5 + 3.0 / (1.0 + (s / 300.0) ** 0.7),
    "broken": lambda s: 1.0 + 2.0 * s**-0.05 * (1.0 + (s / 60.0) ** 2) ** -0.1,
}


@pytest.mark.parametrize("form", FORMS)
def test_curves_of_any_form_stay_inside(form):
    """Rolling origins with noise of 0.2 %: nine in ten at 2 and 4 times, with a width that is still of use."""
    generator = np.random.default_rng(1)
    hits, widths = [], []
    for _ in range(6):
        y = FORMS[form](S) * (1 + 0.002 * generator.normal(size=S.size))
        for seen in range(7, S.size - 2):
            predictor = Predictor(check_curve(1e4 * S[:seen], y[:seen]))
            for steps in (1, 2):
                there = predictor.at(2.0**steps)
                hits.append(there.low[0] <= y[seen - 1 + steps] <= there.high[0])
                widths.append((there.high[0] - there.low[0]) / there.loss_nats[0])
    assert np.mean(hits) >= 0.9
    assert np.median(widths) < 0.35


def test_the_interval_widens_ahead_and_holds_its_center():
    predictor = Predictor(check_curve(*make_curve(noise=0.01)))
    there = predictor.predict(1e9 * np.array([1.0, 2.0, 4.0, 8.0, 64.0]))
    assert np.all((there.low < there.loss_nats) & (there.loss_nats < there.high))
    assert np.all(np.diff(there.high - there.low) > 0)
    assert np.all(there.low > 0)


def test_a_higher_level_is_wider_by_the_normal_ratio():
    curve = check_curve(*make_curve(noise=0.01))
    usual, wide = (Predictor(curve, level).at(2.0) for level in (0.95, 0.99))
    ratio = (wide.high[0] - wide.loss_nats[0]) / (usual.high[0] - usual.loss_nats[0])
    assert ratio == pytest.approx(2.575829 / 1.959964, rel=1e-5)


@pytest.mark.parametrize(("distance", "low"), [(0.25, 0.75), (0.4, np.exp(-0.4))])
def test_a_lower_end_far_below_the_center_is_a_ratio(distance, low):
    """Distances grow as the normal quantile of the level: one of 0.25 of the center is taken off, 0.4 divides."""
    curve = check_curve(*make_curve(noise=0.08))
    near = Predictor(curve, 2 * stats.norm.cdf(0.1) - 1).at(8.0)
    unit = (1 - near.low[0] / near.loss_nats[0]) / 0.1
    there = Predictor(curve, 2 * stats.norm.cdf(distance / unit) - 1).at(8.0)
    assert there.low[0] / there.loss_nats[0] == pytest.approx(low, rel=1e-6)


def test_local_noise_by_hand():
    """A parabola over equal steps leaves nothing, a point that is off by 1 its share of 1, -3, 3, -1 over sqrt(20)."""
    x = np.arange(4.0)
    assert local_noise(x, 5.0 - x + x**2) == pytest.approx(0.0, abs=1e-12)
    assert local_noise(x, np.array([0.0, 1.0, 0.0, 0.0])) == pytest.approx(3 / np.sqrt(20))
    assert local_noise(x, np.array([1.0, 0.0, 0.0, 0.0])) == pytest.approx(1 / np.sqrt(20))


@pytest.mark.parametrize(
    ("span", "dares"), [(4.0, None), (6.5, None), (7.0, 2.0), (8.0, 2.0), (16.0, 4.0), (32.0, 8.0), (1e3, 8.0)]
)
def test_no_further_ahead_than_a_quarter_of_the_span(span, dares):
    predictor = Predictor(check_curve(*make_curve(a=20.0, b=0.15, c=1.5, smallest=1e7, span=span, num_sizes=6)))
    assert predictor.dares == dares
    assert predictor.limit == pytest.approx(min(FACTORS[-1], span / SPAN_PER_FACTOR))
    assert ("span" in predictor.reason) == (dares != 8.0)


def test_a_size_of_two_seeds_that_drew_unequal_papers_counts_once():
    """1/8 of the papers held 6,415 and 7,331 tokens of 50,980: the sizes span 50,980 / 6,873."""
    t = [6415, 7331, 10972, 12626, 23493, 24798, 50980, 50980]
    y = [3.139, 3.145, 3.11, 3.10, 3.075, 3.064, 3.024, 3.027]
    record = analyse_curve([Point(f"run {i}", *one, size=i // 2) for i, one in enumerate(zip(t, y, strict=True))])
    assert record.fit.span == pytest.approx(50980 / 6873)
    assert record.forecasts[0].useful


def test_what_is_too_wide_to_act_on_is_not_dared():
    """A loss that falls by half from size to size with noise of a tenth."""
    noise = 1 + 0.1 * np.random.default_rng(0).normal(size=7)
    predictor = Predictor(check_curve(1e4 * 4.0 ** np.arange(7), 5.0 * 0.5 ** np.arange(7) * noise))
    assert predictor.limit == 8.0 and predictor.dares is None and "25%" in predictor.reason


def test_the_record_keeps_the_law_s_own_interval_beside_the_prediction():
    t, y = make_curve(noise=0.01)
    record = analyse_curve([Point(f"run {i}", *one) for i, one in enumerate(zip(t, y, strict=True))])
    double = record.forecasts[0]
    there = Predictor(check_curve(t, y)).at(2.0)
    assert (double.loss_nats.low, double.loss_nats.high) == pytest.approx((there.low[0], there.high[0]))
    assert double.loss_nats.low < double.law_nats.low < double.law_nats.high < double.loss_nats.high
    assert double.gain_nats.high == pytest.approx(y[-1] - double.loss_nats.low)
    beyond = record.band[-1]
    assert beyond.low < beyond.law_low < beyond.law_high < beyond.high
    assert (record.band[0].low, record.band[0].high) == (record.band[0].law_low, record.band[0].law_high)
    assert record.reach.dares == 8.0 and all(one.useful for one in record.forecasts)


@pytest.mark.parametrize(("noise", "dares"), [(0.02, 8.0), (0.05, 2.0), (0.08, None)])
def test_no_further_ahead_than_an_interval_of_a_quarter_of_the_loss(noise, dares):
    predictor = Predictor(check_curve(*make_curve(noise=noise)))
    widths = {factor: predictor.at(factor) for factor in FACTORS}
    narrow = [factor for factor, there in widths.items() if there.high[0] - there.low[0] <= 0.25 * there.loss_nats[0]]
    assert predictor.limit == 8.0 and predictor.dares == dares == max(narrow, default=None)
