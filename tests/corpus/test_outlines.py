"""Signs by the corners of their outlines."""

import pytest

from further.corpus.parse.outlines import recognize


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


@pytest.mark.parametrize(("lift", "sign"), [(0, "−"), (40, "∼")])
def test_a_wavy_bar_is_a_tilde_and_one_with_round_ends_a_minus(lift, sign):
    upper = [(100, 280), (250, 280 + lift), (400, 280), (550, 280 - lift), (700, 280)]
    lower = [(x, y - 60) for x, y in reversed(upper)]
    assert recognize([([(90, 250), *upper, (710, 250), *lower], False)]) == sign
