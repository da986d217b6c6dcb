"""Did it help, and what was forgotten: the verdict in each case, its number, its doubt and its length."""

from dataclasses import replace

import pytest

from facts import tells
from further.records.comparison import Comparison
from further.report.answers.answer import Answer, classify, decide
from further.report.answers.forgetting import answer_forgetting
from further.report.answers.improvement import answer_improvement
from report.answers_case import check
from report.law_case import interval
from report.results_case import (
    make_comparison,
    make_results,
    make_settings,
    paired,
    with_default,
)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.4, -0.2, "improved"),
        (0.001, 0.2, "worse"),
        (-0.0054, -0.0023, "unchanged"),  # beside zero, but wholly inside the margin
        (0.001, 0.009, "unchanged"),
        (-0.0096, 0.0096, "undecided"),  # shown as 0.010, which is the margin: rounded as it is shown
        (-0.0094, 0.0094, "unchanged"),
        (-0.012, -0.001, "improved"),
        (-0.012, -0.0004, "undecided"),  # shown as zero
        (-0.009, 0.011, "undecided"),
        (-0.02, 0.0, "undecided"),  # zero itself is not excluded, and the interval is wider than the margin
        (None, None, "undecided"),
        (None, -0.3, "undecided"),
    ],
)
def test_verdict_follows_from_the_interval(low: float | None, high: float | None, verdict: str) -> None:
    assert classify(interval(0.0, low, high)) == verdict


def test_an_end_without_limit_decides_as_a_far_one_would() -> None:
    assert decide(float("-inf"), -0.1) == "improved" and decide(-0.1, float("inf")) == "undecided"


def improvement(comparison: Comparison) -> Answer:
    return answer_improvement(make_results(comparison=comparison))


def test_improvement_says_the_change_with_its_interval_and_both_perplexities() -> None:
    """exp(6.0) = 403.4, exp(5.5) = 244.7; 1 - exp(-0.5) = 0.393, 1 - exp(-0.6) = 0.451, 1 - exp(-0.4) = 0.330."""
    answer = check(improvement(with_default(paired(6.0, -0.5, -0.6, -0.4))), "improved")
    assert answer.word == "Yes."
    assert tells(answer.sentence, 7, "fell", "39.3% (33.0 to 45.1%)", 403, 245)
    assert answer.sources == ("results/evaluation/comparison.json: runs.default.papers",)
    # bits per byte at 4 bytes per token: 6.0 / 4 / ln 2 = 2.164, 5.5 / 4 / ln 2 = 1.984
    assert "−0.500" in answer.details[0] and "2.16 before, 1.98 after" in answer.details[0]
    assert "−0.167 (−0.200 to −0.133)" in answer.details[0]  # a third of the change in nats, in these records
    assert "7 of 7" in answer.details[1] and "0.016" in answer.details[1]


@pytest.mark.parametrize(
    ("change", "verdict", "number"),
    [
        ((0.1, 0.05, 0.15), "worse", "10.5% (5.1 to 16.2%)"),
        ((0.001, -0.004, 0.006), "unchanged", "+0.1% (−0.4 to +0.6%)"),
        ((-0.1, -0.3, 0.1), "undecided", "−9.5% (−25.9 to +10.5%)"),
        ((-0.006, -0.012, -0.001), "improved", "0.6% (0.1 to 1.2%)"),
        ((-0.5, None, -0.3), "undecided", "−39.3% (at most −25.9%)"),
    ],
)
def test_the_other_verdicts_on_improvement(
    change: tuple[float, float | None, float | None], verdict: str, number: str
) -> None:
    check(improvement(with_default(paired(5.0, *change))), verdict, number)


@pytest.mark.parametrize("documents", [1, 5])
def test_fewer_than_six_papers_decide_nothing_and_have_no_interval(documents: int) -> None:
    answer = check(improvement(with_default(paired(5.0, -0.5, None, None, documents))), "undecided", "−39.3%")
    assert answer.word == "Perhaps." and f"{documents} of 6" in answer.doubt
    assert "(" not in answer.sentence


@pytest.mark.parametrize(("other", "verdict"), [(0.04, "undecided"), (-0.04, "improved")])
def test_a_seed_that_went_the_other_way_leaves_it_undecided(other: float, verdict: str) -> None:
    papers, seed = paired(6.0, -0.02, -0.03, -0.011), paired(6.0, other, other - 0.01, other + 0.01)
    check(improvement(with_default(papers, seed)), verdict)


def test_other_seeds_are_the_doubt_and_other_settings_are_not() -> None:
    answer = improvement(make_comparison())  # seeds changed by -0.652 and -0.644 nats, exp(-0.652) = 0.521
    assert make_comparison().seed_changes == pytest.approx([-0.652, -0.644])
    assert "−47.9% and −47.5%" in answer.doubt
    assert "seed" in improvement(with_default(paired(6.0, -0.5, -0.6, -0.4))).doubt


def test_care_is_spoken_of_in_a_medical_study_alone() -> None:
    for domain in (None, "medical"):
        results = make_results(settings=make_settings(study={"domain": domain}))
        assert ("care" in " ".join(answer_improvement(results).details)) is (domain == "medical")


@pytest.mark.parametrize(
    ("change", "verdict", "number"),
    [
        ((0.385, 0.363, 0.42), "worse", "47.0% (43.8 to 52.2%)"),
        ((0.001, -0.004, 0.006), "unchanged", "+0.1% (−0.4 to +0.6%)"),
        ((-0.05, -0.07, -0.03), "improved", "4.9% (3.0 to 6.8%)"),
        ((0.05, -0.02, 0.12), "undecided", "+5.1% (−2.0 to +12.7%)"),
    ],
)
def test_forgetting_is_an_answer_and_names_its_text(
    change: tuple[float, float, float], verdict: str, number: str
) -> None:
    comparison = with_default(paired(6.0, -0.5, -0.6, -0.4), general=paired(4.1, *change, documents=14))
    results = make_results(comparison=comparison, general_text="fiction, encyclopedias and speeches")
    answer = check(answer_forgetting(results), verdict, number, "fiction, encyclopedias and speeches")
    assert "14" in answer.doubt
    long = "profiles of countries, encyclopedia articles and explanations of words"
    answer = check(answer_forgetting(replace(results, general_text=long)), verdict, number)
    assert long not in answer.sentence and any(long in line for line in answer.details)


def test_a_replaying_run_stands_in_the_details_of_forgetting() -> None:
    comparison = make_comparison()
    run = comparison.runs["default"]
    replaying = run.model_copy(update={"settings": run.settings | {"replay_fraction": 0.1}})
    results = make_results(comparison=make_comparison(runs=comparison.runs | {"replay": replaying}))
    assert any("10%" in line for line in answer_forgetting(results).details)
