"""Formulas between the lines of a paragraph, on lines placed by hand."""

import pytest

from further.corpus.parse.blocks import Block, make_blocks
from further.corpus.parse.formulas import join_formulas
from further.corpus.parse.lines import Line
from further.corpus.parse.style import find_style

SAID = "the size of each of the particles that were seen in the sample was found from the width of the line"
ABOVE, BELOW = (50, 100, f"{SAID} by the equation"), (50, 160, f"where D is the size, and {SAID}")
FRACTION = [(150, 130, "D ="), (175, 124, "0.94 λ"), (175, 138, "β cos θ"), (275, 130, "(1)")]


def line(x0, y, text, *, size=10.0, bold=False):
    return Line(1, x0, y - 8, min(290, x0 + 5.0 * len(text)), y + 2, size, "body", bold, text, baseline=y)


def blocks_of(*places, **how):
    made = [Block([line(*place, **(how if place not in (ABOVE, BELOW) else {}))]) for place in places]
    return join_formulas(made, find_style([line(50, 100 + 12 * row, SAID) for row in range(9)]))


def test_a_formula_is_read_from_left_to_right_with_its_fraction_and_its_number_last():
    above, formula, below = blocks_of(ABOVE, *FRACTION, BELOW)
    assert (above.text, below.text) == (ABOVE[2], BELOW[2])
    assert formula.kind == "text"
    assert formula.text.split("\n") == ["D =", "0.94 λ /", "β cos θ", "(1)"]


def test_a_denominator_below_a_numerator_that_is_one_line_with_the_left_side():
    _, formula, _ = blocks_of(ABOVE, (150, 124, "D = 0.94 λ"), (175, 137, "β cos θ"), BELOW)
    assert formula.text.split("\n") == ["D = 0.94 λ /", "β cos θ"]


def test_two_lines_of_a_sentence_are_no_fraction():
    """Each may hold a sign and stand apart from the others, where a power makes it higher."""
    first = "at 1 × 10 cells in 2 mM glutamine (Sigma), supplemen-"
    second = "ted with 10 % bovine serum (Thermo, Logan, Utah), 9 U in mL"
    _, made, _ = blocks_of(ABOVE, (50, 124, first), (50, 136, second), BELOW)
    assert made.text.split("\n") == [first, second]


def test_two_formulas_one_below_the_other():
    _, formula, _ = blocks_of(ABOVE, (150, 120, "a = b"), (150, 138, "c = d"), BELOW)
    assert formula.text.split("\n") == ["a = b", "c = d"]


def test_a_formula_at_a_columns_end():
    assert [block.kind for block in blocks_of(ABOVE, (150, 130, "a = b"))] == ["", "text"]


def test_a_long_formula_is_one_block_that_is_no_text():
    parts = [(100 + 40 * n, 120 + 12 * row, "= a b c" if n == 0 else f"x{n}") for row in range(3) for n in range(4)]
    _, formula, below = blocks_of(ABOVE, *parts, BELOW)
    assert (formula.kind, len(formula.lines), below.text) == ("other", 12, BELOW[2])


def test_a_high_formula_is_one_block_that_is_no_text():
    matrix = [(150, 130, "M ="), (180, 124, "⎛"), (190, 130 + 36, "⎝ a i e o d a"), (275, 160, "(1)")]
    _, formula, _ = blocks_of(ABOVE, *matrix, (50, 190, BELOW[2]))
    assert (formula.kind, len(formula.lines)) == ("text", 4)
    matrix[2] = (190, 130 + 66, matrix[2][2])
    _, formula, _ = blocks_of(ABOVE, *matrix, (50, 220, BELOW[2]))
    assert (formula.kind, len(formula.lines)) == ("other", 4)


def test_a_list_of_what_letters_mean_is_no_long_formula():
    names = [(70, 120 + 12 * row, f"N{row} = number of the hearts") for row in range(12)]
    assert "other" not in {block.kind for block in blocks_of(ABOVE, *names, (50, 270, BELOW[2]))}


ENDED = (50, 100, f"{SAID}.")
AGAIN = (50, 160, f"The samples were dried, and {SAID}")


@pytest.mark.parametrize(
    ("places", "how", "kept"),
    [
        ((ENDED, (150, 130, "y = 2 x + 3"), AGAIN), {}, True),  # stands in from the edge
        ((ENDED, (50, 130, "Tests with n = 3"), AGAIN), {}, False),  # a heading
        ((ENDED, (150, 130, "Tests with n = 3"), AGAIN), {"bold": True}, False),
        ((ABOVE, (150, 130, "Storage 31"), BELOW), {}, False),  # a word between figures
        ((ABOVE, (150, 130, "Fig. 1 x = 3"), BELOW), {}, False),
        ((ABOVE, (50, 130, "• n = 3"), BELOW), {}, False),  # an item
        ((ABOVE, (150, 130, "R = 0.9"), (50, 300, BELOW[2])), {}, False),  # a chart's label, far from the text below
        ((ENDED, (150, 130, "R = 0.9"), AGAIN), {"size": 7.0}, False),
    ],
)
def test_what_holds_an_equals_sign_and_is_no_formula(places, how, kept):
    assert [block.kind for block in blocks_of(*places, **how)] == ["", "text" if kept else "", ""]


def test_the_number_of_a_formula_is_no_first_line_of_what_follows():
    lines = [line(275, 130, "(12)"), line(50, 144, f"where D is the size, and {SAID}")]
    style = find_style([line(50, 100 + 12 * row, SAID) for row in range(9)])
    assert [made.text for made in make_blocks(lines, style)] == [one.text for one in lines]
