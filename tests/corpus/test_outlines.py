"""Signs by the corners of their outlines."""

from pathlib import Path
from string import ascii_letters, digits

import pytest
import reportlab

from further.corpus.parse.glyphs import is_alike, read_unnamed
from further.corpus.parse.outlines import recognize
from further.corpus.parse.programs import TrueType
from further.corpus.parse.shapes import shape_of


def bar(y, x0=100, x1=700, high=50):
    return [(x0, y), (x1, y), (x1, y + high), (x0, y + high)]


PLUS = [(375, 50), (425, 50), (425, 275), (650, 275), (650, 325), (425, 325)]
PLUS += [(425, 550), (375, 550), (375, 325), (150, 325), (150, 275), (375, 275)]
TIMES = [(100, 135), (135, 100), (300, 265), (465, 100), (500, 135), (335, 300)]
TIMES += [(500, 465), (465, 500), (300, 335), (135, 500), (100, 465), (265, 300)]
MORE = [(85, 610), (85, 564), (689, 323), (85, 83), (85, 36), (749, 302), (749, 344)]
LESS = [(834 - x, y) for x, y in MORE]
LETTER_E = [(100, 0), (600, 0), (600, 80), (180, 80), (180, 310), (560, 310)]
LETTER_E += [(560, 390), (180, 390), (180, 620), (600, 620), (600, 700), (100, 700)]
LETTER_H = [(100, 0), (180, 0), (180, 310), (520, 310), (520, 0), (600, 0)]
LETTER_H += [(600, 700), (520, 700), (520, 390), (180, 390), (180, 700), (100, 700)]
LETTER_X = [(20, 0), (120, 0), (250, 190), (380, 0), (480, 0), (300, 260)]
LETTER_X += [(470, 520), (375, 520), (250, 330), (125, 520), (30, 520), (200, 260)]
SEVEN = [(50, 700), (50, 620), (400, 620), (150, 0), (240, 0), (490, 630), (490, 700)]


def slanted(points):
    """The same shape leaning to the right by a quarter of its height."""
    return [(x + y / 4, y) for x, y in points]


@pytest.mark.parametrize(
    ("polygons", "sign"),
    [
        ([bar(300)], "−"),
        ([bar(211), bar(385)], "="),
        ([bar(111), bar(285), bar(459)], "≡"),
        ([bar(0), bar(320), bar(650)], "Ξ"),  # it stands on the line
        ([PLUS], "+"),
        ([slanted(PLUS)], "+"),
        ([PLUS, bar(-60)], "±"),
        ([[(x, y + 150) for x, y in PLUS], bar(60)], "±"),
        ([TIMES], "×"),
        ([MORE], ">"),
        ([LESS], "<"),
        ([MORE, bar(0.5)], "≥"),
        ([LESS, bar(-40)], "≤"),
        ([LETTER_E], ""),
        ([LETTER_H], ""),
        ([LETTER_X], ""),
        ([SEVEN], ""),
        ([bar(0, 100, 200, 100)], ""),  # a full stop
        ([bar(0, 100, 200, 700)], ""),  # a digit one
        ([], ""),
    ],
)
def test_signs_by_their_corners(polygons, sign):
    assert recognize([(points, True) for points in polygons]) == sign


def circle(x, y, radius):
    from math import cos, pi, sin

    return [(x + radius * cos(n * pi / 10), y + radius * sin(n * pi / 10)) for n in range(20)]


@pytest.mark.parametrize(
    ("contours", "sign"),
    [
        ([circle(200, 550, 150), circle(200, 550, 100)], "°"),
        ([circle(300, 250, 260), circle(300, 250, 180)], ""),  # a letter o
        ([circle(200, 550, 150), circle(260, 550, 60)], ""),  # around two centers
    ],
)
def test_a_degree_is_a_small_ring_above_the_middle(contours, sign):
    assert recognize([(points, False) for points in contours]) == sign


RING = [circle(400, 350, 400), circle(400, 350, 360)]
LETTER_C = [(500, 450), (400, 500), (300, 450), (260, 350), (300, 250), (400, 200), (500, 250), (480, 270)]
LETTER_C += [(400, 240), (320, 280), (300, 350), (320, 420), (400, 460), (480, 430)]


@pytest.mark.parametrize(
    ("contours", "sign"),
    [
        (RING, "◯"),
        ([*RING, LETTER_C], "©"),
        ([*RING, circle(400, 400, 150), circle(400, 450, 60)], "®"),  # a letter with an eye
        ([*RING, circle(400, 350, 100)], ""),  # a dot in a ring
        ([circle(400, 350, 400), circle(400, 350, 280)], ""),  # a letter O
        ([circle(400, 350, 400), circle(400, 350, 280), bar(330, 200, 600)], ""),  # a Θ
    ],
)
def test_what_stands_in_a_thin_ring(contours, sign):
    assert recognize([(points, False) for points in contours]) == sign


def test_a_filled_triangle():
    assert recognize([([(842, -15), (495, 678), (148, -15)], True)]) == "▲"


@pytest.mark.parametrize("font", ["Vera", "VeraBd", "VeraIt", "VeraBI"])
def test_glyphs_without_a_name_are_read_right_or_not_at_all(font):
    """By the shapes of other fonts, upright and slanted."""
    program = TrueType((Path(reportlab.__file__).parent / "fonts" / f"{font}.ttf").read_bytes())
    glyphs = {char: name for name, char in program.unicode().items()}
    read = {}
    for char in ascii_letters + digits + "&()%©®µ±×÷°":
        contours = program.contours(glyphs[char])
        read[char] = read_unnamed(contours, shape_of(contours), "", program.width(glyphs[char]))
    wrong = [(char, found) for char, found in read.items() if found and found != char and not is_alike(found, char)]
    assert len(wrong) <= 1
    assert sum(map(bool, read.values())) >= 55  # of 73; the others are too near to one another, as I and l are


@pytest.mark.parametrize(("lift", "sign"), [(0, "−"), (40, "∼")])
def test_a_wavy_bar_is_a_tilde_and_one_with_round_ends_a_minus(lift, sign):
    upper = [(100, 280), (250, 280 + lift), (400, 280), (550, 280 - lift), (700, 280)]
    lower = [(x, y - 60) for x, y in reversed(upper)]
    assert recognize([([(90, 250), *upper, (710, 250), *lower], False)]) == sign
