"""What quantization cost, and whether questions are answered better: the verdict in each case."""

from dataclasses import replace

import pytest

from further.records.questions import Instructions, QuestionsFile
from further.report.answers.forgetting import answer_forgetting
from further.report.answers.quantization import answer_quantization, find_costs
from further.report.answers.questions import answer_questions
from further.report.results import TextResults
from report.answers_case import check
from report.law_case import interval
from report.probes_case import NOTHING_ASKED, make_answered, make_asked
from report.results_case import (
    make_comparison,
    make_quantization,
    make_results,
    make_steps,
    paired,
    with_default,
)


def quantized(low: float, high: float) -> TextResults:
    """nf4 with a cost for the adapted model; int8 costs 0.007 (-0.004 to 0.018)."""
    cost = interval((low + high) / 2, low, high)
    nf4 = make_quantization()["nf4"].model_copy(update={"adapted_cost_nats": cost})
    return make_results(comparison=make_comparison(quantization=make_quantization() | {"nf4": nf4}))


@pytest.mark.parametrize(
    ("low", "high", "verdict", "of_both"),
    [
        (0.02, 0.04, "worse", "worse"),
        (0.002, 0.004, "unchanged", "undecided"),
        (0.011, 0.019, "unchanged", "undecided"),  # seeds 1 and 2 moved it by 0.008 and 0.016
        (-0.019, -0.011, "unchanged", "undecided"),
        (0.011, 0.027, "worse", "worse"),  # 0.019
        (-0.04, -0.02, "improved", "undecided"),
        (-0.02, 0.04, "undecided", "undecided"),
    ],
)
def test_a_cost_of_quantization_that_is_not_decided_is_not_hidden(
    low: float, high: float, verdict: str, of_both: str
) -> None:
    results = quantized(low, high)
    assert {cost.name: cost.verdict for cost in find_costs(results.comparison)} == {"nf4": verdict, "int8": "undecided"}
    assert check(answer_quantization(results), of_both)


def test_each_precision_has_a_verdict_and_the_largest_cost_leads() -> None:
    """exp(0.116) = 1.123; the alphabet would put int8 first."""
    answer = check(answer_quantization(quantized(0.096, 0.136)), "worse", "nf4", "12.3% (10.1 to 14.6%)", "int8")
    assert answer.sentence.index("nf4") < answer.sentence.index("int8")
    assert answer.sources[0] == "results/evaluation/comparison.json: quantization.nf4"
    assert "+0.1160" in answer.details[0] and "+0.0100" in answer.details[0]
    assert "1.6%" in answer.doubt  # another seed: 0.016 nats


@pytest.mark.parametrize("gpu", ["NVIDIA H100", None])
def test_what_int8_does_to_documents_on_a_gpu_stands_beside_its_cost(gpu: str | None) -> None:
    results = quantized(0.096, 0.136)
    timing = results.runs["quantization-int8"].timing
    hardware = timing.hardware.model_copy(update={"gpu": gpu})
    run = replace(results.runs["quantization-int8"], timing=timing.model_copy(update={"hardware": hardware}))
    answer = answer_quantization(replace(results, runs={**results.runs, "quantization-int8": run}))
    assert sum("up to 0.1" in detail for detail in answer.details) == (gpu is not None)


def test_too_few_papers_decide_nothing_of_quantization() -> None:
    open_cost = make_steps(6.01, 5.35, interval(0.01, None, None), interval(0.03, None, None))
    few = with_default(paired(6.0, -0.5, None, None, 5)).model_copy(update={"quantization": {"nf4": open_cost}})
    assert "5 of 6" in check(answer_quantization(make_results(comparison=few)), "undecided", "+3.0%").doubt


@pytest.mark.parametrize("quantization", [{}, {"none": make_quantization()["none"]}])
def test_a_study_without_precisions_has_no_such_answer(quantization: dict) -> None:
    assert answer_quantization(make_results(comparison=make_comparison(quantization=quantization))) is None


@pytest.mark.parametrize(
    ("gained", "lost", "verdict", "before", "after"),
    [
        (12, 3, "improved", "40.0%", "55.0%"),  # 21 + 3 and 21 + 12 of 60; two-sided binomial test of 3 in 15: .035
        (0, 6, "worse", "45.0%", "35.0%"),  # 2 / 2**6 = .031
        (12, 6, "undecided", "45.0%", "55.0%"),  # .238
    ],
)
def test_questions_are_decided_by_mcnemar_s_test(gained: int, lost: int, verdict: str, before: str, after: str) -> None:
    results = make_results(asked=make_asked(gained, lost, accuracy=make_answered(gained, lost, 21, 60)))
    answer = check(answer_questions(results), verdict, "60 questions", before, after)
    assert ("35.0%" in answer.doubt) is (gained == 0)  # no better than the choices without the question
    share = results.asked.questions.accuracy_norm.adapted
    assert f"({100 * share.low:.1f} to {100 * share.high:.1f}%)" in answer.details[0]


def test_questions_with_one_answer_alone_are_answered_too() -> None:
    asked = make_asked(accuracy=None, accuracy_norm=None, answers=make_answered(9, 0, 1, 30), floors=None)
    check(answer_questions(make_results(asked=asked)), "improved", "30 questions", "3.3%", "33.3%")


def test_instructions_that_are_no_longer_followed_are_forgetting() -> None:
    replies = {"followed": make_answered(0, 4, 6, 12), "replies": ()}
    asked = QuestionsFile(questions=None, instructions=Instructions(**replies))
    assert any(
        "12 instructions" in line and "6 were" in line for line in answer_forgetting(make_results(asked=asked)).details
    )


def test_a_study_without_questions_has_no_such_answer() -> None:
    assert answer_questions(make_results(asked=NOTHING_ASKED)) is None
