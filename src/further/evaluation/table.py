"""Scores of one model on several text sets, as a table."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from further.evaluation.scoring import score_documents
from further.io import read_table

COUNTS = ["split", "document", "num_tokens", "num_words", "num_bytes", "sha256"]
HOW = ("window", "stride", "compute_dtype")


def score_texts(
    model: Any, texts: Mapping[str, Path], begin: int, settings: Mapping[str, Any], about: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Score each document of each text set that was not trained on.

    Args:
        model: A causal language model in evaluation mode.
        texts: Token streams by the text set's name.
        begin: The token before each document's first.
        settings: window, stride, batch_tokens and compute_dtype.
        about: Columns that describe the model: subject, run, quantisation, begin_rule.

    Returns:
        Rows of `further.evaluation.scoring.SCORES`.
    """
    rows = []
    for text_set, path in texts.items():
        streams = read_table(path).query("split != 'train'")
        ids = [list(map(int, document)) for document in streams["ids"]]
        nats = score_documents(model, ids, begin, settings["window"], settings["stride"], settings["batch_tokens"])
        counts = streams[COUNTS].to_dict("records")
        fixed = dict(about) | {"text_set": text_set, "begin_id": begin} | {name: settings[name] for name in HOW}
        rows += [fixed | count | rates(value, count) for count, value in zip(counts, nats, strict=True)]
    return rows


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
