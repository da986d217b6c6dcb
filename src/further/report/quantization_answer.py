"""What did quantization cost: the answer from pairs of runs with and without it, on the same papers."""

import math
from collections.abc import Mapping
from typing import Any

from further.report.trust import luck_of_seeds, say_papers
from further.report.verdict import MARGIN_NATS, Answer, Verdict, classify
from further.report.wording import show_change, show_interval, show_nats, show_percent

QUESTION = "What did quantization cost?"
NOT_SHOWN = (
    "This is the cost in perplexity, in this set-up. Memory and speed stand under money and time. A larger model, "
    "another text or another method of quantization may lose more or less."
)
LEADS: dict[Verdict, str] = {
    "improved": "Nothing: it came out lower.",
    "worse": "It cost something.",
    "unchanged": "Nothing that matters.",
    "undecided": "Not decided by this study.",
}
WITHIN_LUCK = "Less than another seed changes."


def answer_quantization(comparison: Mapping[str, Any]) -> Answer:
    """What did quantization cost, against the same model and the same run without it?"""
    costs = {name: cost for name, cost in comparison["quantization"].items() if name != "none"}
    costs = {name: cost for name, cost in costs.items() if cost["adapted_cost_nats"] is not None}
    if not costs:
        return _not_asked()
    default = comparison["runs"][comparison["default_run"]]["settings"]["quantization"]
    name = default if default in costs else min(costs)
    names = [name, *sorted(set(costs) - {name})]
    verdict, lead = _decide(costs[name]["adapted_cost_nats"], comparison)
    return Answer(
        question=QUESTION,
        verdict=verdict,
        lead=lead,
        sentence=" ".join(
            [_say_cost(name, costs[name]), *(_say_cost_shortly(other, costs[other]) for other in names[1:])]
        ),
        how_sure=" ".join(_say_certainty(comparison)),
        not_shown=NOT_SHOWN,
        sources=tuple(f"results/evaluation/comparison.json: quantization.{name}" for name in names),
    )


def _not_asked() -> Answer:
    return Answer(
        question=QUESTION,
        verdict="undecided",
        lead="Not asked.",
        sentence="This study has no pair of runs with and without quantization.",
        how_sure="There is nothing to be sure of.",
        not_shown=NOT_SHOWN,
        sources=(),
    )


def _decide(cost: Mapping[str, Any], comparison: Mapping[str, Any]) -> tuple[Verdict, str]:
    """Verdict and first words: two runs of one seed each differ by luck, too, which their interval does not know."""
    if not comparison["runs"][comparison["default_run"]]["papers"]["trustworthy"]:
        return "undecided", "Not decided: too few papers."
    luck = max(luck_of_seeds(comparison) or 0.0, MARGIN_NATS)
    verdict = classify(cost, margin=luck)
    if verdict in ("improved", "worse") and abs(cost["estimate"]) <= luck:
        verdict = "unchanged"
    if verdict == "unchanged" and luck > MARGIN_NATS and classify(cost) != "unchanged":
        return verdict, WITHIN_LUCK
    return verdict, LEADS[verdict]


def _say_cost(name: str, cost: Mapping[str, Any]) -> str:
    adapted, base = cost["adapted_cost_nats"], cost["base_cost_nats"]
    percent = show_percent(math.exp(adapted["estimate"]))
    way = "higher" if adapted["estimate"] > 0 else "lower"
    sentence = f"With {name}, perplexity of the adapted model is {percent} {way}: {_say_small(adapted)}"
    sentence += f"; of the base alone {_say_small(base)}." if base is not None else "."
    merging = cost.get("merging_nats")
    if merging is not None:
        sentence += f" Merging the adapter into the unquantized weights changes it by {_say_small(merging)}."
    return sentence


def _say_cost_shortly(name: str, cost: Mapping[str, Any]) -> str:
    adapted = cost["adapted_cost_nats"]
    return f"With {name} it is {_say_small(adapted)}."


def _say_small(cost: Mapping[str, Any]) -> str:
    """A cost of quantization with its interval; the third decimal would show most as nothing."""
    return f"{show_change(cost['estimate'], 4)} nats per token ({show_interval(cost, 4)})"


def _say_certainty(comparison: Mapping[str, Any]) -> list[str]:
    """What the intervals leave out, and how large it is; whether the papers are enough."""
    papers = comparison["runs"][comparison["default_run"]]["papers"]
    said = ["Each pair was scored on the same papers; with one seed each, the luck of training is not in the interval."]
    moved = luck_of_seeds(comparison)
    if moved is None:
        said.append(f"No other seed was run; a cost up to {MARGIN_NATS} nats per token is taken for luck.")
    else:
        luck = show_nats(max(moved, MARGIN_NATS))
        seeds = f"Another seed moves the run by up to {show_nats(moved)} nats per token"
        said.append(f"{seeds}; a cost up to {luck} is taken for luck.")
    return said if papers["trustworthy"] else [*said, say_papers(papers)[-1]]
