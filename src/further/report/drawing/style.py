"""One look for every figure: sizes that stay readable on a phone, colors that do not need color vision."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, Locator, LogLocator, MaxNLocator, NullLocator
from matplotlib.transforms import blended_transform_factory

from further.records.base import Interval
from further.report.wording import THIN, show_plain

# Okabe and Ito's colors, which people of every color vision can tell apart; the page has a dark twin for each.
COLORS = {
    "ink": "#1b1f24",
    "muted": "#59616b",
    "grid": "#dde1e6",
    "before": "#9a6700",
    "after": "#0072b2",
    "other": "#009e73",
    "alert": "#d55e00",
    "band": "#56b4e9",
    "seq1": "#8199ea",
    "seq2": "#6a85dc",
    "seq3": "#526fca",
    "seq4": "#3a57b0",
    "seq5": "#243a86",
    "seq6": "#10205a",
}
Subject = Literal["before", "after"]  # the base model, or the adapted one
MARKERS = {"before": "o", "after": "D"}
SEQUENCE = [name for name in COLORS if name.startswith("seq")]
WIDTH_INCHES = 5.2  # 374 points: on a phone 360 wide, text keeps nine tenths of its size
TITLE_POINTS = 26  # kept free at the top of every figure; the page cuts it off and shows the title as a heading
TITLE_SIZE = 11  # points
TITLE_ID = "figure-title"
POINTS_PER_INCH = 72
WIDE = 10  # times the lower end of a logarithmic axis, from which its ticks are those of a logarithm
MOST_ROWS = 40  # more cannot be named on one page
MOST_SAID = 12  # of them in the sentence beside the figure

RC: Any = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the layout is the same on every machine
    "font.size": 9.5,
    "axes.labelsize": 9.5,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "text.color": COLORS["ink"],
    "axes.labelcolor": COLORS["ink"],
    "xtick.color": COLORS["muted"],
    "ytick.color": COLORS["muted"],
    "xtick.labelcolor": COLORS["ink"],
    "ytick.labelcolor": COLORS["ink"],
    "axes.edgecolor": COLORS["muted"],
    "grid.color": COLORS["grid"],
    "grid.linewidth": 0.7,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "lines.linewidth": 1.6,
    "text.parse_math": False,  # a paper's name may hold a dollar sign
    "svg.fonttype": "none",  # letters stay letters: small, searchable, readable aloud
    "svg.hashsalt": "further",
}


@dataclass
class Drawing:
    """A figure and what hovering over its markers shows.

    Attributes:
        tips: By the id of a group of markers, one text per marker in drawing order.
    """

    figure: Figure
    tips: dict[str, list[str]] = field(default_factory=dict)

    def tip(self, artist: Any, texts: Sequence[str]) -> None:
        """Give each marker of a drawn artist its hover text."""
        name = f"tips-{len(self.tips) + 1}"
        artist.set_gid(name)
        self.tips[name] = list(texts)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with the one style; what was set before comes back afterwards."""
    with mpl.rc_context(), sns.axes_style("ticks"), sns.plotting_context("paper"), mpl.rc_context(RC):
        yield


def new_figure(
    height_inches: float, rows: int = 1, ratios: Sequence[float] | None = None
) -> tuple[Drawing, list[Axes]]:
    """A figure of the common width with room for its title.

    Args:
        ratios: Their relative heights; None for equal ones.

    Returns:
        The drawing and its axes from top to bottom.
    """
    height = height_inches + TITLE_POINTS / POINTS_PER_INCH
    figure = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
    engine = figure.get_layout_engine()
    assert engine is not None
    # The layout engine does not see the title, which is plain text, so its room is kept out of the rectangle.
    engine.set(rect=(0, 0, 1, height_inches / height), h_pad=0.06, w_pad=0.06, hspace=0.05)  # type: ignore[call-arg]
    axes = figure.subplots(rows, 1, squeeze=False, height_ratios=ratios)
    return Drawing(figure), list(axes[:, 0])


def add_title(figure: Figure, title: str) -> None:
    """Write the title into the room kept for it, smaller if it is long, marked so that the page can leave it out."""
    height = figure.get_size_inches()[1] * POINTS_PER_INCH
    # Plain text, not matplotlib's own title: the page finds it by its id and cuts it off.
    written = figure.text(0.012, 1 - 7 / height, title, ha="left", va="top", fontweight="bold", gid=TITLE_ID)
    written.set_fontsize(TITLE_SIZE)
    # A long title is set smaller: matplotlib would cut it off at the right edge.
    too_wide = written.get_window_extent().width / (0.97 * figure.bbox.width)
    written.set_fontsize(TITLE_SIZE / max(1, too_wide))


def draw_sentence(sentence: str) -> Drawing:
    """A figure that says in words why there is nothing to draw."""
    drawing, (axes,) = new_figure(0.9)
    axes.set_axis_off()
    axes.text(0, 0.5, sentence, ha="left", va="center", wrap=True, color=COLORS["muted"], transform=axes.transAxes)
    return drawing


def number_ticks(axis: Any, show: Callable[[float], str] = show_plain) -> None:
    """A few round ticks with plain numbers, on linear and logarithmic axes alike."""
    locator: Locator = MaxNLocator(5, steps=[1, 2, 5, 10])
    if "log" in axis.get_scale():  # a second scale of a logarithmic axis is a "functionlog"
        low, high = axis.get_view_interval()
        # Evenly spaced ticks would crowd at the end of a wide logarithmic axis.
        if high > WIDE * low:
            locator = LogLocator(subs=(1, 2, 5) if high < WIDE**3 * low else (1,), numticks=8)
    axis.set_major_locator(locator)
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: show(value)))


def short_count(value: float) -> str:
    """A count with its thousands as a letter: 12,345 gives `12.3 k`."""
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{THIN}{letter}"
    return show_plain(value)


def legend_above(axes: Axes, columns: int = 2, markers: float = 1) -> None:
    """A legend between title and axes, centered, in as many columns as fit; `markers` times as large as drawn."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    # matplotlib does not wrap legends: one that is too wide is cut off on both sides.
    for number in range(columns, 0, -1):
        legend = axes.legend(
            loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=number, borderaxespad=0.2, columnspacing=1,
            handletextpad=0.4, markerscale=markers,
            bbox_transform=blended_transform_factory(figure.transFigure, axes.transAxes),
        )  # fmt: skip
        if legend.get_window_extent().width < figure.bbox.width:
            return


def name_rows(axes: Axes, labels: Sequence[str], across: str) -> None:
    """Named rows from the top down, without an axis line; `across` names the other axis."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    sns.despine(ax=axes, left=True)
    axes.grid(axis="x")
    number_ticks(axes.xaxis)
    axes.set_xlabel(across)


def keep_rows(table: pd.DataFrame, weights: "pd.Series[float]") -> pd.DataFrame:
    """The rows of most weight that one page can name, in their order."""
    return table.loc[weights.nlargest(MOST_ROWS).index.sort_values()].reset_index(drop=True)


def say_kept(table: pd.DataFrame, which: str) -> list[str]:
    """That not all rows are drawn, where that is so."""
    return [f"Of {len(table):,} rows, the {MOST_ROWS} {which} are drawn."] if len(table) > MOST_ROWS else []


def draw_dots(
    drawing: Drawing, axes: Axes, rows: pd.DataFrame, column: str, heights: Any, subject: Subject, tips: Sequence[str],
    label: str | None = None, size: float = 6,
) -> None:  # fmt: skip
    """Open dots for the base model, or diamonds for the adapted one, each with its hover text.

    Args:
        rows: The column; where there are columns low and high also lines between them, but none to an open end.
    """
    color = COLORS[subject]
    if "low" in rows:
        axes.hlines(heights, rows["low"].astype(float), rows["high"].astype(float), color=color, lw=1.8)
    look: dict[str, Any] = {
        "mfc": "none" if subject == "before" else color,
        "ms": size,
        "mew": size / 4,
        "clip_on": False,
    }
    (line,) = axes.plot(rows[column].astype(float), heights, MARKERS[subject], color=color, label=label, **look)
    drawing.tip(line, tips)


def read_ends(row: Any, estimate: float) -> Interval:
    """The interval of a table's row, where NaN is an open end."""
    low, high = (None if pd.isna(end) else float(end) for end in (row.low, row.high))
    return Interval(estimate=estimate, low=low, high=high)


def shorten(name: str, width: int = 26) -> str:
    """A label that fits beside an axis; hover text and CSV have the whole name."""
    return name if len(name) <= width else f"{name[: width - 1]}…"
