"""A text study's page, written and read again."""

from pathlib import Path

from lxml import html

from further.report.kind import TEXT
from further.report.page import write_page
from further.report.results import TextResults


def make_page(results: TextResults, folder: Path) -> html.HtmlElement:
    write_page(TEXT, results, folder)
    return html.document_fromstring((folder / "index.html").read_text(encoding="utf-8"))
