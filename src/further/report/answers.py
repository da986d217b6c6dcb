"""The answers, written by rules from the numbers: did it improve, does more data help, what did quantisation cost.

Every difference is in nats per token of held-out papers, after minus before, so that below zero is better.
"""

import math
from collections.abc import Mapping
from typing import Any

from further.report.law_answer import answer_more_data
from further.report.verdict import MARGIN_NATS, Answer, Verdict, classify
from further.report.wording import THIN, count_noun, join_words, show_change, show_interval, show_number, show_percent

__all__ = ["answer_improvement", "answer_more_data", "answer_quantisation", "make_answers"]

FEWEST_PAPERS = 6  # with five papers even a change of all of them in one direction has p = 2 / 2**5 > 0.05

NOT_UNDERSTANDING = (
    "A lower perplexity says that new papers of the same kind surprise the model less. It does not show that what the "
    "model writes is true, that it answers questions better, or that it may be used in care."
)


def make_answers(comparison: Mapping[str, Any], law: Mapping[str, Any]) -> list[Answer]:
    """The three answers, in the order in which people ask."""
    return [answer_improvement(comparison), answer_more_data(law), answer_quantisation(comparison)]


def answer_improvement(comparison: Mapping[str, Any]) -> Answer:
    """Did further pre-training make a difference on held-out papers, in the default run?"""
    run = comparison["default_run"]
    papers = comparison["runs"][run]["papers"]
    verdict = classify(papers["difference_nats_per_token"])
    return Answer(
        question="Did further pre-training help?",
        verdict=verdict,
        lead=_lead(verdict, bool(papers["trustworthy"]), abs(papers["difference_nats_per_token"]["estimate"])),
        sentence=_capitalise(_say_improvement(papers, verdict)),
        how_sure=" ".join([*_say_papers(papers), *_say_seeds(comparison)]),
        not_shown=NOT_UNDERSTANDING,
        sources=(f"results/evaluation/comparison.json: runs.{run}.papers",),
    )


def _say_improvement(papers: Mapping[str, Any], verdict: Verdict) -> str:
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
        "undecided": f"perplexity {on} went from {before} to {after}: {numbers}, "
        "which allows for better as well as worse.",
    }
    return shown[verdict]


def _lead(verdict: Verdict, trustworthy: bool, size: float) -> str:
    """The first words of the first answer."""
    if not trustworthy and verdict != "undecided":
        words = {"improved": "Perhaps:", "worse": "Perhaps not:", "unchanged": "Perhaps no difference:"}
        return f"{words[verdict]} too few papers to say."
    if verdict in ("improved", "worse") and size < MARGIN_NATS:
        return "Yes, but by little." if verdict == "improved" else "No, it got worse, though by little."
    leads = {
        "improved": "Yes.",
        "worse": "No, it got worse.",
        "unchanged": "No: nothing changed that matters.",
        "undecided": "Not decided by this study.",
    }
    return leads[verdict]


def _say_papers(papers: Mapping[str, Any]) -> list[str]:
    """How many papers improved, and whether the interval may be trusted."""
    said = [f"{papers['num_improved']} of {count_noun(papers['num_documents'], 'paper')} improved"]
    if papers["p_value"] is not None:
        said[0] += f" (p{THIN}={THIN}{show_number(papers['p_value'], 2)} if nothing had changed)"
    said[0] += "."
    if not papers["trustworthy"]:
        said.append(
            f"The interval is not to be trusted: it rests on {count_noun(papers['num_documents'], 'held-out paper')}, "
            f"and needs at least {FEWEST_PAPERS}."
        )
    return said


def _say_seeds(comparison: Mapping[str, Any]) -> list[str]:
    """The same run with other seeds: what training itself adds to the uncertainty."""
    changes = [show_change(change) for change in seed_changes(comparison)]
    if not changes:
        return ["One seed only: the interval covers the choice of papers, not the luck of training."]
    seeds = "another seed" if len(changes) == 1 else f"{len(changes)} other seeds"
    return [f"The same run with {seeds} gave {join_words(changes)} nats per token."]


def seed_changes(comparison: Mapping[str, Any]) -> list[float]:
    """Changes on held-out papers of the runs that differ from the default run in their seed only, nats per token."""
    runs = comparison["runs"]
    default = runs[comparison["default_run"]]["settings"]
    return [
        run["papers"]["difference_nats_per_token"]["estimate"]
        for name, run in sorted(runs.items())
        if name != comparison["default_run"] and differing_settings(run["settings"], default) == {"seed"}
    ]


def differing_settings(settings: Mapping[str, Any], default: Mapping[str, Any]) -> set[str]:
    """Names of the settings in which a run differs from another."""
    return {name for name in {*settings, *default} if settings.get(name) != default.get(name)}


def answer_quantisation(comparison: Mapping[str, Any]) -> Answer:
    """What did quantisation cost, against the same model and the same run without it?"""
    costs = {name: cost for name, cost in comparison["quantisation"].items() if name != "none"}
    costs = {name: cost for name, cost in costs.items() if cost["adapted_cost_nats"] is not None}
    if not costs:
        return _quantisation_not_asked()
    default = comparison["runs"][comparison["default_run"]]["settings"]["quantisation"]
    name = default if default in costs else min(costs)
    names = [name, *sorted(set(costs) - {name})]
    verdict = classify(costs[name]["adapted_cost_nats"])
    return Answer(
        question=QUANTISATION_QUESTION,
        verdict=verdict,
        lead=_lead_cost(verdict, costs[name]),
        sentence=" ".join(
            [_say_cost(name, costs[name]), *(_say_cost_shortly(other, costs[other]) for other in names[1:])]
        ),
        how_sure=_say_interval_of_cost(comparison),
        not_shown=NOT_QUANTISED,
        sources=tuple(f"results/evaluation/comparison.json: quantisation.{name}" for name in names),
    )


QUANTISATION_QUESTION = "What did quantisation cost?"
NOT_QUANTISED = (
    "This is the cost in perplexity, in this set-up. Memory and speed stand under money and time. A larger model, "
    "another text or another method of quantisation may lose more or less."
)
COST_LEADS: dict[Verdict, str] = {
    "improved": "Nothing: it came out lower.",
    "worse": "It cost something.",
    "unchanged": "Nothing that matters.",
    "undecided": "Not decided by this study.",
}


def _quantisation_not_asked() -> Answer:
    return Answer(
        question=QUANTISATION_QUESTION,
        verdict="undecided",
        lead="Not asked.",
        sentence="This study has no pair of runs with and without quantisation.",
        how_sure="There is nothing to be sure of.",
        not_shown=NOT_QUANTISED,
        sources=(),
    )


def _lead_cost(verdict: Verdict, cost: Mapping[str, Any]) -> str:
    if verdict == "worse" and abs(cost["adapted_cost_nats"]["estimate"]) < MARGIN_NATS:
        return "It cost something, but little."
    return COST_LEADS[verdict]


def _say_cost(name: str, cost: Mapping[str, Any]) -> str:
    adapted, base = cost["adapted_cost_nats"], cost["base_cost_nats"]
    percent = show_percent(math.exp(adapted["estimate"]))
    way = "higher" if adapted["estimate"] > 0 else "lower"
    sentence = f"With {name}, perplexity of the adapted model is {percent} {way}: {_say_small(adapted)}"
    sentence += f"; of the base alone {_say_small(base)}." if base is not None else "."
    merging = cost.get("merging_nats")
    if merging is not None:
        sentence += f" Merging the adapter into the unquantised weights changes it by {_say_small(merging)}."
    return sentence


def _say_cost_shortly(name: str, cost: Mapping[str, Any]) -> str:
    adapted = cost["adapted_cost_nats"]
    return f"With {name} it is {_say_small(adapted)}."


def _say_small(cost: Mapping[str, Any]) -> str:
    """A cost of quantisation with its interval; the third decimal would show most as nothing."""
    return f"{show_change(cost['estimate'], 4)} nats per token ({show_interval(cost, 4)})"


def _say_interval_of_cost(comparison: Mapping[str, Any]) -> str:
    papers = comparison["runs"][comparison["default_run"]]["papers"]
    said = "Each pair was scored on the same papers; with one seed each, the luck of training is not in the interval."
    if papers["trustworthy"]:
        return said
    return f"{said} {_say_papers(papers)[-1]}"


def _capitalise(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
