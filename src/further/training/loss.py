"""Cross-entropy in chunks: the logits of a whole batch in fp32 never stand in memory at once."""

from collections.abc import Callable
from typing import Any

import torch
from torch.autograd.function import once_differentiable
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from further.tokens.packing import IGNORED

CHUNK = 1024  # positions; 1,024 × 128,256 fp32 logits are 0.5 GiB

InPlace = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def sum_cross_entropy(
    hidden: torch.Tensor, head: torch.nn.Module, labels: torch.Tensor, in_place: InPlace | None = None
) -> torch.Tensor:
    """Summed cross-entropy of already shifted labels, in nats, fp32.

    Where the head is frozen, a chunk's gradient is taken together with its loss: its logits are computed once.

    Args:
        hidden: Last hidden states, (P, D).
        labels: The id that follows each position, (P,); `IGNORED` is skipped.
        in_place: Puts the gradient in the place of a chunk's logits and returns the summed loss, for a frozen head, or
            where no gradient is wanted; None: torch's own functions, on logits in fp32.

    Returns:
        A scalar.
    """
    trained = any(parameter.requires_grad for parameter in head.parameters())
    if torch.is_grad_enabled() and hidden.requires_grad and not trained:
        loss: torch.Tensor = _LossWithGradient.apply(hidden, head, labels, in_place)  # type: ignore[no-untyped-call]
        return loss
    if in_place is not None and not torch.is_grad_enabled():
        pairs = zip(hidden.split(CHUNK), labels.split(CHUNK), strict=True)
        return torch.stack([in_place(head(part), targets) for part, targets in pairs]).sum()
    if len(labels) <= CHUNK:
        return _sum_chunk(hidden, head, labels)
    parts = [
        checkpoint(_sum_chunk, part, head, targets, use_reentrant=False)
        for part, targets in zip(hidden.split(CHUNK), labels.split(CHUNK), strict=True)
    ]
    return torch.stack(parts).sum()


def _sum_chunk(hidden: torch.Tensor, head: torch.nn.Module, labels: torch.Tensor) -> torch.Tensor:
    return functional.cross_entropy(head(hidden).float(), labels, ignore_index=IGNORED, reduction="sum")


class _LossWithGradient(torch.autograd.Function):
    """The summed loss; its gradient is there before the backward pass asks for it."""

    @staticmethod
    def forward(
        ctx: Any, hidden: torch.Tensor, head: torch.nn.Module, labels: torch.Tensor, in_place: InPlace | None
    ) -> torch.Tensor:
        losses, gradients = [], []
        for part, targets in zip(hidden.detach().split(CHUNK), labels.split(CHUNK), strict=True):
            with torch.enable_grad():
                part = part.requires_grad_().view_as(part)  # no leaf, for torch's own counters
                output = head(part) if in_place else _sum_chunk(part, head, targets)
            found = output.detach()
            losses.append(in_place(found, targets) if in_place else found)
            gradients += torch.autograd.grad(output, part, found if in_place else None)
            del output, found  # before the next chunk's logits are made
        ctx.save_for_backward(torch.cat(gradients))
        return torch.stack(losses).sum()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (gradient,) = ctx.saved_tensors
        # In fp32: one over the labels of a step, rounded to bfloat16, would be off by up to 0.4 %.
        return (gradient.float() * grad).to(gradient.dtype), None, None, None
