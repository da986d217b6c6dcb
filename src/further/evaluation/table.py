"""Scores of one model on several text sets, as a table."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from further.digests import digest_sampled
from further.evaluation.rates import rates
from further.evaluation.scoring import score_documents
from further.io import read_table
from further.models import Model

COUNTS = ["split", "document", "num_tokens", "num_words", "num_bytes", "sha256"]
HOW = ("window", "stride", "compute_dtype")


def score_texts(
    model: Model, texts: Mapping[str, Path], begin: int, settings: Mapping[str, Any], about: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Score each document of each text set that was not trained on.

    Args:
        model: A causal language model in evaluation mode.
        texts: Token streams by the text set's name.
        begin: The token before each document's first.
        settings: window, stride, batch_tokens and compute_dtype.
        about: Columns that describe the model: subject, run, base, quantization, begin_rule.

    Returns:
        Rows of `further.evaluation.scoring.SCORES`.

    Raises:
        ValueError: If the model's loss on a document is no number, naming document and model.
    """
    rows = []
    for text_set, path in texts.items():
        streams = read_table(path).query("split != 'train'")
        ids = [list(map(int, document)) for document in streams["ids"]]
        nats = score_documents(model, ids, begin, settings["window"], settings["stride"], settings["batch_tokens"])
        counts = streams[COUNTS].to_dict("records")
        _check_finite(nats, [count["document"] for count in counts], text_set, about)
        fixed = dict(about) | {"text_set": text_set, "begin_id": begin} | {name: settings[name] for name in HOW}
        rows += [fixed | count | rates(value, count) for count, value in zip(counts, nats, strict=True)]
    return rows


def _check_finite(nats: Sequence[float], documents: Sequence[str], text_set: str, about: Mapping[str, Any]) -> None:
    wrong = [document for document, value in zip(documents, nats, strict=True) if not math.isfinite(value)]
    if wrong:
        model = f"{about['subject']}{'' if about['run'] is None else ' ' + about['run']} at {about['quantization']}"
        raise ValueError(
            f"{text_set}: the loss of {model} is no number for {wrong[0]} ({len(wrong)} of {len(nats)} documents): its "
            "weights hold numbers that are not finite, or overflow in training.compute_dtype"
        )


def digest_base(folder: Path) -> str:
    """Which base model a folder holds: 16 hexadecimal digits of its configuration, tokenizer and weights, sampled."""
    files = sorted([*folder.glob("config.json"), *folder.glob("tokenizer.json"), *folder.glob("*.safetensors")])
    digests = "".join(f"{file.name} {digest_sampled(file)}\n" for file in files)
    return hashlib.sha256(digests.encode()).hexdigest()[:16]
