import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from further.guard.certify import accepted_counts, certify, first_accepted
from further.settings import GuardSettings
from guard.made import any_threshold_passes, descending

TEN = GuardSettings(target_error=0.10)
FIVE = GuardSettings(target_error=0.05)


def wrong_at(count, *places):
    """Correctness of so many answers, surest first, wrong at the places from 1."""
    return [place not in places for place in range(1, count + 1)]


def test_the_first_threshold_accepts_one_and_a_half_times_what_certifies_at_all():
    # 29 and 59 certify without an error; 1.6 * 29 = 46.4, 1.6 * 59 = 94.4
    assert (first_accepted(TEN), first_accepted(FIVE)) == (47, 95)
    assert first_accepted(GuardSettings(start_factor=1.0)) == 29


def test_forty_even_steps_from_there_to_all():
    counts = accepted_counts(47 + 39 * 3, TEN)
    assert counts.tolist() == list(range(47, 47 + 39 * 3 + 1, 3))
    assert accepted_counts(60, TEN).tolist() == list(range(47, 61))


def test_few_cases_start_where_no_error_is_allowed():
    """47 are more than four fifths of 58 cases, and less than those of 59."""
    assert accepted_counts(58, TEN).tolist() == list(range(29, 59)) and accepted_counts(59, TEN)[0] == 47
    assert accepted_counts(29, TEN).tolist() == [29] and accepted_counts(28, TEN).tolist() == []


def test_a_fraction_of_many_cases_may_be_the_first():
    settings = GuardSettings(start_fraction=0.2)
    assert [int(accepted_counts(number, settings)[0]) for number in (50, 235, 240, 1000)] == [29, 47, 48, 200]


def test_all_right_accepts_all_at_the_lowest_score():
    sequence = certify(descending(50), wrong_at(50), TEN)
    assert sequence.threshold == pytest.approx(-0.50) and sequence.accepted.tolist() == list(range(29, 51))
    assert sequence.num_certified == 22 and sequence.errors.sum() == 0


@pytest.mark.parametrize("count, settings", [(28, TEN), (58, FIVE), (0, TEN), (1, TEN)])
def test_too_few_cases_defer_all_however_right(count, settings):
    sequence = certify(descending(count), wrong_at(count), settings)
    assert sequence.threshold is None and sequence.num_certified == 0


def test_all_wrong_defers_all():
    assert certify(descending(300), [False] * 300, TEN).threshold is None


def test_it_stops_at_the_first_that_is_not_certified_and_never_looks_beyond():
    """47 accepted certify 10 % with one error (p = .0447), not with two; 300 with those two would pass."""
    sequence = certify(descending(300), wrong_at(300, 3, 5), TEN)
    assert sequence.num_certified == 0 and sequence.threshold is None
    assert sequence.p_values[-1] < 1e-9 and any_threshold_passes(descending(300), wrong_at(300, 3, 5), TEN)


def test_the_last_certified_threshold_holds():
    """Steps of 3: 47, 50, 53. Errors from 52 to 55: 50 accepted without one pass, 53 with two (p = .096) do not."""
    count = 47 + 39 * 3
    sequence = certify(descending(count), wrong_at(count, 52, 53, 54, 55), TEN)
    assert sequence.accepted[:3].tolist() == [47, 50, 53] and sequence.errors[:3].tolist() == [0, 0, 2]
    expected = sum(math.comb(53, k) * 0.1**k * 0.9 ** (53 - k) for k in range(3))
    assert sequence.p_values[2] == pytest.approx(expected) and expected > 0.05
    assert sequence.num_certified == 2 and sequence.threshold == pytest.approx(-0.50)


def test_tied_answers_are_accepted_together():
    scores = [-0.1] * 40 + [-0.2] * 30 + [-0.3] * 30
    sequence = certify(scores, wrong_at(100), TEN)
    assert set(sequence.accepted.tolist()) == {70, 100}  # 47 to 70 all mean the first two blocks
    sequence = certify(scores, wrong_at(100, 41, 42, 43), TEN)  # three of 70: p = .069
    assert sequence.num_certified == 0 and sequence.errors[0] == 3


def test_one_score_for_all_accepts_all_or_none():
    assert certify([0.5] * 60, wrong_at(60, 1), TEN).threshold == 0.5
    assert certify([0.5] * 60, wrong_at(60, 1, 2), TEN).threshold is None


def test_scores_that_are_nan_and_lists_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="1 of 3 are NaN"):
        certify([0.1, math.nan, 0.2], [True] * 3, TEN)
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        certify([0.1, 0.2], [True] * 3, TEN)


@given(st.lists(st.tuples(st.integers(-30, 0), st.booleans()), min_size=29, max_size=150), st.randoms())
def test_the_order_of_rows_and_the_scale_of_scores_play_no_part(rows, random):
    scores, right = zip(*rows, strict=True)
    before = certify(scores, right, TEN)
    random.shuffle(rows)
    scores, right = zip(*rows, strict=True)
    after = certify(np.exp(np.array(scores) / 10.0), right, TEN)
    assert before.accepted.tolist() == after.accepted.tolist() and before.num_certified == after.num_certified


@given(st.lists(st.tuples(st.integers(-30, 0), st.booleans()), min_size=29, max_size=150))
def test_thresholds_follow_from_scores_alone(rows):
    scores, right = zip(*rows, strict=True)
    one, other = certify(scores, right, TEN), certify(scores, [not value for value in right], TEN)
    assert one.thresholds.tolist() == other.thresholds.tolist() and one.accepted.tolist() == other.accepted.tolist()


@pytest.mark.parametrize(
    "values",
    [
        {"target_error": 0},
        {"confidence": 1},
        {"start_factor": 0.9},
        {"start_fraction": 1.5},
        {"steps": 1},
        {"max_run": 0},
        {"max_rep_4": 2},
    ],
)
def test_settings_out_of_range_are_refused_with_their_key(values):
    [name] = values
    with pytest.raises(ValueError, match=f"\n{name}\n"):
        GuardSettings(**values)
