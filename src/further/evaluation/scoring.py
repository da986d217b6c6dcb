"""Nats per document: what a model needs to predict each text, summed over every token."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import torch
from torch.nn import functional

from further.evaluation.windows import Window, cut_windows
from further.job import PROGRESS
from further.models import decode, head_of

SCORES = pa.schema(
    [
        ("subject", pa.string()),  # base, adapted or merged
        ("run", pa.string()),
        ("quantisation", pa.string()),
        ("text_set", pa.string()),  # papers or general
        ("split", pa.string()),
        ("document", pa.string()),
        ("nats", pa.float64()),
        ("num_tokens", pa.int64()),
        ("num_words", pa.int64()),
        ("num_bytes", pa.int64()),
        ("window", pa.int64()),
        ("stride", pa.int64()),
    ]
)

CHUNK = 1024  # scored positions whose fp32 logits stand in memory at once


def score_documents(
    model: Any, documents: Sequence[Sequence[int]], begin: int, window: int, stride: int, batch_tokens: int
) -> list[float]:
    """Summed negative log-likelihood of each document, in nats.

    The begin mark is context and not scored; an end mark is neither added nor scored, as in the rolling
    log-likelihood of lm-evaluation-harness.

    Args:
        model: A causal language model in evaluation mode.
        documents: Token ids without special tokens.
        begin: The token before the first.
        window: Inputs per window.
        stride: Newly scored tokens per window.
        batch_tokens: Inputs per forward pass, at most, at least one window.

    Returns:
        One number per document; 0 for an empty one.
    """
    windows = [
        piece for number, ids in enumerate(documents) for piece in cut_windows(number, ids, begin, window, stride)
    ]
    nats = [0.0] * len(documents)
    started, done = time.monotonic(), 0
    for batch in batch_windows(windows, batch_tokens):
        for piece, value in zip(batch, _score_batch(model, batch), strict=True):
            nats[piece.document] += value
        done += len(batch)
        PROGRESS.debug("scored %d of %d windows in %.0f s", done, len(windows), time.monotonic() - started)
    return nats


def batch_windows(windows: Sequence[Window], batch_tokens: int) -> Iterator[list[Window]]:
    """Batches of windows of one length each, so that nothing is ever padded."""
    by_length: dict[int, list[Window]] = {}
    for window in windows:
        by_length.setdefault(len(window.inputs), []).append(window)
    for length, group in sorted(by_length.items(), reverse=True):
        size = max(1, batch_tokens // length)
        yield from (group[start : start + size] for start in range(0, len(group), size))


@torch.no_grad()
def _score_batch(model: Any, batch: Sequence[Window]) -> list[float]:
    """Nats of each window's targets."""
    device = next(model.parameters()).device
    hidden_BTD = decode(model, torch.tensor([list(window.inputs) for window in batch], device=device))
    scored = torch.cat([hidden[-len(window.targets) :] for hidden, window in zip(hidden_BTD, batch, strict=True)])
    targets = torch.tensor([token for window in batch for token in window.targets], device=device)
    losses = torch.cat(
        [_losses(head_of(model), *pair) for pair in zip(scored.split(CHUNK), targets.split(CHUNK), strict=True)]
    )
    return [float(part.double().sum()) for part in losses.split([len(window.targets) for window in batch])]


def _losses(head: torch.nn.Module, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return functional.cross_entropy(head(hidden).float(), targets, reduction="none")
