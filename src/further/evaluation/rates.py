"""Perplexities and bits per byte from nats and counts; without torch, for what only reads scores."""

import math
from collections.abc import Mapping
from typing import Any


def rates(nats: float, counts: Mapping[str, Any]) -> dict[str, float | None]:
    """Nats, and what they are per token, per word and per byte; None where there is nothing to divide by.

    >>> rates(2.0, {"num_tokens": 0, "num_words": 0, "num_bytes": 0})["perplexity"] is None
    True
    """

    def per(count: str) -> float | None:
        return nats / counts[count] if counts[count] else None

    token, word, byte = per("num_tokens"), per("num_words"), per("num_bytes")
    return {
        "nats": nats,
        "perplexity": None if token is None else _exp(token),
        "word_perplexity": None if word is None else _exp(word),
        "bits_per_byte": None if byte is None else byte / math.log(2),
    }


def _exp(nats: float) -> float | None:
    """None beyond any float: a text with few blanks has few words."""
    return math.exp(nats) if nats < 700 else None
