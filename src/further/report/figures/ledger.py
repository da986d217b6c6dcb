"""Where every extracted character of the papers went."""

import pandas as pd

from further.report.drawing.figure import Figure
from further.report.drawing.style import COLORS, Drawing, new_figure, number_ticks, shorten
from further.report.results import TextResults
from further.report.wording import join_words, show_count, show_percent


def make_table(results: TextResults) -> pd.DataFrame:
    """Characters by reason and their fraction of all, kept first, then by size."""
    totals = results.corpus.ledger.groupby("reason", as_index=False)["characters"].sum()
    totals["share"] = totals["characters"] / max(1, int(totals["characters"].sum()))
    # What was kept stands first, however little it is.
    totals["dropped"] = totals["reason"] != "kept"
    totals = totals.sort_values(["dropped", "characters", "reason"], ascending=[True, False, True], ignore_index=True)
    return totals[["reason", "characters", "share"]]


def draw(table: pd.DataFrame) -> Drawing:
    """One bar per reason, in percent of all characters extracted."""
    drawing, (axes,) = new_figure(0.9 + 0.27 * len(table))
    shares = 100 * table["share"]
    colors = [COLORS["after" if reason == "kept" else "before"] for reason in table["reason"]]
    axes.barh(range(len(table)), shares, height=0.68, color=colors)
    for row, (share, characters) in enumerate(zip(shares, table["characters"], strict=True)):
        text = f"{show_percent(share / 100)} ({show_count(characters)})"
        axes.annotate(text, (share, row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(range(len(table)), [shorten(reason) for reason in table["reason"]])
    axes.set_ylim(len(table) - 0.4, -0.6)
    # Half as much room again at the right, for the numbers behind the bars.
    axes.set_xlim(0, max(1.0, shares.max()) * 1.5)
    axes.tick_params(axis="y", length=0)
    number_ticks(axes.xaxis)
    axes.set_xlabel(f"percent of {show_count(table['characters'].sum())} extracted characters")
    axes.grid(axis="x")
    return drawing


def summarize(table: pd.DataFrame) -> str:
    """Every reason with its fraction."""
    parts = [f"{row.reason} {show_percent(row.share)}" for row in table.itertuples()]
    return f"Of {show_count(table['characters'].sum())} characters: {join_words(parts)}."


def explain(table: pd.DataFrame) -> list[str]:
    """That nothing is missing."""
    return ["Every character extracted from the papers is kept or dropped for one reason. The bars add up to all."]


FIGURE = Figure(
    "ledger", "corpus", "Where the characters of the papers went", make_table, draw, summarize, explain,
    nothing="No characters were extracted in this study.", carries_over=True,
)  # fmt: skip
