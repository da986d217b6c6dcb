"""Attention within each document of a packed row: no mask, and keys and values as few as they are.

Rows lie end to end, and each document begins where positions do:

    position_ids  0 1 2 0 1 | 0 1 2 3 0      bounds  0 3 5 9 10

transformers masks all pairs of a row and repeats keys and values to all heads for that; on a GPU it then multiplies
what the mask hides. Here a GPU runs torch's `varlen_attn` (flash attention), a processor one product per document.
"""

from inspect import signature
from itertools import pairwise
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward

NAME = "further_documents"  # as transformers knows it; without a mask function of that name it makes no mask
LEAST_DOCUMENTS = 4  # per row
UNKNOWN = ("softcap", "position_bias", "s_aux", "cache")  # that some families hand to their attention


def find_bounds(positions: torch.Tensor) -> torch.Tensor:
    """Where documents begin in rows laid end to end, and the end of the last, int32, from positions, (B, T).

    The end is repeated up to one of few lengths, so that a CUDA graph meets few shapes. Empty documents cost little.
    """
    is_first = positions == 0
    is_first[:, 0] = True
    begins = torch.nonzero(is_first.flatten()).flatten().int()
    size = max(LEAST_DOCUMENTS * len(positions), 1 << (len(begins) - 1).bit_length())
    return torch.nn.functional.pad(begins, (0, size + 1 - len(begins)), value=positions.numel())


def attend_within_documents(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    sliding_window: int | None = None,
    cu_seq_lens_q: torch.Tensor | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Causal attention as transformers calls it.

    Args:
        query: (B, H, T, D).
        key: (B, H_kv, T, D).
        value: (B, H_kv, T, D).
        attention_mask: None, unless `cu_seq_lens_q` is None.
        dropout: Must be 0 where documents are given.
        scaling: None: 1 / sqrt(D).
        sliding_window: Positions that one sees, its own counted; None: all before it.
        cu_seq_lens_q: Bounds of documents (`find_bounds`); None: each row is one document.

    Returns:
        (B, T, H, D), and no weights.

    Raises:
        ValueError: If the family asks for something that is not known here.
    """
    if cu_seq_lens_q is None:
        plain: tuple[torch.Tensor, None]
        plain = sdpa_attention_forward(module, query, key, value, attention_mask, dropout, scaling, **others)
        return plain
    if asked := [*(["dropout"] if dropout else []), *(name for name in UNKNOWN if others.get(name) is not None)]:
        raise ValueError(f"attention within documents knows no {', '.join(asked)}")
    _check_reach(module, sliding_window)
    batch, _, length, _ = query.shape
    query, key, value = (states.transpose(1, 2).flatten(0, 1) for states in (query, key, value))
    window = (-1 if sliding_window is None else sliding_window - 1, 0)
    attend = _attend_on_gpu if query.is_cuda else _attend_one_by_one
    return attend(query, key, value, cu_seq_lens_q, length, scaling, window).unflatten(0, (batch, length)), None


def _check_reach(module: torch.nn.Module, sliding_window: int | None) -> None:
    """Refuse a layer whose reach stands in its mask alone: chunks (Llama 4), or a window that it is not told (Phi-MoE).

    Raises:
        ValueError: With what limits it.
    """
    config: Any = getattr(module, "config", None)
    kinds, number = getattr(config, "layer_types", None), getattr(module, "layer_idx", None)
    if kinds and number is not None:
        limited = kinds[number] != "full_attention" and (sliding_window is None or kinds[number] != "sliding_attention")
    else:
        limited = sliding_window is None and getattr(config, "sliding_window", None) is not None
    if limited:
        raise ValueError(f"attention within documents knows no {kinds[number] if kinds else 'window'} by a mask")


AttentionInterface.register(NAME, attend_within_documents)


def _attend_on_gpu(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bounds: torch.Tensor, longest: int,
    scaling: float | None, window: tuple[int, int],
) -> torch.Tensor:  # fmt: skip
    """All documents in one kernel; states are (P, H, D)."""
    from torch.nn.attention.varlen import varlen_attn

    # torch 2.11 has no such argument and takes fewer keys than queries as they are.
    grouped: dict[str, Any] = {"enable_gqa": True} if "enable_gqa" in signature(varlen_attn).parameters else {}
    out = varlen_attn(query, key, value, bounds, bounds, longest, longest, scale=scaling, window_size=window, **grouped)
    assert isinstance(out, torch.Tensor)
    return out


def _attend_one_by_one(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bounds: torch.Tensor, longest: int,
    scaling: float | None, window: tuple[int, int],
) -> torch.Tensor:  # fmt: skip
    """A product per document; states are (P, H, D)."""
    parts = []
    for begin, end in pairwise(bounds.tolist()):
        if end > begin:
            q, k, v = (states[begin:end].transpose(0, 1)[None] for states in (query, key, value))
            mask = _band(end - begin, window[0]) if 0 <= window[0] < end - begin - 1 else None
            part = scaled_dot_product_attention(q, k, v, mask, is_causal=mask is None, scale=scaling, enable_gqa=True)
            parts.append(part[0].transpose(0, 1))
    return torch.cat(parts)


def _band(length: int, before: int) -> torch.Tensor:
    """Each position sees itself and `before` others."""
    return torch.ones(length, length, dtype=torch.bool).tril().triu(-before)
