"""Scanned papers: text by Tesseract, or the invisible text that a scanner's own OCR laid under the pictures."""

from collections.abc import Sequence
from dataclasses import replace

import pymupdf

from further.corpus.lines import Line, Page

DPI = 300
"""Resolution at which Tesseract reads; its documentation asks for at least this."""
NEAR = 0.25
"""Relative difference of font sizes that OCR cannot tell from none: it measures each word's letters."""


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
        picture = page.get_pixmap(dpi=DPI)  # in colour: of a grey picture PyMuPDF 2.0's Tesseract reads nothing
        with pymupdf.open("pdf", picture.pdfocr_tobytes(language=language, tessdata=data)) as read:
            made.insert_pdf(read)
    return made


def steady_sizes(pages: Sequence[Page]) -> list[Page]:
    """Pages whose lines read by OCR have the body's font size where theirs is near it, else whole points.

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
        replace(page, lines=tuple(_steady(line, body) for line in page.lines)) if page.hidden else page
        for page in pages
    ]


def _steady(line: Line, body: float) -> Line:
    near = abs(line.size - body) <= NEAR * body
    return replace(line, size=body if near else max(1.0, float(round(line.size))))
