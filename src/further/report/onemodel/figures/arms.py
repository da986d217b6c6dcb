"""Every arm's right answers, with its interval over seeds and cases."""

import pandas as pd

from further.report.drawing.figure import ANSWERS, Figure
from further.report.drawing.style import Drawing, draw_dots, name_rows, new_figure, shorten
from further.report.onemodel.results import OneModelResults
from further.report.onemodel.tables import LAYOUTS, OBJECTIVES
from further.report.wording import fixed

COLUMNS = ["arm", "cases", "percent", "low", "high"]


def make_table(results: OneModelResults) -> pd.DataFrame:
    """One row for each layout and each objective: right answers about images."""
    rows = []
    for name, arm in [*results.arms("layouts").items(), *results.arms("objectives").items()]:
        parts = name.split("-")
        said = LAYOUTS[name] if name in LAYOUTS else f"{OBJECTIVES[parts[1]]}, {arm.num_cases} cases"
        rows.append([said, arm.num_cases, *arm.accuracy.scaled(100).ends])
    return pd.DataFrame(rows, columns=COLUMNS)


def draw(table: pd.DataFrame) -> Drawing:
    """One interval for each arm."""
    drawing, (axes,) = new_figure(1.3 + 0.34 * len(table))
    tips = [f"{row.arm}: {fixed(row.percent, 1)}%" for row in table.itertuples()]
    draw_dots(drawing, axes, table, "percent", table.index, "after", tips)
    name_rows(axes, [shorten(name, 46) for name in table["arm"]], "right answers about images, %")
    return drawing


def summarize(table: pd.DataFrame) -> str:
    """The arms with the fewest and the most right answers."""
    worst, best = (table.loc[place] for place in (table["percent"].idxmin(), table["percent"].idxmax()))
    least, most = (f"{fixed(row['percent'], 1)}% ({row['arm']})" for row in (worst, best))
    return f"Right answers about images run from {least} to {most}."


def explain(table: pd.DataFrame) -> list[str]:
    """Rows and intervals."""
    return ["Each row is an arm. Lines are 95% intervals over seeds and test cases."]


FIGURE = Figure(
    "arms", ANSWERS, "Right answers of every arm", make_table, draw, summarize, explain,
    nothing="No arm was trained.",
)  # fmt: skip
