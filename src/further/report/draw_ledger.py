"""Figure of the corpus: where every extracted character went."""

import pandas as pd

from further.report.style import COLORS, Drawing, new_figure, number_ticks, shorten
from further.report.wording import show_count, show_share


def draw_ledger(table: pd.DataFrame) -> Drawing:
    """One bar per reason, kept first, in per cent of all characters extracted."""
    drawing, (axes,) = new_figure(0.9 + 0.27 * len(table))
    shares = 100 * table["share"]
    kept = table["reason"] == "kept"
    axes.barh(
        range(len(table)), shares, height=0.68, color=[COLORS["after" if is_kept else "before"] for is_kept in kept]
    )
    for row, (share, characters) in enumerate(zip(shares, table["characters"], strict=True)):
        text = f"{show_share(share / 100)} ({show_count(characters)})"
        axes.annotate(text, (share, row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(range(len(table)), [shorten(reason) for reason in table["reason"]])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(0, max(1.0, shares.max()) * 1.5)
    axes.tick_params(axis="y", length=0)
    number_ticks(axes.xaxis)
    axes.set_xlabel(f"share of {show_count(table['characters'].sum())} characters extracted, per cent")
    axes.grid(axis="x")
    return drawing
