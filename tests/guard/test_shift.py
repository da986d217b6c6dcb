import numpy as np
import pytest

from further.guard.shift import check_shift


def test_the_same_scores_do_not_warn():
    scores = np.linspace(-1, 0, 200)
    shift = check_shift(scores, scores[::2], -0.5)
    assert not shift.warns and shift.distance < 0.02
    assert (shift.num_validation, shift.num_new) == (200, 100)
    assert shift.accepted_validation == shift.accepted_new == 0.5


def test_lower_scores_warn():
    shift = check_shift(np.linspace(-1, 0, 200), np.linspace(-2, -0.5, 60), -0.5)
    assert shift.warns and shift.accepted_new == pytest.approx(1 / 60)
    assert shift.distance == pytest.approx(2 / 3, abs=0.02)  # two thirds of the new scores lie below all others


def test_few_cases_do_not_warn_by_themselves():
    assert not check_shift(np.linspace(-1, 0, 200), [-0.9, -0.95], -0.5).warns


def test_without_a_threshold_only_scores_are_compared():
    shift = check_shift(np.linspace(-1, 0, 100), np.linspace(-3, -2, 100), None)
    assert shift.warns and shift.accepted_new is None


def test_a_warning_is_rarer_than_one_in_a_hundred():
    """Where all scores of one side lie below the other's, p is two of all orders: 2/126, then 2/252."""
    assert not check_shift([5, 6, 7, 8, 9], [1, 2, 3, 4], None).warns
    assert check_shift([5, 6, 7, 8, 9], [0, 1, 2, 3, 4], None).warns


def test_two_tests_halve_the_level():
    """All of one side are accepted and none of the other: Fisher's p is also two of all orders, 2/252, then 2/924."""
    shift = check_shift([5, 6, 7, 8, 9], [0, 1, 2, 3, 4], 4.5)
    assert shift.distance == 1.0 and not shift.warns
    assert check_shift([6, 7, 8, 9, 10, 11], [0, 1, 2, 3, 4, 5], 5.5).warns
