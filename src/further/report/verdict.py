"""What an answer is, and the one rule that decides it from an interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["improved", "unchanged", "worse", "undecided"]
DECIMALS = 3  # of a difference in nats, as shown
MARGIN_NATS = 0.01  # differences below this, 1 % of perplexity, are called small: another seed moves it as much


@dataclass(frozen=True)
class Answer:
    """One question with its answer in plain words.

    Attributes:
        question: As a reader would ask it.
        verdict: What the rule decided.
        lead: The answer in a few words.
        sentence: Its numbers and interval.
        how_sure: What the certainty rests on.
        not_shown: What must not be concluded.
        sources: Files and keys that hold the numbers.
    """

    question: str
    verdict: Verdict
    lead: str
    sentence: str
    how_sure: str
    not_shown: str
    sources: tuple[str, ...]


def classify(interval: Mapping[str, Any] | None, margin: float = MARGIN_NATS) -> Verdict:
    """Decide on a difference from its interval, in nats per token; below zero is better.

    Args:
        interval: low and high, infinite where open; None, or an end that is None or NaN, decides nothing.
        margin: Differences below it do not matter, > 0.

    Returns:
        "unchanged" if the interval, rounded to the decimals that are shown, lies within the margin around zero, on
        whichever side; "improved" or "worse" if it reaches beyond and excludes zero; otherwise "undecided". The
        rounding matters for a law that cannot rise: the interval of its gain never quite reaches zero.
    """
    if interval is None or interval["low"] is None or interval["high"] is None:
        return "undecided"
    low, high = round(interval["low"], DECIMALS), round(interval["high"], DECIMALS)
    if -margin < low and high < margin:
        return "unchanged"
    if high < 0:
        return "improved"
    return "worse" if low > 0 else "undecided"
