"""Fonts whose characters all have one width, as code and what programs print are set in.

Neither names nor flags tell them in every file. Widths of lines do.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import median

from further.corpus.parse.lines import Line

MIN_LINES = 6
"""Lines of one pitch from which a font has one; running heads that differ in their numbers count once."""
MIN_SHARE = 0.5
"""Of the lines in a font: it may also stand in lines of text."""
TOLERANCE = 0.005
"""Share of the pitch by which a line may differ. Of proportional lines one in seven is as near to the median."""
NARROWEST, WIDEST = 0.45, 0.7
"""Pitch of typewriter fonts, in font sizes. Chinese characters have one width too, of 1."""
MIN_CHARACTERS = 8
"""Of a line, half of them letters: figures have one width in most fonts."""
MAX_OFF = 0.05
"""Of a character, by which a line of whole characters may differ."""


def find_pitches(lines: Iterable[Line]) -> dict[tuple[str, float], float]:
    """Widths of characters of a paper's fonts that have one, in points, by font and size."""
    widths: dict[tuple[str, float], dict[str, float]] = defaultdict(dict)
    for line in lines:
        letters = sum(map(str.isalpha, line.text))
        if len(line.text) >= MIN_CHARACTERS and 2 * letters >= len(line.text):
            widths[line.font, line.size][re.sub(r"\d+", "#", line.text)] = (line.x1 - line.x0) / len(line.text)
    pitches = {key: median(own.values()) for key, own in widths.items() if len(own) >= MIN_LINES}
    return {key: pitch for key, pitch in pitches.items() if _is_pitch(pitch, key[1], [*widths[key].values()])}


def _is_pitch(pitch: float, size: float, widths: list[float]) -> bool:
    near = sum(abs(width - pitch) < TOLERANCE * pitch for width in widths)
    return NARROWEST * size < pitch < WIDEST * size and near >= max(MIN_LINES, MIN_SHARE * len(widths))


def is_typed(line: Line, pitches: Mapping[tuple[str, float], float]) -> bool:
    """Whether all of a line is set in a font of one pitch: a word of another font would make its width no multiple.

    A wide gap has become one space, so that the line may be wider than its characters. `pitches` is what `find_pitches`
    gives.
    """
    pitch = pitches.get((line.font, line.size))
    if pitch is None:
        return False
    number = (line.x1 - line.x0) / pitch
    return abs(number - round(number)) < max(MAX_OFF, TOLERANCE * number) and number > len(line.text) - 0.5
