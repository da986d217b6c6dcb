"""What each setting changes: right answers of runs that differ from the default run in more than their data."""

from typing import Any

import pandas as pd

from further.records.answers import main_score
from further.report.drawing.figure import Figure
from further.report.drawing.style import COLORS, Drawing, legend_above, name_rows, new_figure, number_ticks, shorten
from further.report.images.answers import choose_overall, overall
from further.report.images.results import ImageResults
from further.report.wording import fixed, join_words

COLUMNS = ["setting", "value", "run", "percent", "low", "high", "trained_percent"]
DEFAULT, SEED = "default run", "seed"


def make_table(results: ImageResults) -> pd.DataFrame:
    """One row for the default run, and for each that differs from it in something else than the amount of data."""
    record, main = results.answers, choose_overall(results.answers)
    rows: list[list[Any]] = []
    for name, run in record.runs.items():
        values = record.differing(name)
        if "fraction" in values:
            continue
        score = main_score(overall(run.scores), main)
        ends = [None if end is None else 100 * end for end in (score.low, score.high)]
        setting = ", ".join(key.replace("_", " ") for key in values) or DEFAULT
        value = ", ".join("+".join(value) if isinstance(value, list) else str(value) for value in values.values())
        rows.append([setting, value, name, 100 * score.estimate, *ends, 100 * run.trainable_share])
    rows.sort(key=lambda row: (row[0] != DEFAULT, row[0] != SEED, row[0], row[1]))
    return pd.DataFrame(rows if len(rows) > 1 else [], columns=COLUMNS)


def draw(table: pd.DataFrame) -> Drawing:
    """One interval for each run; the default run's estimate and the seeds' range as yardsticks."""
    drawing, (axes,) = new_figure(1.3 + 0.34 * len(table))
    default = float(table.loc[table["setting"] == DEFAULT, "percent"].iloc[0])
    seeds = table[table["setting"].isin([DEFAULT, SEED])]["percent"].astype(float)
    if len(seeds) > 1:
        axes.axvspan(
            seeds.min(), seeds.max(), color=COLORS["band"], alpha=0.25, lw=0, label="as far as another seed moved it"
        )
    axes.axvline(default, color=COLORS["muted"], lw=1)
    axes.hlines(table.index, table["low"].astype(float), table["high"].astype(float), color=COLORS["after"], lw=1.8)
    (line,) = axes.plot(table["percent"], table.index, "D", color=COLORS["after"], ms=6)
    drawing.tip(line, [f"{row['run']}: {fixed(row['percent'], 1)}%" for _, row in table.iterrows()])
    names = [f"{row.setting}: {row.value}" if row.value else row.setting for row in table.itertuples()]
    name_rows(axes, [shorten(name, 32) for name in names])
    number_ticks(axes.xaxis)
    axes.set_xlabel("right answers of all types together, %")
    if len(seeds) > 1:
        legend_above(axes)
    return drawing


def summarize(table: pd.DataFrame) -> str:
    """Every run."""
    said = [f"{row.setting} {row.value} {fixed(row.percent, 1)}".replace("  ", " ") for row in table.itertuples()]
    return f"Right answers in percent: {join_words(said)}."


def explain(table: pd.DataFrame) -> list[str]:
    """Rows, intervals, band."""
    band = " The band is how far another seed alone moved it." if (table["setting"] == SEED).any() else ""
    return [f"Each row is a run. Lines are 95% intervals over cases, the gray line is the default run.{band}"]


FIGURE = Figure(
    name="other_settings",
    section="runs",
    title="What the settings change",
    make_table=make_table,
    draw=draw,
    summarize=summarize,
    explain=explain,
    nothing="No run of this study differs from the default run in anything but its data.",
)
