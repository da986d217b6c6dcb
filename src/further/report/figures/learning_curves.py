"""Loss of the validation papers while the runs trained."""

from fractions import Fraction
from typing import Any

import pandas as pd

from further.report.drawing.figure import Figure
from further.report.drawing.style import COLORS, SEQUENCE, Drawing, new_figure, number_ticks, short_count
from further.report.results import TextResults
from further.report.wording import count_noun, show_count, show_number, show_percent

COLUMNS = ["run", "fraction", "seed", "step", "num_tokens", "validation_loss_nats"]


def make_table(results: TextResults) -> pd.DataFrame:
    """Validation losses of the runs that differ from the default one in amount of data and seed alone."""
    parts = []
    for name in sorted(results.comparison.runs):
        if set(results.comparison.differing(name)) <= {"seed", "fraction"}:
            run = results.runs[name]
            history = run.history.dropna(subset=["validation_loss_nats"])
            settings = run.metrics.settings
            parts.append(history.assign(run=name, fraction=settings.fraction, seed=settings.seed)[COLUMNS])
    return pd.concat(parts, ignore_index=True)


def draw(table: pd.DataFrame) -> Drawing:
    """A line for each run, the stronger the more papers."""
    drawing, (axes,) = new_figure(3.3)
    colors = _sequence(sorted(table["fraction"].unique()))
    for fraction, runs in table.groupby("fraction"):
        for index, (name, run) in enumerate(runs.groupby("run")):
            label = f"{show_fraction(float(fraction))} of the papers" if index == 0 else None
            look: dict[str, Any] = {"color": colors[fraction], "ms": 4.5, "lw": 1.1, "label": label}
            (line,) = axes.plot(run["num_tokens"], run["validation_loss_nats"], "D-", **look)
            texts = [
                f"{name}, step {show_count(row.step)}: {show_number(row.validation_loss_nats, 4)} nats per token"
                for row in run.itertuples()
            ]
            drawing.tip(line, texts)
    axes.set_xscale("log")
    number_ticks(axes.xaxis, short_count)
    number_ticks(axes.yaxis)
    axes.set_xlabel("tokens seen, repeats counted (log scale)")
    axes.set_ylabel("validation loss, nats per token")
    axes.grid()
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)
    return drawing


def _sequence(values: list[float]) -> dict[float, str]:
    """Light to dark, spread over the sequence however many values there are."""
    # One amount alone gets the lightest color, not a division by zero.
    last = max(1, len(values) - 1)
    steps = [round(index * (len(SEQUENCE) - 1) / last) for index in range(len(values))]
    return {value: COLORS[SEQUENCE[step]] for value, step in zip(values, steps, strict=True)}


def show_fraction(fraction: float) -> str:
    """A fraction as people say it: 1 gives `all`, 0.25 gives `1/4`, 0.3 gives `30.0%`."""
    if fraction == 1:
        return "all"
    simple = Fraction(fraction).limit_denominator(64)
    is_plain = simple.numerator == 1 and abs(float(simple) - fraction) < 1e-4
    return f"1/{simple.denominator}" if is_plain else show_percent(fraction)


def summarize(table: pd.DataFrame) -> str:
    """Where the runs ended."""
    last = table.sort_values("step").groupby("run").tail(1)["validation_loss_nats"]
    runs, amounts = count_noun(table["run"].nunique(), "run"), count_noun(table["fraction"].nunique(), "amount")
    between = f"{show_number(last.min())} and {show_number(last.max())} nats per token"
    return f"{runs} on {amounts} of data. The last validation losses are between {between}."


def explain(table: pd.DataFrame) -> list[str]:
    """What a line is."""
    said = "Each line is a run's loss on validation papers, which it was not trained on"
    return [f"{said}{'. The stronger the line, the more papers' if table['fraction'].nunique() > 1 else ''}."]


FIGURE = Figure(
    "learning_curves", "runs", "Validation loss over the runs", make_table, draw, summarize, explain,
    nothing="No run of this study measured its validation loss.",
)  # fmt: skip
