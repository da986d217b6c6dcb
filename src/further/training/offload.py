"""Inputs of recomputed layers wait in the host's memory, and come back while the layer behind them is worked on.

What a layer kept on the GPU for its way back, at 4 rows of 2,048 tokens 64 MiB of an 8B Llama's, is copied there and
back by a stream of its own. The copies take less time than the layers' work, so that the GPU waits for none but the
first. They can be part of a recorded CUDA graph: their places in the host's memory stay where they are.

transformers' own `offload` copies on the stream that computes, and asks for host memory anew each time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import dropwhile
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import torch
from torch.autograd.graph import saved_tensors_hooks
from transformers.modeling_layers import GradientCheckpointingLayer

LAST = 2  # layers whose inputs stay: they are wanted back at once
UNDER_WAY = 1  # inputs still on the GPU while later layers are computed


@dataclass(frozen=True, eq=False)
class _Kept:
    """A layer's input: on the GPU, or in the host's memory. It lives as long as autograd may ask for it."""

    layer: int
    here: torch.Tensor | None
    away: torch.Tensor | None


def offload_inputs(network: torch.nn.Module) -> int:
    """Have the recomputed layers of a network on a GPU keep their inputs in the host's memory; returns how many do."""
    layers: list[Any] = [
        module
        for module in network.modules()
        if isinstance(module, GradientCheckpointingLayer) and module.gradient_checkpointing
    ]
    layers = list(dropwhile(_is_frozen, layers))  # those of a vision tower have no way back
    store = _Store(len(layers))
    for number, layer in enumerate(layers):
        layer._gradient_checkpointing_func = partial(store.call, number, layer._gradient_checkpointing_func)
    return max(0, len(layers) - LAST)


def _is_frozen(layer: torch.nn.Module) -> bool:
    return not any(parameter.requires_grad for parameter in layer.parameters())


class _Store:
    """Inputs of the layers of one pass, by number."""

    def __init__(self, num_layers: int) -> None:
        self.num_layers, self.side = num_layers, torch.cuda.Stream()
        self.places: dict[tuple[Any, ...], torch.Tensor] = {}
        self.kept = WeakValueDictionary[int, _Kept]()
        self.leaving: list[tuple[torch.Tensor, torch.cuda.Event]] = []
        self.coming = WeakKeyDictionary[_Kept, tuple[torch.Tensor, torch.cuda.Event]]()

    def call(self, layer: int, checkpoint: Callable[..., Any], function: Callable[..., Any], *inputs: Any) -> Any:
        """A layer's forward pass by `checkpoint`, with its inputs kept here."""
        if layer == 0:
            self.leaving.clear()  # empty but after a recording that failed, whose events nothing may wait for
        with saved_tensors_hooks(partial(self._pack, layer), self._unpack):
            return checkpoint(function, *inputs)

    def _pack(self, layer: int, values: torch.Tensor) -> torch.Tensor | _Kept:
        # A layer has one place: its second input stays here (Zamba and Gemma 3n have one), and so does the first of a
        # layer that is called again before its way back.
        if values.dim() < 3 or not values.is_floating_point() or layer in self.kept:
            return values
        if layer + LAST >= self.num_layers:
            return _Kept(layer, values, None)
        kept = self.kept[layer] = _Kept(layer, None, self._place(layer, values))
        assert kept.away is not None
        self.leaving.append((values, self._copy(values, kept.away)))
        self._let_go(UNDER_WAY)
        return kept

    def _unpack(self, kept: torch.Tensor | _Kept) -> torch.Tensor:
        if isinstance(kept, torch.Tensor):
            return kept
        self._let_go(0)
        if kept.here is None:
            self._fetch(kept)
            values, arrived = self.coming.pop(kept)
            self._wait(arrived)
        else:
            values = kept.here
        if before := self.kept.get(kept.layer - 1):
            self._fetch(before)
        return values

    def _place(self, layer: int, values: torch.Tensor) -> torch.Tensor:
        """Page-locked, made at the first pass of a shape; a recording may not ask for memory."""
        key = (layer, values.shape, values.dtype)
        if key not in self.places:
            self.places[key] = torch.empty(values.shape, dtype=values.dtype, pin_memory=values.is_cuda)
        return self.places[key]

    def _let_go(self, number: int) -> None:
        """Keep so many inputs that are being copied away; of the others, the memory is free once they are copied."""
        while len(self.leaving) > number:
            self._wait(self.leaving[0][1])
            del self.leaving[0]

    def _fetch(self, kept: _Kept) -> None:
        """Begin to copy an input back, unless that was begun."""
        if kept not in self.coming:
            assert kept.away is not None
            values = torch.empty_like(kept.away, device=torch.cuda.current_device(), pin_memory=False)
            self.coming[kept] = values, self._copy(kept.away, values)

    def _wait(self, event: torch.cuda.Event) -> None:
        torch.cuda.current_stream().wait_event(event)

    def _copy(self, source: torch.Tensor, target: torch.Tensor) -> torch.cuda.Event:
        """After all that was asked of the GPU before."""
        self.side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.side):
            target.copy_(source, non_blocking=True)
        copied = torch.cuda.Event()
        copied.record(self.side)
        return copied
