"""What each setting changes: right answers of runs that differ from the default run in more than their data."""

from typing import Any

import pandas as pd

from further.records.answers import main_score
from further.report.drawing.figure import Figure
from further.report.drawing.style import MOST_SAID, Drawing, say_kept
from further.report.figures.other_settings import draw_settings
from further.report.images.answers import choose_overall, overall
from further.report.images.results import ImageResults
from further.report.varied_runs import DEFAULT, SEED, Varied, list_varied
from further.report.wording import fixed, join_words

OWN_FIGURE = {"fraction"}  # settings whose effect another figure shows
COLUMNS = ["setting", "value", "run", "label", "percent", "low", "high", "trained_percent"]


def make_table(results: ImageResults) -> pd.DataFrame:
    """One row for the default run, and for each that differs from it in something else than the amount of data."""
    record, main = results.answers, choose_overall(results.answers)
    rows: list[list[Any]] = []
    for varied in (Varied(DEFAULT, "", record.default_run, DEFAULT), *list_varied(record, OWN_FIGURE)):
        run = record.runs[varied.run]
        score = main_score(overall(run.scores), main)
        rows.append([*varied, *score.scaled(100).ends, 100 * run.trainable_share])
    return pd.DataFrame(rows if len(rows) > 1 else [], columns=COLUMNS)


def draw(table: pd.DataFrame) -> Drawing:
    """Right answers of each run; the line is the default run."""
    default = float(table.loc[table["setting"] == DEFAULT, "percent"].iloc[0])
    across = "right answers of all types together, %"
    return draw_settings(table, "percent", default, across, lambda row: f"{row.run}: {fixed(row.percent, 1)}%")


def summarize(table: pd.DataFrame) -> str:
    """Every run."""
    said = [f"{row.label} {fixed(row.percent, 1)}" for row in table.itertuples()]
    return f"Right answers in percent: {join_words(said, MOST_SAID)}."


def explain(table: pd.DataFrame) -> list[str]:
    """Rows, intervals, band."""
    band = " The band is how far another seed alone moved it." if (table["setting"] == SEED).any() else ""
    said = f"Each row is a run. Lines are 95% intervals over cases, the gray line is the default run.{band}"
    return [said, *say_kept(table[table["setting"] != SEED], "farthest from the default run")]


FIGURE = Figure(
    "other_settings", "runs", "What the settings change", make_table, draw, summarize, explain,
    nothing="No run of this study varies anything but its data.",
)  # fmt: skip
