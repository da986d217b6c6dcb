"""How much of an answer repeats itself."""

from collections.abc import Iterable

import numpy as np

RUN = 4  # words
PERCENTILE = 99


def rep_n(text: str, length: int = RUN) -> float:
    """Share of the runs of `length` words that stood there before: 1 − different / all; 0 for a shorter text.

    Whole sentences that come again are seen, which a search for four repetitions in a row misses.

    Source:
        Welleck et al. 2020, Neural text generation with unlikelihood training, section 6.1 (seq-rep-n), here over words
        in lower case.
    """
    words = text.lower().split()
    runs = [tuple(words[place : place + length]) for place in range(len(words) - length + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


def usual_rep(references: Iterable[str]) -> float:
    """The rep-4 that 99 of 100 references stay at or below; 0 without references."""
    values = [rep_n(text) for text in references]
    return float(np.percentile(values, PERCENTILE, method="higher")) if values else 0.0
