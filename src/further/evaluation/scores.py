"""Scores of one model on several text sets, as a table."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from further.digests import digest_sampled
from further.evaluation.pairing import name_model
from further.evaluation.rates import rates
from further.evaluation.scoring import score_documents
from further.io import read_table
from further.models import Model, Precision, load, load_adapted, load_merged
from further.settings import ScoringSettings

COUNTS = ["num_tokens", "num_words", "num_bytes"]
IDENTITY = ["split", "document", "sha256"]
HOW = ("window", "stride", "compute_dtype")


@dataclass(frozen=True)
class ScoredModel:
    """The columns of a table of scores that name its model; `run` is None for the base."""

    subject: Literal["base", "adapted", "merged"]
    run: str | None
    quantization: str
    base: str
    begin_id: int
    begin_rule: str


def load_scored(model: Path, adapter: Path | None, about: ScoredModel, compute_dtype: str) -> Model:
    """Load a model to score; only a base has no adapter."""
    precision = Precision(about.quantization, compute_dtype)
    if adapter is None:
        return load(model, precision)
    if about.subject == "merged":
        return load_merged(model, adapter, compute_dtype)
    return load_adapted(model, adapter, precision)


def score_texts(
    model: Model, texts: Mapping[str, Path], settings: ScoringSettings, about: ScoredModel
) -> list[dict[str, Any]]:
    """Score each held-out document of each text set: rows of `further.evaluation.scoring.SCORES`.

    Raises:
        ValueError: If the model's loss on a document is not finite, naming document and model.
    """
    fixed, rows = asdict(about) | settings.pick(*HOW), []
    for text_set, path in texts.items():
        # The training loop has scored the validation papers.
        streams = read_table(path).query("split in ('test', 'heldout')")
        ids = [list(map(int, document)) for document in streams["ids"]]
        nats = score_documents(model, ids, about.begin_id, settings.window, settings.stride, settings.batch_tokens)
        _check_finite(nats, list(streams["document"]), text_set, about)
        lines = zip(streams[IDENTITY].to_dict("records"), streams[COUNTS].to_dict("records"), nats, strict=True)
        for line, counts, value in lines:
            rows.append(fixed | line | counts | {"text_set": text_set} | rates(value, **counts).model_dump())
    return rows


def _check_finite(nats: Sequence[float], documents: Sequence[str], text_set: str, about: ScoredModel) -> None:
    wrong = [document for document, value in zip(documents, nats, strict=True) if not math.isfinite(value)]
    if wrong:
        name = name_model(about.subject, about.run, about.quantization)
        raise ValueError(
            f"{text_set}: the loss of {name} is not finite for {wrong[0]} ({len(wrong)} of {len(nats)} documents): "
            "its weights hold numbers that are not finite, or overflow in training.compute_dtype"
        )


def digest_base(folder: Path) -> str:
    """Which base model a folder holds: 16 hexadecimal digits of its configuration, tokenizer and weights, sampled."""
    files = sorted([*folder.glob("config.json"), *folder.glob("tokenizer.json"), *folder.glob("*.safetensors")])
    digests = "".join(f"{file.name} {digest_sampled(file)}\n" for file in files)
    return hashlib.sha256(digests.encode()).hexdigest()[:16]
