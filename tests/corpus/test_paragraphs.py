"""Paragraphs that something came between, on blocks placed by hand."""

import pytest

from corpus.test_clean import PROSE
from corpus.test_reasons import dropped, section
from further.corpus.clean.paragraphs import group_paragraphs, runs_on
from further.corpus.clean.pieces import Piece

OPEN = "The sample size was found to be large enough for all of the tests, and with a power of 80 % a total of"


def piece(text, kind="text", *, size=9.0, page=1):
    return Piece(page, 50, 0, 290, 10, size, False, kind, text, 0, [], reason="kept")


BOX = [
    piece("Strengths and limitations", "heading"),
    piece("This is the first trial of its kind."),
    piece("• It is large.", "list"),
]


@pytest.mark.parametrize(
    ("first", "between", "second", "joined"),
    [
        (OPEN, BOX, "918 patients are required.", True),
        (OPEN, BOX, "patients are required.", True),
        (OPEN, BOX, "Patients are required.", False),  # may begin a sentence
        (f"{OPEN} 918.", BOX, "patients are required.", False),  # has ended
        (OPEN, [*BOX, piece("Assessed for eligibility")], "patients are required.", False),  # it is another's
        (OPEN, 4 * BOX, "patients are required.", False),  # too far away
        (OPEN, [piece("2.1 Patients", "heading"), BOX[1]], "patients are required.", False),  # a section begins
        ("Assessed for", BOX, "patients are required.", False),  # a label
    ],
)
def test_a_sentence_goes_on_behind_a_box(first, between, second, joined):
    groups = group_paragraphs([piece(first), *between, piece(second)])
    texts = [[member.text for member in group] for group in groups]
    assert ([first, second] in texts) is joined
    assert sum(map(len, texts)) == len(between) + 2


@pytest.mark.parametrize("how", [{"size": 7.5}, {"page": 3}, {"kind": "list"}])
def test_what_is_set_otherwise_or_stands_far_behind_goes_on_with_nothing(how):
    assert len(group_paragraphs([piece(OPEN), *BOX, piece("patients are required.", **how)])) == 5


@pytest.mark.parametrize(
    ("end", "begin", "joined"),
    [
        ("It was found in P.", "persica and in E. coli.", True),
        ("as it was said by Maker et al.", "who found it.", True),
        ("It was found in P.", "Persica was not there.", False),
        ("It was not found.", "persica was not there.", False),
    ],
)
def test_a_word_cut_short_ends_no_sentence_before_a_small_letter(end, begin, joined):
    assert len(group_paragraphs([piece(end), piece(begin, page=2)])) == (1 if joined else 2)


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        ("It was made in three steps:", "(i) salt was added, (ii) it was stirred, and (iii) kept.", True),
        (
            "It does so in two ways: (1) it binds to the receptor;",
            "(2) it blocks the release of the transmitters.",
            True,
        ),
        ("by (a) one of the ways and", "(b) the other way.", True),
        ("It was made in three steps.", "(i) salt was added, (ii) it was stirred, and (iii) kept.", False),
        ("It was made in three steps:", "(i) salt was added,\n(ii) it was stirred.", False),  # a list, one item a line
        ("(i) salt was added;", "(ii) it was stirred;", False),
        ("The patients were of two kinds:", "(a) those who were asked", False),
        ("The patients were of two kinds:", "• those who were asked (a) or not (b) ", False),
    ],
)
def test_what_is_counted_within_a_sentence_is_no_list(above, below, expected):
    assert runs_on(above, below) is expected
    assert len(group_paragraphs([piece(above), piece(below, "list")])) == (1 if expected else 2)


@pytest.mark.parametrize("how", [{"size": 7.5}, {"page": 3}])
def test_what_is_counted_elsewhere_goes_on_with_no_sentence(how):
    first, second = "It was made in two steps: (i) salt was added and", "(ii) it was stirred."
    assert len(group_paragraphs([piece(first), piece(second, "list", **how)])) == 2


def test_the_rest_of_a_sentence_in_the_next_column_is_no_address_whatever_it_names():
    begun = {"kind": "text", "text": f"As {PROSE.strip()}. It was all managed by the Cochrane"}
    text = "Center is responsible for the trial: randomization, blinding, analyses, data management, monitoring."
    rest = {"kind": "text", "text": text}
    assert dropped(*section("Abstract", 1), begun, rest, *section("Methods", 2)) == set()
    whole = begun | {"text": f"As {PROSE.strip()}."}
    assert dropped(*section("Abstract", 1), whole, rest, *section("Methods", 2)) == {("affiliation", text)}
