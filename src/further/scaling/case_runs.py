"""From the answers of a study of images to a curve: nats per reference token against tokens of training answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from further.scaling.curve import Point
from further.scaling.run_lengths import end_fall_percent
from further.scaling.study_runs import VARIED, name_base


def points_of_answers(
    comparison: Mapping[str, Any],
    runs: Sequence[str],
    model: Mapping[str, Any],
    histories: Mapping[str, pd.DataFrame],
) -> list[Point]:
    """One point per run: unique tokens of its cases' answers, and nats per token of the test's reference answers.

    Args:
        histories: Of each run, with columns step and validation_loss_nats.
    """
    return [_point(run, comparison["runs"][run], name_base(model), histories[run]) for run in runs]


def _point(run: str, answered: Mapping[str, Any], base: Mapping[str, str], history: pd.DataFrame) -> Point:
    settings, looks = answered["settings"], history.dropna(subset=["validation_loss_nats"])
    return Point(
        run=run,
        num_unique_tokens=answered["num_unique_tokens"],
        loss_nats=answered["nats_per_token"],
        size=settings["fraction"],
        seed=settings["seed"],
        settings={**base, **{name: value for name, value in settings.items() if name not in VARIED}},
        num_steps=float(history["step"].max()),
        end_fall_percent=end_fall_percent(looks["step"], looks["validation_loss_nats"]),
    )
