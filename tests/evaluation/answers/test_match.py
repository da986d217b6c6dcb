"""Answers against references: by hand, and by torchmetrics' squad as ../shared/vision/metrics.csv has it."""

import doctest

import pytest
from rouge_score import rouge_scorer

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
        ("左肺上叶。", "左肺", (2 / 3, 1 / 2, 1)),  # by sign, as MLQA's script has it
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
        ("+", "+", "right"), ("-", "+", "wrong"), ("<5", "5", "wrong"), ("2 x 3 cm", "2", "wrong"),
        ("左侧。", "左侧", "right"), ("是的，左侧", "是的", "right"), ("右侧", "左侧", "wrong"),
        ("**Yes**", "yes", "right"), ("Yes, it is", "Yes.", "right"), ("no/yes", "no", "right"),
        ("No", "No, it is normal.", "right"), ("No", "No pneumothorax", "wrong"), ("No", "Yes - left", "wrong"),
        ("no", "No，正常。", "right"),
        ("Answer: yes", "yes", "unreadable"), ("5mm", "5", "right"),
        ("left and right", "left", "wrong"), ("left or right", "left", "wrong"), ("Left, right", "left", "wrong"),
        ("left/right", "left", "wrong"), ("CT and MRI", "CT", "wrong"), ("left and right", "left and right", "right"),
        ("left upper lobe", "left", "right"), ("oral contrast", "oral", "right"), ("HER2-", "HER2+", "wrong"),
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
        ("8mm", "8 mm", True), ("2.50cm", "2,5 cm", True), ("37°C", "37 °C", True), ("5 \u00b5m", "5 \u03bcm", True),
        ("<5 mm", ">5 mm", False), ("< 5 mm", "<5mm", True), ("≤5", "<5", False), ("≥ 5", ">=5", True),
        ("<.5", "<0.5", True), ("<-5", "5", False),
        ("5%", "5 percent", True), ("5%", "5", False), ("10x8 mm", "10 × 8 mm", True), ("10x8", "108", False),
        ("2 - 3 mm", "2\u20133mm", True), ("T2-weighted", "T2 weighted", True), ("Covid 19", "COVID-19", True),
        ("focal point", "focal", False),
        ("HER2+", "HER2-", False), ("ER-", "ER", False), ("Ca2+", "Ca²⁺", True),
        ("pre- and postoperative", "pre and postoperative", True), ("T2*", "T2", False),
        ("T2*-weighted", "T2* weighted", True),
        ("**T2**", "T2", True), ("2 to 3 mm", "2-3mm", True), ("2 to 3 mm", "23 mm", False),
        ("C5-6", "C56", False), ("Crohn\u2019s", "Crohn's", True), ("e\u0301", "\u00e9", True), ("ＣＴ", "CT", True),
        ("左侧。", "左侧", True),
        ("no", "normal", False), ("左侧", "左侧", True), ("左侧", "右侧", False), ("", "cyst", False),
    ],
)  # fmt: skip
def test_numbers_and_single_letters_are_told_apart_where_squad_s_rule_does_not(answer, reference, same):
    assert says_same(answer, reference) == same
    assert says_same(reference, answer) == same


@pytest.mark.parametrize(
    ("answer", "reference", "judged"),
    [("X ray", "x-ray", "right"), ("Xray of it", "X-Ray", "right"), ("ray", "x-ray", "wrong")],
)
def test_a_hyphen_between_letters_is_nothing_or_a_blank(answer, reference, judged):
    assert judge_closed(answer, reference) == judged


@pytest.mark.parametrize(
    ("answer", "reference", "rouge"), [("Größe 3", "größe 3", 1), ("右肺", "左肺", 0.5), ("有", "有", 1)]
)
def test_words_of_other_alphabets_count_in_rouge(answer, reference, rouge):
    assert score_answer({"answer": answer, "reference": reference, "kind": "open"})["rouge_l"] == rouge


def test_bleu_of_chinese_counts_signs():
    """Of four signs two and of three pairs one; smoothing gives 1/4 and 1/4: (1/2 · 1/3 · 1/4 · 1/4) ** (1/4)."""
    found = score_answer({"answer": "左肺上叶", "reference": "左肺", "kind": "open"})
    assert found["bleu"] == pytest.approx(31.95, abs=0.01)


def test_words_of_rouge_are_its_own_where_letters_are_a_to_z():
    pairs = [
        ("X-ray, PA view_1", "an x ray"),
        ("5.6cm mass", "mass of 5.6 cm"),
        ("Left lung; right lung", "right lung"),
    ]
    own = rouge_scorer.RougeScorer(["rouge1", "rougeL"], use_stemmer=False)
    for answer, reference in pairs:
        found, other = (
            score_answer({"answer": answer, "reference": reference, "kind": "open"}),
            own.score(reference, answer),
        )
        assert (found["rouge1"], found["rouge_l"]) == (other["rouge1"].fmeasure, other["rougeL"].fmeasure)
