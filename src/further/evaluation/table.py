"""Scores of one model on several text sets, as a table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from further.evaluation.scoring import score_documents
from further.io import read_table

COUNTS = ["split", "document", "num_tokens", "num_words", "num_bytes"]


def score_texts(
    model: Any, texts: Mapping[str, Path], begin: int, settings: Mapping[str, Any], about: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Score each document of each text set that was not trained on.

    Args:
        model: A causal language model in evaluation mode.
        texts: Token streams by the text set's name.
        begin: The token before each document's first.
        settings: window, stride and batch_tokens.
        about: Columns that describe the model: subject, run, quantisation.

    Returns:
        Rows of `further.evaluation.scoring.SCORES`.
    """
    rows = []
    for text_set, path in texts.items():
        streams = read_table(path).query("split != 'train'")
        ids = [list(map(int, document)) for document in streams["ids"]]
        nats = score_documents(model, ids, begin, settings["window"], settings["stride"], settings["batch_tokens"])
        counts = streams[COUNTS].to_dict("records")
        fixed = dict(about) | {"text_set": text_set, "window": settings["window"], "stride": settings["stride"]}
        rows += [fixed | count | {"nats": value} for count, value in zip(counts, nats, strict=True)]
    return rows
