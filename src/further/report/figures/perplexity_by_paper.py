"""Perplexity of each held-out paper, before and after."""

from typing import Literal

import pandas as pd
from matplotlib.axes import Axes

from further.report.drawing.figure import ANSWERS, Figure
from further.report.drawing.style import (
    COLORS,
    MOST_ROWS,
    Drawing,
    Subject,
    draw_dots,
    legend_above,
    name_rows,
    new_figure,
    shorten,
)
from further.report.results import TextResults
from further.report.wording import count_noun, show_change, show_count, show_number

UNNAMED_INCHES = 7.0  # height where rows are too many to be named
COLUMNS = ["document", "num_tokens", "before_perplexity", "after_perplexity", "change_nats_per_token"]


def make_table(results: TextResults) -> pd.DataFrame:
    """Held-out papers of the default run, the most improved first."""
    documents = results.comparison.default.papers.documents
    rows = [[getattr(document, column) for column in COLUMNS] for document in documents]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["change_nats_per_token", "document"], ignore_index=True)


def draw(table: pd.DataFrame) -> Drawing:
    """Two dots per held-out paper, joined: perplexity before and after."""
    number, named = len(table), len(table) <= MOST_ROWS
    drawing, (axes,) = new_figure(1.0 + 0.23 * number if named else UNNAMED_INCHES)
    size = 6 if named else max(1.5, 6 * MOST_ROWS / number)  # of a marker, points
    worse = table["change_nats_per_token"] > 0
    _joins(axes, table[~worse], COLORS["muted"], "solid", size)
    _joins(axes, table[worse], COLORS["alert"], "dashed", size)
    labels: dict[Subject, str] = {"before": "before (base model)", "after": "after (adapted)"}
    for subject, label in labels.items():
        tips = _tips(table, subject)
        draw_dots(drawing, axes, table, f"{subject}_perplexity", table.index, subject, tips, label, size)
    axes.set_xscale("log")
    names = [shorten(name) if named else "" for name in table["document"]]
    name_rows(axes, names, "perplexity per token (log scale), lower is better")
    if not named:
        axes.set_ylabel(f"{number:,} held-out papers, most improved at the top")
    legend_above(axes, markers=6 / size)
    return drawing


def _joins(axes: Axes, rows: pd.DataFrame, color: str, style: Literal["solid", "dashed"], size: float) -> None:
    """Lines from before to after, at the height of each row's place in the whole table."""
    ends = rows["before_perplexity"], rows["after_perplexity"]
    axes.hlines(rows.index, *ends, color=color, linestyles=style, lw=1.4 * size / 6)


def _tips(table: pd.DataFrame, subject: Subject) -> list[str]:
    return [
        f"{row.document}: {show_number(getattr(row, f'{subject}_perplexity'))} {subject}, "
        f"change {show_change(row.change_nats_per_token)} nats per token, {show_count(row.num_tokens)} tokens"
        for row in table.itertuples()
    ]


def summarize(table: pd.DataFrame) -> str:
    """How many improved, and from where to where the change runs."""
    improved = int((table["change_nats_per_token"] < 0).sum())
    first, last = table.iloc[0], table.iloc[-1]
    return (
        f"{improved:,} of {count_noun(len(table), 'held-out paper')} improved. The change runs from "
        f"{show_change(first['change_nats_per_token'])} nats per token ({first['document']}) to "
        f"{show_change(last['change_nats_per_token'])} ({last['document']})."
    )


def explain(table: pd.DataFrame) -> list[str]:
    """Dots, and dashed lines where there are any."""
    said = "One row per held-out paper. The open dot is the model before further pre-training, the diamond after it."
    worse = bool((table["change_nats_per_token"] > 0).any())
    return [said, f"Further left is better{'. A dashed line marks a paper that got worse' if worse else ''}."]


FIGURE = Figure(
    "perplexity_by_paper", ANSWERS, "Perplexity of each held-out paper, before and after", make_table,
    draw, summarize, explain,
    nothing="No held-out paper was scored in this study.",
)  # fmt: skip
