import numpy as np
import pytest

from further.guard.shift import check_shift


def test_the_same_scores_do_not_warn():
    scores = np.linspace(-1, 0, 200)
    shift = check_shift(scores, scores[::2], -0.5)
    assert not shift.warns and shift.distance < 0.02 and shift.accepted_p == 1.0
    assert (shift.num_validation, shift.num_new) == (200, 100)
    assert shift.accepted_validation == shift.accepted_new == 0.5


def test_lower_scores_warn():
    shift = check_shift(np.linspace(-1, 0, 200), np.linspace(-2, -0.5, 60), -0.5)
    assert shift.warns and shift.accepted_new == pytest.approx(1 / 60)
    assert shift.distance == pytest.approx(2 / 3, abs=0.02)  # two thirds of the new scores lie below all others


def test_few_cases_do_not_warn_by_themselves():
    assert not check_shift(np.linspace(-1, 0, 200), [-0.9, -0.95], -0.5).warns


def test_values_by_hand():
    """All of {1, 2} lie below {3, 4}: distance 1, as in 2 of 6 orders. None of 2 accepted beside 2 of 2: also 2."""
    shift = check_shift([3, 4], [1, 2], 2.5)
    assert (
        shift.distance == 1.0 and shift.distance_p == pytest.approx(1 / 3) and shift.accepted_p == pytest.approx(1 / 3)
    )


def test_without_a_threshold_only_scores_are_compared():
    shift = check_shift(np.linspace(-1, 0, 100), np.linspace(-3, -2, 100), None)
    assert shift.warns and shift.accepted_new is None and shift.accepted_p is None


def test_a_warning_is_rarer_than_one_in_a_hundred():
    """Where all scores of one side lie below the other's, p is two of all orders: 2/126, then 2/252."""
    assert not check_shift([5, 6, 7, 8, 9], [1, 2, 3, 4], None).warns
    assert check_shift([5, 6, 7, 8, 9], [0, 1, 2, 3, 4], None).warns
