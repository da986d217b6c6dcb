"""Questions answered right before and after, by topic, beside scores without knowledge of the field."""

import pandas as pd

from further.report.answers.questions import FLOORS, find_overall, read_floors
from further.report.drawing.figure import ANSWERS, Figure
from further.report.drawing.style import (
    COLORS,
    MOST_SAID,
    Drawing,
    Subject,
    draw_dots,
    keep_rows,
    legend_above,
    name_rows,
    new_figure,
    say_kept,
    shorten,
)
from further.report.results import TextResults
from further.report.wording import join_words, show_count, show_percent

COLUMNS = ["topic", "num_questions", "base", "adapted", *FLOORS]


def make_table(results: TextResults) -> pd.DataFrame:
    """Fractions right of all questions and of each topic; the floors are in the first row."""
    asked = results.asked.questions
    if asked is None:
        return pd.DataFrame(columns=COLUMNS)
    topics = {"all questions": find_overall(asked), **{topic.name: topic.accuracy for topic in asked.topics}}
    rows = [[topic, own.base.number, own.base.fraction, own.adapted.fraction] for topic, own in topics.items()]
    floors = [read_floors(asked.floors).get(name) for name in FLOORS]
    return pd.DataFrame(
        [row + (floors if place == 0 else [None] * 3) for place, row in enumerate(rows)], columns=COLUMNS
    )


def draw(table: pd.DataFrame) -> Drawing:
    """Two dots for each topic, joined; floors as lines."""
    table = keep_rows(table, table["num_questions"])
    drawing, (axes,) = new_figure(1.5 + 0.28 * len(table))
    axes.hlines(table.index, 100 * table["base"], 100 * table["adapted"], color=COLORS["muted"], lw=1.4)
    subjects: dict[Subject, str] = {"before": "base", "after": "adapted"}
    for subject, column in subjects.items():
        tips = [
            f"{row.topic}: {show_percent(getattr(row, column))} of {show_count(row.num_questions)} {subject}"
            for row in table.itertuples()
        ]
        draw_dots(drawing, axes, 100 * table[[column]], column, table.index, subject, tips, subject)
    # Floors are of all questions together, which the first row holds.
    for (name, words), style in zip(FLOORS.items(), (":", "--", "-."), strict=True):
        floor = table[name].iloc[0]
        if pd.notna(floor):
            axes.axvline(100 * float(floor), color=COLORS["alert"], lw=1, ls=style, label=words)
    name_rows(axes, [shorten(topic) for topic in table["topic"]], "questions answered right, percent")
    axes.set_xlim(0, 100)
    legend_above(axes, columns=3)
    return drawing


def summarize(table: pd.DataFrame) -> str:
    """Right before and after, of all questions and of each topic."""
    parts = [f"{row.topic} {show_percent(row.base)} and {show_percent(row.adapted)}" for row in table.itertuples()]
    return f"Answered right before and after: {join_words(parts, MOST_SAID)}."


def explain(table: pd.DataFrame) -> list[str]:
    """Dots and lines."""
    said = "Open dots are the base model, diamonds the adapted model. Lines are scores without knowledge of the field."
    return [said, *say_kept(table, "with most questions")]


FIGURE = Figure(
    "questions", ANSWERS, "Questions answered right, by topic", make_table, draw, summarize, explain,
    nothing="This study asks no questions.", is_optional=True,
)  # fmt: skip
