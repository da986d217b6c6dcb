import math

import pandas as pd
import pytest

from further.guard.calibrate import calibrate
from further.guard.contradictions import Pattern
from further.guard.decide import EXPLANATIONS, decide, guard_answers
from further.guard.rules import Rules
from further.guard.schemas import ANSWERS, DEFER, REASONS
from further.settings import GuardSettings
from guard.made import descending, make_answers

RULES = Rules(
    topics={"malignancy": ("cancer*",), "death": ("died",)},
    contradictions=((Pattern("abnormal", ("no",)), Pattern("side", ("none",), excepted=True)),),
)


@pytest.fixture(scope="module")
def record():
    """Sides are accepted from -0.60 on; organs, of which one case was judged, never."""
    answers = [
        make_answers(descending(60), [True] * 60),
        make_answers([-0.01], [True], question_type="organ", prefix="o"),
    ]
    return calibrate(pd.concat(answers), GuardSettings(), RULES)


def answer(**changes):
    return {"question_type": "side", "question": "On which side?", "answer": "left", "mean_logprob": -0.3} | changes


@pytest.mark.parametrize(
    "changes, reasons",
    [
        ({}, []),
        ({"mean_logprob": -0.61}, ["under threshold"]),
        ({"mean_logprob": math.nan}, ["no score"]),
        ({"mean_logprob": None}, ["no score"]),
        ({"mean_logprob": math.inf}, ["no score"]),
        ({"question_type": "organ"}, ["not certified"]),
        ({"question_type": "age"}, ["unknown type"]),
        ({"answer": ""}, ["empty"]),
        ({"answer": " . "}, ["empty"]),
        ({"answer": None}, ["empty"]),
        ({"ended": False}, ["no end"]),
        ({"ended": True, "longest_run": 3, "rep_4": 0.2}, []),
        ({"ended": None, "longest_run": None, "rep_4": math.nan, "caption": None}, []),
        ({"longest_run": 4}, ["looped"]),
        ({"rep_4": 0.21}, ["looped"]),
        ({"answer": "cancer"}, ["always human"]),
        ({"question": "Is there cancer?"}, ["always human"]),
        ({"caption": "The patient died."}, ["always human"]),
        ({"ended": False, "longest_run": 9, "mean_logprob": -3}, ["no end", "looped", "under threshold"]),
    ],
)
def test_reasons(record, changes, reasons):
    decision = decide(answer(**changes), record)
    assert list(decision.reasons) == reasons and decision.accepted == (not reasons)
    assert decision.text == (DEFER if reasons else "left")
    assert decision.explanation.startswith(EXPLANATIONS[reasons[0]] if reasons else "")


def test_the_threshold_itself_is_accepted(record):
    threshold = record.certificates["side"].threshold
    assert decide(answer(mean_logprob=threshold), record).accepted
    assert not decide(answer(mean_logprob=math.nextafter(threshold, -1)), record).accepted


def test_a_contradiction_defers_the_answers_in_it(record):
    other = answer(question_type="abnormal", answer="No abnormality.")
    assert decide(answer(), record, others=[other]).reasons == ("contradiction",)
    assert decide(answer(answer="none"), record, others=[other]).accepted
    assert "contradiction" in decide(other, record, others=[answer()]).reasons


def test_topics_are_named(record):
    decision = decide(answer(caption="died of cancer"), record)
    assert decision.topics == ("malignancy", "death") and "malignancy, death" in decision.explanation


def test_a_table_is_decided_like_its_rows(record):
    rows = pd.DataFrame([answer(), answer(mean_logprob=-3.0), answer(answer="cancer"), answer(question_type="age")])
    rows = rows.assign(case=["a", "b", "c", "d"], split="new", agreement=[1.0, 0.5, 0.25, 0.75])
    table = guard_answers(rows, record)
    assert table["guarded"].to_pylist() == ["left", DEFER, DEFER, DEFER]
    assert table["reasons"].to_pylist() == [[], ["under threshold"], ["always human"], ["unknown type"]]
    assert table["topics"].to_pylist() == [[], [], ["malignancy"], []]
    assert table["answer"].to_pylist() == ["left", "left", "cancer", "left"]  # what the model said is kept
    assert table["agreement"].to_pylist() == [1.0, 0.5, 0.25, 0.75]  # scores of any name are kept
    assert table["threshold"].to_pylist() == pytest.approx([-0.60, -0.60, -0.60, None])


def test_no_rows_are_a_table_without_rows(record):
    assert guard_answers(pd.DataFrame([answer(case="a", split="new")]).iloc[:0], record).num_rows == 0


def test_whole_numbers_are_no_scores(record):
    rows = pd.DataFrame([answer(case="a", split="new", num_tokens=3)])
    assert "num_tokens" not in guard_answers(rows, record).column_names


def test_gaps_and_ones_and_zeros_as_csv_gives_them(record):
    rows = pd.DataFrame([answer(ended=1.0, longest_run=4.0), answer(ended=0.0), answer(rep_4=0.5), answer()])
    table = guard_answers(rows.assign(case=[1, 2, 3, 4], split="new"), record)
    assert table["reasons"].to_pylist() == [["looped"], ["no end"], ["looped"], []]
    assert table["ended"].to_pylist() == [True, False, None, None]


def test_contradictions_in_a_table_stay_within_a_case(record):
    rows = [answer(case="a"), answer(case="a", question_type="abnormal", answer="no"), answer(case="b")]
    table = guard_answers(pd.DataFrame(rows).assign(split="new"), record)
    assert [("contradiction" in reasons) for reasons in table["reasons"].to_pylist()] == [True, True, False]


def test_a_table_survives_parquet(record, tmp_path):
    from further.guard.schemas import guarded_schema
    from further.io import read_table, write_table

    answers = make_answers([-0.1, -5.0], [True, None], split="test")
    table = guard_answers(answers, record)
    write_table(tmp_path / "guarded.parquet", table, guarded_schema(["mean_logprob"]))
    assert read_table(tmp_path / "guarded.parquet")["accepted"].tolist() == [True, False]
    write_table(tmp_path / "answers.parquet", table, table.schema)
    again = guard_answers(read_table(tmp_path / "guarded.parquet"), record)  # decided twice is decided once
    assert again.equals(table)


def test_every_reason_has_an_explanation():
    assert set(EXPLANATIONS) == set(REASONS)


def test_the_answers_schema_holds_what_is_decided_on():
    assert {"case", "question_type", "split", "answer", "mean_logprob", "entropy", "ended"} <= set(ANSWERS.names)
