"""Shapes of glyphs beside those of known ones: whether a glyph called "m" looks like an m, or like a µ.

A shape is the glyph's outline filled in on a small grid that is stretched to its box, with the box's proportions and
its height over the line. The known shapes are those of the fonts that come with PyMuPDF: Times and Helvetica, upright,
italic and bold, each with Greek, and Symbol.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import pymupdf
from numpy.typing import NDArray

from further.corpus.parse.glyph_names import read_name
from further.corpus.parse.outlines import Contours, box_of
from further.corpus.parse.programs import CompactFont

PARTS = 0.04
"""Distance that another number of contours adds: an A and a Λ fill nearly the same cells."""
GRID = 20
"""Cells along each side of the grid."""
REFERENCES = ("tiro", "tiit", "tibo", "helv", "heit", "hebo", "hebi", "symb")
"""PyMuPDF's names of its fonts whose glyphs are the known ones."""
SAME = {"µ": "μ", "∆": "Δ", "Ω": "Ω", "∑": "Σ", "∏": "Π", "⋅": "·", "∗": "*", "~": "∼", "–": "−", "—": "−", "-": "−"}
"""Characters that are drawn alike."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a glyph looks like.

    Attributes:
        cells: Which cells of the grid are filled, GRID by GRID, from the lower left.
        aspect: Natural logarithm of width over height.
        low: Lower edge over the line, in font sizes; `high` the upper one.
        parts: Number of contours: an i has two, an l one.
    """

    cells: NDArray[np.bool_]
    aspect: float
    low: float
    high: float
    parts: int


def shape_of(contours: Contours) -> Shape | None:
    """Shape of an outline, None for one without an area, such as a space's."""
    points = [point for contour, _ in contours for point in contour]
    if len(points) < 3:
        return None
    x0, y0, x1, y1 = box_of(points)
    if x1 - x0 < 1 or y1 - y0 < 1:
        return None
    cells = _fill(contours, (x0, y0, x1, y1))
    return Shape(cells, math.log((x1 - x0) / (y1 - y0)), y0 / 1000, y1 / 1000, len(contours))


def _fill(contours: Contours, box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Cells whose centers the outline winds around, by how often each side of it crosses their row to their right."""
    x0, y0, x1, y1 = box
    starts = np.array([point for contour, _ in contours for point in contour])
    ends = np.array([point for contour, _ in contours for point in (*contour[1:], contour[0])])
    steep = starts[:, 1] != ends[:, 1]
    (ax, ay), (bx, by) = starts[steep].T, ends[steep].T
    centers = (np.arange(GRID) + 0.5) / GRID
    across, up = x0 + centers * (x1 - x0), (y0 + centers * (y1 - y0))[:, None]
    crosses = np.where((np.minimum(ay, by) <= up) & (up < np.maximum(ay, by)), np.sign(by - ay), 0)  # rows × sides
    at = ax + (up - ay) / (by - ay) * (bx - ax)
    winding = ((at[:, :, None] > across) * crosses[:, :, None]).sum(axis=1)
    return np.asarray(winding != 0)


def distance_to(shape: Shape, char: str) -> float:
    """Distance to the nearest known shape of a character; 1 if there is none."""
    found = rank(shape, char)
    return found[0][0] if found else 1.0


def rank(shape: Shape, chars: str) -> list[tuple[float, str]]:
    """Distances to the nearest known shape of each of some characters, the nearest character first.

    A distance is the share of cells that differ, plus a part for other proportions, another height and another number
    of contours. Glyphs of one character in fonts of different makers are .05 to .25 apart, those of different
    characters mostly .3 and more.
    """
    owners, cells, sizes = _stack(chars)
    if not owners:
        return []
    moved = np.abs(sizes[:, 1:3] - (shape.low, shape.high)).sum(axis=1)
    stretched = np.abs(sizes[:, 0] - shape.aspect)
    own = shape.cells.ravel().astype(np.float32)
    differ = cells.sum(axis=1) + own.sum() - 2 * (cells @ own)  # cells filled in one of the two: a product is fastest
    apart = differ / GRID**2 + 0.25 * np.minimum(2, stretched) + 0.5 * np.minimum(1, moved)
    apart += PARTS * (sizes[:, 3] != shape.parts)
    nearest: dict[str, float] = {}
    for distance, char in sorted(zip(apart.tolist(), owners, strict=True)):
        nearest.setdefault(char, distance)
    return [(distance, char) for char, distance in nearest.items()]


@cache
def _stack(chars: str) -> tuple[list[str], NDArray[np.float32], NDArray[np.float64]]:
    """Known shapes of some characters: whose each is, its cells in a row, and its aspect, edges and parts."""
    known = [(char, shape) for char in chars for shape in known_shapes(char)]
    cells = np.array([shape.cells.ravel() for _, shape in known], np.float32).reshape(len(known), GRID * GRID)
    sizes = [(shape.aspect, shape.low, shape.high, shape.parts) for _, shape in known]
    return [char for char, _ in known], cells, np.array(sizes).reshape(len(known), 4)


@cache
def known_shapes(char: str) -> tuple[Shape, ...]:
    """Shapes of a character in the fonts that have it."""
    found = []
    for font in REFERENCES:
        names = _known_names(font)
        name = names.get(char) or names.get(SAME.get(char, char))
        if name:
            found.append(shape_of(_known_font(font).contours(name)))
    return tuple(shape for shape in found if shape is not None)


@cache
def _known_font(font: str) -> CompactFont:
    return CompactFont(pymupdf.Font(font).buffer)


@cache
def _known_names(font: str) -> dict[str, str]:
    """Glyph names by character; of two glyphs that are drawn alike, either stands for the other."""
    names: dict[str, str] = {}
    for name in _known_font(font).glyphs():
        char = read_name(name)
        if len(char) == 1:
            names.setdefault(char, name)
            names.setdefault(SAME.get(char, char), name)
    return names
