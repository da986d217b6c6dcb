"""Answers against references: by hand, and by torchmetrics' squad as ../shared/vision/metrics.csv has it."""

import doctest

import pytest

from evaluation.answers.tables import read_csv
from further.evaluation.answers import match
from further.evaluation.answers.match import judge_closed, token_overlap
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
    ],
)  # fmt: skip
def test_closed_answers_by_the_first_word_and_choices_by_their_words(answer, reference, judged):
    assert judge_closed(answer, reference) == judged
