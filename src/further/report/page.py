"""The page for people: one HTML file that needs nothing beside it and asks the network for nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from further.io import write_text
from further.report import FIGURES
from further.report.answers import make_answers
from further.report.figure_part import make_part
from further.report.inputs import ReportInputs, count_papers
from further.report.section_corpus import fill_corpus
from further.report.section_learned import fill_learned
from further.report.section_made import fill_made
from further.report.section_money import fill_money
from further.report.section_samples import fill_samples
from further.report.study import PageSettings
from further.report.wording import count_noun

ELSEWHERE = {"ledger", "workflow"}  # figures that stand in another section than Figures


@dataclass(frozen=True)
class Section:
    """A part of the page.

    To add one: a function that fills it, a template `section_{name}.html.jinja` that finds what the function returns
    as `part`, and a line in SECTIONS.

    Attributes:
        name: Its anchor and the name of its template.
        title: Its heading.
        link: What the list of the page's parts calls it.
        fill: Makes what its template shows.
    """

    name: str
    title: str
    link: str
    fill: Callable[[ReportInputs, PageSettings], dict[str, Any]]


def fill_answers(inputs: ReportInputs, settings: PageSettings) -> dict[str, Any]:
    """The three answers."""
    return {"answers": make_answers(inputs.comparison, inputs.law)}


def fill_figures(inputs: ReportInputs, settings: PageSettings) -> dict[str, Any]:
    """Names of the figures that stand together."""
    return {"names": [name for name in FIGURES if name not in ELSEWHERE]}


SECTIONS = (
    Section("answers", "The answers", "Answers", fill_answers),
    Section("figures", "Figures", "Figures", fill_figures),
    Section("learned", "What it learned, and what it knows by heart", "Learned", fill_learned),
    Section("samples", "Samples, before and after", "Samples", fill_samples),
    Section("corpus", "The corpus", "Corpus", fill_corpus),
    Section("money", "Money and time", "Money and time", fill_money),
    Section("made", "How it was made", "How it was made", fill_made),
)


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
    environment = Environment(
        loader=PackageLoader("further.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("page.html.jinja").render(
        style=Markup((files("further.report") / "templates" / "style.css").read_text(encoding="utf-8")),
        title=inputs.title,
        subtitle=_say_study(inputs),
        figures={name: make_part(inputs, name, figures, data, settings) for name in FIGURES},
        sections=[(section, section.fill(inputs, settings)) for section in SECTIONS],
        settings=settings,
    )
    write_text(target, page)


def _say_study(inputs: ReportInputs) -> str:
    papers = count_papers(inputs)
    return f"{count_noun(papers['used'], 'paper')}, {count_noun(len(inputs.metrics), 'training run')}"
