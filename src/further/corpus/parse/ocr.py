"""Scanned papers: text by Tesseract, or the invisible text that a scanner's own OCR laid under the pictures."""

from collections.abc import Sequence
from dataclasses import replace

import pymupdf

from further.corpus.parse.fragments import join_words
from further.corpus.parse.lines import Line, Page
from further.corpus.sections import EVERY, is_section
from further.corpus.words import count_words

DPI = 300
"""Resolution at which Tesseract reads; its documentation asks for at least this."""
NEAR = 0.25
"""Relative difference of font sizes that OCR cannot tell from none: it measures each word's letters."""
SLACK = 3.0
"""Points by which words of one line may stand above each other on a page that was scanned askew."""


def find_language_data() -> str | None:
    """Folder of Tesseract's language data, None if Tesseract is not installed. PyMuPDF brings the rest of it."""
    try:
        return str(pymupdf.get_tessdata())
    except (RuntimeError, OSError):
        return None


def read_scan(document: pymupdf.Document, language: str, data: str) -> pymupdf.Document:
    """A document with the same pages as pictures, and the text that Tesseract reads on them, invisible.

    Args:
        document: The scanned paper.
        language: Tesseract's code of its language, such as eng.
        data: Folder of the language data.

    Returns:
        The document, to be closed by the caller.

    Raises:
        RuntimeError: If there is no data for the language.
    """
    made = pymupdf.open()
    for page in document:
        picture = page.get_pixmap(dpi=DPI)  # in color: of a grey picture PyMuPDF 2.0's Tesseract reads nothing
        with pymupdf.open("pdf", picture.pdfocr_tobytes(language=language, tessdata=data)) as read:
            made.insert_pdf(read)
    return made


def follow_columns(lines: Sequence[Line]) -> list[Line]:
    """Lines in the order of their columns: Tesseract may read across a gutter, left line, right line, left line.

    A line follows the one nearest above it, among those that no line follows yet, if they share most of the shorter
    one's width and stand at most three font sizes apart; else it begins a column.
    """
    columns: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.baseline, line.x0)):
        above = [column for column in columns if _stands_under(line, column[-1])]
        if above:
            max(above, key=lambda column: column[-1].baseline).append(line)
        else:
            columns.append([line])
    return [line for column in columns for line in column]


def _stands_under(line: Line, above: Line) -> bool:
    shared = min(line.x1, above.x1) - max(line.x0, above.x0)
    near = 0.4 * line.size < line.baseline - above.baseline < 3 * max(line.size, above.size)
    return near and shared > 0.5 * min(line.x1 - line.x0, above.x1 - above.x0)


def set_scan(pages: Sequence[Page]) -> list[Page]:
    """Pages whose lines read by OCR stand in columns and have steady sizes: the body's if near it, else whole points.

    Lines that are nothing but a section's name are taken for bold.

    Args:
        pages: Pages of one paper; those with visible text stay as they are.
    """
    sizes = sorted((line.size, len(line.text)) for page in pages if page.hidden for line in page.lines)
    half, body = sum(number for _, number in sizes) / 2, 0.0
    for size, number in sizes:
        half -= number
        if half <= 0:
            body = size
            break
    return [
        replace(page, lines=tuple(follow_columns(join_words([_steady(line, body) for line in page.lines], SLACK))))
        if page.hidden
        else page
        for page in pages
    ]


def _steady(line: Line, body: float) -> Line:
    near = abs(line.size - body) <= NEAR * body
    return replace(line, size=body if near else max(1.0, float(round(line.size))), bold=_names_section(line.text))


def _names_section(text: str) -> bool:
    """Whether a line is nothing but a section's name: OCR does not tell that a heading is bold."""
    if count_words(text) > 3 or not text.strip()[:1].isupper() or text.rstrip().endswith((".", ",", "-")):
        return False
    return any(is_section(names, text) for names in (EVERY.abstract, EVERY.body, EVERY.back, EVERY.references))
