"""The page that people read: one HTML file without other files, scripts or requests to a network.

What it holds depends on the kind of study: its answers, its figures and its sections are lists (`further.report.kind`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Generic, TypeVar

from markupsafe import Markup

from further.io import write_text
from further.report.answers.answer import Answer
from further.report.drawing.figure import Figure, draw_figure
from further.report.rendering import render
from further.report.results import StudyResults, name_base
from further.report.spending import Spending

# Contravariant: a part that shows less is a part of a page that shows more.
R = TypeVar("R", bound=StudyResults[Any], contravariant=True)


@dataclass(frozen=True)
class Head:
    """The first lines of the page: its heading, and facts of the study by name."""

    title: str
    facts: tuple[tuple[str, str], ...]
    is_toy: bool


def make_head(results: StudyResults[Any]) -> Head:
    """Model, size, date, hours and cost of the study."""
    spending, day = Spending(results), results.written
    facts = {
        results.base_label: name_base(results.settings, 12),
        "Study": results.extent,
        "Date": day and f"{day:%B} {day.day}, {day.year}",
        "Computing time": spending.hours,
        "Cost": spending.price,
    }
    return Head(results.title, tuple((name, fact) for name, fact in facts.items() if fact), results.is_toy)


@dataclass(frozen=True)
class Section(Generic[R]):
    """A folded part of the page.

    To add one: a function that fills it, a template `section_{name}.html.jinja` that finds what the function returns as
    `part`, and a line in the list of its kind of study.

    Attributes:
        name: Its anchor.
        fill: Makes what its template shows; None: the study has no such section.
        is_open: Whether a reader finds it unfolded.
        template: The name of its template, if that is not its own: `tables` shows nothing but tables.
    """

    name: str
    title: str
    fill: Callable[[R], Mapping[str, object] | None]
    is_open: bool = False
    template: str = ""


@dataclass(frozen=True)
class Kind(Generic[R]):
    """A kind of study, as its page shows it.

    Attributes:
        answers: In the order in which people ask; one that gives None was not asked.
        figures: In the order of the page.
    """

    answers: tuple[Callable[[R], Answer | None], ...]
    figures: tuple[Figure[R], ...]
    sections: tuple[Section[R], ...]

    def answer(self, results: R) -> list[Answer]:
        """The answers that a study has."""
        return [answer for ask in self.answers if (answer := ask(results)) is not None]


def write_page(kind: Kind[R], results: R, folder: Path) -> None:
    """Write the figures with their data, and the page `index.html`."""
    filled = [(section, section.fill(results)) for section in kind.sections]
    page = render(
        "page.html.jinja",
        # The style is part of the page, so that it can be sent as one file.
        style=Markup((files("further.report") / "templates" / "style.css").read_text(encoding="utf-8")),
        head=make_head(results),
        answers=kind.answer(results),
        figures=[draw_figure(figure, results, folder) for figure in kind.figures],
        sections=[(section, part) for section, part in filled if part is not None],
    )
    write_text(folder / "index.html", page)
