"""Cost by hand: 3.6 million tokens at 1,000 a second are one hour."""

import pytest

from facts import naming
from further.scaling.cost import UnitCosts, corpus_for_budget, cost_of, forecast_at
from further.scaling.effective_tokens import effective_tokens_factor
from further.scaling.interval import Interval
from further.scaling.prediction import Predictor
from scaling.curves import fit_power_law, make_curve

SETTINGS = UnitCosts(
    tokens_per_second=1000.0,
    price_per_gpu_hour=20.0,
    currency="SEK",
    price_date="2026-11-01",
    kwh_per_gpu_hour=0.5,
    tokens_per_paper=9000.0,
)


def test_an_interval_of_tokens_becomes_an_interval_of_each_cost():
    cost = cost_of(Interval(7.2e6, 3.6e6, None, high_open=True), SETTINGS)
    assert (cost.gpu_hours.estimate, cost.gpu_hours.low) == pytest.approx((2.0, 1.0))
    assert cost.gpu_hours.high is None
    assert cost.gpu_hours.high_open
    assert (cost.money.estimate, cost.money.low) == pytest.approx((40.0, 20.0))
    assert (cost.energy_kwh.estimate, cost.energy_kwh.low) == pytest.approx((1.0, 0.5))
    assert (cost.papers.estimate, cost.papers.low) == pytest.approx((800.0, 400.0))
    assert (cost.currency, cost.price_date) == ("SEK", "2026-11-01")


def test_passes_cost_but_are_not_tokens():
    twice = UnitCosts(tokens_per_second=1000.0, epochs=2.0)
    cost = cost_of(Interval(3.6e6, 3.6e6, 3.6e6), twice)
    assert cost.gpu_hours.estimate == pytest.approx(2.0)
    assert cost.tokens.estimate == 3.6e6
    assert cost.money is None and cost.papers is None and cost.energy_kwh is None


def test_the_budget_buys_a_corpus():
    budget = UnitCosts(
        1000.0,
        price_per_gpu_hour=20.0,
        currency="SEK",
        price_date="2026-11-01",
        yearly_budget=400.0,
        trainings_per_year=2.0,
    )
    assert corpus_for_budget(budget) == pytest.approx(10 * 3.6e6)  # 200 a training, 10 hours
    assert corpus_for_budget(SETTINGS) is None


def test_a_forecast_holds_loss_gain_and_papers():
    fit = fit_power_law(*make_curve(noise=0.002))
    ahead = forecast_at(fit, Predictor(fit.curve), 2 * fit.largest, SETTINGS, trusted=True)
    truth = 60.0 * (fit.largest**-0.35 - (2 * fit.largest) ** -0.35)
    assert ahead.factor == pytest.approx(2.0)
    assert ahead.gain_nats.low <= truth <= ahead.gain_nats.high
    assert ahead.loss_nats.low <= 60.0 * (2 * fit.largest) ** -0.35 + 1.8 <= ahead.loss_nats.high
    assert ahead.useful and ahead.law_nats.low <= ahead.loss_nats.estimate <= ahead.law_nats.high
    assert ahead.extra_papers == pytest.approx(fit.largest / 9000)


@pytest.mark.parametrize("name", ["tokens_per_second", "epochs", "kwh_per_gpu_hour", "tokens_per_paper"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_impossible_settings_are_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} is"):
        UnitCosts(**{"tokens_per_second": 1000.0, name: value})


def test_a_price_needs_its_currency_and_date():
    with pytest.raises(ValueError, match=naming("price per GPU-hour", "currency", "date")):
        UnitCosts(1000.0, price_per_gpu_hour=20.0, currency="SEK")


def test_repeated_passes_are_worth_less():
    """Muennighoff et al. 2023: four epochs are nearly as good as new tokens, forty are not."""
    assert effective_tokens_factor(1.0) == 1.0
    assert effective_tokens_factor(4.0) == pytest.approx(3.726, abs=0.005)  # 1 + 15.39 (1 - exp(-3 / 15.39))
    assert effective_tokens_factor(1e9) == pytest.approx(16.387756)
    with pytest.raises(ValueError, match="epochs is"):
        effective_tokens_factor(0.5)
