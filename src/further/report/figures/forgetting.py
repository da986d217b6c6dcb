"""Gain on held-out papers against forgetting of general text, by run."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from further.records.comparison import TextSet
from further.report.drawing.figure import ANSWERS, Figure
from further.report.drawing.style import COLORS, Drawing, legend_above, new_figure, number_ticks
from further.report.results import TextResults
from further.report.wording import show_change, show_number

COLUMNS = [
    "run", "text_set", "text", "before_perplexity", "after_perplexity", "change_nats_per_token", "low", "high",
    "is_default", "replay_fraction",
]  # fmt: skip


def make_table(results: TextResults) -> pd.DataFrame:
    """Changes of each run on both texts.

    `text_set` is papers or general, `text` its name; `replay_fraction`, of general text among a run's training text, is
    empty for a run that differs from the default one in more than that and the seed.
    """
    comparison = results.comparison
    texts: dict[TextSet, str] = {"papers": "held-out papers", "general": results.general_text}
    rows: list[list[Any]] = []
    for name, run in sorted(comparison.runs.items()):
        # Another rank forgets more or less by itself, which would look like an effect of replay.
        is_comparable = set(comparison.differing(name)) <= {"seed", "replay_fraction"}
        for text_set, text in texts.items():
            scores, change = run.on(text_set), run.on(text_set).difference_nats_per_token
            row = [name, text_set, text, scores.before.perplexity, scores.after.perplexity]
            row += [*change.ends, name == comparison.default_run]
            rows.append([*row, run.settings.replay_fraction if is_comparable else None])
    return pd.DataFrame(rows, columns=COLUMNS)


def draw(table: pd.DataFrame) -> Drawing:
    """One cross per run: change on held-out papers across, change on general text up."""
    wide = table.pivot(index="run", columns="text_set")
    replayed = table.dropna(subset=["replay_fraction"])
    swept = replayed["replay_fraction"].nunique() > 1
    drawing, panels = new_figure(5.8, rows=2, ratios=[3, 2]) if swept else new_figure(3.3)
    axes = panels[0]
    axes.axhline(0, color=COLORS["muted"], lw=1)
    axes.axvline(0, color=COLORS["muted"], lw=1)
    is_default = wide["is_default"]["papers"].astype(bool)
    for runs, are_default in ((wide[~is_default], False), (wide[is_default], True)):
        if len(runs):
            _crosses(drawing, axes, runs, are_default)
    axes.set_xlabel("change on held-out papers, nats per token\n(left of 0: better)")
    axes.set_ylabel("change on general text, nats per token\n(above 0: forgot)")
    _decorate(axes)
    if swept:
        _by_replay(drawing, panels[1], replayed)
    return drawing


def _decorate(axes: Axes) -> None:
    number_ticks(axes.xaxis)
    number_ticks(axes.yaxis)
    axes.margins(0.12)
    axes.grid()
    legend_above(axes)


def _by_replay(drawing: Drawing, axes: Axes, rows: pd.DataFrame) -> None:
    """What replayed general text does to both kinds of text: changes against its fraction of the training text."""
    axes.axhline(0, color=COLORS["muted"], lw=1)
    looks = {"general": ("before", "o", "general text"), "papers": ("after", "D", "held-out papers")}
    for text_set, (color, marker, label) in looks.items():
        own = rows[rows["text_set"] == text_set].sort_values(["replay_fraction", "run"])
        shares, change = 100 * own["replay_fraction"].astype(float), own["change_nats_per_token"].astype(float)
        axes.vlines(shares, own["low"].astype(float), own["high"].astype(float), color=COLORS[color], lw=1.4)
        (line,) = axes.plot(shares, change, marker, color=COLORS[color], ms=6, label=label)
        texts = [
            f"{row.run}, {label}: {show_change(row.change_nats_per_token)} nats per token" for row in own.itertuples()
        ]
        drawing.tip(line, texts)
    axes.set_xlabel("general text among the training text, percent")
    axes.set_ylabel("change, nats per token")
    _decorate(axes)


def _crosses(drawing: Drawing, axes: Axes, runs: pd.DataFrame, are_default: bool) -> None:
    change, low, high = (runs[column].astype(float) for column in ("change_nats_per_token", "low", "high"))
    # There may be hundreds of other runs: they are thinner, paler and behind.
    label, width, marker, size = ("the default run", 1.6, "D", 7) if are_default else ("other runs", 0.6, "o", 4.5)
    look: dict[str, Any] = (
        {"alpha": 1, "zorder": 4, "color": COLORS["after"]}
        if are_default
        else {"alpha": 0.75, "zorder": 2, "color": COLORS["muted"]}
    )
    axes.hlines(change["general"], low["papers"], high["papers"], lw=width, **look)
    axes.vlines(change["papers"], low["general"], high["general"], lw=width, **look)
    (line,) = axes.plot(change["papers"], change["general"], marker, ms=size, label=label, **look)
    texts = [
        f"{run}: papers {show_change(row['change_nats_per_token', 'papers'])}, "
        f"general text {show_change(row['change_nats_per_token', 'general'])} nats per token"
        for run, row in runs.iterrows()
    ]
    drawing.tip(line, texts)


def summarize(table: pd.DataFrame) -> str:
    """The default run's changes."""
    default = table[table["is_default"]].set_index("text_set")
    papers, general = default.loc["papers"], default.loc["general"]
    return (
        f"The default run changed held-out papers by {show_change(papers['change_nats_per_token'])} nats per token and "
        f"general text ({general['text']}) by {show_change(general['change_nats_per_token'])}, perplexity "
        f"{show_number(general['before_perplexity'])} to {show_number(general['after_perplexity'])}."
    )


def explain(table: pd.DataFrame) -> list[str]:
    """The lines of no change, and the lower panel where there is one."""
    said = (
        "Each point is a run. Left of the vertical line it got better on held-out papers. Above the horizontal line it "
        "got worse on general text: it forgot."
    )
    below = "The lower panel shows both changes against the fraction of replayed general text."
    return [said, *([below] if table["replay_fraction"].nunique() > 1 else [])]


FIGURE = Figure(
    "forgetting", ANSWERS, "Gain on held-out papers, forgetting of general text", make_table, draw, summarize, explain,
    nothing="No run of this study was scored on general text.",
)  # fmt: skip
