"""What did quantization cost: pairs of runs with and without it, on the same papers; one verdict for each precision."""

from dataclasses import dataclass

from further.int8 import MOVED
from further.records.base import Interval
from further.records.comparison import Comparison, QuantizationSteps
from further.report.answers.answer import MARGIN_NATS, Answer, Verdict, classify
from further.report.answers.improvement import say_seeds, say_too_few
from further.report.results import TextResults
from further.report.wording import join_words, relative, show_difference, show_percent, show_relative

QUESTION = "What did quantization cost?"
NOT_SHOWN = (
    "This is the cost in perplexity. The table of the runs shows memory and speed. A larger model, another text or "
    "another method of quantization may lose more or less."
)
INT8_ON_GPU = (
    "On a GPU, int8 does not fully separate the documents of one forward pass: it chooses the columns that stay in 16 "
    f"bits over all of them. On an H100, at an 8B Llama's shapes, another document moved hidden states by up to "
    f"{MOVED}. Part of the cost of int8 may come from that."
)
WORDS: dict[Verdict, str] = {
    "worse": "Some perplexity.",
    "undecided": "Not decided.",
    "unchanged": "Nothing measurable.",
    "improved": "Nothing.",
}


@dataclass(frozen=True)
class Cost:
    """What one precision costs the adapted model against none, in nats per token, and the verdict on it."""

    name: str
    steps: QuantizationSteps
    change: Interval
    verdict: Verdict

    @property
    def size(self) -> str:
        """What it does to perplexity."""
        return show_percent(relative(self.change.estimate or 0.0), signed=True)

    def __str__(self) -> str:
        """The verdict in a few words."""
        if self.verdict in ("worse", "improved"):
            verb = "raises" if self.verdict == "worse" else "lowers"
            return f"{self.name} {verb} perplexity by {show_relative(self.change)}."
        if self.verdict == "unchanged":
            return f"{self.name}: nothing measurable, {self.size}."
        return f"{self.name}: not decided, {show_relative(self.change, signed=True)}."


def answer_quantization(results: TextResults) -> Answer | None:
    """What did quantization cost, against the same run without it? None for a study without such a pair."""
    comparison = results.comparison
    costs = find_costs(comparison)
    if not costs:
        return None
    # In the order of WORDS: what one precision costs, or leaves open, is not hidden by another.
    verdict = min((cost.verdict for cost in costs), key=list(WORDS).index)
    return Answer(
        question=QUESTION,
        verdict=verdict,
        word=WORDS[verdict],
        sentence=_say_costs(costs),
        doubt=_say_doubt(comparison),
        details=(*map(_say_steps, costs), _say_certainty(comparison), *_say_int8(results), NOT_SHOWN),
        sources=tuple(f"results/evaluation/comparison.json: quantization.{cost.name}" for cost in costs),
    )


def _say_costs(costs: list[Cost]) -> str:
    """A verdict for each precision, or their sizes alone where none is measurable."""
    if any(cost.verdict != "unchanged" for cost in costs):
        return " ".join(map(str, costs))
    return f"Perplexity changed by {join_words([f'{cost.size} ({cost.name})' for cost in costs])}."


def find_costs(comparison: Comparison) -> list[Cost]:
    """The cost of each precision that was trained with and without, the largest first."""
    found = [
        Cost(name, steps, steps.adapted_cost_nats, _decide(steps.adapted_cost_nats, comparison))
        for name, steps in comparison.quantization.items()
        if name != "none" and steps.adapted_cost_nats is not None
    ]
    return sorted(found, key=lambda cost: -(cost.change.estimate or 0.0))


def _decide(cost: Interval, comparison: Comparison) -> Verdict:
    # Two runs of one seed each also differ by the effect of the seed, which their interval does not cover: a cost no
    # larger than that is not called a cost.
    margin = max(comparison.seed_spread or 0.0, MARGIN_NATS)
    verdict = classify(cost, margin)
    if verdict in ("improved", "worse") and abs(cost.estimate or 0.0) <= margin:
        return "unchanged"
    return verdict


def _say_doubt(comparison: Comparison) -> str:
    papers, spread = comparison.default.papers, comparison.seed_spread
    if not papers.is_trustworthy:
        return say_too_few(papers, "papers")
    if spread is None:
        return "One seed each. No other seed was run."
    return f"One seed each. Another seed moves it by {show_percent(relative(spread))}."


def _say_steps(cost: Cost) -> str:
    said = [
        f"{cost.name}: the adapted model {show_difference(cost.change, 4)}",
        f"the base alone {show_difference(cost.steps.base_cost_nats, 4)}",
    ]
    if cost.steps.merging_nats is not None:
        said.append(f"merging into the unquantized weights {show_difference(cost.steps.merging_nats, 4)}")
    return f"{'. '.join(part[0].upper() + part[1:] if place else part for place, part in enumerate(said))}."


def _say_int8(results: TextResults) -> list[str]:
    """What was measured of int8 on a GPU, where a run was trained so."""
    there = [
        run
        for run in results.runs.values()
        if run.metrics.settings.quantization == "int8" and run.timing.hardware.gpu is not None
    ]
    return [INT8_ON_GPU] if there else []


def _say_certainty(comparison: Comparison) -> str:
    margin = max(comparison.seed_spread or 0.0, MARGIN_NATS)
    return (
        f"Each pair was scored on the same papers, with one seed each. {say_seeds(comparison)} Costs up to "
        f"{show_percent(relative(margin))} of perplexity are called nothing measurable."
    )
