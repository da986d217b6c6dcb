"""How a paper is set: the size, fonts, leading and measure of its body text."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from further.corpus.parse.lines import Line
from further.corpus.parse.typewriter import find_pitches
from further.corpus.words import count_function_words


@dataclass(frozen=True)
class Style:
    """How the body text of one paper is set.

    Attributes:
        size: Font size, points.
        fonts: Fonts of body text.
        leading: Distance of baselines, points.
        measure: Width of a column, points.
        shares: Share of the paper's characters by font and size.
        leadings: Distance of baselines by font size, of sizes other than the body's that running text is set in.
        also: Further sizes that running text has on the page at hand.
        pitches: Widths of characters of typewriter fonts other than the body's, by font and size, points.
    """

    size: float
    fonts: frozenset[str]
    leading: float
    measure: float
    shares: Mapping[tuple[str, float], float]
    leadings: Mapping[float, float] = field(default_factory=dict)
    also: tuple[float, ...] = ()
    pitches: Mapping[tuple[str, float], float] = field(default_factory=dict)

    def share_of(self, font: str, size: float) -> float:
        """Share of the paper's characters that are set in a font and size."""
        return sum(share for (name, points), share in self.shares.items() if name == font and abs(points - size) < 0.3)

    def is_body_size(self, size: float) -> bool:
        """Whether a font size is one of the body's, but for rounding."""
        return any(abs(size - body) <= 0.04 * body for body in (self.size, *self.also))


def find_style(lines: Sequence[Line]) -> Style:
    """The style that most function words of a paper are set in.

    Function words rather than characters: in a review the references hold more characters than the body.

    Args:
        lines: Lines of the paper in drawing order, without running heads; at least one.

    Returns:
        The style of its body text.
    """
    sizes: dict[float, float] = defaultdict(float)
    weights: dict[int, float] = {}
    last_page = max(line.page for line in lines)
    for line in lines:
        # References come late: what stands in the last third counts half.
        weights[id(line)] = (count_function_words(line.text) + 0.01) * (1 if line.page <= 0.67 * last_page + 1 else 0.5)
        sizes[line.size] += weights[id(line)]
    near = {size: sum(n for other, n in sizes.items() if abs(other - size) <= 0.04 * size) for size in sizes}
    size = max(near, key=lambda size: (near[size], sizes[size]))
    body = [line for line in lines if abs(line.size - size) <= 0.04 * size]
    fonts: dict[str, float] = defaultdict(float)
    for line in body:
        fonts[line.font] += weights[id(line)]
    total = sum(fonts.values())
    main = frozenset(font for font, n in fonts.items() if n >= 0.12 * total)
    shares = Counter[tuple[str, float]]()
    for line in lines:
        shares[line.font, line.size] += len(line.text)
    characters = sum(shares.values())
    by_style = {key: number / characters for key, number in shares.items()}
    pitches = find_pitches(lines)
    if (max(fonts, key=fonts.__getitem__), size) in pitches:
        pitches = {}  # a manuscript that is typed as a whole
    leading = _leading(body, size) or 1.2 * size
    return Style(size, main, leading, _measure(body), by_style, _leadings(lines), pitches=pitches)


def _leadings(lines: Iterable[Line]) -> dict[float, float]:
    """Distance of baselines of each size that lines of prose are set in."""
    prose: dict[float, list[Line]] = defaultdict(list)
    for line in lines:
        if count_function_words(line.text) >= 2:
            prose[line.size].append(line)
    found = {size: _leading(group, size) for size, group in prose.items()}
    return {size: leading for size, leading in found.items() if leading}


def _leading(lines: Sequence[Line], size: float) -> float:
    """The commonest distance of baselines of lines in one size, points; 0 if none stands under another."""
    steps = Counter[float]()
    for above, below in pairwise(lines):
        step = below.baseline - above.baseline
        if above.page == below.page and abs(above.x0 - below.x0) < 2 * size and 0.8 * size < step < 3 * size:
            steps[round(2 * step) / 2] += 1
    return steps.most_common(1)[0][0] if steps else 0.0


def _measure(body: Iterable[Line]) -> float:
    """Width that the most characters' lines have: justified lines all have it, ragged ones come near."""
    widths = Counter[int]()
    for line in body:
        widths[round((line.x1 - line.x0) / 4)] += len(line.text)
    near = {width: sum(widths[width + step] for step in (-1, 0, 1)) for width in widths}
    return 4.0 * max(near, key=near.__getitem__)
