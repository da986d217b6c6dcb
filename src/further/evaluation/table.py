"""Scores of one model on several text sets, as a table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from further.evaluation.rates import rates
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
