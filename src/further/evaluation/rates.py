"""Perplexities and bits per byte from nats and counts; without torch, for what only reads scores."""

import math

from further.records.comparison import Rates


def rates(nats: float, num_tokens: int, num_words: int, num_bytes: int) -> Rates:
    """Nats, and what they are per token, per word and per byte.

    >>> rates(2.0, 0, 0, 0).perplexity is None
    True
    """
    return Rates(
        nats=nats,
        perplexity=_exp_ratio(nats, num_tokens),
        word_perplexity=_exp_ratio(nats, num_words),
        bits_per_byte=nats / num_bytes / math.log(2) if num_bytes else None,
    )


def _exp_ratio(nats: float, count: int) -> float | None:
    """None without anything to divide by, and beyond any float: a text with few blanks has few words."""
    return math.exp(nats / count) if count and nats / count < 700 else None
