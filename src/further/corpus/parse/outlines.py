"""Outlines of glyphs, and the signs that their corners show: a bar, a cross, an angle, a ring."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
Points = list[Point]
Contours = list[tuple[Points, bool]]
"""Each contour's points, and whether all of its sides are straight; thousandths of the font size, y upwards."""

CUBIC = [((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3) for t in (0.2, 0.4, 0.6, 0.8, 1.0)]
QUADRATIC = [((1 - t) ** 2, 2 * t * (1 - t), t**2) for t in (0.25, 0.5, 0.75, 1.0)]
"""Parts of a curve's corners in each of its points."""
SIGNS = {
    **{"+": "+", "×": "×", "<": "<", ">": ">", "−": "−", "−−": "=", "−−−": "≡", "+−": "±", "<−": "≤", ">−": "≥"},
    **{"<−−": "≦", ">−−": "≧", "∼∼": "≈", "∼−": "≃", "∼−−": "≅", "<∼": "≲", ">∼": "≳", "<<": "≪", ">>": "≫"},
    **{"∼": "∼", "′": "′", "′′": "″", "·−·": "÷", "▲": "▲"},
}
"""Signs by their parts, sorted."""

MANY = 24
"""Corners of a contour that some font makers draw a curve with."""
THIN = 0.85
"""Inner over outer width of a ring that is a circle and no letter O."""


def trace(glyph: Any, scale: float, glyph_set: Any = None) -> Contours:
    """The contours of one of fontTools' glyphs.

    Args:
        glyph: Anything with `draw(pen)`.
        scale: Thousandths of the font size per unit.
        glyph_set: The glyphs that a composed one is made of.
    """
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    pen = DecomposingRecordingPen(glyph_set or {})
    glyph.draw(pen)
    contours: Contours = []
    for step, points in pen.value:
        if step == "moveTo":
            contours.append(([points[0]], True))
        elif step == "lineTo":
            contours[-1][0].append(points[0])
        elif step == "curveTo":
            _add_curve(contours, points)
        elif step == "qCurveTo":
            _add_quadratic(contours, points)
    scaled = [([(x * scale, y * scale) for x, y in points], straight) for points, straight in contours]
    return [(_without_repeats(points), straight) for points, straight in scaled if len(points) > 2]


def _add_curve(contours: Contours, points: Sequence[Point]) -> None:
    made = contours[-1][0]
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = made[-1], *points
    for a, b, c, d in CUBIC:
        made.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    contours[-1] = (made, False)


def _add_quadratic(contours: Contours, points: Sequence[Point | None]) -> None:
    """TrueType's curves: controls in a row, with a point of the curve half way between two."""
    controls = [point for point in points if point is not None]
    if points[-1] is None:  # a contour that has no point of its curve: it begins between the last and the first
        start = _middle(controls[-1], controls[0])
        contours.append(([start], False))
        controls.append(start)
    made = contours[-1][0]
    for index, (x1, y1) in enumerate(controls[:-1]):
        last = index == len(controls) - 2
        (x0, y0), (x2, y2) = made[-1], controls[-1] if last else _middle((x1, y1), controls[index + 1])
        for a, b, c in QUADRATIC:
            made.append((a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2))
    contours[-1] = (made, False)


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _without_repeats(points: Points) -> Points:
    """Corners without those that stand on the one before, around the contour."""
    kept = [below for above, below in pairwise([points[-1], *points]) if math.dist(above, below) > 0.5]
    return kept or points[:1]


def box_of(points: Points) -> tuple[float, float, float, float]:
    """Left, lower, right and upper edge."""
    across, up = [x for x, _ in points], [y for _, y in points]
    return min(across), min(up), max(across), max(up)


def recognize(contours: Contours) -> str:
    """The sign that the corners of an outline show, "" for any other glyph.

    Args:
        contours: Corners of each contour and whether its sides are all straight; thousandths of the font size.
    """
    ringed = _recognize_ringed(contours) if 2 <= len(contours) <= 4 else ""
    if ringed:
        return ringed
    parts = [_recognize_part(points, straight) or "?" for points, straight in contours]
    sign = SIGNS.get("".join(sorted(parts)), "")
    if sign == "≡" and box_of([point for points, _ in contours for point in points])[1] < 25:
        return "Ξ"  # it stands on the line
    return sign


def _recognize_part(points: Points, straight: bool) -> str:
    return _recognize_polygon(_corners(points)) if straight else _recognize_curve(points)


def _corners(points: Points) -> Points:
    """Points at which a contour turns: those in the middle of a straight side are left out."""
    turns = []
    for index, (x, y) in enumerate(points):
        (a, b), (c, d) = points[index - 1], points[(index + 1) % len(points)]
        area = abs((x - a) * (d - b) - (y - b) * (c - a))
        if area > 0.02 * math.dist((a, b), (c, d)) * max(1.0, math.dist((a, b), (x, y))):
            turns.append((x, y))
    return turns if len(turns) > 2 else points


def _recognize_polygon(points: Points) -> str:
    """A bar, a cross, or an angle."""
    x0, y0, x1, y1 = box_of(points)
    width, height = x1 - x0, y1 - y0
    if len(points) == 3:
        return "▲" if abs(width - height) < 0.3 * width and sum(y < y0 + 2 for _, y in points) == 2 else ""
    if len(points) == 4:
        return "−" if width > 4 * height and y0 > -250 and _is_level(points) else ""
    if height == 0 or not 0.6 < width / height < 2 or width < 250:
        return ""
    if len(points) == 12:
        if not _is_centered(points) or _fills_corner(points):
            return ""
        level = sum(abs(b - d) < 2 for (_, b), (_, d) in pairwise([points[-1], *points]))
        return "+" if level >= 4 else "×" if not level else ""
    middle = [x for x, y in points if abs(y - (y0 + y1) / 2) < 0.2 * height]
    if 6 <= len(points) <= 8 and middle:
        right, left = max(middle) > x1 - 1, min(middle) < x0 + 1
        return "" if right == left else ">" if right else "<"
    return ""


def _is_level(points: Points) -> bool:
    top = sorted(points, key=lambda point: -point[1])[:2]
    return abs(top[0][1] - top[1][1]) < 3


def _is_centered(points: Points) -> bool:
    """Whether a shape is the same turned by half a turn, as a cross is and a letter E is not."""
    x0, y0, x1, y1 = box_of(points)
    turned = [(x0 + x1 - x, y0 + y1 - y) for x, y in points]
    return all(any(abs(x - a) + abs(y - b) < 0.1 * (x1 - x0) for a, b in points) for x, y in turned)


def _fills_corner(points: Points) -> bool:
    """Whether a shape reaches into a corner of its box, as a letter H or x does and a cross does not."""
    x0, y0, x1, y1 = box_of(points)
    near = 0.05 * (x1 - x0)
    corners = ((x0, y0), (x1, y1), (x0, y1), (x1, y0))
    return any(math.dist(corner, point) < near for corner in corners for point in points)


def _recognize_curve(points: Points) -> str:
    """A prime, raised and slim; a tilde, flat and wavy; a bar with round ends."""
    x0, y0, x1, y1 = box_of(points)
    width, height = x1 - x0, y1 - y0
    if y0 > 350 and width < 0.7 * height:
        return "′"
    if width < 3 * height or y0 < 100 or not _is_centered(points):
        return ""
    slope = _middle_at(points, x0 + width / 4) - _middle_at(points, x1 - width / 4)
    return "∼" if slope > 0.15 * height else "−" if width > 6 * height and abs(slope) < 0.05 * height else ""


def _middle_at(points: Points, x: float) -> float:
    """Height half way between a contour's lower and upper side at one place across."""
    cuts = [
        b + (d - b) * (x - a) / (c - a) for (a, b), (c, d) in pairwise([points[-1], *points]) if (a <= x) != (c <= x)
    ]
    return (min(cuts) + max(cuts)) / 2


def _recognize_ringed(contours: Contours) -> str:
    """A degree, which is a small ring above the middle; a large thin ring; or the letter in one: © or ®."""
    outer, inner, *letter = sorted(contours, key=lambda contour: _width(contour[0]), reverse=True)
    (x0, y0, x1, y1), (a, b, c, d) = box_of(outer[0]), box_of(inner[0])
    round_ = all(0.9 < wide / max(1.0, high) < 1.1 for wide, high in ((x1 - x0, y1 - y0), (c - a, d - b)))
    if (
        not round_
        or abs(x0 + x1 - a - c) > 20
        or abs(y0 + y1 - b - d) > 20
        or x0 >= a
        or not all(_is_curved(*ring) for ring in (outer, inner))
    ):
        return ""
    if not letter:
        return "°" if y0 > 250 and x1 - x0 < 480 else "◯" if x1 - x0 > 480 and c - a > THIN * (x1 - x0) else ""
    if c - a < THIN * (x1 - x0):
        return ""
    if len(letter) == 2:
        return "®"
    return "©" if _is_curved(*letter[0]) and not _is_centered(letter[0][0]) else ""


def _is_curved(points: Points, straight: bool) -> bool:
    """Whether a contour has curves, or so many corners that it stands for one."""
    return not straight or len(points) > MANY


def _width(points: Points) -> float:
    return max(x for x, _ in points) - min(x for x, _ in points)
