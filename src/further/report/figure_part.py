"""A figure as the page shows it: the drawing, words about it, and its data, as a table and for download."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from further.report import FIGURES
from further.report.figure_reading import explain_figure
from further.report.figure_texts import CARRIES_OVER, describe_figure
from further.report.inputs import ReportInputs
from further.report.study import PageSettings
from further.report.svg import inline_svg
from further.report.table import Table, make_table
from further.report.tables import TABLES

MOST_ROWS_SHOWN = 60  # a longer table is only in the CSV


@dataclass(frozen=True)
class FigurePart:
    """A figure as the page shows it: the drawing, words about it, and its data."""

    name: str
    title: str
    svg: Markup
    reading: str
    summary: str
    data_link: Markup
    table: Table | None
    carries_over: bool
    toy_note: str
    is_empty: bool


def make_part(inputs: ReportInputs, name: str, figures: Path, data: Path, settings: PageSettings) -> FigurePart:
    """A drawn figure with its words and its data.

    Args:
        inputs: The study's results.
        name: One of FIGURES.
        figures: Folder with `{name}.svg`.
        data: Folder with `{name}.csv`.
        settings: What the page is told apart from the results.

    Raises:
        FileNotFoundError: If the figure or its data is absent.
    """
    frame = TABLES[name](inputs)
    summary = describe_figure(name, frame)
    title = FIGURES[name]
    csv = base64.b64encode((data / f"{name}.csv").read_bytes()).decode()
    carries_over, note = CARRIES_OVER[name]
    return FigurePart(
        name=name,
        title=title,
        svg=Markup(inline_svg((figures / f"{name}.svg").read_text(encoding="utf-8"), name, f"{title}. {summary}")),
        reading="" if frame.empty else explain_figure(name, frame),
        summary=summary,
        data_link=Markup(f"data:text/csv;charset=utf-8;base64,{csv}"),
        table=_frame_table(f"Data of the figure: {title}", frame),
        carries_over=carries_over,
        toy_note=note,
        is_empty=frame.empty,
    )


def _frame_table(caption: str, frame: pd.DataFrame) -> Table | None:
    if frame.empty or len(frame) > MOST_ROWS_SHOWN:
        return None
    rows = [tuple(_show_cell(cell) for cell in row) for row in frame.itertuples(index=False)]
    numbers = [index for index, kind in enumerate(frame.dtypes) if pd.api.types.is_numeric_dtype(kind)]
    return make_table(caption, tuple(column.replace("_", " ") for column in frame.columns), rows, numbers)


def _show_cell(cell: Any) -> str:
    if cell is None or cell != cell:
        return ""
    return f"{cell:.5g}" if isinstance(cell, float) else str(cell)
