"""Runs, time and cost: what the runs took, what more data would take and bring, what the targets would cost."""

from collections.abc import Sequence
from typing import Any

from further.records.base import Interval
from further.report.law import name_target, read_interval
from further.report.results import StudyResults, TextResults
from further.report.shown_table import ShownTable, show_filled, show_table
from further.report.spending import Spending
from further.report.wording import show_count, show_estimate, show_nats, show_number, show_plain, show_seconds
from further.scaling.cost import Forecast
from further.scaling.record import LawRecord


def fill_runs(results: TextResults) -> dict[str, object]:
    """What was spent, and what is predicted."""
    return show_runs(results, runs_table(results))


def show_runs(results: StudyResults[Any], runs: ShownTable) -> dict[str, object]:
    """What every kind of study has in this section."""
    spending = Spending(results)
    tables = [spent_table(spending), forecast_table(results), target_table(results.law, spending), runs]
    return {"spent": spending.say_spent(), "tables": [table for table in tables if table is not None]}


def spent_table(spending: Spending) -> ShownTable:
    """Jobs, time and money by what they were for."""
    header = ("what for", "jobs", "time", *([f"cost, {spending.cost.currency}"] if spending.has_price else []))
    return show_table("What the study took", header, spending.rows(), numbers=range(1, len(header)))


def runs_table(results: TextResults) -> ShownTable:
    """What each run trained on, and what its job took."""
    rows = []
    for name in results.ordered_runs:
        metrics = results.runs[name].metrics
        counts = (metrics.num_papers, metrics.num_unique_tokens, metrics.num_trained_tokens, metrics.num_steps)
        rows.append([name, *map(show_count, counts)])
    header = ("run", "papers", "unique tokens", "trained tokens", "steps")
    return add_taken(results, "What each run took", header, rows)


def add_taken(
    results: StudyResults[Any], caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> ShownTable:
    """A table with a row for each run, and what its job took; start-up is in the time and in the plan's."""
    spending = Spending(results)
    header = [*header, "time", "planned", "tokens per second", "peak memory, MB", f"cost, {spending.cost.currency}"]
    whole = []
    for name, *own in rows:
        timing, paid = results.runs[name].timing, spending.paid_seconds_of(name)
        taken = [show_seconds(paid / timing.devices), say_planned(results, name)]
        taken += [show_number(timing.tokens_per_second), show_number(timing.peak_memory_mb)]
        whole.append([name, *own, *taken, show_number(spending.money(paid)) if spending.has_price else ""])
    return show_filled(caption, header, whole, first_number=1)


def say_planned(results: StudyResults[Any], run: str) -> str:
    """The range of time that the plan gave a run."""
    if results.plan is None or run not in results.plan.index:
        return ""
    low, high = results.plan.loc[run, ["seconds_low", "seconds_high"]]
    return f"{show_seconds(low)} to {show_seconds(high)}"


def forecast_table(results: StudyResults[Any]) -> ShownTable | None:
    """What more data would bring and cost; None without a law."""
    law, spending = results.law, Spending(results)
    if not law.forecasts:
        return None
    named = [(f"{show_plain(forecast.factor)} times the data", forecast) for forecast in law.forecasts]
    # The budget is one more forecast, at the amount that it pays for.
    named += [("what the yearly budget pays for", law.budget)] if law.budget else []
    header = ["amount", "unique tokens", f"{results.documents} more", "loss, nats", "gain, nats", *spending.header]
    rows = []
    for name, forecast in named:
        more = "" if forecast.extra_papers is None else show_count(forecast.extra_papers)
        cost = spending.columns_of(Interval.exactly(forecast.num_tokens))
        rows.append([name, show_count(forecast.num_tokens), more, *_forecast_cells(forecast), *cost])
    caption = "What more data would bring and cost, predicted (95% intervals of a new run, per token)"
    return show_filled(caption, header, rows, first_number=1)


def _forecast_cells(forecast: Forecast) -> list[str]:
    """Loss and gain with their intervals; undecided beyond the reach of the predictions."""
    if not forecast.useful:
        return ["undecided", "undecided"]
    return [show_estimate(read_interval(interval), show_nats) for interval in (forecast.loss_nats, forecast.gain_nats)]


def target_table(law: LawRecord, spending: Spending) -> ShownTable | None:
    """The verdict on each target and what reaching it would take; None without targets."""
    if not law.targets:
        return None
    header = ["target", "verdict", "why", "unique tokens", *spending.header]
    rows = []
    for target in law.targets:
        tokens = None if target.tokens is None else read_interval(target.tokens)
        taken = ["" for _ in header[3:]] if tokens is None else [show_estimate(tokens, show_count)]
        taken += [] if tokens is None else spending.columns_of(tokens)
        rows.append([name_target(target), target.verdict, target.reason, *taken])
    return show_filled("Targets: what it would take to reach them", header, rows, first_number=3)
