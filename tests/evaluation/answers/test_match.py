"""Answers against references: by hand, and by torchmetrics' squad as ../shared/vision/metrics.csv has it."""

import doctest

import pytest

from evaluation.answers.tables import read_csv
from further.evaluation.answers import match
from further.evaluation.answers.match import judge_closed, says_same, token_overlap
from further.evaluation.answers.score import score_answer


def test_the_examples_hold():
    assert doctest.testmod(match).failed == 0


def test_all_rows_of_the_table_with_known_scores():
    rows = read_csv("metrics.csv")
    names = {"token_f1": "token_f1", "token_precision": "token_precision", "token_recall": "token_recall"}
    names |= {"rouge1": "rouge1_f", "rouge_l": "rougeL_f", "exact_match": "exact_match"}
    for row in rows:
        found = score_answer(row | {"kind": "open" if row["type"] == "open" else "yes/no"})
        for own, other in names.items():
            assert found[own] == pytest.approx(float(row[other]), abs=6e-5), (row, own)
        assert found["bleu"] == pytest.approx(float(row["sentence_bleu"]), abs=6e-3)
        assert (found["closed"] or "") == row["closed"]
    assert len(rows) == 19


@pytest.mark.parametrize(
    ("answer", "reference", "overlap"),
    [
        ("left kidney mass", "mass in the left kidney", (6 / 7, 1, 3 / 4)),
        ("a a the", "the", (1, 1, 1)),  # articles alone: no word on either side
        ("", "", (1, 1, 1)),
        ("nothing", "", (0, 0, 0)),
        ("no pneumothorax", "pneumothorax", (2 / 3, 1 / 2, 1)),
    ],
)
def test_overlap_by_hand(answer, reference, overlap):
    assert token_overlap(answer, reference) == pytest.approx(overlap)


@pytest.mark.parametrize(
    ("answer", "reference", "judged"),
    [
        ("Yes, there is.", "yes", "right"), ("no", "Yes", "wrong"), ("The study is normal.", "no", "unreadable"),
        ("abnormal", "yes", "unreadable"), ("nothing", "no", "unreadable"), ("", "no", "unreadable"),
        ("Left lung", "left", "right"), ("the CT", "CT", "right"), ("right", "left", "wrong"),
        ("leftover", "left", "wrong"), ("", "left", "unreadable"),
        ("3 lesions", "3", "right"), ("3.0", "3", "right"), ("30", "3", "wrong"), ("-1", "1", "wrong"),
        ("A", "A", "right"), ("A. a cyst", "A", "right"), ("B", "A", "wrong"), ("...", "A", "unreadable"),
        ("+", "+", "right"), ("-", "+", "wrong"),
    ],
)  # fmt: skip
def test_closed_answers_by_the_first_word_and_choices_by_their_words(answer, reference, judged):
    assert judge_closed(answer, reference) == judged


@pytest.mark.parametrize(
    ("answer", "reference", "same"),
    [
        ("1.5 cm", "15 cm", False), ("1.5 cm.", "1.5 cm", True), ("3.0", "3", True), ("3.", "3", True),
        ("30", "3.0", False), ("-1", "1", False), ("\u22121", "-1", True), ("1,000", "1000", True),
        ("1,5", "1.5", True), (".5", "0.50", True),
        ("1/2", "12", False), ("2-3 mm", "23 mm", False), ("2-3 mm", "2\u20133 mm", True), ("L4-5", "l4-5", True),
        ("A", "B", False), ("the", "a", False), ("a", "A.", True), ("-", "+", False), ("The cyst.", "cyst", True),
        ("no", "normal", False), ("左侧", "左侧", True), ("左侧", "右侧", False), ("", "cyst", False),
    ],
)  # fmt: skip
def test_numbers_and_single_letters_are_told_apart_where_squad_s_rule_does_not(answer, reference, same):
    assert says_same(answer, reference) == same
    assert says_same(reference, answer) == same
