"""What the other settings change: runs that differ from the default run in something without a figure of its own."""

from typing import Any

import pandas as pd

from further.report.drawing.figure import Figure
from further.report.drawing.style import (
    COLORS,
    Drawing,
    draw_intervals,
    legend_above,
    name_rows,
    new_figure,
    number_ticks,
    shorten,
)
from further.report.results import TextResults
from further.report.wording import join_words, show_change

OWN_FIGURE = {"fraction", "quantization"}  # settings whose effect another figure shows
COLUMNS = ["setting", "value", "run", "change_nats", "low", "high"]


def make_table(results: TextResults) -> pd.DataFrame:
    """Each run's loss on the held-out papers minus the default run's.

    Where a sweep moved several settings at once, their names and values are joined. Runs of other seeds are among
    them: they show the effect of the seed alone.
    """
    rows: list[tuple[Any, ...]] = []
    for name, run in results.comparison.runs.items():
        values = results.comparison.differing(name)
        against, moves_more = run.against_default, len(values) > 1 and "seed" in values
        if against is None or not values or set(values) & OWN_FIGURE or moves_more:
            continue
        shown = ", ".join(map(_say_value, values.values()))
        order = [_by_size(value) for value in values.values()]
        rows.append((", ".join(values), order, shown, name, against.estimate, against.low, against.high))
    rows.sort(key=lambda row: (row[0], row[1], row[3]))
    return pd.DataFrame([(row[0], *row[2:]) for row in rows], columns=COLUMNS)


def _say_value(value: object) -> str:
    """A setting's value in a reader's words: names in a list are added up."""
    return " + ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _by_size(value: object) -> tuple[float, str]:
    """A key that sorts numbers by size and all else by name."""
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))


def draw(table: pd.DataFrame) -> Drawing:
    """One interval for each run, seeds as a yardstick."""
    seeds = table.loc[table["setting"] == "seed", "change_nats"]
    rows = table[table["setting"] != "seed"].reset_index(drop=True)
    drawing, (axes,) = new_figure(1.2 + 0.34 * max(1, len(rows)))
    if len(seeds):
        reach = seeds.abs().max()
        axes.axvspan(-reach, reach, color=COLORS["band"], alpha=0.25, lw=0, label="as far as another seed moved it")
        legend_above(axes)
    axes.axvline(0, color=COLORS["muted"], lw=1)
    draw_intervals(drawing, axes, rows, list(range(len(rows))), "after", "D")
    name_rows(axes, [shorten(f"{row.setting.replace('_', ' ')}: {row.value}", 28) for row in rows.itertuples()])
    number_ticks(axes.xaxis)
    axes.set_xlabel("loss minus the default run's, nats per token\n(left of 0: better)")
    return drawing


def summarize(table: pd.DataFrame) -> str:
    """Every difference."""
    parts = [
        f"{row.setting.replace('_', ' ')} {row.value}: {show_change(row.change_nats)}"
        for row in table[table["setting"] != "seed"].itertuples()
    ]
    return (
        f"Loss minus the default run's, nats per token: {join_words(parts)}." if parts else "Only the seed was varied."
    )


def explain(table: pd.DataFrame) -> list[str]:
    """Rows, and the band of the seeds where there is one."""
    is_seed = table["setting"] == "seed"
    joint = table.loc[~is_seed, "setting"].str.contains(", ").any()
    said = "Each row is a run that differs from the default run in one setting"
    band = (
        "The gray-blue band is how far another seed alone moved the loss. What lies inside it is no effect to build on."
    )
    return [
        f"{said}{', or in several that were changed together' if joint else ''}.",
        *([band] if is_seed.any() else []),
    ]


FIGURE = Figure(
    name="other_settings",
    section="runs",
    title="What the other settings change",
    make_table=make_table,
    draw=draw,
    summarize=summarize,
    explain=explain,
    nothing="No run of this study differs from the default run in one setting.",
)
