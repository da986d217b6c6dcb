"""The law over cases of the encoder–decoder, of its loss and its error, and what cases cost. No torch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import mean

import pandas as pd

from further.onemodel.arms import ENCODER_DECODER, LONGER
from further.onemodel.compare import mark_answers
from further.records.onemodel import SeedRecord
from further.scaling.analysis import analyse_curve
from further.scaling.cost import UnitCosts
from further.scaling.curve import Point
from further.scaling.record import LawRecord
from further.scaling.run_lengths import end_fall_percent
from further.scaling.study_runs import price_tokens
from further.settings import CostSettings

Numbers = Mapping[str, Sequence[SeedRecord]]
LOSS, ERROR = "loss", "error"


def fit_laws(
    arms: Sequence[str],
    numbers: Numbers,
    answers: Mapping[str, pd.DataFrame],
    histories: Mapping[str, pd.DataFrame],
    cost: UnitCosts,
) -> dict[str, LawRecord]:
    """The law of the loss in nats per token of the reference answers, and that of the fraction of wrong answers.

    Args:
        arms: Of parts of the cases, and of all for longer, which is no point of a law.
        numbers, answers, histories: By arm, those of the encoder–decoder on all cases too.
        cost: Per case, counted as tokens.
    """
    # Trained for more steps, its loss would be no point of the curve that the others are on.
    chosen = [arm for arm in arms if arm != LONGER]
    measured = [one for arm in (*chosen, ENCODER_DECODER) for one in _measure(arm, numbers, answers, histories)]
    points = {
        LOSS: [point for point, _ in measured],
        ERROR: [replace(point, loss_nats=error) for point, error in measured],
    }
    return {measure: analyse_curve(own, cost=cost, x_axis="training cases") for measure, own in points.items()}


def _measure(
    arm: str, numbers: Numbers, answers: Mapping[str, pd.DataFrame], histories: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[Point, float]]:
    """Of each seed: the point of its loss, and its fraction of wrong answers."""
    marked = mark_answers(answers[arm])
    for one in numbers[arm]:
        asked = marked[marked["seed"] == one.seed]
        history = histories[arm][histories[arm]["seed"] == one.seed].dropna(subset=["validation_loss_nats"])
        point = Point(
            run=f"{arm}-seed-{one.seed}",
            num_unique_tokens=float(one.num_cases),
            loss_nats=float(asked["reference_nats"].sum() / asked["reference_tokens"].sum()),
            size=one.num_cases,
            seed=one.seed,
            settings={"layout": ENCODER_DECODER, "learning_rate": one.learning_rate},
            num_steps=float(one.num_steps),
            end_fall_percent=end_fall_percent(history["step"], history["validation_loss_nats"]),
        )
        yield point, float(1 - asked["right"].mean())


def price_cases(prices: CostSettings, numbers: Numbers) -> UnitCosts:
    """What a case costs, from the seconds that the encoder–decoder took for all of them."""
    # Time is taken to grow with the cases. Steps grow more slowly, so that more cases cost rather less.
    full = numbers[ENCODER_DECODER]
    cases_per_second = full[0].num_cases / mean(one.seconds * one.devices for one in full)  # and GPU
    return price_tokens(prices, cases_per_second, full[0].hardware, epochs=1.0, tokens_per_paper=1.0)
