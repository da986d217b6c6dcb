"""An answer of the page, and the rule that decides its verdict from an interval."""

from dataclasses import dataclass
from typing import Literal

from further.records.base import Interval
from further.report.wording import rounded

Verdict = Literal["improved", "unchanged", "worse", "undecided"]
MARGIN_NATS = 0.01  # differences below this, 1% of perplexity, are called small: another seed moves it as much
MARGIN_FRACTION = 0.01  # the same of fractions of right answers
SIGNIFICANT = 0.05  # p-values below it
# Held-out cases under which no verdict is given: all of a few may be answered alike, and their interval has no width.
FEWEST_CASES = 20


@dataclass(frozen=True)
class Answer:
    """One question with its answer in plain words.

    Attributes:
        word: The answer in a word or two.
        doubt: What speaks most against it, in one line.
        sources: Files and keys that hold the numbers.
    """

    question: str
    verdict: Verdict
    word: str
    sentence: str
    doubt: str
    details: tuple[str, ...]
    sources: tuple[str, ...]


def classify(change: Interval, margin: float = MARGIN_NATS) -> Verdict:
    """Decide on a change of a loss from its interval, as `decide` does; an end that is open decides nothing."""
    return decide(change.low, change.high, margin)


def classify_right(change: Interval | None) -> Verdict:
    """Decide on a change of the fraction of right answers, where more is better; undecided where there is none."""
    if change is None or change.low is None or change.high is None:
        return "undecided"
    return decide(-change.high, -change.low, MARGIN_FRACTION)


def decide(low: float | None, high: float | None, margin: float = MARGIN_NATS) -> Verdict:
    """Decide on a difference from the ends of its interval; below zero is better.

    Args:
        low: Lower end; None decides nothing, infinity is an end without limit.
        margin: Differences below it do not matter, > 0.

    Returns:
        "unchanged" if the interval, rounded to the decimals that are shown, lies within the margin around zero, on
        whichever side; "improved" or "worse" if it reaches beyond and excludes zero; otherwise "undecided". The
        rounding matters for a law that cannot rise: the interval of its gain never quite reaches zero.
    """
    if low is None or high is None:
        return "undecided"
    # Rounded as the page shows them: a reader must not see an end at 0.000 called above zero.
    low, high = rounded(low), rounded(high)
    if -margin < low and high < margin:
        return "unchanged"
    if high < 0:
        return "improved"
    return "worse" if low > 0 else "undecided"
