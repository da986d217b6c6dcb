import math

import numpy as np
import pandas as pd
import pytest

from facts import naming
from further.guard.calibrate import calibrate, keep_one_per_case
from further.guard.records import GuardRecord
from further.guard.rules import Rules
from further.guard.schemas import turn_scores
from further.io import read_json, write_json
from further.settings import GuardSettings
from guard.made import descending, make_answers

TEN, RULES = GuardSettings(), Rules()


def certificate(answers, settings=TEN, rules=RULES, question_type="side"):
    return calibrate(answers, settings, rules).certificates[question_type]


def test_all_right():
    found = certificate(make_answers(descending(60), [True] * 60))
    assert found.promise.accepted == 60 and found.promise.errors == 0
    assert found.promise.threshold == pytest.approx(-0.60) and found.needed_cases is None
    assert found.promise.error_bound == pytest.approx(1 - 0.05 ** (1 / 60))
    assert found.promise.p_value == pytest.approx(0.9**60)


def test_all_wrong():
    found = certificate(make_answers(descending(60), [False] * 60))
    assert found.promise is None and found.why_deferred == "too many errors"
    assert found.needed_cases is None  # no number of cases makes these right


def test_too_few_cases_say_how_many_it_takes():
    found = certificate(make_answers(descending(20), [True] * 20))
    assert (found.promise, found.why_deferred, found.needed_cases) == (None, "too few cases", 29)
    assert found.accepted_needed == {0: 29, 1: 46, 2: 61, 5: 103}


def test_67_cases_certify_five_percent_only_without_an_error_among_the_59_surest():
    five = GuardSettings(target_error=0.05)
    assert certificate(make_answers(descending(67), [True] * 66 + [False]), five).promise.accepted == 66
    found = certificate(make_answers(descending(67), [True] * 58 + [False] + [True] * 8), five)
    assert found.promise is None and found.why_deferred == "too many errors" and found.needed_cases >= 95


def test_a_type_without_a_validation_case_has_a_certificate_that_defers_all():
    tested = make_answers([-0.1], [True], split="test", prefix="t")
    found = certificate(pd.concat([make_answers([-0.1], [True], question_type="organ"), tested]))
    assert (found.promise, found.why_deferred, found.counts.cases) == (None, "no judged case", 0)
    assert found.needed_cases is None


def test_only_validation_cases_count():
    other = make_answers(descending(100), [False] * 100, split="test", prefix="t")
    found = certificate(pd.concat([make_answers(descending(60), [True] * 60), other]))
    assert found.promise.accepted == 60 and found.counts.cases == 60


def test_every_validation_case_is_counted_once():
    """50 usable ones, and one each that is empty, without a score, with an infinite score, and not judged."""
    answers = make_answers([*descending(50), -0.001, math.nan, -math.inf, -0.002], [True] * 53 + [None])
    answers.loc[50, "answer"] = " - "
    found = certificate(answers)
    counts = found.counts
    assert (counts.cases, counts.eligible, counts.deferred, counts.no_score, counts.unjudged) == (54, 50, 1, 2, 1)
    assert found.promise.accepted == 50


def test_what_is_deferred_anyway_is_not_in_the_certificate():
    """Four wrong answers that loop: with them 60 cases certify nothing, without them all that are left."""
    answers = make_answers(descending(60), [False] * 4 + [True] * 56)
    assert certificate(answers).promise is None
    answers.loc[:3, "longest_run"] = 4
    assert certificate(answers).promise.accepted == 56


def test_low_entropy_is_sure():
    answers = make_answers([0.0] * 60, [True] * 50 + [False] * 10).assign(entropy=np.linspace(0.1, 6.0, 60))
    found = certificate(answers, GuardSettings(score="entropy"))
    assert found.promise.threshold < 0 and found.promise.accepted >= 50
    with pytest.raises(ValueError, match=r"entropy: -1\.0 is negative"):
        certificate(answers.assign(entropy=-1.0), GuardSettings(score="entropy"))


def test_one_answer_of_each_case_counts_and_neither_score_nor_correctness_chooses_it():
    first = make_answers(descending(60), [True] * 60)
    second = make_answers([-0.001] * 60, [False] * 60).assign(question="Which side now?")
    both = pd.concat([first, second])
    record = calibrate(both, TEN, RULES)
    counts = record.certificates["side"].counts
    assert (counts.cases, counts.further_answers) == (60, 60) and any(
        "60 further" in line for line in record.conditions
    )
    kept = keep_one_per_case(both.reset_index(drop=True))
    assert len(kept) == 60 and 15 < (kept["question"] == "Which side now?").sum() < 45  # drawn
    turned = both.assign(correct=~both["correct"].astype(bool), mean_logprob=-both["mean_logprob"])
    again = keep_one_per_case(turned.sample(frac=1, random_state=0).reset_index(drop=True))
    assert set(zip(kept["case"], kept["question"], strict=True)) == set(
        zip(again["case"], again["question"], strict=True)
    )


@pytest.mark.parametrize("change", [{"mean_logprob": np.inf}, {"answer": "?"}])
def test_judged_cases_of_no_use_are_not_called_unjudged(change):
    answers = make_answers(descending(60), [True] * 60).assign(**change)
    found = calibrate(answers, TEN, Rules()).certificates["side"]
    assert (found.why_deferred, found.counts.eligible, found.counts.unjudged) == ("no usable case", 0, 0)


def test_a_record_written_and_read_is_the_same(tmp_path):
    rules = Rules(topics={"death": ("died",)})
    answers = pd.concat(
        [make_answers(descending(60), [True] * 60), make_answers([-1.0], [True], question_type="organ")]
    )
    record = calibrate(answers, TEN, rules)
    file = tmp_path / "guard.json"
    record.save(file)
    assert GuardRecord.load(file) == record
    write_json(file, {name: value for name, value in read_json(file).items() if name != "score"})
    with pytest.raises(ValueError, match=naming("guard.json", "score")):
        GuardRecord.load(file)


@pytest.mark.parametrize(
    "change, facts",
    [
        (lambda rows: rows.drop(columns="question"), ["question", "case"]),
        (lambda rows: rows.drop(columns="mean_logprob"), ["'mean_logprob'"]),
        (lambda rows: rows.assign(split="train"), ["split", "'train'"]),
        (lambda rows: pd.concat([rows, rows.assign(split="test")]), ["v0", "test", "validation"]),
        (lambda rows: pd.concat([rows, rows]), ["v0", "two"]),
        (lambda rows: rows.assign(case=[None, "b", "c"]), ["case", 1]),
    ],
)
def test_tables_that_are_refused(change, facts):
    rows = change(make_answers(descending(3), [True] * 3))
    with pytest.raises(ValueError, match=naming(*facts)):
        calibrate(rows, TEN, RULES)


def test_a_table_without_rows_has_no_certificates():
    record = calibrate(make_answers([-0.1], [True]).iloc[:0], TEN, RULES)
    assert record.certificates == {} and record.conditions


def test_a_score_that_is_no_column_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match=r"'agreement' is no column.*mean_logprob"):
        turn_scores(make_answers([-0.1], [True]), "agreement")


def test_correct_may_be_written_in_ones_and_zeros_and_cases_in_numbers():
    answers = make_answers(descending(60), [1] * 59 + [0]).assign(case=range(60))
    assert certificate(answers).promise.accepted == 60


def test_marks_scores_and_types_are_read_as_other_tables_write_them():
    plain = make_answers(descending(60), [True] * 58 + [False] * 2)
    written = plain.assign(
        correct=plain["correct"].map({True: "True", False: "FALSE"}),
        mean_logprob=plain["mean_logprob"].astype(str),
        question_type=7,
    )
    assert certificate(written, question_type="7").promise == certificate(plain).promise
    for mark in (plain["correct"].astype(float), plain["correct"].map({True: "Yes", False: "no"})):
        assert certificate(plain.assign(correct=mark)).promise == certificate(plain).promise


@pytest.mark.parametrize(("column", "value"), [("correct", "perhaps"), ("correct", 0.5), ("mean_logprob", "sure")])
def test_marks_and_scores_that_are_none_are_named(column, value):
    with pytest.raises(ValueError, match=rf"{value}"):
        calibrate(make_answers(descending(3), [True] * 3).assign(**{column: value}), TEN, RULES)
