"""Cross-entropy in chunks: the logits of a whole batch in fp32 never stand in memory at once."""

import torch
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

CHUNK = 1024  # positions; 1,024 × 128,256 fp32 logits are 0.5 GiB


def sum_cross_entropy(hidden: torch.Tensor, head: torch.nn.Module, labels: torch.Tensor) -> torch.Tensor:
    """Summed cross-entropy of already shifted labels, in nats, fp32.

    Args:
        hidden: Last hidden states, (P, D).
        head: Hidden states to logits.
        labels: The id that follows each position, (P,); -100 is skipped.

    Returns:
        A scalar.
    """
    if len(labels) <= CHUNK:
        return _sum_chunk(hidden, head, labels)
    parts = [
        checkpoint(_sum_chunk, hidden[start : start + CHUNK], head, labels[start : start + CHUNK], use_reentrant=False)
        for start in range(0, len(labels), CHUNK)
    ]
    return torch.stack(parts).sum()


def _sum_chunk(hidden: torch.Tensor, head: torch.nn.Module, labels: torch.Tensor) -> torch.Tensor:
    return functional.cross_entropy(head(hidden).float(), labels, ignore_index=-100, reduction="sum")
