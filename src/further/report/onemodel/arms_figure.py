"""Every arm's right answers, with its interval over seeds and cases."""

import pandas as pd

from further.report.drawing.figure import ANSWERS, Figure
from further.report.drawing.style import COLORS, Drawing, name_rows, new_figure, number_ticks, shorten
from further.report.onemodel.results import OneModelResults
from further.report.onemodel.tables import LAYOUTS, OBJECTIVES
from further.report.wording import fixed, join_words

COLUMNS = ["arm", "cases", "percent", "low", "high"]


def make_table(results: OneModelResults) -> pd.DataFrame:
    """One row for each layout and each objective: right answers about images."""
    rows = []
    for name, arm in [*results.arms("layouts").items(), *results.arms("objectives").items()]:
        parts = name.split("-")
        said = LAYOUTS[name] if name in LAYOUTS else f"{OBJECTIVES[parts[1]]}, {arm.num_cases} cases"
        ends = (arm.accuracy.estimate, arm.accuracy.low, arm.accuracy.high)
        rows.append([said, arm.num_cases, *(None if end is None else 100 * end for end in ends)])
    return pd.DataFrame(rows, columns=COLUMNS)


def draw(table: pd.DataFrame) -> Drawing:
    """One interval for each arm."""
    drawing, (axes,) = new_figure(1.3 + 0.34 * len(table))
    axes.hlines(table.index, table["low"].astype(float), table["high"].astype(float), color=COLORS["after"], lw=1.8)
    (line,) = axes.plot(table["percent"], table.index, "D", color=COLORS["after"], ms=6)
    drawing.tip(line, [f"{row['arm']}: {fixed(row['percent'], 1)}%" for _, row in table.iterrows()])
    name_rows(axes, [shorten(name, 46) for name in table["arm"]])
    number_ticks(axes.xaxis)
    axes.set_xlabel("right answers about images, %")
    return drawing


def summarize(table: pd.DataFrame) -> str:
    """Every arm."""
    return (
        f"Right answers in percent: {join_words([f'{row.arm} {fixed(row.percent, 1)}' for row in table.itertuples()])}."
    )


def explain(table: pd.DataFrame) -> list[str]:
    """Rows and intervals."""
    return ["Each row is an arm. Lines are 95% intervals over seeds and test cases."]


FIGURE = Figure(
    name="arms",
    section=ANSWERS,
    title="Right answers of every arm",
    make_table=make_table,
    draw=draw,
    summarize=summarize,
    explain=explain,
    nothing="No arm was trained.",
)
