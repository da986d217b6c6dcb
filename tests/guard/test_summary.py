import pandas as pd
import pytest

from further.guard.calibrate import calibrate
from further.guard.decide import guard_answers
from further.guard.rules import Rules
from further.guard.summary import (
    choose_examples,
    compare_splits,
    count_errors,
    count_reasons,
    count_topics,
    draw_curves,
    rank_scores,
)
from further.settings import GuardSettings
from guard.made import descending, make_answers


@pytest.fixture(scope="module")
def guarded():
    """Validation: 60 right answers down to -0.60. Test, by hand:

    case   t0    t1     t2    t3    t4     t5      t6
    score  -.1   -.2    -.3   -.4   -.9    -.8     -.05
    right  yes   yes    no    ?     no     yes     yes, but "cancer" in the caption
    """
    validation = make_answers(descending(60), [True] * 60)
    right = [True, True, False, None, False, True, True]
    test = make_answers([-0.1, -0.2, -0.3, -0.4, -0.9, -0.8, -0.05], right, split="test", prefix="t")
    test = test.assign(caption=[None] * 6 + ["a cancer"], entropy=[0.1, 0.2, 0.9, 0.4, 0.8, 0.7, 0.05])
    unknown = make_answers([-0.1], [True], question_type="organ", split="test", prefix="u")
    unknown = unknown.assign(longest_run=5, caption="cancer")
    answers = pd.concat([validation.assign(entropy=0.5), test, unknown.assign(entropy=0.5)])
    record = calibrate(answers, GuardSettings(), Rules(topics={"malignancy": ("cancer",)}))
    return guard_answers(answers, record).to_pandas()


def test_errors_among_accepted_and_deferred(guarded):
    side = count_errors(guarded, "test")["side"]
    assert (side.num_cases, side.accepted, side.judged, side.errors) == (7, 4, 3, 1)
    assert (side.deferred_judged, side.deferred_errors) == (3, 1) and side.error_rate == pytest.approx(1 / 3)
    assert side.interval == pytest.approx(
        (0.0084038, 0.9057007), abs=1e-6
    )  # 1 of 3 in any table of Clopper and Pearson
    organ = count_errors(guarded, "test")["organ"]
    assert organ.accepted == 0 and organ.error_rate is None and organ.interval == (0.0, 1.0)


def test_reasons_by_type(guarded):
    table = count_reasons(guarded, "test")
    assert table.to_dict("records") == [
        {"question_type": "organ", "reason": "looped", "first": 1, "any": 1, "alone": 0},
        {"question_type": "organ", "reason": "always human", "first": 0, "any": 1, "alone": 0},
        {"question_type": "organ", "reason": "not certified", "first": 0, "any": 1, "alone": 0},
        {"question_type": "side", "reason": "always human", "first": 1, "any": 1, "alone": 1},
        {"question_type": "side", "reason": "under threshold", "first": 2, "any": 2, "alone": 2},
    ]
    assert table["first"].sum() == (~guarded[guarded["split"] == "test"]["accepted"]).sum()
    assert count_reasons(guarded, "new").empty


def test_topics(guarded):
    assert count_topics(guarded, "test").to_dict() == {"malignancy": 2} and count_topics(guarded, "new").empty


def test_rankings_of_every_score(guarded):
    """Six judged answers; wrong ones third (-.3) and last (-.9) by log-probability, the two least sure by entropy."""
    side = rank_scores(guarded, "test")["side"]
    assert set(side) == {"mean_logprob", "entropy"}
    errors = [0, 0, 0, 1, 1, 2]  # of -.05, -.1, -.2, -.3, -.8, -.9
    assert side["mean_logprob"].aurc == pytest.approx(sum(e / k for k, e in enumerate(errors, start=1)) / 6)
    assert side["entropy"].aurc == side["entropy"].oracle_aurc and side["entropy"].num_answers == 6


def test_curves_hold_what_only_the_score_decides(guarded):
    curve = draw_curves(guarded, "test")["side"]
    assert curve.num_answers == 5 and curve.errors.tolist() == [0, 0, 1, 1, 2]  # t3 unjudged, t6 of a topic
    assert "organ" not in draw_curves(guarded, "test")


def test_splits_beside_each_other(guarded):
    shifts = compare_splits(guarded, "test")
    assert set(shifts) == {"side"} and shifts["side"].num_new == 7 and shifts["side"].accepted_validation == 1.0


def test_examples_of_both_kinds(guarded):
    shown = choose_examples(guarded, 2, "test")
    assert shown["question_type"].tolist() == ["organ", "side", "side", "side", "side"]
    assert shown["accepted"].tolist() == [False, True, True, False, False]
    again = choose_examples(guarded.sample(frac=1, random_state=1), 2, "test")
    assert again["case"].tolist() == shown["case"].tolist()


def test_a_split_without_cases_has_nothing_to_show(guarded):
    assert count_errors(guarded, "new") == rank_scores(guarded, "new") == draw_curves(guarded, "new") == {}
    assert compare_splits(guarded, "new") == {} and choose_examples(guarded, 2, "new").empty
