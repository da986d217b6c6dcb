"""What each precision costs against none, for the base and for the adapted model."""

import pandas as pd

from further.report.answers.quantization import find_costs
from further.report.drawing.figure import ANSWERS, Figure
from further.report.drawing.style import (
    COLORS,
    Drawing,
    Subject,
    draw_dots,
    legend_above,
    name_rows,
    new_figure,
    read_ends,
)
from further.report.results import TextResults
from further.report.wording import join_words, show_change, show_difference

LOOKS: dict[str, tuple[Subject, float]] = {"base": ("before", -0.15), "adapted": ("after", 0.15)}
"""Look and height within a row."""
COLUMNS = ["quantization", "subject", "nats_per_token", "perplexity", "change_nats", "low", "high"]


def make_table(results: TextResults) -> pd.DataFrame:
    """Base and adapted model at each precision that was trained with and without, the costliest first.

    `change_nats` is the loss at this precision minus that at none.
    """
    rows = []
    for cost in find_costs(results.comparison):
        pairs = {"base": (cost.steps.base, cost.steps.base_cost_nats), "adapted": (cost.steps.adapted, cost.change)}
        for subject, (scores, change) in pairs.items():
            rows.append([cost.name, subject, scores.nats_per_token, scores.perplexity, *change.ends])
    return pd.DataFrame(rows, columns=COLUMNS)


def draw(table: pd.DataFrame) -> Drawing:
    """Intervals of the cost, one row for each precision."""
    precisions = list(dict.fromkeys(table["quantization"]))
    drawing, (axes,) = new_figure(1.3 + 0.5 * len(precisions))
    axes.axvline(0, color=COLORS["muted"], lw=1)
    for subject, (look, shift) in LOOKS.items():
        own = table[table["subject"] == subject]
        heights = [precisions.index(precision) + shift for precision in own["quantization"]]
        tips = [show_difference(read_ends(row, row.change_nats), 4) for row in own.itertuples()]
        draw_dots(drawing, axes, own, "change_nats", heights, look, tips, f"{subject} model")
    name_rows(axes, precisions, "cost against no quantization, nats per token (right of 0: worse)")
    legend_above(axes)
    return drawing


def summarize(table: pd.DataFrame) -> str:
    """Every cost."""
    parts = [f"{row.quantization} {show_change(row.change_nats)} ({row.subject})" for row in table.itertuples()]
    return f"Cost against no quantization, nats per token: {join_words(parts)}."


def explain(table: pd.DataFrame) -> list[str]:
    """What the intervals mean."""
    said = ["The same papers, scored at each precision and without quantization."]
    crossing = "An interval that crosses 0 is statistically indistinguishable from no cost."
    return [*said, crossing] if table[["low", "high"]].notna().any(axis=None) else said


FIGURE = Figure(
    "quantization", ANSWERS, "What quantization costs", make_table, draw, summarize, explain,
    nothing="This study compares no precisions.", is_optional=True,
)  # fmt: skip
