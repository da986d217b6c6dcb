"""Does more data help: the answer from the fitted scaling law, or from the points where no law could be fitted."""

import math
from collections.abc import Mapping
from typing import Any

from further.report.verdict import MARGIN_NATS, Answer, Verdict, classify
from further.report.wording import (
    THIN,
    join_words,
    show_change,
    show_count,
    show_nats,
    show_number,
    show_percent,
    show_plain,
    show_range,
)

QUESTION = "Does more data help?"
CONDITIONS = ("base", "quantization", "target_modules", "rank", "context", "epochs")  # those a reader knows
SOURCE = "results/scaling/law.json"
LEADS: dict[Verdict, str] = {
    "improved": "Yes.",
    "unchanged": "No: more of the same would bring nothing that matters.",
    "worse": "No: with more data it got worse.",
    "undecided": "Not decided by this study.",
}
DOUBTFUL = "Not decided: the measured losses do not follow the law well enough to foretell."
FEWEST_RUNS = 3  # at the smallest and at the largest size, to call the larger one worse


def answer_more_data(law: Mapping[str, Any]) -> Answer:
    """Would twice the data lower the loss, by the law; without a law, did more data lower it?"""
    if not law["fitted"]:
        return _answer_without_law(law)
    double = law["forecasts"][0]
    doubtful = law["form_doubtful"]
    verdict: Verdict = "undecided" if doubtful else classify(_difference_of(double["gain_nats"]))
    return Answer(
        question=QUESTION,
        verdict=verdict,
        lead=DOUBTFUL if doubtful else _lead(verdict, double["gain_nats"]),
        sentence=f"{_say_double(law, double)} {_say_measured(law)}",
        how_sure=" ".join(_say_certainty(law)),
        not_shown=_say_not_shown(law),
        sources=(f"{SOURCE}: forecasts, intervals.c, points", f"{SOURCE}: holdout, form_reason, c_reason"),
    )


def _difference_of(gain: Mapping[str, Any]) -> dict[str, float]:
    """A gain (above zero is better) as a difference (below zero is better); open ends become infinite."""
    low = -math.inf if gain["high"] is None else -gain["high"]
    high = math.inf if gain["low"] is None else -gain["low"]
    return {"low": low, "high": high}


def _lead(verdict: Verdict, gain: Mapping[str, Any]) -> str:
    if verdict == "improved" and gain["estimate"] is not None and gain["estimate"] < MARGIN_NATS:
        return "Yes, but by little."
    return LEADS[verdict]


def _say_double(law: Mapping[str, Any], double: Mapping[str, Any]) -> str:
    gain = double["gain_nats"]
    said = f"Training on {show_plain(double['factor'])} times the {show_count(law['fit']['largest'])} unique tokens "
    interval = f"95{THIN}% interval {show_range(gain, show_nats)}"
    if gain["estimate"] is None:
        open_gain = f"the data leave open (gain in nats per token: {interval})"
        return f"{said}is predicted to change the loss by an amount that {open_gain}."
    change = f"{show_percent(math.exp(-gain['estimate']))} {'lower' if gain['estimate'] > 0 else 'higher'} perplexity"
    return (
        f"{said}is predicted to lower the loss by {show_nats(gain['estimate'])} nats per token ({interval}): {change}."
    )


def _say_measured(law: Mapping[str, Any]) -> str:
    """The mean loss at the smallest and at the largest size."""
    sizes = mean_losses(law)
    (small, first), (large, last) = sizes[0], sizes[-1]
    verb = "fell" if last < first else "rose"
    return (
        f"Measured, the loss {verb} from {show_number(first)} at {show_count(small)} tokens to {show_number(last)} at "
        f"{show_count(large)}."
    )


def _say_limit(law: Mapping[str, Any]) -> str:
    """Where the law flattens, if the data say so."""
    c = law["intervals"]["c"]
    if not law["c_identified"] or c["estimate"] is None:
        return f"Where it would flatten, the data do not say: {law['c_reason']}"
    return (
        f"It would flatten at a loss of {show_number(c['estimate'])} (95{THIN}% interval {show_range(c)}), a "
        f"perplexity of {show_number(math.exp(c['estimate']))}."
    )


def mean_losses(law: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Mean tokens and mean loss of each size measured, the smallest first."""
    return [(_mean(points, "num_unique_tokens"), _mean(points, "loss_nats")) for points in _group_points(law)]


def _group_points(law: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
    """The measured points by size, the smallest first."""
    sizes: dict[Any, list[Mapping[str, Any]]] = {}
    for point in law["points"]:
        sizes.setdefault(point["num_unique_tokens"] if point["size"] is None else point["size"], []).append(point)
    return sorted(sizes.values(), key=lambda points: _mean(points, "num_unique_tokens"))


def _mean(points: list[Mapping[str, Any]], key: str) -> float:
    return float(sum(point[key] for point in points) / len(points))


def _say_certainty(law: Mapping[str, Any]) -> list[str]:
    fit = law["fit"]
    said = [
        f"The law rests on {show_count(fit['num_points'])} runs at {show_count(fit['num_sizes'])} sizes, the largest "
        f"{show_number(fit['span'], 2)} times the smallest; its intervals stand for other runs on the same held-out "
        "papers."
    ]
    if law["holdout"] is not None:
        said.append(_say_holdout(law["holdout"]))
    said += [law["form_reason"]] if law["form_doubtful"] else []
    said.append(law["reach"]["reason"])
    return [*said, _say_limit(law)]


def _say_holdout(holdout: Mapping[str, Any]) -> str:
    """How well a fit without the largest size foretold it."""
    said = f"A fit without the largest size predicted {show_number(holdout['predicted_nats'])} nats per token for it"
    if holdout["low"] is not None and holdout["high"] is not None:
        said += f" (95{THIN}% interval {show_range(holdout)})"
    said += (
        f"; {show_number(holdout['measured_nats'])} was measured, {show_change(holdout['error_percent'], 1)}{THIN}% off"
    )
    if holdout["within"] is False:
        said += " and outside that interval"
    if not holdout["beats_last_value"]:
        said += ", no better than taking the loss of the size before"
    return f"{said}."


def _say_not_shown(law: Mapping[str, Any]) -> str:
    said = "Beyond the largest size the law only guesses, and it counts papers of the same kind as these. "
    given = law["conditional_on"]
    conditions = [f"{name.replace('_', ' ')} {given[name]}" for name in CONDITIONS if name in given]
    if not conditions:
        return f"{said}Another base model or other settings have another law."
    return f"{said}It holds for {join_words(conditions)}; another base model or other settings have another law."


def _answer_without_law(law: Mapping[str, Any]) -> Answer:
    """What the points alone say: no interval stands behind it, so only a rise of every run is more than undecided."""
    sizes = mean_losses(law)
    verdict: Verdict = "worse" if _rose(law) else "undecided"
    return Answer(
        question=QUESTION,
        verdict=verdict,
        lead=LEADS[verdict],
        sentence=_say_measured(law) if len(sizes) > 1 else "Fewer than two amounts of data were tried.",
        how_sure=f"Not sure, as no law could be fitted: {law['reason'].rstrip('.')}.",
        not_shown="Without a law nothing can be said of an amount of data that was not tried.",
        sources=(f"{SOURCE}: points, reason",),
    )


def _rose(law: Mapping[str, Any]) -> bool:
    """Whether every run at the largest size came out above every run at the smallest, by more than the margin.

    By luck alone three runs stand above three others once in 20; two above two once in 6, which says nothing.
    """
    sizes = [[point["loss_nats"] for point in points] for points in _group_points(law)]
    enough = len(sizes) > 1 and min(len(sizes[0]), len(sizes[-1])) >= FEWEST_RUNS
    return enough and min(sizes[-1]) > max(sizes[0]) + MARGIN_NATS
