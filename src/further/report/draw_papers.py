"""Figures of held-out text: perplexity paper by paper, and what was gained against what was forgotten."""

from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes

from further.report.style import COLORS, Drawing, new_figure, number_ticks, shorten
from further.report.wording import show_change, show_count, show_number

MOST_NAMED = 40  # more rows than this cannot be labeled on one page
UNNAMED_INCHES = 7.0


def draw_perplexity_by_paper(table: pd.DataFrame) -> Drawing:
    """Two dots per held-out paper, joined: perplexity before and after."""
    number = len(table)
    height = 1.0 + 0.23 * number if number <= MOST_NAMED else UNNAMED_INCHES
    drawing, (axes,) = new_figure(height)
    worse = table["difference_nats_per_token"] > 0
    _joins(axes, table[~worse], COLORS["muted"], "solid")
    _joins(axes, table[worse], COLORS["alert"], "dashed")
    for subject, marker in (("before", "o"), ("after", "D")):
        _dots(drawing, axes, table, subject, marker)
    _name_rows(axes, table)
    axes.set_xscale("log")
    number_ticks(axes.xaxis)
    axes.set_xlabel("perplexity per token (log scale), lower is better")
    axes.grid(axis="x")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, borderaxespad=0.2)
    return drawing


def _joins(axes: Axes, rows: pd.DataFrame, color: str, style: Literal["solid", "dashed"]) -> None:
    """Lines from before to after, at the height of each row's place in the whole table."""
    axes.hlines(rows.index, rows["before_perplexity"], rows["after_perplexity"], color=color, linestyles=style, lw=1.4)


def _dots(drawing: Drawing, axes: Axes, table: pd.DataFrame, subject: str, marker: str) -> None:
    column = f"{subject}_perplexity"
    face = COLORS[subject] if subject == "after" else "none"
    label = {"before": "before (base model)", "after": "after (adapted)"}[subject]
    (line,) = axes.plot(
        table[column],
        range(len(table)),
        marker,
        ms=6,
        mfc=face,
        mec=COLORS[subject],
        mew=1.5,
        label=label,
        clip_on=False,
    )
    texts = [
        f"{row.document}: {show_number(getattr(row, column))} {subject}, "
        f"change {show_change(row.difference_nats_per_token)} nats per token, {show_count(row.num_tokens)} tokens"
        for row in table.itertuples()
    ]
    drawing.tip(line, texts)


def _name_rows(axes: Axes, table: pd.DataFrame) -> None:
    named = len(table) <= MOST_NAMED
    axes.set_yticks(range(len(table)), [shorten(name) for name in table["document"]] if named else [""] * len(table))
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    if not named:
        axes.set_ylabel(f"{len(table)} held-out papers, most improved at the top")


def draw_forgetting(table: pd.DataFrame) -> Drawing:
    """One cross per run: change on held-out papers across, change on general text up."""
    wide = table.pivot(index="run", columns="text_set")
    replayed = table.dropna(subset=["replay_fraction"])
    swept = replayed["replay_fraction"].nunique() > 1
    drawing, panels = new_figure(5.8, rows=2, ratios=[3, 2]) if swept else new_figure(3.3)
    axes = panels[0]
    axes.axhline(0, color=COLORS["muted"], lw=1)
    axes.axvline(0, color=COLORS["muted"], lw=1)
    is_default = wide["is_default"]["papers"].astype(bool)
    for runs, label in ((wide[~is_default], "other runs"), (wide[is_default], "the default run")):
        if len(runs):
            _crosses(drawing, axes, runs, label)
    number_ticks(axes.xaxis)
    number_ticks(axes.yaxis)
    axes.margins(0.12)
    axes.set_xlabel("change on held-out papers, nats per token\n(left of 0: better)")
    axes.set_ylabel("change on general text, nats per token\n(above 0: forgot)")
    axes.grid()
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, borderaxespad=0.2)
    if swept:
        _by_replay(drawing, panels[1], replayed)
    return drawing


def _by_replay(drawing: Drawing, axes: Axes, rows: pd.DataFrame) -> None:
    """What replayed general text does to both kinds of text: changes against its share of the training text."""
    axes.axhline(0, color=COLORS["muted"], lw=1)
    looks = {"general": ("before", "o", "general text"), "papers": ("after", "D", "held-out papers")}
    for text_set, (color, marker, label) in looks.items():
        own = rows[rows["text_set"] == text_set].sort_values(["replay_fraction", "run"])
        shares, change = 100 * own["replay_fraction"].astype(float), own["difference_nats_per_token"].astype(float)
        axes.vlines(shares, own["low"].astype(float), own["high"].astype(float), color=COLORS[color], lw=1.4)
        (line,) = axes.plot(shares, change, marker, color=COLORS[color], ms=6, label=label)
        texts = [
            f"{row.run}, {label}: {show_change(row.difference_nats_per_token)} nats per token"
            for row in own.itertuples()
        ]
        drawing.tip(line, texts)
    number_ticks(axes.xaxis)
    number_ticks(axes.yaxis)
    axes.margins(0.12)
    axes.set_xlabel("general text among the training text, per cent")
    axes.set_ylabel("change, nats per token")
    axes.grid()
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, borderaxespad=0.2)


def _crosses(drawing: Drawing, axes: Axes, runs: pd.DataFrame, label: str) -> None:
    default = label == "the default run"
    color = COLORS["after"] if default else COLORS["muted"]
    change, low, high = (runs[column].astype(float) for column in ("difference_nats_per_token", "low", "high"))
    look: dict[str, Any] = {"alpha": 1 if default else 0.75, "zorder": 4 if default else 2, "color": color}
    width = 1.6 if default else 0.6
    axes.hlines(change["general"], low["papers"], high["papers"], lw=width, **look)
    axes.vlines(change["papers"], low["general"], high["general"], lw=width, **look)
    marker, size = ("D", 7) if default else ("o", 4.5)
    (line,) = axes.plot(change["papers"], change["general"], marker, ms=size, label=label, **look)
    texts = [
        f"{run}: papers {show_change(row['difference_nats_per_token', 'papers'])}, "
        f"general text {show_change(row['difference_nats_per_token', 'general'])} nats per token"
        for run, row in runs.iterrows()
    ]
    drawing.tip(line, texts)
