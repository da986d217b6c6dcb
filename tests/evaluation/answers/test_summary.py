"""Scores by type with intervals over cases."""

import numpy as np
import pytest
from scipy import stats

from evaluation.answers.tables import score
from facts import naming
from further.evaluation.answers.compare import compare_answers
from further.evaluation.answers.summary import balance, summarize_scores
from further.records.answers import Score
from further.settings import BootstrapSettings

HOW = BootstrapSettings(bootstrap=500, seed=0)


def closed(number, reference, answer, kind="abnormal", start=0):
    return [(f"c{place}", kind, "yes/no", reference, answer) for place in range(start, start + number)]


def test_sensitivity_specificity_and_their_mean_see_what_accuracy_hides():
    lines = closed(76, "yes", "yes") + closed(4, "yes", "no", start=76) + closed(5, "no", "no", start=80)
    lines += closed(14, "No, it is normal.", "yes", start=85) + closed(1, "no", "perhaps", start=99)
    found = summarize_scores(score(lines), HOW)["abnormal"]
    assert found.closed_accuracy.estimate == pytest.approx(0.81)
    assert found.sensitivity.estimate == pytest.approx(0.95)
    assert found.specificity.estimate == pytest.approx(0.25)
    assert found.balanced_accuracy.estimate == pytest.approx(0.60)
    assert found.unreadable.estimate == pytest.approx(0.01)
    exact = stats.binomtest(81, 100).proportion_ci(0.95, "exact")  # one answer a case: Clopper and Pearson
    assert (found.closed_accuracy.low, found.closed_accuracy.high) == pytest.approx(tuple(exact))
    assert (found.sensitivity.answers, found.specificity.answers) == (80, 20)


def test_many_answers_of_few_cases_are_worth_less_than_as_many_cases():
    alike = [(f"c{place // 20}", "t", "open", "a", "a" if place < 100 else "b") for place in range(200)]
    apart = [(f"c{place}", "t", "open", "a", "a" if place < 100 else "b") for place in range(200)]
    width = {}
    for name, lines in (("alike", alike), ("apart", apart)):
        match = summarize_scores(score(lines), HOW)["t"].exact_match
        width[name] = match.high - match.low
    assert width["alike"] > 4 * width["apart"]


def test_all_comes_first_and_types_without_closed_questions_have_no_closed_scores():
    found = summarize_scores(score([*closed(3, "yes", "yes"), ("c9", "caption", "open", "A mass.", "A cyst.")]), HOW)
    assert list(found) == ["all", "abnormal", "caption"]
    assert found["caption"].closed_accuracy is None and found["abnormal"].balanced_accuracy is None
    assert (found["all"].answers, found["all"].cases) == (4, 4)
    assert found["caption"].token_f1.low is None  # one case
    with pytest.raises(ValueError, match="no answer"):
        summarize_scores(score([]), HOW)


def test_a_type_that_is_called_all_does_not_replace_the_totals():
    found = summarize_scores(score([*closed(3, "yes", "yes", kind="all"), ("c9", "t", "open", "A mass.", "A")]), HOW)
    assert {name: scores.answers for name, scores in found.items()} == {"all": 4, "all (type)": 3, "t": 1}


def test_closed_and_open_questions_of_one_type_are_told_apart():
    """As in VQA-RAD, where "PRES" has both: closed 2 of 3 by the first word; open recall (1 + 1/2) / 2."""
    lines = [("c0", "pres", "yes/no", "Yes", "yes, there is"), ("c1", "pres", "yes/no", "no", "yes")]
    lines += [("c2", "pres", "choice", "CT", "CT scan"), ("c3", "pres", "open", "1", "1")]
    lines += [("c4", "pres", "open", "left lung", "a lung")]
    found = summarize_scores(score(lines), HOW)["pres"]
    assert found.closed_accuracy.estimate == pytest.approx(2 / 3) and found.closed_accuracy.answers == 3
    assert (found.open_recall.estimate, found.open_exact_match.estimate) == (0.75, 0.5)
    assert found.exact_match.estimate == pytest.approx(1 / 5)
    only = summarize_scores(score(lines[:3]), HOW)["pres"]
    assert only.open_recall is None and only.open_exact_match is None
    change = compare_answers(score(lines), score([*lines[:4], (*lines[4][:4], "left lung")]), HOW)["pres"]
    assert (change.open_recall.estimate, change.open_exact_match.estimate) == (0.25, 0.5)


def test_an_interval_of_a_mean_lies_where_the_score_can():
    """F1 of seven cases was −.1 to 1.2, and where each was 0, from 0 to 0."""
    words = ["a b", "a b", "a b", "x", "a x", "x", "a b"]
    found = summarize_scores(score([(f"c{place}", "t", "open", "a b", said) for place, said in enumerate(words)]), HOW)
    for mean, top in ((found["t"].token_f1, 1), (found["t"].bleu, 100), (found["t"].open_recall, 1)):
        assert 0 <= mean.low < mean.estimate < mean.high <= top
    exact = stats.binomtest(0, 20).proportion_ci(0.95, "exact")
    for said, low, high in (("b", exact.low, exact.high), ("a", 1 - exact.high, 1 - exact.low)):
        alike = summarize_scores(score([(f"c{place}", "t", "open", "a", said) for place in range(20)]), HOW)["t"]
        assert (alike.token_f1.low, alike.token_f1.high) == pytest.approx((low, high))


def test_the_interval_of_the_balanced_accuracy_covers():
    generator, inside = np.random.default_rng(0), 0
    for _ in range(400):
        hits, kept = generator.binomial(60, 0.85), generator.binomial(25, 0.7)
        parts = []
        for number, of in ((hits, 60), (kept, 25)):
            low, high = stats.binomtest(int(number), of).proportion_ci(0.95, "exact")
            parts.append(Score(estimate=number / of, low=low, high=high, level=0.95))
        found = balance(*parts)
        inside += found.low <= (0.85 + 0.7) / 2 <= found.high
    assert 0.93 <= inside / 400 <= 1


def test_before_and_after_are_paired_by_question():
    before = score([(f"c{place}", "t", "open", "a", "a" if place % 2 else "b") for place in range(40)])
    after = score([(f"c{place}", "t", "open", "a", "b" if place == 1 else "a") for place in range(40)])
    found = compare_answers(before, after.sample(frac=1, random_state=0), HOW)["t"]
    assert (found.became_right, found.became_wrong) == (20, 1)
    assert found.exact_match.estimate == pytest.approx(19 / 40)
    assert 0.25 < found.exact_match.low < 19 / 40 < found.exact_match.high < 0.7
    assert compare_answers(before, before, HOW)["t"].exact_match == Score(estimate=0, low=0, high=0, level=0.95)


def test_what_was_not_asked_alike_is_not_compared():
    one = score([("a", "t", "open", "x", "x"), ("b", "t", "open", "y", "y")])
    with pytest.raises(ValueError, match=naming("1 questions", 1)):
        compare_answers(one, one.iloc[:1], HOW)
    with pytest.raises(ValueError, match="two references, 1"):
        compare_answers(one, one.assign(reference=["x", "z"]), HOW)
    with pytest.raises(ValueError, match=naming("twice", "after")):
        compare_answers(one, one.assign(question_id="0"), HOW)
