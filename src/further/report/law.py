"""The scaling law as tables: what its figure is drawn from, and what more data and a target would cost."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from further.report.table import Table, make_table
from further.report.wording import show_count, show_nats, show_number, show_plain, show_range, show_seconds

COLUMNS = [
    "kind",
    "label",
    "run",
    "seed",
    "size",
    "num_tokens",
    "loss_nats",
    "low",
    "high",
    "hours",
    "money",
    "currency",
]


def law_table(law: Mapping[str, Any]) -> pd.DataFrame:
    """Everything that the law's figure shows, one row per thing drawn.

    Returns:
        Columns kind (point, held_out, prediction, curve, extrapolation, asymptote, target), label, run, seed,
        size (share of the papers), num_tokens, loss_nats, low, high, and where speed and price are known the hours,
        money and currency of one training on so many tokens.
    """
    if not law["points"]:
        return pd.DataFrame(columns=COLUMNS)
    rows = [_point_row(point) for point in law["points"]]
    if law["fitted"]:
        rows += [*_band_rows(law["band"]), _asymptote_row(law), *_prediction_rows(law["holdout"])]
    rows += [_target_row(target) for target in law["targets"]]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return _add_cost(table, law["cost_settings"])


def _point_row(point: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": "held_out" if point["held_out"] else "point",
        "run": point["run"],
        "seed": point["seed"],
        "size": point["size"],
        "num_tokens": point["num_unique_tokens"],
        "loss_nats": point["loss_nats"],
    }


def _band_rows(band: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The law inside and beyond the data; the last place inside stands in both, so that the lines meet."""
    keys = ("num_tokens", "loss_nats", "low", "high")
    inside = [{"kind": "curve", **{key: place[key] for key in keys}} for place in band if not place["extrapolated"]]
    beyond = [{"kind": "extrapolation", **{key: place[key] for key in keys}} for place in band if place["extrapolated"]]
    joint = [{**inside[-1], "kind": "extrapolation"}] if inside and beyond else []
    return [*inside, *joint, *beyond]


def _asymptote_row(law: Mapping[str, Any]) -> dict[str, Any]:
    c = law["intervals"]["c"]
    return {
        "kind": "asymptote",
        "label": "identified" if law["c_identified"] else "not identified",
        "loss_nats": c["estimate"],
        "low": None if c["low_open"] else c["low"],
        "high": None if c["high_open"] else c["high"],
    }


def _prediction_rows(holdout: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    if holdout is None:
        return []
    row = {key: holdout[key] for key in ("num_tokens", "low", "high")}
    return [{"kind": "prediction", "loss_nats": holdout["predicted_nats"], **row}]


def _target_row(target: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": "target",
        "label": f"{name_target(target['target'])}: {target['verdict']}",
        "loss_nats": target["target"]["loss_nats"],
    }


def name_target(target: Mapping[str, Any]) -> str:
    """A target in the unit it was given in: `perplexity 120`, `4.5 nats per token`."""
    value = show_plain(target["value"])
    units = {"nats": f"{value} nats per token", "bits_per_byte": f"{value} bits per byte"}
    return units.get(target["unit"], f"{target['unit']} {value}")


def _add_cost(table: pd.DataFrame, cost: Mapping[str, Any] | None) -> pd.DataFrame:
    if cost is None:
        return table
    table["hours"] = table["num_tokens"] * cost["epochs"] / cost["tokens_per_second"] / 3600
    if cost["price_per_gpu_hour"] is not None:
        table["money"] = table["hours"] * cost["price_per_gpu_hour"]
        table["currency"] = cost["currency"]
    return table


def forecast_table(law: Mapping[str, Any]) -> Table | None:
    """What larger corpora would bring and cost; None without a law."""
    if not law["fitted"]:
        return None
    forecasts = [(f"{show_plain(forecast['factor'])} times the data", forecast) for forecast in law["forecasts"]]
    if law["budget"] is not None:
        forecasts.append(("what the yearly budget pays for", law["budget"]))
    header = [
        "amount",
        "unique tokens",
        "papers more",
        "loss, nats per token",
        "gain, nats per token",
        *_cost_header(law),
    ]
    rows = [
        [
            name,
            show_count(forecast["num_tokens"]),
            "" if forecast["extra_papers"] is None else show_count(forecast["extra_papers"]),
            *_forecast_cells(forecast),
            *_cost_cells(forecast["cost"]),
        ]
        for name, forecast in forecasts
    ]
    caption = "What more data would bring, and training on it cost, predicted (95 % intervals of a new run)"
    return _filled(caption, header, rows, first_number=1)


def _forecast_cells(forecast: Mapping[str, Any]) -> list[str]:
    """Loss and gain with their intervals, or that they are undecided where predictions do not go so far."""
    if not forecast["useful"]:
        return ["undecided", "undecided"]
    return [_show_estimate(forecast[name], show_nats) for name in ("loss_nats", "gain_nats")]


def target_table(law: Mapping[str, Any]) -> Table | None:
    """The verdict on each target and what reaching it would take; None without targets."""
    if not law["targets"]:
        return None
    header = ["target", "verdict", "why", "unique tokens", *_cost_header(law)]
    rows = [
        [
            name_target(target["target"]),
            target["verdict"],
            target["reason"],
            "" if target["tokens"] is None else _show_estimate(target["tokens"], show_count),
            *_cost_cells(target["cost"]),
        ]
        for target in law["targets"]
    ]
    return _filled("Targets: what it would take to reach them", header, rows, first_number=3)


def _filled(caption: str, header: list[str], rows: list[list[str]], first_number: int) -> Table:
    """A table without the columns that are empty in every row."""
    keep = [column for column in range(len(header)) if any(row[column] for row in rows)]
    numbers = [place for place, column in enumerate(keep) if column >= first_number]
    return make_table(
        caption, [header[column] for column in keep], [[row[column] for column in keep] for row in rows], numbers
    )


def _cost_header(law: Mapping[str, Any]) -> list[str]:
    settings = law["cost_settings"]
    currency = "money" if settings is None or settings["currency"] is None else settings["currency"]
    return ["time of one training", "energy, kWh", f"cost, {currency}"]


def _cost_cells(cost: Mapping[str, Any] | None) -> list[str]:
    if cost is None:
        return ["", "", ""]
    seconds = {
        end: None if cost["gpu_hours"][end] is None else 3600 * cost["gpu_hours"][end]
        for end in ("estimate", "low", "high")
    }
    others = ["" if cost[key] is None else _show_estimate(cost[key]) for key in ("energy_kwh", "money")]
    return [_show_estimate({**cost["gpu_hours"], **seconds}, show_seconds), *others]


def _show_estimate(interval: Mapping[str, Any], show: Callable[[float], str] = show_number) -> str:
    """An estimate with its range, or the range alone where one number would mislead."""
    if interval["estimate"] is None:
        return show_range(interval, show)
    if interval["low"] == interval["high"] == interval["estimate"]:
        return show(interval["estimate"])
    return f"{show(interval['estimate'])} ({show_range(interval, show)})"
