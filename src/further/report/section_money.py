"""Money and time: what the runs took, what more data would take and bring, what the targets would cost."""

from collections.abc import Mapping
from typing import Any

from further.report.inputs import ReportInputs, order_runs
from further.report.law import forecast_table, target_table
from further.report.spent import cost_of, say_spent, seconds_of_runs, spent_table
from further.report.study import PageSettings, Prices
from further.report.table import Table, make_table
from further.report.wording import show_count, show_nats, show_number, show_plain, show_range, show_seconds


def fill_money(inputs: ReportInputs, settings: PageSettings) -> dict[str, Any]:
    """What was spent, and what is predicted."""
    return {
        "spent": say_spent(inputs, settings.prices),
        "jobs": spent_table(inputs, settings.prices),
        "next": say_next(inputs.law),
        "runs": runs_table(inputs, settings.prices),
        "forecast": forecast_table(inputs.law),
        "targets": target_table(inputs.law),
    }


def runs_table(inputs: ReportInputs, prices: Prices | None) -> Table:
    """What each run trained on, and what its training job took; start-up is in the time and in the plan's."""
    header = [
        "run",
        "papers",
        "unique tokens",
        "trained tokens",
        "steps",
        "time",
        "planned",
        "tokens per second",
        "peak memory, MB",
    ]
    header += [f"cost, {prices.currency}"] if prices else []
    rows = []
    seconds = seconds_of_runs(inputs)
    for run, metrics in order_runs(inputs):
        timing = inputs.timing[run]
        counts = [metrics[key] for key in ("num_papers", "num_unique_tokens", "num_trained_tokens", "num_steps")]
        row = [run, *map(show_count, counts), show_seconds(seconds[run]), _say_planned(inputs, run)]
        row += [show_number(timing["tokens_per_second"]), show_number(timing["peak_memory_mb"])]
        row += [show_number(cost_of(timing["devices"] * seconds[run], prices))] if prices else []
        rows.append(row)
    return make_table(
        "What each run took (tokens with an end mark for each paper)", header, rows, numbers=range(1, len(header))
    )


def _say_planned(inputs: ReportInputs, run: str) -> str:
    """The time that the plan gave a run, from and to."""
    if inputs.plan is None or run not in inputs.plan.index:
        return ""
    low, high = inputs.plan.loc[run, ["seconds_low", "seconds_high"]]
    return f"{show_seconds(low)} to {show_seconds(high)}"


def say_next(law: Mapping[str, Any]) -> str:
    """The next factor of two: papers, time and money it takes, and what the law says it brings."""
    if not law["fitted"]:
        return "No law could be fitted, so nothing is said of what more data would bring or cost."
    double = law["forecasts"][0]
    said = f"With {show_plain(double['factor'])} times the training papers"
    if double["extra_papers"] is not None:
        said += f", {show_count(double['extra_papers'])} more,"
    said += _say_cost_of_one(double["cost"])
    gain = show_range(double["gain_nats"], show_nats)
    return f"{said} By the law the loss falls by {gain} nats per token (95 % interval)."


def _say_cost_of_one(cost: Mapping[str, Any] | None) -> str:
    """Time and money of one training, as the end of a sentence."""
    if cost is None:
        return " one training takes longer in proportion; no speed was measured, so no time is given."
    said = f" one training takes {show_seconds(3600 * cost['gpu_hours']['estimate'])}"
    if cost["money"] is not None:
        said += f" and costs {show_number(cost['money']['estimate'])} {cost['currency']}"
    return f"{said}, at the speed and the price of this study; start-up and scoring come on top."
