"""Right answers by question type: floors, base model and adapted model."""

import pandas as pd

from further.records.answers import main_score
from further.report.drawing.figure import ANSWERS, Figure
from further.report.drawing.style import COLORS, Drawing, Subject, draw_dots, legend_above, name_rows, new_figure
from further.report.images.answers import name_floors
from further.report.images.results import ImageResults
from further.report.wording import fixed, join_words

COLUMNS = ["question_type", "score", "answered_by", "percent", "low", "high", "answers", "cases"]
OFFSETS: dict[Subject, float] = {"before": -0.12, "after": 0.12}  # of their rows within a type's
LABELS: dict[str, str] = {"before": "base model", "after": "adapted model"}


def make_table(results: ImageResults) -> pd.DataFrame:
    """One row for each question type and who answered: floors, views without the right image, base and adapted."""
    record = results.answers
    all_scores = name_floors(record) | {"before": record.default_base, "after": record.default.scores}
    rows = []
    for kind in record.kinds:
        for name, scores in all_scores.items():
            if kind in scores:
                score, main = main_score(scores[kind], record.main[kind]), record.main[kind]
                rows.append([kind, main, name, *score.scaled(100).ends, scores[kind].answers, scores[kind].cases])
    return pd.DataFrame(rows, columns=COLUMNS)


def draw(table: pd.DataFrame) -> Drawing:
    """A row for each type: floors as ticks, models with intervals."""
    kinds = list(dict.fromkeys(table["question_type"]))
    drawing, (axes,) = new_figure(1.2 + 0.42 * len(kinds))
    places = {kind: place for place, kind in enumerate(kinds)}
    heights = table["question_type"].map(places)
    floors = ~table["answered_by"].isin(list(LABELS))
    (ticks,) = axes.plot(
        table.loc[floors, "percent"], heights[floors], "|", ms=13, mew=1.4, color=COLORS["muted"], label="floors"
    )
    drawing.tip(ticks, [_say(row) for _, row in table[floors].iterrows()])
    for subject, offset in OFFSETS.items():
        rows = table[table["answered_by"] == subject]
        own_heights = heights[rows.index] + offset
        tips = [_say(row) for _, row in rows.iterrows()]
        draw_dots(drawing, axes, rows, "percent", own_heights, subject, tips, LABELS[subject])
    name_rows(axes, [_label(kind, table) for kind in kinds], "right answers, % (F1: overlap of words, %)")
    axes.set_xlim(-2, 102)
    legend_above(axes, 3)
    return drawing


def _label(kind: str, table: pd.DataFrame) -> str:
    exact = (table.loc[table["question_type"] == kind, "score"] == "exact_match").all()
    return kind if exact else f"{kind} (F1)"


def _say(row: "pd.Series[float]") -> str:
    answered_by = str(row["answered_by"])
    return f"{row['question_type']}, {LABELS.get(answered_by, answered_by)}: {fixed(row['percent'], 1)}%"


def summarize(table: pd.DataFrame) -> str:
    """Before and after, by type."""
    wide = table.pivot(index="question_type", columns="answered_by", values="percent")
    said = [f"{kind} {fixed(row['before'], 1)} to {fixed(row['after'], 1)}" for kind, row in wide.iterrows()]
    return f"Right answers in percent, base and adapted model: {join_words(said)}."


def explain(table: pd.DataFrame) -> list[str]:
    """Ticks, markers, intervals."""
    names = [name for name in dict.fromkeys(table["answered_by"]) if name not in LABELS]
    return [
        f"Gray ticks are floors, which need no understanding: {join_words(names)}.",
        "Lines are 95% intervals over cases. A model that is no better than a floor has not shown that it looks.",
    ]


FIGURE = Figure(
    "answers_by_type", ANSWERS, "Answers by question type, against what needs no understanding", make_table,
    draw, summarize, explain,
    nothing="No question was answered.",
)  # fmt: skip
