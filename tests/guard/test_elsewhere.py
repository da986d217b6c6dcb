"""Another clinic's cases: what became of each promise there, counted by hand."""

import pandas as pd
import pytest

from further.guard.calibrate import calibrate
from further.guard.decide import guard_answers
from further.guard.elsewhere import SHIFTED, add_shifted, find_broken, try_elsewhere
from further.guard.rules import Rules
from further.settings import GuardSettings
from guard.made import descending, make_answers

STUDY = pd.concat(
    [
        make_answers(descending(60), [True] * 60),  # certified, from a score of -0.6 on
        make_answers(descending(20), [True] * 20, question_type="organ", prefix="o"),  # too few
    ],
    ignore_index=True,
)


def try_shifted(scores, correct, question_type="side"):
    answers = add_shifted(STUDY, make_answers(scores, correct, question_type=question_type))
    record = calibrate(answers, GuardSettings(), Rules())
    return try_elsewhere(guard_answers(answers, record).to_pandas(), record), record


@pytest.mark.parametrize(
    ("cases", "wrong", "outcome"),
    [  # Clopper and Pearson at 95 %: 0 of 40 up to 8.8 %; 4 of 40 from 2.8 to 23.7 %; 16 of 40 from 24.9 %
        (40, 0, "kept"),
        (40, 4, "undecided"),
        (40, 16, "broken"),
        (10, 0, "undecided"),  # up to 30.8 %
    ],
)
def test_a_promise_is_broken_or_kept_where_the_whole_interval_says_so(cases, wrong, outcome):
    shifted, _ = try_shifted(descending(cases), [False] * wrong + [True] * (cases - wrong))
    one = shifted["side"]
    assert (one.cases, one.accepted, one.judged, one.errors) == (cases, cases, cases, wrong)
    assert one.outcome == outcome and find_broken(shifted) == (["side"] if outcome == "broken" else [])


def test_answers_under_the_threshold_are_not_counted_and_their_scores_warn():
    """30 answers as sure as before, and 30 far less sure and wrong, which are handed over."""
    shifted, record = try_shifted([*descending(30), *descending(30, -3.0)], [True] * 30 + [False] * 30)
    one = shifted["side"]
    assert (one.cases, one.accepted, one.errors, one.warns) == (60, 30, 0, True)
    assert record.certificates["side"].counts.cases == 60  # no threshold is chosen on another clinic's


def test_no_promise_no_breach():
    shifted, _ = try_shifted(descending(40), [False] * 40, question_type="organ")
    assert shifted["organ"].outcome == "nothing promised" and shifted["organ"].accepted == 0


def test_a_type_that_the_study_does_not_ask_is_never_answered():
    shifted, _ = try_shifted(descending(5), [True] * 5, question_type="plane")
    assert shifted["plane"].accepted == 0 and shifted["plane"].warns is None


def test_cases_that_are_called_alike_stay_apart():
    answers = add_shifted(STUDY, make_answers(descending(3), [True] * 3))  # v0, v1 and v2 are in the study, too
    assert len(answers) == 83 and (answers["split"] == SHIFTED).sum() == 3
    assert answers["case"].nunique() == 83
