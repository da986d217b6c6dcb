"""The answers, written by rules from the numbers: did it improve, does more data help, what did quantization cost.

Every difference is in nats per token of held-out papers, after minus before, so that below zero is better.
"""

from collections.abc import Mapping
from typing import Any

from further.report.law_answer import answer_more_data
from further.report.quantization_answer import answer_quantization
from further.report.trust import say_papers, say_seeds, seed_changes
from further.report.verdict import MARGIN_NATS, Answer, Verdict, classify
from further.report.wording import count_noun, show_change, show_interval, show_number, show_percent

NOT_UNDERSTANDING = (
    "A lower perplexity says that new papers of the same kind surprise the model less. It does not show that what the "
    "model writes is true, that it answers questions better, or that it may be used in care."
)

LEADS: dict[Verdict, str] = {
    "improved": "Yes.",
    "worse": "No, it got worse.",
    "unchanged": "No: nothing changed that matters.",
    "undecided": "Not decided by this study.",
}


def make_answers(comparison: Mapping[str, Any], law: Mapping[str, Any]) -> list[Answer]:
    """The three answers, in the order in which people ask."""
    return [answer_improvement(comparison), answer_more_data(law), answer_quantization(comparison)]


def answer_improvement(comparison: Mapping[str, Any]) -> Answer:
    """Did further pre-training make a difference on held-out papers, in the default run?"""
    run = comparison["default_run"]
    papers = comparison["runs"][run]["papers"]
    verdict, lead = _decide(papers, seed_changes(comparison))
    return Answer(
        question="Did further pre-training help?",
        verdict=verdict,
        lead=lead,
        sentence=f"{_capitalize(_say_improvement(papers))} {_say_bits(papers)}",
        how_sure=" ".join([*say_papers(papers), *say_seeds(comparison)]),
        not_shown=NOT_UNDERSTANDING,
        sources=(f"results/evaluation/comparison.json: runs.{run}.papers",),
    )


def _say_improvement(papers: Mapping[str, Any]) -> str:
    first, last = papers["before"]["perplexity"], papers["after"]["perplexity"]
    before, after = show_number(first), show_number(last)
    difference = papers["difference_nats_per_token"]
    on = f"on {count_noun(papers['num_documents'], 'held-out paper')}"
    numbers = f"{show_change(difference['estimate'])} nats per token ({show_interval(difference)})"
    percent = show_percent(last / first)
    shown = {
        "improved": f"perplexity {on} fell from {before} to {after}, {percent} lower: {numbers}.",
        "worse": f"perplexity {on} rose from {before} to {after}, {percent} higher: {numbers}.",
        "unchanged": f"perplexity {on} was {before} before and {after} after: {numbers}, "
        f"which stays within ±{MARGIN_NATS} nats, 1 % of perplexity.",
        "undecided": f"perplexity {on} went from {before} to {after}: {numbers}, {_say_open(difference)}.",
    }
    return shown[classify(difference)]


def _say_open(difference: Mapping[str, Any]) -> str:
    """Why an interval decides nothing."""
    is_whole = difference["low"] is not None and difference["high"] is not None
    return "which allows for better as well as worse" if is_whole else "which decides nothing"


def _say_bits(papers: Mapping[str, Any]) -> str:
    """The same in the unit that models with different tokenizers share."""
    before, after = (show_number(papers[when]["bits_per_byte"]) for when in ("before", "after"))
    difference = papers["difference_bits_per_byte"]
    change = f"{show_change(difference['estimate'])}; {show_interval(difference)}"
    return f"In bits per byte: {before} before, {after} after ({change})."


def _decide(papers: Mapping[str, Any], seeds: list[float]) -> tuple[Verdict, str]:
    """Verdict and first words: from the interval, unless other seeds or the number of papers speak against it."""
    difference = papers["difference_nats_per_token"]
    verdict = classify(difference)
    if verdict in ("improved", "worse") and any(change * difference["estimate"] < 0 for change in seeds):
        return "undecided", "Not decided: other seeds gave the opposite."
    if not papers["trustworthy"] and verdict != "undecided":
        words = {"improved": "Perhaps:", "worse": "Perhaps not:", "unchanged": "Perhaps no difference:"}
        return "undecided", f"{words[verdict]} too few papers to say."
    if verdict in ("improved", "worse") and abs(difference["estimate"]) < MARGIN_NATS:
        return verdict, "Yes, but by little." if verdict == "improved" else "No, it got worse, though by little."
    return verdict, LEADS[verdict]


def _capitalize(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
