"""The law over cases from what arms left: refused at equal steps, accepted where runs had stopped falling."""

import numpy as np
import pandas as pd
import pytest

from further.onemodel.arms import ENCODER_DECODER, LONGER
from further.onemodel.law import ERROR, LOSS, fit_laws, price_cases
from further.records.onemodel import SeedRecord
from further.scaling.cost import corpus_for_budget
from further.settings import CostSettings

SIZES = (60, 120, 240, 480, 960, 1920, 3840)
SHIPPED = (0.632, 0.400, 0.284, 0.247, 0.220, 0.230, 0.211)  # nats per token, at 400 steps each
PRICES = CostSettings(price_per_gpu_hour=2.0, currency="EUR", price_date="2026-11", yearly_budget=10.0)
TOOK = SeedRecord(
    seed=0, learning_rate=1e-3, num_cases=1, num_parameters=10, num_trained_parameters=10, num_steps=1, flops=1e9,
    seconds=36.0, stored_bytes=40, validation_loss_nats=0.5, hardware="a CPU", devices=1,
)  # fmt: skip


def make_arms(losses, steps, end):
    """What two seeds of each size left: one answer of ten tokens; `end`: the loss at 3/4 of the steps over the last."""
    numbers, answers, histories = {}, {}, {}
    for number, loss, count in zip(SIZES, losses, steps, strict=True):
        arm = ENCODER_DECODER if number == SIZES[-1] else f"cases-{number}"
        numbers[arm] = [
            TOOK.model_copy(update={"num_cases": number, "num_steps": count, "seed": seed}) for seed in (0, 1)
        ]
        rows = [{"seed": seed, "case": "one", "answer": "yes", "reference": "yes" if seed else "no",
                 "reference_nats": 10 * loss * (1 + 0.001 * (2 * seed - 1)), "reference_tokens": 10}
                for seed in (0, 1)]  # fmt: skip
        answers[arm] = pd.DataFrame(rows)
        looks = [(seed, int(count * part), loss * (end if part < 1 else 1)) for seed in (0, 1) for part in (0.75, 1)]
        histories[arm] = pd.DataFrame(looks, columns=["seed", "step", "validation_loss_nats"])
    return numbers, answers, histories


def fit(losses, steps, end):
    numbers, answers, histories = make_arms(losses, steps, end)
    arms = [arm for arm in numbers if arm != ENCODER_DECODER]
    return fit_laws([*arms, LONGER], numbers, answers, histories, price_cases(PRICES, numbers))


def test_equal_steps_that_still_fell_give_no_floor():
    law = fit(SHIPPED, [400] * 7, end=1.05)[LOSS]
    assert law.fitted and law.schedule.matched is False and not law.c_identified and law.form_doubtful
    assert "1,200 steps" in law.schedule.remedy  # three times as many, of the largest size


def test_steps_that_grow_and_losses_that_have_stopped_falling_give_a_law():
    losses = [0.1 + 4 * number**-0.5 for number in SIZES]
    law = fit(losses, [int(4 * number**0.75) for number in SIZES], end=1.002)[LOSS]
    assert law.schedule.matched is True and law.c_identified
    assert law.law.c == pytest.approx(0.1, abs=0.01) and law.law.b == pytest.approx(0.5, abs=0.05)


def test_the_fraction_of_wrong_answers_has_a_law_of_its_own():
    laws = fit(SHIPPED, [400] * 7, end=1.0)
    assert {round(point.loss_nats, 6) for point in laws[ERROR].points} == {0.0, 1.0}
    assert [point.num_unique_tokens for point in laws[LOSS].points][::2] == list(map(float, SIZES))


def test_a_case_costs_its_part_of_the_time_for_all():
    """36 s for 3,840 cases at 2 EUR an hour are 0.02 EUR; 10 EUR a year pay for 500 times as many."""
    cost = price_cases(PRICES, make_arms(SHIPPED, [400] * 7, 1.0)[0])
    assert cost.gpu_hours_per_token * 3840 * 3600 == pytest.approx(36.0)
    law = fit([0.1 + 4 * number**-0.5 for number in SIZES], [int(4 * n**0.75) for n in SIZES], end=1.0)[LOSS]
    assert law.budget.num_tokens == pytest.approx(500 * 3840)
    assert np.isclose(law.forecasts[0].cost.money.estimate, 0.04)


def test_each_gpu_of_a_run_is_paid_for():
    numbers = make_arms(SHIPPED, [400] * 7, 1.0)[0]
    two = {arm: [one.model_copy(update={"devices": 2}) for one in seeds] for arm, seeds in numbers.items()}
    assert price_cases(PRICES, two).gpu_hours_per_token * 3840 * 3600 == pytest.approx(72.0)


def test_a_budget_is_shared_by_the_trainings_of_a_year():
    """10 EUR a year for four trainings are 2.50 EUR for each, which pay for 125 times as many as 0.02 EUR."""
    cost = price_cases(PRICES | {"trainings_per_year": 4.0}, make_arms(SHIPPED, [400] * 7, 1.0)[0])
    assert corpus_for_budget(cost) == pytest.approx(125 * 3840)
