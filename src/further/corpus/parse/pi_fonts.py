"""Fonts of signs whose glyphs have letters' names: "P,0.05" for P<0.05, "n55" for n=5, told by the glyphs' outlines.

Typesetters' fonts of mathematical signs ("pi fonts") often call the minus "two" and the equals sign "five", so that
every reader of the file takes them for digits. A glyph that is one flat bar is no digit two, whatever it is called.
"""

import io
import logging
import re
from collections.abc import Sequence
from typing import Any

import pymupdf

log = logging.getLogger(__name__)

MAX_BYTES = 4_000
"""Size of the embedded fonts that are looked at: one with a few signs has some hundred bytes."""
MAX_GLYPHS = 16
SUSPECT = frozenset("0123456789.,;:!?#$ðÞþ¼½¾")
"""Characters that a sign is found under."""
SIGNS = {"+": "+", "×": "×", "<": "<", ">": ">", "−": "−", "−−": "=", "+−": "±", "<−": "≤", ">−": "≥"}
"""Signs by their parts, sorted."""
QUARTER = re.compile(r"(?<=\s)¼(?=\s)")
LATIN_1 = str.maketrans("ðÞ¼þ", "()=+")

Points = list[tuple[float, float]]
Contours = list[tuple[Points, bool]]


def find_signs(document: pymupdf.Document) -> dict[str, dict[int, str]]:
    """For each font with misnamed signs, what its characters really are.

    Args:
        document: An open PDF.

    Returns:
        Tables for `str.translate` by the font's name as PyMuPDF gives it in a page's text.
    """
    tables: dict[str, dict[int, str]] = {}
    for xref in {xref for number in range(document.page_count) for xref in _fonts_of(document, number)}:
        name, kind, _, program = document.extract_font(xref)
        if kind == "cff" and len(program) <= MAX_BYTES:
            table = read_signs(program)
            if table:
                tables.setdefault(name.partition("+")[2] or name, {}).update(table)
    return tables


def _fonts_of(document: pymupdf.Document, number: int) -> list[int]:
    """Fonts of a page, by their numbers in the file; none of a damaged page: the others are read all the same."""
    try:
        return [font[0] for font in document.get_page_fonts(number)]
    except Exception as error:
        log.debug("the fonts of page %d cannot be listed: %s", number + 1, error)
        return []


def read_signs(program: bytes) -> dict[int, str]:
    """The misnamed signs of one font, a table for `str.translate`; empty for a font that cannot be read.

    Args:
        program: A font in the Compact Font Format.
    """
    from fontTools import agl
    from fontTools.cffLib import CFFFontSet

    try:
        fonts = CFFFontSet()
        fonts.decompile(io.BytesIO(program), None)
        glyphs = fonts[0].CharStrings
        names = {agl.toUnicode(name): name for name in fonts[0].charset}
        if len(names) > MAX_GLYPHS:
            return {}
        found = {char: recognize(_contours(glyphs[name])) for char, name in names.items() if char in SUSPECT}
    except Exception as error:  # whatever a damaged font leads to: its text stays as it is
        log.debug("a font's outlines cannot be read: %s", error)
        return {}
    return {ord(char): sign for char, sign in found.items() if sign and sign != char}


def mend_equations(texts: Sequence[str]) -> list[str]:
    """Lines of a paper whose equations are in letters of Icelandic: "ðn ¼ 5Þ" for (n = 5).

    So come out TeX's signs that were set by their codes in a font with the codes of Latin 1. A paper is mended where
    quarters stand between spaces, as an equals sign does, more than once, and an eth or a thorn somewhere.

    Args:
        texts: All lines of a paper.

    Returns:
        As many lines, each of the same length.
    """
    quarters = sum(len(QUARTER.findall(text)) for text in texts)
    if quarters < 2 or not any("ð" in text or "Þ" in text for text in texts):
        return list(texts)
    return [text.translate(LATIN_1) for text in texts]


def _contours(glyph: Any) -> Contours:
    """Each contour's corners, and whether it is made of straight lines alone; thousandths of the font size."""
    from fontTools.pens.recordingPen import RecordingPen

    pen = RecordingPen()
    glyph.draw(pen)
    contours: Contours = []
    for step, points in pen.value:
        if step == "moveTo":
            contours.append(([points[0]], True))
        elif step == "lineTo" and points[0] != contours[-1][0][0]:
            contours[-1][0].append(points[0])
        elif step in ("curveTo", "qCurveTo"):
            contours[-1] = ([*contours[-1][0], points[-1]], False)
    return contours


def recognize(contours: Contours) -> str:
    """The sign that outlines show, "" for any other glyph.

    Args:
        contours: Corners of each contour and whether its sides are all straight; thousandths of the font size.
    """
    if len(contours) == 1 and not contours[0][1]:
        return _recognize_curve(contours[0][0])
    if not all(straight for _, straight in contours):
        return ""
    return SIGNS.get("".join(sorted(_recognize_polygon(points) or "?" for points, _ in contours)), "")


def _box(points: Points) -> tuple[float, float, float, float]:
    across, up = [x for x, _ in points], [y for _, y in points]
    return min(across), min(up), max(across), max(up)


def _recognize_polygon(points: Points) -> str:
    """A bar, a cross, or an angle."""
    x0, y0, x1, y1 = _box(points)
    width, height = x1 - x0, y1 - y0
    if len(points) == 4:
        return "−" if width > 4 * height and y0 > 0 else ""
    if height == 0 or not 0.6 < width / height < 2:
        return ""
    columns = len({round(x) for x, _ in points})
    if len(points) == 12:
        if columns == 4 and len({round(y) for _, y in points}) == 4 and _is_centered(points):
            return "+"
        return "×" if columns > 4 and _is_centered(points) else ""
    middle = [x for x, y in points if abs(y - (y0 + y1) / 2) < 0.2 * height]
    if 6 <= len(points) <= 8 and middle:
        return ">" if max(middle) > x1 - 1 else "<" if min(middle) < x0 + 1 else ""
    return ""


def _is_centered(points: Points) -> bool:
    """Whether a shape is the same turned by half a turn, as a cross is and a letter E is not."""
    x0, y0, x1, y1 = _box(points)
    turned = [(x0 + x1 - x, y0 + y1 - y) for x, y in points]
    return all(any(abs(x - a) + abs(y - b) < 0.1 * (x1 - x0) for a, b in points) for x, y in turned)


def _recognize_curve(points: Points) -> str:
    """A prime, raised and slim, or a tilde, flat; both have curved sides."""
    x0, y0, x1, y1 = _box(points)
    if y0 > 350 and x1 - x0 < 0.7 * (y1 - y0):
        return "′"
    return "∼" if x1 - x0 > 3 * (y1 - y0) and y0 > 100 else ""
