"""From the files of a study to a curve, and to what turns its tokens into hours and money."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import pandas as pd

from further.scaling.cost import CostSettings
from further.scaling.curve import Point
from further.scaling.interval import Target
from further.scaling.run_lengths import end_fall_percent
from further.scaling.units import make_target

VARIED = ("fraction", "seed")  # what the runs of a curve may differ in


def points_of_runs(
    comparison: Mapping[str, Any],
    runs: Sequence[str],
    model: Mapping[str, Any],
    histories: Mapping[str, pd.DataFrame] | None = None,
) -> list[Point]:
    """One point per run: unique training tokens, and nats per token on the held-out papers.

    Args:
        model: Name, source, path and revision of the base model, on which a law is conditional like on no setting else.
        histories: Of each run, with columns step and validation_loss_nats; None: how long it trained is not known.
    """
    base = name_base(model)
    return [_point(run, comparison["runs"][run], base, (histories or {}).get(run)) for run in runs]


def name_base(model: Mapping[str, Any]) -> dict[str, str]:
    """The base model as settings that a law is conditional on."""
    base = {"base": model["path"] if model["source"] == "hub" else model["name"]}
    return base if model["revision"] is None else base | {"base_revision": model["revision"]}


def _point(run: str, compared: Mapping[str, Any], base: Mapping[str, str], history: pd.DataFrame | None) -> Point:
    settings = compared["settings"]
    validated = None if history is None else history.dropna(subset=["validation_loss_nats"])
    return Point(
        run=run,
        num_unique_tokens=compared["num_unique_tokens"],
        loss_nats=compared["papers"]["after"]["nats_per_token"],
        size=settings["fraction"],
        seed=settings["seed"],
        settings={**base, **{name: value for name, value in settings.items() if name not in VARIED}},
        num_steps=None if history is None else float(history["step"].max()),
        end_fall_percent=None
        if validated is None
        else end_fall_percent(validated["step"], validated["validation_loss_nats"]),
    )


def targets_of_study(targets: Sequence[Mapping[str, Any]], comparison: Mapping[str, Any]) -> list[Target]:
    """Targets in nats per token of this study's tokenizer and held-out papers.

    Raises:
        ValueError: If a target cannot be a loss.
    """
    scored = comparison["runs"][comparison["default_run"]]["papers"]["after"]
    bytes_per_token = scored["num_bytes"] / scored["num_tokens"]
    return [make_target(target["value"], target["unit"], bytes_per_token) for target in targets]


def cost_of_study(
    prices: Mapping[str, Any], metrics: Mapping[str, Any], timings: Sequence[Mapping[str, Any]]
) -> CostSettings:
    """Cost settings from the study's own measured speed.

    Args:
        prices: price_per_gpu_hour, currency, price_date, kwh_per_gpu_hour, yearly_budget, trainings_per_year.
        metrics: Of the default run.
        timings: Of the runs of the curve; the median of the longer half's speeds counts, since short runs hardly
            get going.
    """
    longest = sorted(timings, key=lambda timing: timing["seconds_train"])[len(timings) // 2 :]
    hardware = longest[-1]["hardware"]
    return CostSettings(
        tokens_per_second=median(timing["tokens_per_second"] / timing["devices"] for timing in longest),
        epochs=metrics["settings"]["epochs"],
        price_per_gpu_hour=prices["price_per_gpu_hour"] or None,
        currency=prices["currency"],
        price_date=prices["price_date"],
        kwh_per_gpu_hour=prices["kwh_per_gpu_hour"] or None,
        tokens_per_paper=metrics["num_unique_tokens"] / metrics["num_papers"],
        yearly_budget=prices["yearly_budget"],
        trainings_per_year=prices["trainings_per_year"],
        hardware=hardware["gpu"] or f"{hardware['cpu']}, {hardware['threads']} threads",
    )
