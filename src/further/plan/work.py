"""Tokens, rows and steps that a run will have, from the lengths of its documents alone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from further.batch import micro_batch
from further.plan.flops import forward_flops, training_flops
from further.plan.shape import Shape
from further.plan.targets import Adapter


@dataclass(frozen=True)
class Texts:
    """What a run is trained on and watched with.

    Attributes:
        training: Tokens of each training document, without special tokens.
        validation: The same of the validation documents.
        has_begin: Whether the tokenizer puts a mark before each document.
    """

    training: tuple[int, ...]
    validation: tuple[int, ...]
    has_begin: bool


@dataclass(frozen=True)
class Work:
    """How much a run has to do.

    Attributes:
        num_papers: Training documents.
        num_unique_tokens: Their tokens, end marks counted.
        num_trained_tokens: Labels over all passes.
        num_rows: Rows per pass.
        num_steps: Optimiser steps over all passes.
        num_validation_rows: Rows of the validation documents.
    """

    num_papers: int
    num_unique_tokens: int
    num_trained_tokens: int
    num_rows: int
    num_steps: int
    num_validation_rows: int


def count_work(texts: Texts, run: Mapping[str, Any]) -> Work:
    """Count as packing and training do: documents end to end, rows cut every `context` inputs, the last filled up.

    A document of n tokens is n + 1 predictions where it has a begin mark; without one its first token is none.

    Args:
        texts: Lengths of the documents.
        run: Settings context, batch_tokens, accumulation, passes.

    Raises:
        ValueError: If there is nothing to train on, or the batch does not divide.
    """
    if not texts.training:
        raise ValueError("nothing to plan: no training documents")
    num_labels = count_labels(texts.training, texts.has_begin)
    num_rows = math.ceil(num_labels / run["context"])
    return Work(
        num_papers=len(texts.training),
        num_unique_tokens=sum(texts.training) + len(texts.training),
        num_trained_tokens=run["passes"] * num_labels,
        num_rows=num_rows,
        num_steps=run["passes"] * math.ceil(num_rows / (micro_batch(run) * run["accumulation"])),
        num_validation_rows=math.ceil(count_labels(texts.validation, texts.has_begin) / run["context"]),
    )


def count_labels(lengths: Sequence[int], has_begin: bool) -> int:
    """Predictions that documents of these lengths give."""
    return sum(lengths) + (len(lengths) if has_begin else 0)


def count_flops(shape: Shape, adapter: Adapter, work: Work, run: Mapping[str, Any]) -> tuple[float, float]:
    """Floating-point operations of training over all passes, and of one look at the validation documents."""
    per_token = training_flops(shape, adapter, micro_batch(run), run["context"], run["gradient_checkpointing"])
    training = per_token * run["passes"] * work.num_rows * run["context"]
    looking = forward_flops(shape, adapter, run["context"]) * work.num_validation_rows * run["context"]
    return float(training), float(looking)
