"""Errors among the answers that are given, by how many are given, on test cases."""

from typing import Any

import pandas as pd

from further.guard.summary import draw_curves
from further.report.drawing.figure import Figure
from further.report.drawing.style import COLORS, Drawing, legend_above, new_figure, number_ticks, shorten
from further.report.guard import TRIED_ON
from further.report.results import StudyResults
from further.report.wording import join_words, show_count, show_percent

COLUMNS = ["question_type", "threshold", "given", "wrong", "given_share", "error_rate", "chosen", "target"]
COLOR_NAMES, LINES = ("after", "before", "other", "alert"), ("-", "--", "-.", ":")


def make_table(results: StudyResults[Any]) -> pd.DataFrame:
    """One row for each threshold that test cases could have; `chosen` is the one that the guard uses."""
    guard = results.guard
    if guard is None:
        return pd.DataFrame(columns=COLUMNS)
    rows = []
    for name, curve in draw_curves(guard.answers, TRIED_ON).items():
        certificate = guard.record.certificates.get(name)
        limit = certificate.threshold if certificate else None
        # The last test score that reaches the limit; -1, and no row, if none does.
        chosen = None if limit is None else int((curve.thresholds >= limit).sum()) - 1
        rows += [
            [name, *numbers, place == chosen, guard.record.target_error]
            for place, numbers in enumerate(
                zip(curve.thresholds, curve.accepted, curve.errors, curve.coverage, curve.risk, strict=True)
            )
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def draw(table: pd.DataFrame) -> Drawing:
    """A step for each threshold, a diamond at the chosen one, and the promised rate."""
    drawing, (axes,) = new_figure(3.2)
    for place, (name, own) in enumerate(table.groupby("question_type", sort=False)):
        color, line = look_of(place)
        shares, rates = 100 * own["given_share"], 100 * own["error_rate"]
        axes.plot(shares, rates, color=COLORS[color], ls=line, drawstyle="steps-post", label=shorten(str(name)))
        chosen = own[own["chosen"]]
        (marker,) = axes.plot(
            100 * chosen["given_share"], 100 * chosen["error_rate"], "D", color=COLORS[color], ms=6, clip_on=False
        )
        drawing.tip(marker, [f"{name}: {_say_place(row)}" for row in chosen.itertuples()])
    axes.axhline(100 * float(table["target"].iloc[0]), color=COLORS["muted"], lw=1, ls=(0, (1, 2)), label="promised")
    axes.set_xlim(0, 100)
    axes.set_ylim(bottom=0)
    for axis in (axes.xaxis, axes.yaxis):
        number_ticks(axis)
    axes.set_xlabel("answers given, percent of those that only the score can defer")
    axes.set_ylabel("wrong among them, percent")
    axes.grid(axis="y")
    legend_above(axes, columns=3)
    return drawing


def summarize(table: pd.DataFrame) -> str:
    """What the guard's own threshold gives, and how often all answers are wrong, by question type."""
    parts, others = [], []
    for name, own in table.groupby("question_type", sort=False):
        without = show_percent(float(own["error_rate"].iloc[-1]))
        chosen = [_say_place(row) for row in own[own["chosen"]].itertuples()]
        parts += [f"{name} {said}, {without} without a guard" for said in chosen]
        others += [] if chosen else [f"{name} ({without} wrong without a guard)"]
    given = [f"On test cases: {'; '.join(parts)}."] if parts else []
    return " ".join([*given, *([f"Handed over altogether: {join_words(others)}."] if others else [])])


def look_of(place: int) -> tuple[str, str]:
    """Color and line of a type; those beyond the fourth have another line in the same colors."""
    return COLOR_NAMES[place % 4], LINES[(place + 2 * (place // 4)) % 4]


def _say_place(row: object) -> str:
    given, share, rate = (getattr(row, name) for name in ("given", "given_share", "error_rate"))
    return f"{show_percent(share)} given ({show_count(given)}), {show_percent(rate)} of them wrong"


def explain(table: pd.DataFrame) -> list[str]:
    """Lines and diamonds."""
    said = ["From left to right the guard gives more answers, the surest first."]
    said += ["A diamond is the guard's own threshold."] * bool(table["chosen"].any())
    return [*said, "Only answers whose score alone decides are counted, one of each case."]


FIGURE: Figure[StudyResults[Any]] = Figure(
    "guard", "guard", "Errors among the answers given", make_table, draw, summarize, explain,
    nothing="No answers are guarded in this study.", is_optional=True,
)  # fmt: skip
