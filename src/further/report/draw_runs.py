"""Figures of runs against each other: learning curves, quantization, the other settings."""

import math
from fractions import Fraction

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from further.report.style import COLORS, SEQUENCE, Drawing, new_figure, number_ticks, shorten, token_ticks
from further.report.wording import THIN, show_change, show_count, show_interval, show_number

MARKERS = {"base": "o", "adapted": "D", "merged": "s"}
SUBJECT_COLORS = {"base": "before", "adapted": "after", "merged": "other"}
SUBJECT_LABELS = {"base": "base", "adapted": "adapted", "merged": "merged, full precision"}


def draw_learning_curves(table: pd.DataFrame) -> Drawing:
    """Training loss as lines and validation loss as points, by share of the papers; every seed its own line."""
    own = table[table["swept"] == ""]
    drawing, (axes,) = new_figure(3.3)
    colors = _sequence(sorted(own["fraction"].unique()))
    for fraction, runs in own.groupby("fraction"):
        for index, (_, run) in enumerate(runs.groupby("run")):
            label = f"{show_fraction(float(fraction))} of the papers" if index == 0 else None
            logged = run.dropna(subset=["loss_nats"])
            axes.plot(logged["num_tokens"], logged["loss_nats"], color=colors[fraction], lw=1.1, label=label)
            _validation_points(drawing, axes, run, colors[fraction])
    axes.set_xscale("log")
    token_ticks(axes.xaxis)
    number_ticks(axes.yaxis)
    axes.set_xlabel("tokens seen, repeats counted (log scale)")
    axes.set_ylabel("loss, nats per token")
    axes.grid()
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, title=_name_marks(own))
    return drawing


def _name_marks(own: pd.DataFrame) -> str:
    return "lines: training" + (" · diamonds: validation" if own["validation_loss_nats"].notna().any() else "")


def _validation_points(drawing: Drawing, axes: Axes, run: pd.DataFrame, color: str) -> None:
    points = run.dropna(subset=["validation_loss_nats"])
    if points.empty:
        return
    (line,) = axes.plot(
        points["num_tokens"],
        points["validation_loss_nats"],
        "D",
        color=color,
        ms=5,
        mec=COLORS["ink"],
        mew=0.7,
        zorder=4,
    )
    texts = [
        f"{row.run}, step {show_count(row.step)}: validation {show_number(row.validation_loss_nats, 4)} nats per token"
        for row in points.itertuples()
    ]
    drawing.tip(line, texts)


def _sequence(values: list[float]) -> dict[float, str]:
    """Light to dark, spread over the sequence however many values there are."""
    last = max(1, len(values) - 1)
    steps = [round(index * (len(SEQUENCE) - 1) / last) for index in range(len(values))]
    return {value: COLORS[SEQUENCE[step]] for value, step in zip(values, steps, strict=True)}


def show_fraction(fraction: float) -> str:
    """A share as people say it: 1 gives `all`, 0.25 gives `1/4`, 0.3 gives `30 %`."""
    if fraction == 1:
        return "all"
    simple = Fraction(fraction).limit_denominator(64)
    is_plain = simple.numerator == 1 and abs(float(simple) - fraction) < 1e-4
    return f"1/{simple.denominator}" if is_plain else f"{show_number(100 * fraction)}{THIN}%"


def draw_quantization(table: pd.DataFrame) -> Drawing:
    """Above, perplexity by precision and subject; below, what each precision costs against none."""
    precisions = list(dict.fromkeys(table["quantization"]))
    costs = table.dropna(subset=["cost_nats"])
    height = 1.1 + 0.36 * len(precisions)
    drawing, axes = new_figure(
        height + (1.1 + 0.4 * costs["quantization"].nunique() if len(costs) else 0), 2 if len(costs) else 1
    )
    _perplexity_rows(drawing, axes[0], table, precisions)
    if len(costs):
        _cost_rows(drawing, axes[1], costs)
    return drawing


def _perplexity_rows(drawing: Drawing, axes: Axes, table: pd.DataFrame, precisions: list[str]) -> None:
    for subject, rows in table.groupby("subject"):
        name = str(subject)
        color = COLORS[SUBJECT_COLORS[name]]
        (line,) = axes.plot(
            rows["perplexity"],
            [precisions.index(precision) + (0.28 if name == "merged" else 0) for precision in rows["quantization"]],
            MARKERS[name],
            color=color,
            ms=6.5,
            mfc="none" if name != "adapted" else color,
            mew=1.5,
            label=SUBJECT_LABELS[name],
        )
        texts = [
            f"{name}, {row.quantization}: perplexity {show_number(row.perplexity, 4)}, "
            f"{show_number(row.nats_per_token, 4)} nats per token"
            for row in rows.itertuples()
        ]
        drawing.tip(line, texts)
    _rows_axis(axes, precisions)
    axes.set_xscale("log")
    number_ticks(axes.xaxis)
    axes.set_xlabel("perplexity per token on held-out papers (log scale)")
    axes.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, borderaxespad=0.2, columnspacing=1, handletextpad=0.2
    )


def _cost_rows(drawing: Drawing, axes: Axes, costs: pd.DataFrame) -> None:
    precisions = list(dict.fromkeys(costs["quantization"]))
    shift = {"base": -0.15, "adapted": 0.15, "merged": 0.0}
    axes.axvline(0, color=COLORS["muted"], lw=1)
    for subject, rows in costs.groupby("subject"):
        name = str(subject)
        heights = [precisions.index(precision) + shift[name] for precision in rows["quantization"]]
        _intervals(drawing, axes, rows, "cost_nats", heights, SUBJECT_COLORS[name], MARKERS[name])
    _rows_axis(axes, precisions)
    number_ticks(axes.xaxis)
    axes.set_xlabel("cost against no quantization, nats per token (right of 0: worse)")


def draw_settings(table: pd.DataFrame) -> Drawing:
    """Each run that differs in one setting: its loss minus the default run's; seeds as a yardstick."""
    seeds = table.loc[table["setting"] == "seed", "difference_nats_per_token"]
    rows = table[table["setting"] != "seed"].reset_index(drop=True)
    drawing, (axes,) = new_figure(1.2 + 0.34 * max(1, len(rows)))
    if len(seeds):
        reach = seeds.abs().max()
        axes.axvspan(-reach, reach, color=COLORS["band"], alpha=0.25, lw=0, label="as far as another seed moved it")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), borderaxespad=0.2)
    axes.axvline(0, color=COLORS["muted"], lw=1)
    _intervals(drawing, axes, rows, "difference_nats_per_token", list(range(len(rows))), "after", "D")
    labels = [f"{row.setting.replace('_', ' ')}: {row.value}" for row in rows.itertuples()]
    _rows_axis(axes, [shorten(label, 28) for label in labels])
    number_ticks(axes.xaxis)
    axes.set_xlabel("loss minus the default run's, nats per token\n(left of 0: better)")
    return drawing


def _intervals(
    drawing: Drawing,
    axes: Axes,
    rows: pd.DataFrame,
    column: str,
    heights: list[float] | list[int],
    color: str,
    marker: str,
) -> None:
    """Horizontal intervals with a marker at each estimate; without an end there is no line."""
    estimates = rows[column].astype(float)
    low, high = (rows[end].astype(float) for end in ("low", "high"))
    axes.hlines(heights, low, high, color=COLORS[color], lw=1.8)
    face = "none" if color == "before" else COLORS[color]
    (line,) = axes.plot(estimates, heights, marker, color=COLORS[color], mfc=face, ms=6, mew=1.5)
    texts = [
        f"{show_change(estimate, 4)} nats per token, {show_interval(_interval(lowest, highest), 4)}"
        for estimate, lowest, highest in zip(estimates, low, high, strict=True)
    ]
    drawing.tip(line, texts)


def _interval(low: float, high: float) -> dict[str, float | None]:
    """An interval of a table, in which an end that is not known is NaN."""
    return {"low": None if math.isnan(low) else low, "high": None if math.isnan(high) else high, "level": 0.95}


def _rows_axis(axes: Axes, labels: list[str]) -> None:
    """Named rows from the top down, without an axis line."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    sns.despine(ax=axes, left=True)
    axes.grid(axis="x")
