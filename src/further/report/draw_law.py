"""Figure of the scaling law: what was measured, what was fitted, and where the fit only guesses."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from further.report.style import COLORS, Drawing, new_figure, number_ticks, shorten, token_ticks
from further.report.wording import show_count, show_number

LIMIT_SHARE = 0.045  # of the figure's width, at its right end: the interval of c belongs to no token count
MARGIN_SHARE = 0.07  # of the losses' range, left free above and below
SEED_MARKERS = "o^svPX*"
INSET = (
    0.56,
    0.72,
    0.36,
    0.2,
)  # left, bottom, width, height, in shares of the axes: the corner that a falling curve leaves


def draw_scaling_law(table: pd.DataFrame) -> Drawing:
    """Loss against unique tokens: points by seed, the law with its band, c, the held-out size and the targets.

    Args:
        table: As `law_table` makes it.
    """
    drawing, (axes,) = new_figure(4.2)
    kinds = {str(kind): rows for kind, rows in table.groupby("kind")}
    axes.set_xscale("log")
    _limit_losses(axes, table)
    _curve(axes, kinds.get("curve"), inside=True)
    _curve(axes, kinds.get("extrapolation"), inside=False)
    _limit(axes, kinds.get("asymptote"))
    draw_targets(axes, kinds.get("target"))
    measured = [kinds[kind] for kind in ("point", "held_out") if kind in kinds]
    _points(drawing, axes, pd.concat(measured))
    _prediction(drawing, axes, kinds.get("prediction"))
    _decorate(axes)
    _cost_axis(axes, table)
    _straight_inset(axes, kinds)
    return drawing


def _limit_losses(axes: Axes, table: pd.DataFrame) -> None:
    """Room for what was measured and fitted, and for targets that are not far off; an open end of c is cut off."""
    drawn = (table["kind"] != "target") & ((table["kind"] != "asymptote") | (table["label"] == "identified"))
    losses = table.loc[drawn, ["loss_nats", "low", "high"]].astype(float)
    low, high = losses.min().min(), losses.max().max()
    reach = max(high - low, 0.05)
    targets = table.loc[table["kind"] == "target", "loss_nats"].astype(float)
    near = targets[targets.between(low - reach, high + reach)]
    room = MARGIN_SHARE * reach
    axes.set_ylim(min([low, *near]) - room, max([high, *near]) + room)


def _decorate(axes: Axes) -> None:
    token_ticks(axes.xaxis)
    number_ticks(axes.yaxis)
    axes.set_xlabel("unique training tokens (log scale)")
    axes.set_ylabel("held-out loss, nats per token")
    axes.grid()
    axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.15), ncols=2, columnspacing=1.2, handlelength=1.6)


def _curve(axes: Axes, rows: pd.DataFrame | None, inside: bool) -> None:
    """The law and its band; beyond the data the line is dashed and the band hatched."""
    if rows is None:
        return
    rows = rows.sort_values("num_tokens")
    tokens = rows["num_tokens"]
    label = "fitted law, 95 % band" if inside else "the law beyond the data"
    style = "solid" if inside else (0, (4, 2.5))
    axes.plot(tokens, rows["loss_nats"], color=COLORS["ink"], linestyle=style, lw=1.5, label=label)
    look: dict[str, Any] = {"facecolor": COLORS["band"], "edgecolor": "none", "alpha": 0.4}
    hatched: dict[str, Any] = {"facecolor": "none", "edgecolor": COLORS["band"], "hatch": "////", "alpha": 0.7}
    low, high = rows["low"].astype(float), rows["high"].astype(float)
    axes.fill_between(tokens, low, high, lw=0, zorder=1, **(look if inside else hatched))


def _limit(axes: Axes, rows: pd.DataFrame | None) -> None:
    """The limit c and its interval, as a bar at the right edge; open ends run to the figure's edge."""
    if rows is None:
        return
    row = rows.iloc[0]
    where = axes.get_yaxis_transform()
    bottom, top = axes.get_ylim()
    low, high = (edge if pd.isna(row[end]) else row[end] for end, edge in (("low", bottom), ("high", top)))
    identified = row["label"] == "identified"
    label = "95 % interval of the limit c" if identified else "limit c: the data do not say"
    color = COLORS["other"]
    axes.fill_between([1 - LIMIT_SHARE, 1], low, high, transform=where, color=color, alpha=0.4, lw=0, label=label)
    if identified and pd.notna(row["loss_nats"]):
        axes.plot([0, 1], [row["loss_nats"]] * 2, transform=where, color=color, lw=1.2, ls=":", label="c")


def draw_targets(axes: Axes, rows: pd.DataFrame | None) -> None:
    """Target losses as lines, named with their verdict; those far off stand in the legend only."""
    if rows is None:
        return
    bottom, top = axes.get_ylim()
    for row in rows.itertuples():
        loss = float(row.loss_nats)
        if bottom < loss < top:
            axes.axhline(loss, color=COLORS["alert"], lw=1, ls="-.")
            _name_target(axes, shorten(str(row.label), 48), loss, below=top - loss < 0.06 * (top - bottom))
        else:
            label = f"{shorten(str(row.label), 32)} ({'below' if loss < bottom else 'above'})"
            axes.plot([], [], color=COLORS["alert"], lw=1, ls="-.", label=label)


def _name_target(axes: Axes, label: str, loss: float, below: bool) -> None:
    """A label at the left edge, just above or just below a loss."""
    axes.annotate(
        label,
        (0, loss),
        xycoords=axes.get_yaxis_transform(),
        xytext=(4, -2 if below else 2),
        textcoords="offset points",
        va="top" if below else "bottom",
        fontsize=8.5,
    )


def _points(drawing: Drawing, axes: Axes, rows: pd.DataFrame) -> None:
    """One shape per seed; the size that the check left out has a color of its own."""
    seeds = list(dict.fromkeys(rows["seed"].fillna(-1).sort_values()))
    for held_out, part in rows.groupby(rows["kind"] == "held_out"):
        for index, seed in enumerate(seeds):
            own = part[part["seed"].fillna(-1) == seed]
            if own.empty:
                continue
            color = COLORS["alert" if held_out else "after"]
            marker = SEED_MARKERS[index % len(SEED_MARKERS)]
            label = _name_points(seed, index, bool(held_out))
            (line,) = axes.plot(
                own["num_tokens"],
                own["loss_nats"],
                marker,
                ms=6,
                mfc="none",
                mec=color,
                mew=1.2,
                label=label,
                zorder=5,
            )
            drawing.tip(line, [_say_point(row) for _, row in own.iterrows()])


def _name_points(seed: float, index: int, held_out: bool) -> str | None:
    """A legend entry for each seed, and a single one for the largest size."""
    if held_out:
        return "largest size, measured" if index == 0 else None
    return "measured" if seed < 0 else f"measured, seed {seed:g}"


def _say_point(row: "pd.Series[float]") -> str:
    seed = "" if pd.isna(row["seed"]) else f", seed {row['seed']:g}"
    return f"{show_count(row['num_tokens'])} tokens{seed}: {show_number(row['loss_nats'], 4)} nats per token"


def _prediction(drawing: Drawing, axes: Axes, rows: pd.DataFrame | None) -> None:
    """What the law said of the largest size before it had seen it."""
    if rows is None:
        return
    row = rows.iloc[0]
    color = COLORS["alert"]
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        axes.vlines(row["num_tokens"], row["low"], row["high"], color=color, lw=1.6, zorder=6)
    label = "foretold without the largest size"
    (line,) = axes.plot(row["num_tokens"], row["loss_nats"], "_", ms=13, mec=color, mew=2.2, zorder=6, label=label)
    drawing.tip(line, [f"foretold without it: {show_number(row['loss_nats'], 4)} nats per token"])


def _straight_inset(axes: Axes, kinds: dict[str, pd.DataFrame]) -> None:
    """Loss less its limit c on two log scales, where a power law is a straight line; nothing without a known c."""
    if "asymptote" not in kinds or "curve" not in kinds:
        return
    limit = kinds["asymptote"].iloc[0]
    if limit["label"] != "identified" or pd.isna(limit["loss_nats"]):
        return
    c = float(limit["loss_nats"])
    inset = axes.inset_axes(INSET)
    measured = pd.concat([kinds[kind] for kind in ("point", "held_out") if kind in kinds])
    above = measured[measured["loss_nats"] > c]
    curve = kinds["curve"].sort_values("num_tokens")
    inset.plot(curve["num_tokens"], curve["loss_nats"].astype(float) - c, color=COLORS["ink"], lw=1)
    inset.plot(above["num_tokens"], above["loss_nats"].astype(float) - c, "o", ms=3, mfc="none", mec=COLORS["after"])
    inset.set(xscale="log", yscale="log", xticks=[], yticks=[])
    inset.minorticks_off()
    inset.set_title(f"loss − c, both scales log (c = {show_number(c, 3)})", fontsize=7.5, pad=2)


def _cost_axis(axes: Axes, table: pd.DataFrame) -> None:
    """A second scale above: what one training on so many tokens costs, in money or, without a price, in hours."""
    column = "money" if table["money"].notna().any() else "hours"
    known = table.dropna(subset=[column, "num_tokens"])
    if known.empty:
        return
    ratio = float(known[column].iloc[0]) / float(known["num_tokens"].iloc[0])
    to_cost, to_tokens = partial(np.multiply, ratio), partial(np.multiply, 1 / ratio)
    above = axes.secondary_xaxis("top", functions=(to_cost, to_tokens))
    token_ticks(above.xaxis)
    unit = f"{known['currency'].iloc[0]}" if column == "money" else "hours of the machine"
    above.set_xlabel(f"one training, {unit} (log scale)")
