"""A figure: its table, its drawing and its words, each computed once; and a drawn figure as the page shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import pandas as pd
from markupsafe import Markup

from further.io import write_text
from further.report.drawing.style import Drawing, add_title, draw_sentence, house_style
from further.report.drawing.svg import inline_svg, write_svg
from further.report.rendering import embed
from further.report.shown_table import ShownTable, show_frame

R = TypeVar("R", contravariant=True)
ANSWERS = "answers"  # the part of the page below the answers
MOST_ROWS_SHOWN = 60  # a longer table is only in the CSV


@dataclass(frozen=True)
class Figure(Generic[R]):
    """A figure of one kind of study; `R` is what that kind's results are.

    Attributes:
        section: Its part of the page: the answers, or one of the folded sections.
        make_table: All that it is drawn from, and what the reader downloads; empty where there is nothing to draw.
        summarize: What it shows, in a sentence with its numbers; read aloud in place of the picture.
        explain: How to read it: only what this study's table holds.
        nothing: What is said instead of an empty table.
        carries_over: Whether a toy model's figure says something of a real model.
        is_optional: Whether the page leaves it out where it is empty: its question is one that few studies ask.
        lines: Kinds of rows that only draw a line: the CSV has them, the page's table does not.
    """

    name: str
    section: str
    title: str
    make_table: Callable[[R], pd.DataFrame]
    draw: Callable[[pd.DataFrame], Drawing]
    summarize: Callable[[pd.DataFrame], str]
    explain: Callable[[pd.DataFrame], list[str]]
    nothing: str
    carries_over: bool = False
    is_optional: bool = False
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShownFigure:
    """A drawn figure with its words and its data; no table where that is long, no reading where there is nothing."""

    figure: Figure[Any]
    svg: Markup
    summary: str
    reading: str
    data_link: Markup
    table: ShownTable | None
    is_empty: bool

    @property
    def is_left_out(self) -> bool:
        """Whether the page does not show it."""
        return self.is_empty and self.figure.is_optional


def draw_figure(figure: Figure[R], results: R, folder: Path) -> ShownFigure:
    """Write a figure as `figures/{name}.svg` and its table as `data/{name}.csv`."""
    table = figure.make_table(results)
    csv = table.to_csv(index=False, lineterminator="\n")
    write_text(folder / "data" / f"{figure.name}.csv", csv)
    with house_style():
        drawing = draw_sentence(figure.nothing) if table.empty else figure.draw(table)
        add_title(drawing.figure, figure.title)
        svg = write_svg(drawing, folder / "figures" / f"{figure.name}.svg")
    summary = figure.nothing if table.empty else figure.summarize(table)
    told = table[~table["kind"].isin(figure.lines)] if figure.lines else table
    is_shown = 0 < len(told) <= MOST_ROWS_SHOWN
    return ShownFigure(
        figure=figure,
        svg=Markup(inline_svg(svg, figure.name, f"{figure.title}. {summary}")),
        summary=summary,
        reading="" if table.empty else " ".join(figure.explain(table)),
        data_link=embed("text/csv;charset=utf-8", csv.encode()),
        table=show_frame(f"Data of the figure: {figure.title}", told) if is_shown else None,
        is_empty=table.empty,
    )
