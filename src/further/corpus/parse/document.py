"""One PDF to its blocks, or to the reason why it has none."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pymupdf

from further.corpus.clean.accents import compose_accents, sets_before
from further.corpus.parse.blocks import Block, make_blocks
from further.corpus.parse.damage import MEMORY, Reading, watch
from further.corpus.parse.equations import mend_equations
from further.corpus.parse.flow import mark_carried
from further.corpus.parse.fonts import mend_fonts
from further.corpus.parse.formulas import join_formulas
from further.corpus.parse.furniture import find_furniture
from further.corpus.parse.glyph_names import is_readable
from further.corpus.parse.kinds import mark_kinds
from further.corpus.parse.lines import Line, Page
from further.corpus.parse.ocr import find_language_data, read_scan, set_scan
from further.corpus.parse.order import order_blocks, order_lines, order_page
from further.corpus.parse.pages import read_page
from further.corpus.parse.style import Style, find_style

MIN_CHARACTERS = 25
"""Characters under which a page has no text of its own; stamps that return from page to page are not counted."""
OUT_OF_MEMORY = "out of memory: it needs more than a paper may take (corpus.memory_mb)"
MAX_TOLD = 200
"""Signs told by their outlines that are listed of one paper."""
MIN_PICTURE = 0.5
"""Share of a page that the picture of a scanned one covers."""


@dataclass(frozen=True)
class Refusal:
    """Why a paper has no blocks.

    Attributes:
        reason: One of REASONS.
        detail: A sentence for people.
        pages: Number of pages, None where unknown.
    """

    reason: str
    detail: str
    pages: int | None = None


@dataclass(frozen=True)
class Parsed:
    """A paper's blocks, and how much of the file they are.

    Attributes:
        blocks: One dictionary per block, in reading order, with the columns of BLOCKS but the paper's name.
        reading: How much of the file was read.
    """

    blocks: list[dict[str, Any]]
    reading: Reading


def parse_document(path: Path, password: str = "", ocr: str = "") -> Parsed | Refusal:
    """Blocks of one PDF, in reading order.

    Nothing of the file is run or followed: no script, attachment or link.

    Args:
        path: The file.
        password: Its password, "" for none.
        ocr: Tesseract's code of the language to read scanned papers in, "" to reject them.

    Returns:
        The blocks; or why there are none.
    """
    if not path.is_file():
        return Refusal("damaged", "the file does not exist")
    try:
        with path.open("rb") as file:
            head = file.read(1024 * 1024)
        if not head:
            return Refusal("empty", "the file has 0 bytes")
        if b"%PDF-" not in head and b" obj" not in head:
            return Refusal("not a PDF", f"the file begins with {head[:16].decode(errors='replace')!r}")
        # Without a type MuPDF opens whatever the file is: a web page that says "Access denied" is a paper then.
        with pymupdf.open(path, filetype="pdf") as document:
            return _parse_open(document, password, ocr)
    except Exception as error:
        return _refuse(error, path)


def _refuse(error: Exception, path: Path = Path("\0")) -> Refusal:
    """What an error of the library says about the file; a machine's path is no part of it."""
    text = " ".join(str(error).replace(str(path), path.name).split())[:200]
    if isinstance(error, MemoryError) or MEMORY.search(text):
        return Refusal("too large", OUT_OF_MEMORY)
    return Refusal("damaged", f"{type(error).__name__}: {text}")


def _parse_open(document: pymupdf.Document, password: str, ocr: str) -> Parsed | Refusal:
    if document.needs_pass and not document.authenticate(password):
        return Refusal("encrypted", "a password is needed" if not password else "the password given is wrong")
    if not document.is_pdf:
        return Refusal("not a PDF", "the file opens as another format")
    if document.page_count == 0:
        return Refusal("damaged", "no page can be found", 0)
    reading = Reading(document.page_count)
    pages, failures = _read_pages(document, reading)
    if not pages:
        return Refusal("damaged", f"no page can be read: {failures[0]}", document.page_count)
    count = f"{document.page_count} page{'' if document.page_count == 1 else 's'}"
    if _is_scanned(document, pages):
        return _parse_scan(document, count, ocr)
    reading.repaired = bool(document.is_repaired)  # known only once all pages were read
    if not any(page.lines or page.turned for page in pages):
        return Refusal("empty", f"no text on {count}", document.page_count)
    return Parsed(blocks_of_pages(pages), reading)


def _is_scanned(document: pymupdf.Document, pages: list[Page]) -> bool:
    """Whether most pages are pictures without text: a repository's cover and its stamps on each page are no text."""
    texts = {page.number: [_plain(line) for line in (*page.lines, *page.turned)] for page in pages}
    stamps = Counter(text for own in texts.values() for text in set(own))
    often = max(2, len(pages) / 2)
    bare = [
        number for number, own in texts.items() if sum(len(one) for one in own if stamps[one] < often) < MIN_CHARACTERS
    ]
    return 2 * len(bare) > len(pages) and any(_is_picture(document[number - 1]) for number in bare)


def _plain(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.strip())


def _is_picture(page: pymupdf.Page) -> bool:
    """Whether pictures, which may be the strips of one, cover most of a page."""
    boxes = [pymupdf.Rect(image["bbox"]) & page.rect for image in page.get_image_info()]
    return bool(sum(abs(box.get_area()) for box in boxes) > MIN_PICTURE * abs(page.rect.get_area()))


def _parse_scan(document: pymupdf.Document, count: str, ocr: str) -> Parsed | Refusal:
    """Blocks of a paper without text, if OCR is asked for, possible, and finds some."""
    data = find_language_data() if ocr else None
    if data is None:
        why = "; Tesseract is not installed" if ocr else ""
        return Refusal("scanned", f"no text layer, {count}{why}", document.page_count)
    with read_scan(document, ocr, data) as read:
        reading = Reading(document.page_count)
        pages, _ = _read_pages(read, reading)
    if not any(page.lines for page in pages):
        return Refusal("scanned", f"no text layer, {count}; OCR finds no text", document.page_count)
    return Parsed(blocks_of_pages(pages), reading)


def _read_pages(document: pymupdf.Document, reading: Reading) -> tuple[list[Page], list[str]]:
    """The pages that can be read, and what went wrong on the others; what is lost is noted."""
    mended = mend_fonts(document)  # during which a damaged file may be repaired, and lose pages
    reading.pages = max(reading.pages, document.page_count)
    pages, failures = _read(document, range(reading.pages), reading)
    # Nearly all composite fonts are whole: only those on pages with unreadable characters are looked at.
    unread = [page.number - 1 for page in pages if any(not is_readable(line.text) for line in page.lines)]
    if unread:
        more = mend_fonts(document, unread)
        if more.changed:
            again = {page.number: page for page in _read(document, unread, reading)[0]}
            pages = [again.get(page.number, page) for page in pages]
        mended.told, mended.unread = mended.told + more.told, mended.unread + more.unread
    reading.unread_fonts = sorted(set(mended.unread))
    pages, notes = _mend(pages)
    reading.told_signs = [*sorted(set(mended.told))[:MAX_TOLD], *notes]
    return pages, failures


def _read(document: pymupdf.Document, numbers: Iterable[int], reading: Reading) -> tuple[list[Page], list[str]]:
    pages, failures = [], []
    for number in numbers:
        try:
            with watch(reading, number + 1):
                pages.append(read_page(document[number]))
        except Exception as error:
            if _refuse(error).reason == "too large":
                raise
            failures.append(_refuse(error).detail)
            reading.unread_pages.append(number + 1)
    return pages, failures


def _mend(pages: list[Page]) -> tuple[list[Page], list[str]]:
    """Pages with the signs that their surroundings tell, and what was changed."""
    if sets_before("\n".join(line.text for page in pages for line in page.lines)):
        pages = [replace(page, lines=tuple(map(_compose, page.lines))) for page in pages]
    mended, notes = mend_equations([line.text for page in pages for line in page.lines])
    if not notes:
        return pages, notes
    new = iter(mended)
    lines = [tuple(replace(line, text=next(new)) for line in page.lines) for page in pages]
    return [replace(page, lines=one) for page, one in zip(pages, lines, strict=True)], notes


def _compose(line: Line) -> Line:
    """A line whose accents are on their letters, and its superscripts where they are then."""
    lengths = {edge: len(compose_accents(line.text[:edge], before=True)) for span in line.raised for edge in span}
    raised = tuple((lengths[start], lengths[end]) for start, end in line.raised)
    lead = len(compose_accents(line.text[: line.lead], before=True))
    return replace(line, text=compose_accents(line.text, before=True), raised=raised, lead=lead)


def blocks_of_pages(pages: list[Page]) -> list[dict[str, Any]]:
    """Blocks of read pages: columns in order, then each page's heads, feet and turned lines.

    Args:
        pages: Pages with their lines; at least one line in all.

    Returns:
        One dictionary per block, as `parse_document` returns.
    """
    pages = set_scan(pages)
    furniture = find_furniture(pages)
    columns, style = _find_columns(pages, furniture)
    made = [make_blocks(lines, style) for lines in columns]
    # OCR draws in an order of its own, which knows nothing that geometry does not.
    ordered = [
        join_formulas(order_blocks(own) if page.hidden else order_page(own, style), style)
        for page, own in zip(pages, made, strict=True)
    ]
    mark_kinds(ordered, style, [page.height for page in pages])
    mark_carried([block for blocks in ordered for block in blocks], style)
    blocks = [
        block for page, own in zip(pages, ordered, strict=True) for block in (*own, *_blocks_beside(page, furniture))
    ]
    return [_record(block) | {"block": number} for number, block in enumerate(blocks)]


def _find_columns(pages: list[Page], furniture: Mapping[int, str]) -> tuple[list[list[Line]], Style]:
    """Each page's lines without heads and feet, column by column, and the style of the body.

    The order of lines needs the style, and the leading in the style needs lines that are in order: it is found twice.
    """
    flows = [[line for line in page.lines if id(line) not in furniture] for page in pages]
    every = [line for page in pages for line in (*page.lines, *page.turned)]
    style = find_style([line for lines in flows for line in lines] or every)
    columns = [order_lines(lines, style) for lines in flows]
    return columns, find_style([line for lines in columns for line in lines] or every)


def _blocks_beside(page: Page, furniture: Mapping[int, str]) -> list[Block]:
    """A page's heads, feet and turned lines, each a block."""
    edges = [Block([line], furniture[id(line)]) for line in page.lines if id(line) in furniture]
    return [*edges, *(Block([line], "other") for line in page.turned)]


def _record(block: Block) -> dict[str, Any]:
    raised: list[int] = []
    position = 0
    for line in block.lines:
        raised += [position + edge for span in line.raised for edge in span]
        position += len(line.text) + 1
    return {
        "page": block.page,
        "x0": block.x0,
        "y0": block.y0,
        "x1": block.x1,
        "y1": block.y1,
        "font_size": block.size,
        "bold": block.bold,
        "kind": block.kind,
        "text": block.text,
        "lead": block.lead,
        "raised": raised,
        "carried": block.carried,
    }
