"""One glyph: what it shows, by the corners of its outline and its shape, where its name says another thing or none."""

from collections.abc import Iterable
from functools import cache

from further.corpus.parse.encodings import ALPHABETICAL, CMMI, CMSY, SYMBOL
from further.corpus.parse.outlines import Contours, box_of, recognize
from further.corpus.parse.shapes import SAME, Shape, distance_to, known_shapes, rank, shape_of

FITS = 0.2
"""Distance up to which a glyph looks like the character that it is named after."""
FAR = 0.45
"""Distance from which a glyph looks nothing like the character that it is named after."""
ALIEN = 0.6
"""The same in a font that seems to be that of a text."""
LIKE = 0.4
"""Distance up to which a glyph looks like a sign that a layout has at its place."""
SURE = 0.19
"""The same without a layout, of a glyph with a name; `NAMELESS` of one without, and by how much it must be nearest."""
NAMELESS, APART = 0.25, 0.05
MARGIN = 0.05
"""By how much a sign must be nearer than the name's character; `WIDE` the same without a layout."""
WIDE = 0.15
HYPHEN = 400
"""Length under which a bar is a hyphen, thousandths of the font size."""
SIGNS = "−±×÷≤≥<>=≠≡≈∼≅∝∞°·•′″†‡§√∂∫∇→←↑↓αβγδεζηθκλμνξπρστφχψωΓΔΛΞΠΣΦΨΩ%‰©®™"
"""What a misnamed glyph may show."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;!?()[]{}/|&+'’“”"
"""What a glyph without a name may show besides."""
LATIN_LOOKS = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο\ufffd"
"""Greek letters that look like Latin ones, and no character at all: no glyph shows them for sure."""
DASHES = "-–—−‐‑¯_\u00ad"
ALIKE = ("·•.⋅∙▪", "′'’‘`´", '″"”“', "°oº∘◦0○◯O", "×x✕+", "|lI1∣", "∼~˜", "<‹〈⟨", ">›〉⟩", "µμu", DASHES)
"""Characters that an outline alone does not tell apart, so that a glyph named after one keeps its name."""


@cache
def layouts_at(char: str) -> str:
    """Signs that the layouts of sign fonts have at a character's place."""
    if len(char) != 1:
        return ""
    place = ord(char)
    tables = (SYMBOL.get(place, ""), ALPHABETICAL.get(char, ""), CMSY[place : place + 1], CMMI[place : place + 1])
    return "".join(dict.fromkeys(sign for sign in tables if sign and sign != char and sign not in LATIN_LOOKS))


def is_alike(one: str, other: str) -> bool:
    """Whether two characters are drawn alike."""
    return SAME.get(one, one) == SAME.get(other, other) or any(one in group and other in group for group in ALIKE)


def resembles(shape: Shape | None, char: str) -> bool:
    """Whether a glyph may be a character: it looks like it, or it has no more of an outline than a space."""
    return distance_to(shape, char) < NAMELESS if shape else char.isspace()


def seems_named(contours: Contours, char: str) -> bool:
    """Whether a glyph looks more like the character that it is named after than like what sign fonts have there."""
    shape = shape_of(contours)
    if shape is None:
        return True
    own, hints = _own_distance(shape, char), rank(shape, layouts_at(char))
    return own < FAR and (not hints or own < hints[0][0] + MARGIN)


def read_misnamed(contours: Contours, name: str, hints: str, width: float, *, text: bool) -> str:
    """The sign that a glyph shows if its name's character is another one; "" if the name may be right.

    Args:
        contours: Its outline.
        name: The character that it is named after.
        hints: Signs that a layout has at its place.
        width: Its advance, thousandths of the font size.
        text: Whether the font seems to be that of a text, so that a name is overruled by a plain contradiction only.
    """
    shape = shape_of(contours)
    if shape is None:
        return ""
    own = _own_distance(shape, name)
    seen = recognize(contours)
    if seen and not is_alike(seen, name) and own > FITS:
        return choose_dash(contours, width) if seen == "−" else seen
    if not known_shapes(name) or seen:
        return ""  # nothing speaks against the name
    if text:
        return _nearest(shape, hints, name, LIKE)[1] if own > ALIEN else ""
    hinted, hint = _nearest(shape, hints, name, min(LIKE, own - MARGIN))
    distance, sign = _nearest(shape, SIGNS, name, min(NAMELESS if own > FAR else SURE, own - WIDE))
    return sign if sign and distance < hinted - MARGIN else hint


def _own_distance(shape: Shape, name: str) -> float:
    """Distance to the character that a glyph is named after; small capitals have the names of small letters."""
    own, other = distance_to(shape, name), name.swapcase()
    return own if own < FITS or other == name or len(other) > 1 else min(own, distance_to(shape, other))


def _nearest(shape: Shape, signs: str, name: str, limit: float) -> tuple[float, str]:
    """The nearest of some signs with its distance; 1 and "" if it is farther than a limit, or like the name."""
    found = rank(shape, signs)
    if not found or found[0][0] > limit or is_alike(found[0][1], name):
        return 1.0, ""
    return found[0]


def read_unnamed(contours: Contours, shape: Shape | None, hints: str, width: float) -> str:
    """What a glyph shows whose name says nothing; "" if that cannot be told.

    Args:
        contours: Its outline.
        shape: Of the outline.
        hints: Signs that a layout has at its place.
        width: Its advance, thousandths of the font size.
    """
    if shape is None:
        return " " if not contours and width > 0 else ""
    seen = recognize(contours)
    if seen and seen != "◯":  # which may be an O
        return choose_dash(contours, width) if seen == "−" else seen
    near = rank(shape, hints)
    if near and near[0][0] < LIKE:
        return near[0][1]
    found = rank(shape, SIGNS + LETTERS)
    others = [distance for distance, char in found if not is_alike(char, found[0][1])]
    return found[0][1] if found[0][0] < min(NAMELESS, others[0] - APART) else ""


def choose_dash(contours: Contours, width: float) -> str:
    """A hyphen, which is short; a minus sign, which has room on either side; or a dash, which fills its advance."""
    x0, _, x1, _ = box_of([point for contour, _ in contours for point in contour])
    if x1 - x0 < HYPHEN:
        return "-"
    if width <= 0 or x1 - x0 < 0.92 * width:
        return "−"
    return "—" if width > 850 else "–"


def best_layout(outlines: Iterable[tuple[int, Contours]], layouts: dict[str, str]) -> str:
    """Name of the layout that some glyphs, given by their places, look most like; "" where none of them fits.

    Args:
        outlines: Places and outlines.
        layouts: Characters by place, by the layout's name.
    """
    total: dict[str, list[float]] = {name: [] for name in layouts}
    for place, contours in outlines:
        shape = shape_of(contours)
        for name, chars in layouts.items() if shape else ():
            char = chars[place : place + 1]
            total[name].append(distance_to(shape, char) if char and shape else 1.0)
    means = {name: sum(found) / len(found) for name, found in total.items() if found}
    best = min(means, key=means.__getitem__, default="")
    return best if best and means[best] < 0.35 else ""
