"""Intervals over seeds and cases: worked by hand, and right as often as they say."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from further.onemodel.compare import crossed_interval, difference, majority, mean_interval, within_bounds


def test_an_interval_worked_by_hand():
    """Means of seeds 1, 3 and of cases 1, 3: each variance 2 / 2 = 1, so 2 together, with 2² / (1 + 1) = 2 degrees."""
    found = crossed_interval(np.array([[0.0, 2.0], [2.0, 4.0]]), np.ones(2))
    assert found.estimate == 2.0
    assert found.high - 2.0 == pytest.approx(stats.t.ppf(0.975, 2) * 2**0.5)
    assert 2.0 - found.low == pytest.approx(found.high - 2.0)


def test_cases_with_more_questions_weigh_more():
    found = crossed_interval(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([1.0, 3.0]))
    assert found.estimate == 0.25


def test_one_seed_has_no_interval():
    assert crossed_interval(np.array([[1.0, 0.0]]), np.ones(2)).is_open


@pytest.mark.parametrize(("of_seeds", "of_cases"), [(1.0, 0.0), (0.0, 1.0), (0.3, 1.0)])
def test_it_holds_the_truth_as_often_as_it_says(of_seeds, of_cases):
    """Five seeds and forty cases drawn from normals; at least 93 % of 400, as it errs towards too wide."""
    draw, held = np.random.default_rng(0), 0
    for _ in range(400):
        seeds, cases = of_seeds * draw.normal(size=(5, 1)), of_cases * draw.normal(size=(1, 40))
        found = crossed_interval(seeds + cases + draw.normal(size=(5, 40)), np.ones(40))
        held += found.low <= 0 <= found.high
    assert held >= 0.93 * 400


def answers(rights):
    """By seed and case, one question each."""
    rows = [(seed, f"case{place}", right) for seed, row in enumerate(rights) for place, right in enumerate(row)]
    return pd.DataFrame(rows, columns=["seed", "case", "right"])


def test_an_accuracy_lies_between_none_and_all():
    rare = crossed_interval(np.array([[1.0, 0, 0], [0, 0, 0]]), np.ones(3))
    assert rare.low < 0 and within_bounds(rare).low == 0 and within_bounds(rare).high == min(1, rare.high)
    assert within_bounds(rare).estimate == rare.estimate == pytest.approx(1 / 6)


def test_a_difference_is_paired_by_seed_and_case():
    first, second = answers([[1, 0, 1, 0], [0, 1, 0, 1]]), answers([[1, 1, 1, 1], [1, 1, 1, 1]])
    assert difference(second, first).estimate == 0.5
    same = difference(first, first)
    assert (same.estimate, same.low, same.high) == (0.0, 0.0, 0.0)


def test_arms_that_were_asked_about_other_cases_are_refused():
    with pytest.raises(ValueError, match="different questions"):
        difference(answers([[1, 0], [1, 0]]), answers([[1, 0, 1], [1, 0, 1]]))
    with pytest.raises(ValueError, match="different questions"):
        difference(answers([[1, 0], [1, 0]]), answers([[1, 0], [1, 0]]).replace("case1", "case2"))


def test_the_mean_of_seeds_has_students_interval():
    """1, 2, 3: deviation 1, so ± 4.303 / √3."""
    found = mean_interval([1.0, 2.0, 3.0])
    assert (found.estimate, found.high) == (2.0, pytest.approx(2 + 4.3027 / 3**0.5, abs=1e-3))


def test_chance_is_the_most_frequent_answer_of_each_type():
    table = pd.DataFrame(
        {"seed": 0, "question_type": ["a", "a", "a", "b"], "reference": ["left", "left", "right", "yes"]}
    )
    assert majority(table) == 0.75
    assert majority(table.assign(reference=["left", "right", "Right.", "yes"])) == 0.75  # right by the same rule
