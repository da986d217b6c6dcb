"""From the records of a study to a curve, and to what turns its tokens into hours and money."""

from collections.abc import Mapping, Sequence
from statistics import median

import pandas as pd

from further.records.answers import AnswersRecord, RunAnswers
from further.records.comparison import Comparison, RunComparison
from further.records.training import Timing
from further.scaling.comparable import VARIED
from further.scaling.cost import UnitCosts
from further.scaling.curve import Point
from further.scaling.run_lengths import end_fall_percent
from further.settings import CostSettings, ModelSettings


def points_of_runs(
    comparison: Comparison,
    runs: Sequence[str],
    model: ModelSettings,
    histories: Mapping[str, pd.DataFrame],
) -> list[Point]:
    """One point per run: unique training tokens, and nats per token on the held-out papers.

    Args:
        histories: By run, with columns step and validation_loss_nats; of a run without one it is not known how long it
            trained.
    """
    base = name_base(model)
    compared = {run: comparison.runs[run] for run in runs}
    return [
        _point(run, one, one.papers.after.nats_per_token, base, histories.get(run)) for run, one in compared.items()
    ]


def points_of_answers(
    record: AnswersRecord, runs: Sequence[str], model: ModelSettings, histories: Mapping[str, pd.DataFrame]
) -> list[Point]:
    """One point per run: unique tokens of its cases' answers, and nats per token of the test's reference answers."""
    base, answered = name_base(model), {run: record.runs[run] for run in runs}
    return [_point(run, one, one.nats_per_token, base, histories[run]) for run, one in answered.items()]


def name_base(model: ModelSettings) -> dict[str, str]:
    """The base model as settings that a law is conditional on."""
    base = {"base": (model.path or "") if model.source == "hub" else model.name}
    return base if model.revision is None else base | {"base_revision": model.revision}


def _point(
    name: str, run: RunComparison | RunAnswers, loss: float, base: Mapping[str, str], history: pd.DataFrame | None
) -> Point:
    looks = None if history is None else history.dropna(subset=["validation_loss_nats"])
    return Point(
        run=name,
        num_unique_tokens=run.num_unique_tokens,
        loss_nats=loss,
        size=run.settings.fraction,
        seed=run.settings.seed,
        settings={**base, **run.settings.model_dump(exclude=VARIED)},
        num_steps=None if history is None else float(history["step"].max()),
        end_fall_percent=None if looks is None else end_fall_percent(looks["step"], looks["validation_loss_nats"]),
    )


def cost_of_study(prices: CostSettings, epochs: int, tokens_per_paper: float, timings: Sequence[Timing]) -> UnitCosts:
    """Cost settings from the study's own measured speed.

    Args:
        tokens_per_paper: Unique tokens of a paper, or of the answers about a case, in the default run.
        timings: Of the runs of the curve; the median of the longer half's speeds counts, since short runs hardly
            get going.
    """
    longest = sorted(timings, key=lambda timing: timing.seconds_train)[len(timings) // 2 :]
    speed = median(timing.tokens_per_second / timing.devices for timing in longest)
    hardware = longest[-1].hardware
    named = hardware.gpu or f"{hardware.cpu}, {hardware.threads} threads"
    return price_tokens(prices, speed, named, epochs=epochs, tokens_per_paper=tokens_per_paper)


def price_tokens(
    prices: CostSettings, tokens_per_second: float, hardware: str, *, epochs: float, tokens_per_paper: float
) -> UnitCosts:
    """Cost settings at a measured speed; a price or an energy of 0 is none.

    Args:
        tokens_per_second: Trained tokens per second and GPU, or whatever the sizes of the curve count.
        hardware: On which that was measured.
    """
    return UnitCosts(
        tokens_per_second=tokens_per_second,
        epochs=epochs,
        price_per_gpu_hour=prices.price_per_gpu_hour or None,
        kwh_per_gpu_hour=prices.kwh_per_gpu_hour or None,
        tokens_per_paper=tokens_per_paper,
        hardware=hardware,
        **prices.pick("currency", "price_date", "yearly_budget", "trainings_per_year"),
    )
