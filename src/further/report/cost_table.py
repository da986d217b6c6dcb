"""What lower losses cost by the law: the table behind the figure of cost to target."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from further.report.law import name_target
from further.report.law_answer import mean_losses
from further.report.wording import join_words, show_plain

COLUMNS = [
    "kind", "label", "verdict", "num_tokens", "loss_nats", "low", "high", "hours", "hours_low", "hours_high",
    "money", "money_low", "money_high", "currency",
]  # fmt: skip
AMOUNTS = {"hours": "gpu_hours", "money": "money"}


def cost_to_target(law: Mapping[str, Any]) -> pd.DataFrame:
    """Loss and cost of one training: as measured, as foretold for more data, and for each target.

    Args:
        law: As the scaling stage writes it.

    Returns:
        Columns kind (measured, forecast, target, limit), label, verdict (of a target; of the limit c, identified or
        not), num_tokens, loss_nats with low and high, hours and money each with low and high, currency. An end that is
        open, and what is not known, is empty. Empty without a law or without a speed.
    """
    if not law["fitted"] or law["cost_settings"] is None:
        return pd.DataFrame(columns=COLUMNS)
    rows = [_measured_row(law["cost_settings"], tokens, loss) for tokens, loss in mean_losses(law)]
    rows += [_forecast_row(forecast) for forecast in law["forecasts"]]
    rows += [_target_row(target) for target in law["targets"]]
    limit = {"kind": "limit", "label": "limit c", "verdict": "identified" if law["c_identified"] else "not identified"}
    return pd.DataFrame([*rows, limit], columns=COLUMNS)


def say_targets(table: pd.DataFrame) -> str:
    """What can be said of the targets and of the limit, in a sentence or two."""
    targets = table[table["kind"] == "target"]
    known = targets[targets["verdict"].isin(["reached", "reachable"])]
    if targets.empty:
        said = "No target was set."
    elif known.empty:
        said = "No target is known to be reachable at any cost."
    else:
        said = f"Within reach by the law: {join_words(list(known['label']))}."
    limit = table[table["kind"] == "limit"].iloc[0]
    return said if limit["verdict"] == "identified" else f"{said} The limit c is not identified."


def _measured_row(cost: Mapping[str, Any], tokens: float, loss: float) -> dict[str, Any]:
    hours = tokens * cost["epochs"] / cost["tokens_per_second"] / 3600
    row = {"kind": "measured", "label": "measured", "num_tokens": tokens, "loss_nats": loss, "hours": hours}
    if cost["price_per_gpu_hour"] is not None:
        row |= {"money": hours * cost["price_per_gpu_hour"], "currency": cost["currency"]}
    return row


def _forecast_row(forecast: Mapping[str, Any]) -> dict[str, Any]:
    loss = forecast["loss_nats"]
    label = f"{show_plain(forecast['factor'])} times the data"
    row = {"kind": "forecast", "label": label, "num_tokens": forecast["num_tokens"], "loss_nats": loss["estimate"]}
    return row | {"low": _end(loss, "low"), "high": _end(loss, "high")} | _cost_cells(forecast["cost"])


def _target_row(target: Mapping[str, Any]) -> dict[str, Any]:
    row = {"kind": "target", "label": name_target(target["target"]), "verdict": target["verdict"]}
    tokens = None if target["tokens"] is None else target["tokens"]["estimate"]
    return row | {"num_tokens": tokens, "loss_nats": target["target"]["loss_nats"]} | _cost_cells(target["cost"])


def _cost_cells(cost: Mapping[str, Any] | None) -> dict[str, Any]:
    """Hours and money with their ends; nothing where there is no cost."""
    if cost is None:
        return {}
    cells: dict[str, Any] = {"currency": cost["currency"]}
    for name, key in AMOUNTS.items():
        if cost[key] is not None:
            ends = {f"{name}_{end}": _end(cost[key], end) for end in ("low", "high")}
            cells |= {name: cost[key]["estimate"], **ends}
    return cells


def _end(interval: Mapping[str, Any], end: str) -> float | None:
    """An end of an interval, None where it is open."""
    return None if interval[f"{end}_open"] else interval[end]
