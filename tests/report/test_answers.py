"""The answers' wording, held for each verdict, and the rule that decides between them."""

from typing import Any

import pytest

from further.report.answers import answer_improvement, answer_quantization
from further.report.trust import seed_changes
from further.report.verdict import classify
from further.report.wording import THIN
from report.study import change, interval, make_comparison, make_quantization, score


def comparison_with(papers: dict[str, Any]) -> dict[str, Any]:
    settings = {"seed": 0, "fraction": 1, "quantization": "nf4"}
    return {"runs": {"default": {"settings": settings, "papers": papers}}, "default_run": "default", "quantization": {}}


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.4, -0.2, "improved"),
        (0.001, 0.2, "worse"),
        (-0.0054, -0.0023, "unchanged"),  # beside zero, but wholly inside the margin
        (0.001, 0.009, "unchanged"),
        (-0.012, -0.001, "improved"),
        (-0.009, 0.009, "unchanged"),
        (-0.009, 0.011, "undecided"),
        (-0.02, 0.0, "undecided"),  # zero itself is not excluded, and the interval is wider than the margin
        (-0.005, 0.0, "unchanged"),
        (None, None, "undecided"),
        (float("nan"), 0.1, "undecided"),
    ],
)
def test_verdict_follows_from_the_interval(low: float | None, high: float | None, verdict: str) -> None:
    assert classify({"estimate": 0.0, "low": low, "high": high, "level": 0.95}) == verdict


def test_no_interval_decides_nothing() -> None:
    assert classify(None) == "undecided"


def test_improvement_says_both_perplexities_change_and_interval() -> None:
    papers = change(6.0, -0.5, -0.6, -0.4)  # exp(6.0) = 403.4, exp(5.5) = 244.7, 244.7 / 403.4 = 0.607
    answer = answer_improvement(comparison_with(papers))
    assert answer.verdict == "improved"
    assert answer.lead == "Yes."
    assert answer.sentence == (
        f"Perplexity on 7 held-out papers fell from 403 to 245, 39.3{THIN}% lower: "
        f"−0.500 nats per token (95{THIN}% interval −0.600 to −0.400). "
        f"In bits per byte: 2.16 before, 1.98 after (−0.167; 95{THIN}% interval −0.200 to −0.133)."
    )  # bits per byte at 4 bytes per token: 6.0 / 4 / ln 2 = 2.164, 5.5 / 4 / ln 2 = 1.984
    assert answer.how_sure.startswith(f"7 of 7 papers improved (p{THIN}={THIN}0.016 if nothing had changed).")
    assert "One seed only" in answer.how_sure
    assert "does not show that what the model writes is true" in answer.not_shown
    assert answer.sources == ("results/evaluation/comparison.json: runs.default.papers",)


def test_worse_says_so_plainly() -> None:
    answer = answer_improvement(comparison_with(change(5.0, 0.1, 0.05, 0.15)))  # 148.4 to 164.0
    assert (answer.verdict, answer.lead) == ("worse", "No, it got worse.")
    assert answer.sentence.startswith(
        f"Perplexity on 7 held-out papers rose from 148 to 164, 10.5{THIN}% higher: +0.100 nats"
    )


def test_unchanged_says_within_what() -> None:
    answer = answer_improvement(comparison_with(change(5.0, 0.001, -0.004, 0.006)))
    assert (answer.verdict, answer.lead) == ("unchanged", "No: nothing changed that matters.")
    assert "which stays within ±0.01 nats, 1 % of perplexity." in answer.sentence


def test_undecided_allows_for_both() -> None:
    answer = answer_improvement(comparison_with(change(5.0, -0.1, -0.3, 0.1)))
    assert (answer.verdict, answer.lead) == ("undecided", "Not decided by this study.")
    assert "which allows for better as well as worse." in answer.sentence


def test_small_improvement_is_called_small() -> None:
    answer = answer_improvement(comparison_with(change(5.0, -0.006, -0.012, -0.001)))
    assert (answer.verdict, answer.lead) == ("improved", "Yes, but by little.")


@pytest.mark.parametrize(("documents", "is_warned"), [(5, True), (6, False)])
def test_fewer_than_six_papers_take_the_trust_away(documents: int, is_warned: bool) -> None:
    answer = answer_improvement(comparison_with(change(5.0, -0.5, -0.6, -0.4, documents)))
    assert ("The interval is not to be trusted" in answer.how_sure) == is_warned
    assert answer.lead == ("Perhaps: too few papers to say." if is_warned else "Yes.")
    assert answer.verdict == ("undecided" if is_warned else "improved")


def test_one_paper_is_one_paper() -> None:
    papers = change(5.0, -0.5, -0.5, -0.5, 1) | {"p_value": None}
    for unit in ("nats_per_token", "bits_per_byte"):
        papers[f"difference_{unit}"] = {"estimate": -0.5, "low": None, "high": None, "level": 0.95}
    answer = answer_improvement(comparison_with(papers))
    assert answer.verdict == "undecided"
    assert "on 1 held-out paper went from 148 to 90.0: −0.500 nats per token (no interval can be given), which " in (
        answer.sentence
    )
    assert "decides nothing." in answer.sentence and "as well as worse" not in answer.sentence
    assert "(−0.500; no interval can be given)." in answer.sentence
    assert answer.how_sure.startswith(
        "1 of 1 paper improved. The interval is not to be trusted: it rests on 1 held-out paper,"
    )


@pytest.mark.parametrize(("low", "high", "said"), [(None, -0.3, "at most −0.300"), (-0.7, None, "at least −0.700")])
def test_an_interval_with_one_end_shows_it_and_decides_nothing(
    low: float | None, high: float | None, said: str
) -> None:
    papers = change(5.0, -0.5, 0, 0)
    papers["difference_nats_per_token"] = {"estimate": -0.5, "low": low, "high": high, "level": 0.95}
    answer = answer_improvement(comparison_with(papers))
    assert answer.verdict == "undecided"
    assert f"(95{THIN}% interval {said}), which decides nothing." in answer.sentence


def with_seeds(estimate: float, *others: float) -> dict[str, Any]:
    """The default run and the same run with other seeds; each interval reaches 0.01 to both sides."""
    comparison = comparison_with(change(6.0, estimate, estimate - 0.01, estimate + 0.01))
    settings = comparison["runs"]["default"]["settings"]
    for seed, other in enumerate(others, start=1):
        own = {"settings": {**settings, "seed": seed}, "papers": change(6.0, other, other - 0.01, other + 0.01)}
        comparison["runs"][f"seed-{seed}"] = own
    return comparison


@pytest.mark.parametrize("estimate", [-0.02, 0.02])
def test_a_seed_that_went_the_other_way_leaves_it_undecided(estimate: float) -> None:
    answer = answer_improvement(with_seeds(estimate, estimate, -2 * estimate))
    assert (answer.verdict, answer.lead) == ("undecided", "Not decided: other seeds gave the opposite.")
    assert "as well as worse" not in answer.sentence  # what the interval says stands as it is
    assert answer_improvement(with_seeds(estimate, estimate, 2 * estimate)).verdict != "undecided"


def test_other_seeds_are_told_and_other_settings_are_not() -> None:
    comparison = make_comparison()
    assert seed_changes(comparison) == pytest.approx([-0.652, -0.644])
    assert (
        "The same run with 2 other seeds gave −0.652 and −0.644 nats per token."
        in answer_improvement(comparison).how_sure
    )


def quantized(low: float, high: float) -> dict[str, Any]:
    comparison = make_comparison()
    cost = interval((low + high) / 2, low, high)
    comparison["quantization"] = {
        **make_quantization(),
        "nf4": {**make_quantization()["nf4"], "adapted_cost_nats": cost},
    }
    return comparison


@pytest.mark.parametrize(
    ("low", "high", "verdict", "lead"),
    [
        (0.02, 0.04, "worse", "It cost something."),
        (0.002, 0.004, "unchanged", "Nothing that matters."),
        (-0.0054, -0.0023, "unchanged", "Nothing that matters."),
        (-0.002, 0.004, "unchanged", "Nothing that matters."),
        (0.011, 0.019, "unchanged", "Less than another seed changes."),  # seeds 1 and 2 moved it by 0.008 and 0.016
        (-0.019, -0.011, "unchanged", "Less than another seed changes."),
        (0.011, 0.027, "worse", "It cost something."),  # 0.019
        (-0.04, -0.02, "improved", "Nothing: it came out lower."),
        (-0.02, 0.04, "undecided", "Not decided by this study."),
    ],
)
def test_cost_of_quantization_by_verdict(low: float, high: float, verdict: str, lead: str) -> None:
    answer = answer_quantization(quantized(low, high))
    assert (answer.verdict, answer.lead) == (verdict, lead)


def test_luck_is_told_beside_the_cost_of_quantization() -> None:
    comparison = quantized(0.02, 0.04)
    said = "Another seed moves the run by up to 0.016 nats per token; a cost up to 0.016 is taken for luck."
    assert said in answer_quantization(comparison).how_sure
    comparison["runs"] = {"default": comparison["runs"]["default"]}
    assert "No other seed was run; a cost up to 0.01 nats" in answer_quantization(comparison).how_sure


def test_too_few_papers_decide_nothing_of_quantization() -> None:
    comparison = quantized(0.02, 0.04)
    comparison["runs"]["default"]["papers"]["trustworthy"] = False
    answer = answer_quantization(comparison)
    assert (answer.verdict, answer.lead) == ("undecided", "Not decided: too few papers.")


def test_cost_of_quantization_names_the_default_run_s_precision_first() -> None:
    answer = answer_quantization(quantized(0.02, 0.04))  # exp(0.03) = 1.0305
    assert answer.sentence.startswith(
        f"With nf4, perplexity of the adapted model is 3.0{THIN}% higher: +0.0300 nats per token "
        f"(95{THIN}% interval +0.0200 to +0.0400); of the base alone +0.0100"
    )
    assert answer.sentence.endswith(f"With int8 it is +0.0070 nats per token (95{THIN}% interval −0.0040 to +0.0180).")


def test_what_merging_changes_is_told_where_it_was_measured() -> None:
    comparison = quantized(0.02, 0.04)
    comparison["quantization"]["nf4"]["merging_nats"] = {
        "estimate": 0.0029,
        "low": 0.0027,
        "high": 0.0037,
        "level": 0.95,
    }
    said = answer_quantization(comparison).sentence
    assert f"weights changes it by +0.0029 nats per token (95{THIN}% interval +0.0027 to +0.0037)." in said


def test_the_file_of_the_cost_is_named() -> None:
    answer = answer_quantization(quantized(0.02, 0.04))
    assert answer.sources[0] == "results/evaluation/comparison.json: quantization.nf4"


def test_a_study_without_precisions_says_that_it_was_not_asked() -> None:
    only_none = {"none": {"base": score(6.0), "adapted": score(5.0), "adapted_cost_nats": None, "base_cost_nats": None}}
    answer = answer_quantization(make_comparison() | {"quantization": only_none})
    assert (answer.verdict, answer.lead) == ("undecided", "Not asked.")
    assert answer_quantization(make_comparison() | {"quantization": {}}).lead == "Not asked."
