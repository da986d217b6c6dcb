"""Nats per document: what a model needs to predict each text, summed over every token."""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch.nn import functional

from further.evaluation.windows import Window, cut_windows
from further.job import PROGRESS
from further.memory import explain_memory
from further.models import Model
from further.positions import check_length

SCORES = pa.schema(
    [
        ("subject", pa.string()),  # base, adapted or merged
        ("run", pa.string()),
        ("base", pa.string()),  # digest of the base model, `further.evaluation.scores.digest_base`
        ("quantization", pa.string()),
        ("text_set", pa.string()),  # papers or general
        ("split", pa.string()),
        ("document", pa.string()),
        ("nats", pa.float64()),
        ("num_tokens", pa.int64()),
        ("num_words", pa.int64()),
        ("num_bytes", pa.int64()),  # UTF-8 bytes of the original text
        ("sha256", pa.string()),  # of these bytes
        ("perplexity", pa.float64()),  # per token; this and the next two are null for an empty document
        ("word_perplexity", pa.float64()),
        ("bits_per_byte", pa.float64()),
        ("window", pa.int64()),
        ("stride", pa.int64()),
        ("begin_id", pa.int64()),  # the token before each document's first, context only
        ("begin_rule", pa.string()),  # BOS, or EOS where the model has no BOS
        ("compute_dtype", pa.string()),
    ]
)

CHUNK = 1024  # scored positions whose fp32 logits stand in memory at once


def score_documents(
    model: Model, documents: Sequence[Sequence[int]], begin: int, window: int, stride: int, batch_tokens: int
) -> list[float]:
    """Summed negative log-likelihood of each document, in nats.

    BOS is context and not scored. EOS is neither added nor scored, as in the rolling log-likelihood of
    lm-evaluation-harness.

    Args:
        documents: Token ids without special tokens.
        begin: The token before the first.
        stride: Newly scored tokens per window.
        batch_tokens: Inputs per forward pass, at most, at least one window.

    Returns:
        One number per document; 0 for an empty one.

    Raises:
        ValueError: If the window is longer than the model's positions.
    """
    nats = [0.0] * len(documents)
    for piece, values in _score_windows(model, documents, begin, window, stride, batch_tokens):
        nats[piece.document] += float(values.sum())
    return nats


def score_tokens(
    model: Model, documents: Sequence[Sequence[int]], begin: int, window: int, stride: int, batch_tokens: int
) -> list[NDArray[np.float64]]:
    """As `score_documents`, the nats of every token: one array per document, as long as the document."""
    nats = [np.zeros(len(ids)) for ids in documents]
    for piece, values in _score_windows(model, documents, begin, window, stride, batch_tokens):
        nats[piece.document][piece.first : piece.first + len(values)] = values.numpy()
    return nats


def score_continuation(model: Model, given: Sequence[int], ids: Sequence[int]) -> float:
    """Summed negative log-likelihood of `ids` after the tokens `given`, in nats, in one window."""
    window = Window(0, [*given, *ids][:-1], ids, 0)
    return float(_score_batch(model, [window])[0].sum())


def _score_windows(
    model: Model, documents: Sequence[Sequence[int]], begin: int, window: int, stride: int, batch_tokens: int
) -> Iterator[tuple[Window, torch.Tensor]]:
    """Windows of all documents, the longest first, with the nats of their targets: memory runs out at once or never."""
    check_length(model.config, "evaluation.window", window)
    windows = [
        piece for number, ids in enumerate(documents) for piece in cut_windows(number, ids, begin, window, stride)
    ]
    started, done = time.monotonic(), 0
    for batch in batch_windows(windows, batch_tokens):
        yield from zip(batch, _score_batch(model, batch), strict=True)
        done += len(batch)
        PROGRESS.debug("scored %d of %d windows in %.0f s", done, len(windows), time.monotonic() - started)


def batch_windows(windows: Sequence[Window], batch_tokens: int) -> Iterator[list[Window]]:
    """Batches of windows of one length each, so that nothing is ever padded."""
    # LLM.int8 chooses its outlier columns over a whole batch: the same texts must always meet in the same batches.
    by_length: dict[int, list[Window]] = {}
    for window in windows:
        by_length.setdefault(len(window.inputs), []).append(window)
    for length, group in sorted(by_length.items(), reverse=True):
        size = max(1, batch_tokens // length)
        yield from (group[start : start + size] for start in range(0, len(group), size))


def explain_scoring(num_rows: int, length: int) -> AbstractContextManager[None]:
    """Say what to lower where a forward pass runs out of memory."""
    fewer = f"lower evaluation.batch_tokens below {num_rows * length:,}" if num_rows > 1 else "lower evaluation.window"
    return explain_memory(f"scoring {num_rows} × {length} tokens", f"{fewer}, or use a GPU with more memory")


@torch.no_grad()
def _score_batch(model: Model, batch: Sequence[Window]) -> tuple[torch.Tensor, ...]:
    """Nats of each window's targets, one by one."""
    with explain_scoring(len(batch), len(batch[0].inputs)):
        inputs_BT = torch.tensor([list(window.inputs) for window in batch], device=model.device)
        hidden_BTD = model.encode({"input_ids": inputs_BT})
        scored = torch.cat([hidden[-len(window.targets) :] for hidden, window in zip(hidden_BTD, batch, strict=True)])
        targets = torch.tensor([token for window in batch for token in window.targets], device=model.device)
        chunks = zip(scored.split(CHUNK), targets.split(CHUNK), strict=True)
        losses = torch.cat([_losses(model.head, *chunk) for chunk in chunks])
    # float64: the sum over a document of 100,000 tokens would lose digits in float32.
    parts: tuple[torch.Tensor, ...] = losses.double().cpu().split([len(window.targets) for window in batch])
    return parts


def _losses(head: torch.nn.Module, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    # The model computes in bfloat16 perhaps; a log-softmax over 100,000 words needs more than its three digits.
    return functional.cross_entropy(head(hidden).float(), targets, reduction="none")
