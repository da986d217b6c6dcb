"""What a damaged file has cost: pages that cannot be read, pages read in part, a rebuilt table of contents."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pymupdf

MEMORY = re.compile(r"(?:m|c|re)alloc\b.*failed|out of memory|not enough memory|cannot allocate", re.I)
"""What MuPDF and FreeType say when memory runs out."""
LOSS = re.compile(
    r"zlib error|read error|syntax error|not a stream|cannot load|corrupt|non-page object|unknown filter|premature"
    r"|cannot draw text|broken file|cannot find|invalid page|embedded font"
)
"""What MuPDF warns of where a part of a page is left out; warnings of fonts' sizes or of links say nothing of text."""


@dataclass
class Reading:
    """How much of a file was read.

    Attributes:
        pages: Number of pages that the file says it has.
        unread_pages: Numbers of the pages that cannot be read at all, from 1.
        damaged_pages: Numbers of the pages that were read in part.
        repaired: Whether the file's table of contents was lost or wrong and was rebuilt.
        unread_fonts: Names of fonts that cannot be read.
        told_signs: "font: glyph is sign" for each sign that was told by the outline of its glyph.
    """

    pages: int
    unread_pages: list[int] = field(default_factory=list)
    damaged_pages: list[int] = field(default_factory=list)
    repaired: bool = False
    unread_fonts: list[str] = field(default_factory=list)
    told_signs: list[str] = field(default_factory=list)


@contextmanager
def watch(reading: Reading, page: int) -> Iterator[None]:
    """Note what MuPDF warns of while one page is read.

    Args:
        reading: Where a page that was read in part is listed.
        page: Its number, from 1.

    Raises:
        MemoryError: If MuPDF ran out of memory and went on without what did not fit.
    """
    pymupdf.TOOLS.reset_mupdf_warnings()
    yield  # a page that MuPDF reads in part raises nothing: its warnings alone tell
    warnings = pymupdf.TOOLS.mupdf_warnings()
    if MEMORY.search(warnings):
        raise MemoryError(warnings[:200])
    if LOSS.search(warnings) and page not in reading.damaged_pages:
        reading.damaged_pages.append(page)
