"""The page for people: one HTML file that needs nothing beside it and asks the network for nothing."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from further.io import write_text
from further.report import FIGURES
from further.report.answers import make_answers
from further.report.figure_texts import CARRIES_OVER, HOW_TO_READ, describe_figure
from further.report.inputs import ReportInputs
from further.report.law import forecast_table, target_table
from further.report.sections import (
    Prices,
    Table,
    count_papers,
    group_samples,
    hardware_table,
    ledger_table,
    make_table,
    provenance_tables,
    rejected_table,
    runs_table,
    say_spent,
    settings_tables,
    split_table,
    steps,
)
from further.report.svg import inline_svg
from further.report.tables import TABLES
from further.report.wording import count_noun, show_count

MOST_ROWS_SHOWN = 60  # a longer table is only in the CSV
CORPUS_FIGURE = "ledger"


@dataclass(frozen=True)
class PageSettings:
    """What the page is told apart from the results.

    Attributes:
        titles: A title for each name in FIGURES.
        toy_base: Whether the base model is a toy, which the page then says on its face.
        prices: What an hour of the hardware costs; None counts no money.
        corpus_view: Link to a page-by-page view of the papers; None where there is none.
    """

    titles: Mapping[str, str]
    toy_base: bool
    prices: Prices | None = None
    corpus_view: str | None = None


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


def write_page(inputs: ReportInputs, figures: Path, data: Path, target: Path, settings: PageSettings) -> None:
    """Write the report's page.

    Args:
        inputs: The study's results.
        figures: Folder with `{name}.svg` for each name in FIGURES.
        data: Folder with `{name}.csv`.
        target: The HTML file to make.
        settings: What the page is told apart from the results.

    Raises:
        FileNotFoundError: If a figure or its data is absent.
    """
    parts = {name: _figure_part(inputs, name, figures, data, settings) for name in FIGURES}
    environment = Environment(
        loader=PackageLoader("further.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("page.html.jinja").render(
        style=Markup((files("further.report") / "templates" / "style.css").read_text(encoding="utf-8")),
        answers=make_answers(inputs.comparison, inputs.law),
        figures=[part for name, part in parts.items() if name != CORPUS_FIGURE],
        ledger_figure=parts[CORPUS_FIGURE],
        settings=settings,
        **_sections(inputs, settings),
    )
    write_text(target, page)


def _figure_part(inputs: ReportInputs, name: str, figures: Path, data: Path, settings: PageSettings) -> FigurePart:
    frame = TABLES[name](inputs)
    summary = describe_figure(name, frame)
    title = settings.titles[name]
    csv = base64.b64encode((data / f"{name}.csv").read_bytes()).decode()
    carries_over, note = CARRIES_OVER[name]
    return FigurePart(
        name=name,
        title=title,
        svg=Markup(inline_svg((figures / f"{name}.svg").read_text(encoding="utf-8"), name, f"{title}. {summary}")),
        reading=HOW_TO_READ[name],
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


def _sections(inputs: ReportInputs, settings: PageSettings) -> dict[str, Any]:
    """Everything below the figures."""
    return {
        "title": inputs.title,
        "subtitle": _say_study(inputs),
        "samples": group_samples(inputs.samples),
        "papers": count_papers(inputs),
        "num_rows": None if inputs.rows is None else show_count(len(inputs.rows)),
        "rejected": rejected_table(inputs),
        "ledger": ledger_table(inputs),
        "split": split_table(inputs),
        "spent": say_spent(inputs, settings.prices),
        "runs": runs_table(inputs, settings.prices),
        "forecast": forecast_table(inputs.law),
        "targets": target_table(inputs.law),
        "steps": steps(inputs),
        "made_with": [*settings_tables(inputs), hardware_table(inputs), *provenance_tables(inputs.provenance)],
        "sources": _sources_table(inputs, settings),
    }


def _say_study(inputs: ReportInputs) -> str:
    papers = count_papers(inputs)
    return f"{count_noun(papers['used'], 'paper')}, {count_noun(len(inputs.metrics), 'training run')}"


def _sources_table(inputs: ReportInputs, settings: PageSettings) -> Table:
    """Where each number of the page stands in the results."""
    rows = [(answer.question, "; ".join(answer.sources)) for answer in make_answers(inputs.comparison, inputs.law)]
    rows += [(f"Figure: {settings.titles[name]}", f"results/report/data/{name}.csv") for name in FIGURES]
    rows += [
        ("Samples", "results/evaluation/samples.json"),
        ("Papers left out", "results/corpus/rejected.parquet"),
        ("Characters", "results/corpus/ledger.parquet"),
        ("Split", "results/corpus/split.parquet"),
        ("Runs: tokens, steps, losses", "results/runs/{run}/metrics.json"),
        ("Runs: time, speed, memory", "results/runs/{run}/timing.json"),
        ("Runs: learning curves", "results/runs/{run}/history.parquet"),
    ]
    return make_table("Files and keys", ("on this page", "file"), rows)
