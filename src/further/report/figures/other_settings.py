"""What the other settings change: runs that differ from the default run in something without a figure of its own."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from further.report.drawing.figure import Figure
from further.report.drawing.style import (
    COLORS,
    MOST_SAID,
    Drawing,
    draw_dots,
    keep_rows,
    legend_above,
    name_rows,
    new_figure,
    read_ends,
    say_kept,
    shorten,
)
from further.report.results import TextResults
from further.report.varied_runs import SEED, list_varied
from further.report.wording import join_words, show_change, show_difference

OWN_FIGURE = {"fraction", "quantization"}  # settings whose effect another figure shows
COLUMNS = ["setting", "value", "run", "label", "change_nats", "low", "high"]


def make_table(results: TextResults) -> pd.DataFrame:
    """Each run's loss on the held-out papers minus the default run's."""
    rows: list[tuple[Any, ...]] = []
    for varied in list_varied(results.comparison, OWN_FIGURE):
        against = results.comparison.runs[varied.run].against_default
        if against is not None:
            rows.append((*varied, *against.ends))
    return pd.DataFrame(rows, columns=COLUMNS)


def draw_settings(
    table: pd.DataFrame, column: str, reference: float, across: str, tip: Callable[[Any], str]
) -> Drawing:
    """One interval for each run, and how far other seeds moved the default run as a yardstick.

    Args:
        table: Columns setting, label, low, high and the drawn one.
        reference: The default run's value.
        across: Names the column and its unit.
        tip: Says a row's numbers.
    """
    seeds = table.loc[table["setting"] == SEED, column]
    rows = table[table["setting"] != SEED]
    rows = keep_rows(rows, (rows[column] - reference).abs())
    drawing, (axes,) = new_figure(1.2 + 0.34 * max(1, len(rows)))
    if len(seeds):
        reach, label = (seeds - reference).abs().max(), "as far as another seed moved it"
        axes.axvspan(reference - reach, reference + reach, color=COLORS["band"], alpha=0.25, lw=0, label=label)
        legend_above(axes)
    axes.axvline(reference, color=COLORS["muted"], lw=1)
    draw_dots(drawing, axes, rows, column, rows.index, "after", [tip(row) for row in rows.itertuples()])
    name_rows(axes, [shorten(label, 36) for label in rows["label"]], across)
    return drawing


def draw(table: pd.DataFrame) -> Drawing:
    """Differences from the default run."""
    across = "loss minus the default run's, nats per token\n(left of 0: better)"
    return draw_settings(
        table, "change_nats", 0.0, across, lambda row: show_difference(read_ends(row, row.change_nats), 4)
    )


def summarize(table: pd.DataFrame) -> str:
    """Every difference."""
    rows = table[table["setting"] != SEED]
    parts = [f"{row.label}: {show_change(row.change_nats)}" for row in rows.itertuples()]
    return (
        f"Loss minus the default run's, nats per token: {join_words(parts, MOST_SAID)}."
        if parts
        else "Only the seed was varied."
    )


def explain(table: pd.DataFrame) -> list[str]:
    """Rows, and the band of the seeds where there is one."""
    is_seed = table["setting"] == SEED
    joint = table.loc[~is_seed, "setting"].str.contains(", ").any()
    said = "Each row is a run that differs from the default run in one setting"
    band = "The band is how far another seed alone moved the loss. Differences inside it may be due to the seed."
    return [
        f"{said}{', or in several that were changed together' if joint else ''}.",
        *([band] if is_seed.any() else []),
        *say_kept(table[~is_seed], "farthest from the default run"),
    ]


FIGURE = Figure(
    "other_settings", "runs", "What the other settings change", make_table, draw, summarize, explain,
    nothing="No run of this study varies anything but its data and its quantization.",
)  # fmt: skip
