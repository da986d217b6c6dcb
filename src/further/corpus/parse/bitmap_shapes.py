"""Shapes of glyphs that are pictures, as those of TeX's bitmap fonts are, and the layout of TeX that they look like."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pymupdf
from numpy.typing import NDArray

from further.corpus.parse.encodings import MSAM, PLACES, TC
from further.corpus.parse.shapes import GRID, Shape, distance_to, known_shapes

DRAWN = {"⩽": "≤", "⩾": "≥"}
"""Signs that look like others, whose shapes are known."""
UNLIKE = 0.4
"""Distance from which a glyph is not the digit or mark that its code says."""
ALIKE = 0.3
"""Mean distance up to which glyphs look like the characters of a layout."""
APART = 0.08
"""By how much they must look more like it than like any other layout that has other characters there."""
_NUMBER = rb"(-?[\d.]+)"
PICTURE = re.compile(rb"%b\s+0\s+0\s+%b\s+%b\s+%b\s+cm\s+BI(.*?)\sID\s(.*)\sEI" % ((_NUMBER,) * 4), re.DOTALL)
"""A picture in a glyph: its width, height, left and lower edge, its keys and its bytes."""
RING = (0.06, 0.44)
"""Lower and upper edge of TeX's ring, in font sizes: that of other fonts is a degree, and stands higher."""


def read_shapes(document: pymupdf.Document, xref: int, names: Mapping[int, str]) -> dict[int, Shape]:
    """Shapes by code of a Type 3 font's glyphs, given by name, that are uncompressed pictures in black and white."""
    scale = float(document.xref_get_key(xref, "FontMatrix")[1].strip("[] ").split()[0])
    kind, value = document.xref_get_key(xref, "CharProcs")
    glyphs = int(value.split()[0]) if kind == "xref" else xref
    prefix = "" if kind == "xref" else "CharProcs/"
    shapes: dict[int, Shape] = {}
    for code in sorted(names):
        kind, value = document.xref_get_key(glyphs, prefix + names[code])
        shape = read_picture(document.xref_stream(int(value.split()[0])), scale) if kind == "xref" else None
        if shape:
            shapes[code] = shape
    return shapes


def read_picture(glyph: bytes, scale: float) -> Shape | None:
    """The shape of one glyph, None if it is no picture that can be read.

    Args:
        glyph: The program that draws it.
        scale: Font sizes per unit.
    """
    found = PICTURE.search(glyph)
    if not found or b"/F" in found[5] or not (size := re.search(rb"/W (\d+)\s*/H (\d+)", found[5])):
        return None
    columns, rows = int(size[1]), int(size[2])
    wide = (columns + 7) // 8
    if not columns or not rows or len(found[6]) < wide * rows:
        return None
    bits = np.unpackbits(np.frombuffer(found[6][: wide * rows], np.uint8)).reshape(rows, wide * 8)[:, :columns]
    ink = (bits == (1 if re.search(rb"/D\s*\[\s*1", found[5]) else 0))[::-1]  # rows from the lowest
    width, height, _, low = (float(found[part]) * scale for part in (1, 2, 3, 4))
    return _shape_of(ink, width / height, low, low + height) if ink.any() else None


def _shape_of(ink: NDArray[np.bool_], aspect: float, low: float, high: float) -> Shape:
    from scipy.ndimage import label

    across, up = (((np.arange(GRID) + 0.5) / GRID * side).astype(int) for side in (ink.shape[1], ink.shape[0]))
    around = np.pad(~ink, 1, constant_values=True)
    parts = label(ink, np.ones((3, 3)))[1] + label(around)[1] - 1
    return Shape(ink[np.ix_(up, across)], float(np.log(aspect)), low, high, int(parts))


def find_layout(shapes: Mapping[int, Shape]) -> str:
    """The layout of TeX that glyphs, given by code, look like; "" where none is nearer than all others."""
    layouts = (*PLACES.values(), TC, MSAM)
    means = sorted((_mean(_distances(shapes, layout)), layout) for layout in layouts)
    (best, layout), others = means[0], means[1:]
    rivals = [
        mean for mean, other in others if any(other[code : code + 1] != layout[code : code + 1] for code in shapes)
    ]
    return layout if best < ALIKE and best < min(rivals, default=1.0) - APART else ""


def contradicts(shape: Shape | None, char: str) -> bool:
    """Whether a glyph does not look like the digit or the mark that its code says; letters have too many forms."""
    return shape is not None and not char.isalpha() and bool(known_shapes(char)) and distance_to(shape, char) > UNLIKE


def _mean(distances: Iterable[float]) -> float:
    found = list(distances)
    return sum(found) / len(found) if found else 1.0


def _distances(shapes: Mapping[int, Shape], layout: str) -> Iterable[float]:
    """Distance of each glyph to the layout's character, 1 where there is none; those without a known shape aside."""
    for code, shape in shapes.items():
        char = DRAWN.get(layout[code : code + 1], layout[code : code + 1])
        if char == "∘":
            yield min(_distance(shape, known) for known in _rings())
        elif not char or char == "\ufffd":
            yield 1.0
        elif known_shapes(char):
            yield distance_to(shape, char)


@cache
def _rings() -> tuple[Shape, ...]:
    return tuple(replace(shape, low=RING[0], high=RING[1]) for shape in known_shapes("°"))


def _distance(one: Shape, other: Shape) -> float:
    """Share of cells that differ, and the distance of the edges."""
    return float((one.cells != other.cells).mean()) + 0.5 * (abs(one.low - other.low) + abs(one.high - other.high))
