"""Figure of cost to target: what one training costs against the loss that the law expects of it."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from further.report.cost_table import say_targets
from further.report.draw_law import draw_targets
from further.report.style import COLORS, Drawing, new_figure, number_ticks, shorten, token_ticks
from further.report.wording import show_nats, show_number

MARGIN_SHARE = 0.09  # of the losses' range, left free above and below
LEGEND_WIDTH = 34  # letters


def draw_cost_to_target(table: pd.DataFrame) -> Drawing:
    """Loss against the cost of one training: measured sizes, forecasts with intervals, targets with theirs.

    Args:
        table: As `cost_to_target` makes it.
    """
    drawing, (axes,) = new_figure(3.9)
    unit = "money" if table["money"].notna().any() else "hours"
    kinds = {str(kind): rows for kind, rows in table.groupby("kind")}
    axes.set_xscale("log")
    _limit_losses(axes, table)
    _measured(drawing, axes, kinds["measured"], unit)
    if "forecast" in kinds:
        _forecasts(drawing, axes, kinds["forecast"], unit)
    if "target" in kinds:
        _costs_of_targets(drawing, axes, kinds["target"], unit)
        draw_targets(axes, kinds["target"].assign(label=kinds["target"]["label"] + ": " + kinds["target"]["verdict"]))
    _decorate(axes, table, unit)
    return drawing


def _limit_losses(axes: Axes, table: pd.DataFrame) -> None:
    """Room for what was measured and foretold, and for targets that are not far below."""
    drawn = table[table["kind"].isin(["measured", "forecast"])][["loss_nats", "low", "high"]].astype(float)
    low, high = drawn.min().min(), drawn.max().max()
    reach = max(high - low, 0.05)
    targets = table.loc[table["kind"] == "target", "loss_nats"].astype(float)
    near = targets[targets.between(low - reach, high + reach)]
    axes.set_ylim(min([low, *near]) - MARGIN_SHARE * reach, max([high, *near]) + MARGIN_SHARE * reach)


def _measured(drawing: Drawing, axes: Axes, rows: pd.DataFrame, unit: str) -> None:
    costs = rows[unit].astype(float)
    (line,) = axes.plot(
        costs, rows["loss_nats"], "o-", ms=6, mfc="none", color=COLORS["after"], lw=1, label="measured, mean of seeds"
    )
    drawing.tip(line, [_say_row(row, unit) for _, row in rows.iterrows()])


def _forecasts(drawing: Drawing, axes: Axes, rows: pd.DataFrame, unit: str) -> None:
    """Diamonds with vertical intervals; a forecast without an estimate is an interval alone."""
    for _, row in rows.iterrows():
        low, high = (
            float(row[end]) if pd.notna(row[end]) else axes.get_ylim()[end == "high"] for end in ("low", "high")
        )
        axes.vlines(float(row[unit]), low, high, color=COLORS["ink"], lw=1.4, ls=(0, (4, 2.5)))
        name = str(row["label"]).replace(" times the data", "×")
        axes.annotate(
            name, (float(row[unit]), high), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=9
        )
    known = rows.dropna(subset=["loss_nats"])
    (line,) = axes.plot(
        known[unit].astype(float), known["loss_nats"], "D", color=COLORS["ink"], ms=6,
        label="foretold for more data,\n95 % interval of the loss",
    )  # fmt: skip
    drawing.tip(line, [_say_row(row, unit) for _, row in known.iterrows()])


def _costs_of_targets(drawing: Drawing, axes: Axes, rows: pd.DataFrame, unit: str) -> None:
    """The interval of what a reachable target costs, at its loss; an open end runs to the edge of what is drawn."""
    priced = rows.dropna(subset=[f"{unit}_low"])
    if priced.empty:
        return
    reach = 2 * max(priced[f"{unit}_high"].astype(float).max(), axes.get_xlim()[1] / 2)
    for _, row in priced.iterrows():
        high = float(row[f"{unit}_high"]) if pd.notna(row[f"{unit}_high"]) else reach
        axes.hlines(float(row["loss_nats"]), float(row[f"{unit}_low"]), high, color=COLORS["alert"], lw=4, alpha=0.55)
    ends: Any = priced[f"{unit}_low"].astype(float)
    (line,) = axes.plot(
        ends, priced["loss_nats"], "|", ms=11, mew=2, color=COLORS["alert"], label="95 % interval of a target's cost"
    )
    drawing.tip(line, [_say_row(row, unit) for _, row in priced.iterrows()])


def _say_row(row: "pd.Series[Any]", unit: str) -> str:
    """A hover text: what it is, its loss and its cost."""
    name = f"{row['currency']}" if unit == "money" else "hours"
    low, high = row[f"{unit}_low"], row[f"{unit}_high"]
    if pd.notna(row[unit]):
        cost = show_number(float(row[unit]))
    else:
        cost = f"{show_number(low)} to {show_number(high)}" if pd.notna(high) else f"at least {show_number(low)}"
    return f"{row['label']}: {show_nats(row['loss_nats'])} nats per token for {cost} {name}"


def _decorate(axes: Axes, table: pd.DataFrame, unit: str) -> None:
    token_ticks(axes.xaxis)
    number_ticks(axes.yaxis)
    currencies = table["currency"].dropna()
    name = str(currencies.iloc[0]) if unit == "money" else "hours of the machine"
    axes.set_xlabel(f"cost of one training, {shorten(name, LEGEND_WIDTH)} (log scale)")
    axes.set_ylabel("held-out loss, nats per token")
    axes.set_title(say_targets(table), fontsize=9, loc="left", wrap=True)
    axes.grid()
    axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.15), ncols=2, columnspacing=1.2, handlelength=1.6)
