"""Forward and backward pass of an adapted linear layer, in the type that the layer computes in.

peft multiplies its fp32 adapters in fp32: at bfloat16 it casts every input and every output, keeps a second copy of
each input, and leaves the tensor cores. Of a step of an 8B Llama on an H200 that was a third. Here the fp32 weights
stay what is trained, and the products are made of copies in the compute type:

    y = x Wᵀ + s (x Aᵀ) Bᵀ        dx = dy W + s (dy B) A        dA = s (dy B)ᵀ x        dB = s dyᵀ (x Aᵀ)

The adapter's product is made first, and that of the frozen weight is added to it. The other way round, the small
product would read and write a tensor of that size for little work: on an H200 that was 16 of 733 ms of a step at 4 rows
of 2,048 tokens. Kept for the backward pass are x, x Aᵀ and the weight as it is stored.
"""

from functools import partial
from typing import Any

import torch
from bitsandbytes.functional import QuantState, dequantize_4bit
from bitsandbytes.nn import Linear4bit
from torch.autograd.function import once_differentiable
from torch.nn.functional import linear

ADAPTER = "default"  # peft's name of the only one


def compute_in_own_type(network: torch.nn.Module) -> int:
    """Give every layer with a plain LoRA adapter this forward pass, DoRA keeps peft's; returns how many have it."""
    layers = [module for module in network.modules() if _is_plain(module)]
    for layer in layers:
        layer.forward = partial(_forward, layer)
    return len(layers)


def _is_plain(module: Any) -> bool:
    plain = ADAPTER in getattr(module, "lora_A", ()) and ADAPTER not in module.lora_variant
    return plain and isinstance(module.get_base_layer(), torch.nn.Linear) and not module.lora_bias[ADAPTER]


def _forward(layer: Any, x: torch.Tensor) -> torch.Tensor:
    """Of one layer; with dropout, or on 8-bit weights, in torch's own steps."""
    base, scale = layer.get_base_layer(), layer.scaling[ADAPTER]
    down, up, dropout = layer.lora_A[ADAPTER].weight, layer.lora_B[ADAPTER].weight, layer.lora_dropout[ADAPTER]
    drops = layer.training and getattr(dropout, "p", 0.0) > 0
    if drops or not _is_known(base, x):
        y: torch.Tensor = base(x)
        update = linear(linear(dropout(x), down.to(x.dtype)), up.to(x.dtype))
        return y.add(update, alpha=scale)
    inner, owner = _Inner.apply(x.reshape(-1, x.shape[-1]), down, up)  # type: ignore[no-untyped-call]
    adapted: torch.Tensor = _Adapted.apply(x, down, up, inner, [owner], base, scale)  # type: ignore[no-untyped-call]
    return adapted


def _is_known(base: torch.nn.Linear, x: torch.Tensor) -> bool:
    """Whether `_weight_of` gives the weight in the type of the input."""
    if isinstance(base, Linear4bit):
        state = _quant_state_of(base)
        return state is not None and state.dtype == x.dtype
    return type(base) is torch.nn.Linear and base.weight.dtype == x.dtype


def _weight_of(base: torch.nn.Linear) -> torch.Tensor:
    """Outputs × inputs, dequantized."""
    if isinstance(base, Linear4bit):
        weight: torch.Tensor = dequantize_4bit(base.weight, _quant_state_of(base))
        return weight
    return base.weight


def _quant_state_of(base: Linear4bit) -> QuantState | None:
    """How a weight was quantized. FSDP puts a weight together without it, but the layer knows it as well."""
    state: QuantState | None = getattr(base.weight, "quant_state", None) or base.quant_state
    return state


class _Inner(torch.autograd.Function):
    """x Aᵀ, and all that `_Adapted` needs on its way back.

    Of a recomputed block torch stops at the last tensor that is kept. Kept here, before the frozen product, the block's
    last product is not made a second time: of an 8B Llama the largest one, a twentieth of a step.
    """

    @staticmethod
    def forward(
        ctx: Any, x_PI: torch.Tensor, down: torch.Tensor, up: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The product, and an empty tensor: while it lives, so does what is kept (torch 2.11 asks for that)."""
        inner_PR = x_PI @ down.to(x_PI.dtype).t()
        ctx.save_for_backward(x_PI, inner_PR, down, up)
        ctx.mark_non_differentiable(inner_PR)
        return inner_PR, x_PI.new_empty(0)

    @staticmethod
    def backward(ctx: Any, *_: torch.Tensor) -> None:
        raise AssertionError("its gradients are _Adapted's")


class _Adapted(torch.autograd.Function):
    """As drawn above; P positions, I inputs, O outputs, R the rank."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, down: torch.Tensor, up: torch.Tensor, inner_PR: torch.Tensor,
        owner: list[torch.Tensor], base: torch.nn.Linear, scale: float,
    ) -> torch.Tensor:  # fmt: skip
        bias = None if base.bias is None else base.bias.to(x.dtype)
        ctx.owner, ctx.base, ctx.scale = owner, base, scale
        y_PO = linear(inner_PR * scale, up.to(x.dtype), bias)
        return y_PO.addmm_(x.reshape(-1, x.shape[-1]), _weight_of(base).t()).view(*x.shape[:-1], -1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        owner = ctx.owner.pop()
        x_PI, inner_PR, down, up = owner.grad_fn.saved_tensors
        del owner  # and what it keeps
        dy_PO = dy.reshape(-1, dy.shape[-1])
        dinner_PR = (dy_PO @ up.to(dy.dtype)).mul_(ctx.scale)
        dup, ddown = (dy_PO.t() @ inner_PR).mul_(ctx.scale), dinner_PR.t() @ x_PI
        dx = None
        if ctx.needs_input_grad[0]:
            dx_PI = (dinner_PR @ down.to(dy.dtype)).addmm_(dy_PO, _weight_of(ctx.base))
            dx = dx_PI.view(*dy.shape[:-1], -1)
        return dx, ddown, dup, None, None, None, None
