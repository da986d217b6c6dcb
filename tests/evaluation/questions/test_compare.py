"""Two models on the same questions, worked by hand; and the questions as the guard reads them."""

import numpy as np
import pytest
from scipy import stats

from evaluation.questions.asked import answered
from further.evaluation.questions.compare import compare_answers, pick
from further.evaluation.questions.judged import judge_questions
from further.evaluation.questions.pairs import pair, share
from further.evaluation.questions.read import Question


def test_the_likeliest_choice_and_the_likeliest_per_character_may_differ():
    choices = ("ab", "abcdefgh")
    assert pick((-3.0, -4.0), choices, norm=False) == 0
    assert pick((-3.0, -4.0), choices, norm=True) == 1  # -1.5 and -0.5 a character
    assert pick((-1.0, -1.0), choices, norm=False) == 0  # the first of equals, as numpy has it


def test_mcnemars_test_counts_the_questions_that_differ():
    """Nine gained and one lost: 2 * (C(10,0) + C(10,1)) / 2**10 = 22 / 1024."""
    compared = pair([False] * 9 + [True] * 11, [True] * 9 + [False] + [True] * 10)
    assert (compared.gained, compared.lost) == (9, 1)
    assert compared.p_value == pytest.approx(22 / 1024)
    assert (compared.base.fraction, compared.adapted.fraction, compared.difference) == (0.55, 0.95, 0.4)


def test_the_interval_of_the_difference_is_bonett_and_prices():
    """With 9 and 1 of 20: (10/22 - 2/22) -+ 1.96 * sqrt((12/22 - (8/22)**2) / 22)."""
    compared = pair([False] * 9 + [True] * 11, [True] * 9 + [False] + [True] * 10)
    half = stats.norm.ppf(0.975) * np.sqrt((12 / 22 - (8 / 22) ** 2) / 22)
    assert (compared.low, compared.high) == pytest.approx((8 / 22 - half, 8 / 22 + half))
    assert pair([True], [True]).p_value == 1.0


def test_a_share_has_the_exact_interval():
    """None of ten: 1 - 0.025 ** (1 / 10) is the upper end of Clopper and Pearson's."""
    none = share([False] * 10)
    assert (none.fraction, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(1 - 0.025**0.1)
    with pytest.raises(ValueError, match="no question"):
        share([])


def test_a_comparison_counts_topics_splits_floors_and_single_answers():
    questions = [
        Question("1", ("aa", "b"), 0, topic="x", paper="one"),
        Question("2", ("a", "bbb", "ccc"), 1, topic="x", paper="two"),
        Question("3", ("c",), 0, topic="y", paper="nowhere"),
    ]
    base = [answered(-2.0, -1.0, unasked=(-1.0, -2.0)), answered(-1.0, -2.0, -9.0), answered(-4.0)]
    adapted = [answered(-1.0, -2.0), answered(-1.0, -2.0, -9.0), answered(-2.0, greedy=True)]
    record = compare_answers(questions, base, adapted, {"one": "train", "two": "test"}, "nf4")
    assert (record.accuracy.base.correct, record.accuracy.adapted.correct, record.accuracy.gained) == (0, 1, 1)
    # Per character: -1 and -1 (the first of equals), then -1, -2/3 and -3.
    assert record.accuracy_norm.base.correct == 2
    assert (record.answers.base.correct, record.answers.adapted.correct) == (0, 1)
    assert [(group.name, group.accuracy.base.number) for group in record.topics] == [("x", 2), ("y", 1)]
    assert [(group.name, group.accuracy.adapted.correct) for group in record.splits] == [("test", 0), ("train", 1)]
    assert record.floors.chance == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert record.floors.longest_choice == pytest.approx((1 + 1 / 2) / 2)
    assert record.floors.without_question.base.correct == 1
    assert record.nats_per_answer == pytest.approx(((2 + 2 + 4) / 3, (1 + 2 + 2) / 3))
    assert record.lines[2].base_correct_norm is None and record.lines[2].split is None


def test_answers_are_judged_and_their_scores_are_of_the_choices():
    """Likelihoods .3 and .1 of two choices are 3/4 and 1/4. The question with one answer is left out."""
    questions = [Question("Which?", ("left", "right"), 1), Question("Name it.", ("left",), 0)]
    adapted = [answered(np.log(0.3), np.log(0.1)), answered(-1.0)]
    rows = judge_questions(compare_answers(questions, adapted, adapted, {}, "none"))
    (row,) = rows.to_dict("records")
    assert (row["case"], row["question_type"], row["split"]) == ("question 1", "multiple choice", "validation")
    assert (row["answer"], row["reference"], row["correct"]) == ("left", "right", False)
    assert row["mean_logprob"] == row["min_logprob"] == pytest.approx(np.log(0.75))
    assert row["entropy"] == pytest.approx(-0.75 * np.log(0.75) - 0.25 * np.log(0.25))


def test_half_of_the_questions_choose_whatever_their_order_in_the_file():
    questions = [Question(f"Which of {number}?", ("left", "right"), 0) for number in range(9)]
    scores = [answered(-1.0, -2.0)] * 9
    forward, backward = (
        judge_questions(compare_answers(order, scores, scores, {}, "none")) for order in (questions, questions[::-1])
    )
    chosen = forward.set_index("question")["split"]
    assert chosen.value_counts().to_dict() == {"validation": 5, "test": 4}
    assert backward.set_index("question")["split"].to_dict() == chosen.to_dict()
