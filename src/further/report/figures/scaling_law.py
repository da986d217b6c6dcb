"""The scaling law: measured losses, the fit, and its extrapolation."""

from functools import partial
from math import inf
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from further.report.drawing.figure import ANSWERS, Figure
from further.report.drawing.style import COLORS, Drawing, new_figure, number_ticks, short_count, shorten
from further.report.law import name_target, read_interval
from further.report.results import StudyResults, TextResults
from further.report.spending import Spending
from further.report.wording import show_count, show_nats, show_number
from further.scaling.record import LawRecord

LIMIT_SHARE = 0.045  # of the figure's width, at its right end: the interval of c belongs to no token count
MARGIN_SHARE = 0.07  # of the losses' range, left free above and below
LABEL_SHARE = 0.06  # of the axis, the height of a label
FEWEST_NATS = 0.05  # that the losses' axis holds
SEED_MARKERS = "o^svPX*"
COLUMNS = [
    "kind", "label", "run", "seed", "size", "num_tokens", "loss_nats", "low", "high", "hours", "money", "currency",
]  # fmt: skip


def make_table(results: TextResults) -> pd.DataFrame:
    """Everything that the figure shows, one row per thing drawn.

    `kind` is base, point, held_out, prediction, curve, extrapolation, asymptote or target; `size` is the
    fraction of the papers. Hours, money and currency are those of one training on so many tokens.
    """
    return tabulate(results, results.comparison.default.papers.before.nats_per_token)


def tabulate(results: StudyResults[Any], base: float) -> pd.DataFrame:
    """The same for any kind of study; `base` is the loss of the base model, in nats per token."""
    law = results.law
    if not law.points:
        return pd.DataFrame(columns=COLUMNS)
    rows: list[dict[str, Any]] = [{"kind": "base", "label": "base model", "num_tokens": 0, "loss_nats": base}]
    for point in law.points:
        kind = "held_out" if point.held_out else "point"
        rows.append({**point.model_dump(), "kind": kind, "num_tokens": point.num_unique_tokens})
    rows += [*_band_rows(law), *_check_rows(law)]
    for target in law.targets:
        label = f"{name_target(target)}: {target.verdict}"
        rows.append({"kind": "target", "label": label, "loss_nats": target.target.loss_nats})
    return _add_cost(pd.DataFrame(rows, columns=COLUMNS), Spending(results))


def _band_rows(law: LawRecord) -> list[dict[str, Any]]:
    """The law inside the data, and beyond them as far as predictions dare to go; the lines meet in the last inside."""
    band, reach = law.band or (), law.reach.dares or 0.0 if law.reach else inf
    farthest = reach * max(point.num_unique_tokens for point in law.points)
    inside = [place.model_dump() | {"kind": "curve"} for place in band if not place.extrapolated]
    beyond = [
        place.model_dump() | {"kind": "extrapolation"}
        for place in band
        if place.extrapolated and place.num_tokens <= farthest
    ]
    # The two intervals are of different kinds, so only the lines are joined.
    joint = [{**inside[-1], "kind": "extrapolation", "low": None, "high": None}] if inside and beyond else []
    return [*inside, *joint, *beyond]


def _check_rows(law: LawRecord) -> list[dict[str, Any]]:
    """The irreducible loss c, and what a fit without the largest size predicted for it."""
    rows: list[dict[str, Any]] = []
    if law.intervals is not None:
        c, label = read_interval(law.intervals.c), "identified" if law.c_identified else "not identified"
        rows.append({"kind": "asymptote", "label": label, "loss_nats": c.estimate, "low": c.low, "high": c.high})
    if law.holdout is not None:
        rows.append({**vars(law.holdout), "kind": "prediction", "loss_nats": law.holdout.predicted_nats})
    return rows


def _add_cost(table: pd.DataFrame, spending: Spending) -> pd.DataFrame:
    """Hours, and where an hour has a price money, at the default run's cost for each token."""
    seconds = table["num_tokens"] * spending.seconds_per_token
    table["hours"] = seconds / 3600
    if spending.has_price:
        table["money"] = seconds.map(spending.money)
        table["currency"] = spending.cost.currency
    return table


def draw(table: pd.DataFrame) -> Drawing:
    """Loss against unique tokens: base, points by seed, the law with its band, c, the held-out size, targets."""
    drawing, (axes,) = new_figure(4.2)
    kinds = {str(kind): rows for kind, rows in table.groupby("kind")}
    # Limits first: bars and labels below are placed by them.
    axes.set_xscale("log")
    _limit_losses(axes, table)
    _curve(axes, kinds.get("curve"), inside=True)
    _curve(axes, kinds.get("extrapolation"), inside=False)
    _limit(axes, kinds.get("asymptote"))
    _targets(axes, kinds.get("target"))
    _points(drawing, axes, pd.concat([kinds[kind] for kind in ("point", "held_out") if kind in kinds]))
    _prediction(drawing, axes, kinds.get("prediction"))
    _base(drawing, axes, kinds["base"])
    _decorate(axes)
    _cost_axis(axes, table)
    return drawing


def _base(drawing: Drawing, axes: Axes, rows: pd.DataFrame) -> None:
    """The base model, which has seen no paper, at the left edge: a log scale has no zero."""
    loss = float(rows["loss_nats"].iloc[0])
    (line,) = axes.plot(
        0, loss, ">", ms=8, color=COLORS["before"], transform=axes.get_yaxis_transform(), clip_on=False, zorder=6,
        label="base model, 0 tokens",
    )  # fmt: skip
    axes.axhline(loss, color=COLORS["before"], lw=1, ls=(0, (1, 2)))
    drawing.tip(line, [f"base model: {show_nats(loss)} nats per token"])


def _limit_losses(axes: Axes, table: pd.DataFrame) -> None:
    """Room for what was measured and fitted, and for targets that are not far off; an open end of c is cut off."""
    low, high, near = _find_losses(table)
    room = MARGIN_SHARE * max(high - low, FEWEST_NATS)
    losses = table.loc[near[near].index, "loss_nats"].astype(float)
    axes.set_ylim(min([low, *losses]) - room, max([high, *losses]) + room)


def _find_losses(table: pd.DataFrame) -> tuple[float, float, pd.Series]:
    """Lowest and highest loss that was measured or fitted, and by target whether it is within as much again."""
    drawn = (table["kind"] != "target") & ((table["kind"] != "asymptote") | (table["label"] == "identified"))
    losses = table.loc[drawn, ["loss_nats", "low", "high"]].astype(float)
    low, high = float(losses.min().min()), float(losses.max().max())
    reach = max(high - low, FEWEST_NATS)
    targets = table.loc[table["kind"] == "target", "loss_nats"].astype(float)
    return low, high, targets.between(low - reach, high + reach)


def _decorate(axes: Axes) -> None:
    number_ticks(axes.xaxis, short_count)
    number_ticks(axes.yaxis)
    axes.set_xlabel("unique training tokens (log scale)")
    axes.set_ylabel("held-out loss, nats per token")
    axes.grid()
    axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.17), ncols=2, columnspacing=1.2, handlelength=1.6)


def _curve(axes: Axes, rows: pd.DataFrame | None, inside: bool) -> None:
    """The law and its band; beyond the data the line is dashed and the band hatched."""
    if rows is None:
        return
    rows = rows.sort_values("num_tokens")
    tokens = rows["num_tokens"]
    label = "fitted law, 95% band" if inside else "95% prediction of a new run"
    style = "solid" if inside else (0, (4, 2.5))
    axes.plot(tokens, rows["loss_nats"], color=COLORS["ink"], linestyle=style, lw=1.5, label=label)
    look: dict[str, Any] = {"facecolor": COLORS["band"], "edgecolor": "none", "alpha": 0.4}
    hatched: dict[str, Any] = {"facecolor": "none", "edgecolor": COLORS["band"], "hatch": "////", "alpha": 0.7}
    low, high = rows["low"].astype(float), rows["high"].astype(float)
    axes.fill_between(tokens, low, high, lw=0, zorder=1, **(look if inside else hatched))


def _limit(axes: Axes, rows: pd.DataFrame | None) -> None:
    """The irreducible loss c and its interval, a bar at the right edge; open ends run to the figure's edge."""
    if rows is None:
        return
    row = rows.iloc[0]
    where = axes.get_yaxis_transform()
    bottom, top = axes.get_ylim()
    low, high = (edge if pd.isna(row[end]) else row[end] for end, edge in (("low", bottom), ("high", top)))
    identified = row["label"] == "identified"
    label = "95% interval of c" if identified else "c, not identified"
    color = COLORS["other"]
    axes.fill_between([1 - LIMIT_SHARE, 1], low, high, transform=where, color=color, alpha=0.4, lw=0, label=label)
    if identified and pd.notna(row["loss_nats"]):
        axes.plot([0, 1], [row["loss_nats"]] * 2, transform=where, color=color, lw=1.2, ls=":", label="c")


def _targets(axes: Axes, rows: pd.DataFrame | None) -> None:
    """Target losses as lines, named with their verdict; those far off or close to another are named in the legend."""
    if rows is None:
        return
    bottom, top = axes.get_ylim()
    line: dict[str, Any] = {"color": COLORS["alert"], "lw": 1, "ls": "-."}
    named: list[float] = []
    for row in rows.itertuples():
        loss, is_inside = float(row.loss_nats), bottom < row.loss_nats < top
        if is_inside and all(abs(loss - other) > LABEL_SHARE * (top - bottom) for other in named):
            axes.axhline(loss, **line)
            _name_target(axes, shorten(str(row.label), 48), loss, below=top - loss < LABEL_SHARE * (top - bottom))
            named.append(loss)
        elif is_inside:
            axes.axhline(loss, **line, label=shorten(str(row.label), 40))
        else:
            axes.plot([], [], **line, label=f"{shorten(str(row.label), 32)} ({'below' if loss < bottom else 'above'})")


def _name_target(axes: Axes, label: str, loss: float, below: bool) -> None:
    """A label at the left edge, just above or just below a loss."""
    axes.annotate(
        label, (0, loss), xycoords=axes.get_yaxis_transform(), xytext=(4, -2 if below else 2), fontsize=8.5,
        textcoords="offset points", va="top" if below else "bottom",
    )  # fmt: skip


def _points(drawing: Drawing, axes: Axes, rows: pd.DataFrame) -> None:
    """One shape per seed; the size that the check left out has a color of its own."""
    seeds = list(dict.fromkeys(rows["seed"].fillna(-1).sort_values()))
    for (held_out, seed), own in rows.groupby([rows["kind"] == "held_out", rows["seed"].fillna(-1)]):
        index, color = seeds.index(seed), COLORS["alert" if held_out else "after"]
        marker, label = SEED_MARKERS[index % len(SEED_MARKERS)], "measured" if seed < 0 else f"measured, seed {seed:g}"
        if held_out:
            label = "largest size, measured" if index == 0 else ""
        look: dict[str, Any] = {"ms": 6, "mfc": "none", "mec": color, "mew": 1.2, "zorder": 5}
        (line,) = axes.plot(own["num_tokens"], own["loss_nats"], marker, label=label or None, **look)
        drawing.tip(line, [_say_point(row) for _, row in own.iterrows()])


def _say_point(row: "pd.Series[float]") -> str:
    seed = "" if pd.isna(row["seed"]) else f", seed {row['seed']:g}"
    return f"{show_count(row['num_tokens'])} tokens{seed}: {show_number(row['loss_nats'], 4)} nats per token"


def _prediction(drawing: Drawing, axes: Axes, rows: pd.DataFrame | None) -> None:
    """What a fit without the largest size predicted for it."""
    if rows is None:
        return
    row = rows.iloc[0]
    color = COLORS["alert"]
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        axes.vlines(row["num_tokens"], row["low"], row["high"], color=color, lw=1.6, zorder=6)
    label = "predicted without the largest size"
    (line,) = axes.plot(row["num_tokens"], row["loss_nats"], "_", ms=13, mec=color, mew=2.2, zorder=6, label=label)
    drawing.tip(line, [f"predicted without it: {show_number(row['loss_nats'], 4)} nats per token"])


def _cost_axis(axes: Axes, table: pd.DataFrame) -> None:
    """A second scale above: what one training on so many tokens costs, in money or, without a price, in hours."""
    column = "money" if table["money"].notna().any() else "hours"
    known = table[table["num_tokens"] > 0].dropna(subset=[column])
    if known.empty:
        return
    ratio = float(known[column].iloc[0]) / float(known["num_tokens"].iloc[0])
    to_cost, to_tokens = partial(np.multiply, ratio), partial(np.multiply, 1 / ratio)
    # Cost is in proportion to tokens, so one factor turns the lower scale into the upper one.
    above = axes.secondary_xaxis("top", functions=(to_cost, to_tokens))
    above.set_xlim(*map(to_cost, axes.get_xlim()))  # where ticks are looked for; matplotlib sets it when it draws
    number_ticks(above.xaxis, short_count)
    unit = str(known["currency"].iloc[0]) if column == "money" else "hours of the machine"
    above.set_xlabel(f"cost of one training, {unit} (log scale)")


def summarize(table: pd.DataFrame) -> str:
    """The base's loss, and mean losses at the smallest and the largest size."""
    points = table[table["kind"].isin(["point", "held_out"])]
    base = float(table.loc[table["kind"] == "base", "loss_nats"].iloc[0])
    # Seeds of one fraction have slightly different token counts, as documents are drawn anew.
    means = points.groupby(points["size"].fillna(points["num_tokens"]))[["num_tokens", "loss_nats"]].mean()
    first, last = means.iloc[0], means.iloc[-1]
    return (
        f"Mean loss of the runs, nats per token: {show_number(base)} for the base model, "
        f"{show_number(first['loss_nats'])} at {show_count(first['num_tokens'])} unique tokens, "
        f"{show_number(last['loss_nats'])} at {show_count(last['num_tokens'])}."
    )


def explain(table: pd.DataFrame) -> list[str]:
    """Only what this study's figure holds."""
    kinds = set(table["kind"])
    said = ["Each point is a separate run. The triangle at the left edge is the base model before this training."]
    if "curve" in kinds:
        beyond = (
            " It goes on, dashed, as far as it predicts. The hatched band is the prediction for a new run. Its width "
            "is how far such predictions were off on other curves. It may be narrower than a law's from few sizes."
        )
        said.append(f"The line is the fitted law.{beyond if 'extrapolation' in kinds else ''}")
    if "asymptote" in kinds:
        known = "identified" in set(table.loc[table["kind"] == "asymptote", "label"])
        c = "the irreducible loss c"
        bar = f"the interval of {c}" if known else f"where {c} may lie: it is not identified"
        said.append(f"The bar at the right edge is {bar}.")
    said += ["The dash is what a fit without the largest size predicted for it."] if "prediction" in kinds else []
    if "target" in kinds:
        near = _find_losses(table)[2]
        said += ["Dash-dotted lines are targets."] * bool(near.any())
        said += ["Targets far off are in the legend only."] * bool(not near.all())
    return said


FIGURE = Figure(
    "scaling_law", ANSWERS, "Held-out loss against unique training tokens", make_table, draw, summarize, explain,
    nothing="This study has no runs on several amounts of data, so no law could be fitted.",
    lines=("curve", "extrapolation"),
)  # fmt: skip
