"""One update for many parameters: those of an optimizer with 8-bit states, laid end to end with their states.

bitsandbytes updates parameter by parameter, of which an adapted 8B Llama has 448. Each launch took the processor 60 μs
and the GPU 7: in a profiled step of 754 ms on an H100 it waited 25 ms for them. An update knows no neighbors beyond the
256 entries that share a scale, so parameters of whole blocks may be one long one, with the same bits.

    parameters  a a a a b b c c c        each a part of one tensor, and so are its gradient and its states
"""

from collections.abc import Collection, Mapping, MutableMapping, Sequence
from typing import Any

import torch

BLOCK = 256  # entries that share a scale (bitsandbytes 0.50)
LEAST = 4096  # entries of a parameter whose states have 8 bits
MOST = 2**30  # entries of one update, which bitsandbytes counts in 32 bits
STATES, SCALES = ("state1", "state2"), ("absmax1", "absmax2")

State = dict[str, Any]


def lay_end_to_end(parameters: Collection[torch.nn.Parameter]) -> list[torch.Tensor]:
    """Zeros like each parameter, all in one tensor where they have one type."""
    if len({parameter.dtype for parameter in parameters}) != 1:
        return [torch.zeros_like(parameter) for parameter in parameters]
    first, sizes = next(iter(parameters)), [parameter.numel() for parameter in parameters]
    parts = torch.zeros(sum(sizes), dtype=first.dtype, device=first.device).split(sizes)
    return [part.view(parameter.shape) for part, parameter in zip(parts, parameters, strict=True)]


def can_join(parameters: Sequence[torch.nn.Parameter]) -> bool:
    """Whether parameters can be updated together: several, in fp32, of whole blocks, no more than one update takes."""
    fit = all(one.dtype == torch.float32 and one.is_contiguous() for one in parameters)
    whole = all(one.numel() >= LEAST and one.numel() % BLOCK == 0 for one in parameters)
    return len(parameters) > 1 and fit and whole and sum(one.numel() for one in parameters) < MOST


class Joined:
    """Parameters as parts of one.

    Attributes:
        parameters: In order.
        whole: All of them, end to end, with their gradients where these lie so.
        state: The optimizer's, of the whole.
    """

    def __init__(self, parameters: Sequence[torch.nn.Parameter]) -> None:
        """Give the parameters their places in memory."""
        self.parameters, self.sizes = list(parameters), [parameter.numel() for parameter in parameters]
        weights = torch.cat([parameter.detach().flatten() for parameter in parameters])
        for parameter, part in zip(parameters, weights.split(self.sizes), strict=True):
            parameter.data = part.view_as(parameter)
        self.whole = torch.nn.Parameter(weights, requires_grad=False)
        self.state: State = {}
        self._gradients: list[torch.Tensor | None] = []
        self._state1: torch.Tensor | None = None  # of the first parameter

    def find_gradient(self) -> bool:
        """Give the whole its gradient; whether the parameters' lie end to end. They seldom move, and are remembered."""
        found = [parameter.grad for parameter in self.parameters]
        if len(found) == len(self._gradients) and all(a is b for a, b in zip(found, self._gradients, strict=True)):
            return self.whole.grad is not None
        first, self._gradients = found[0], found
        lie = first is not None and _lie_end_to_end(found)
        self.whole.grad = first.as_strided((sum(self.sizes),), (1,)) if first is not None and lie else None
        return lie

    def holds(self, states: Mapping[torch.Tensor, State]) -> bool:
        """Whether the parameters' states are parts of the whole's: a checkpoint brings others."""
        return self._state1 is not None and states[self.parameters[0]].get("state1") is self._state1

    def take_over(self, states: MutableMapping[torch.Tensor, State], state: State) -> None:
        """Make the states of the parameters parts of one, with the values that they have.

        Args:
            states: The optimizer's, of each parameter; of one that has none, empty.
            state: As the optimizer makes it for the whole.
        """
        if self.whole.is_cuda:
            torch.cuda.synchronize()  # paged states are filled with zeros by the GPU, and copied to by the processor
        self.state = state | {"step": states[self.parameters[0]].get("step", 0)}
        cuts = {name: [size // BLOCK for size in self.sizes] for name in SCALES} | dict.fromkeys(STATES, self.sizes)
        parts = {name: state[name].split(sizes) for name, sizes in cuts.items()}
        for place, parameter in enumerate(self.parameters):
            own, old = {name: split[place] for name, split in parts.items()}, states[parameter]
            own |= {name: _mark_paged(own[name].view_as(parameter), state[name]) for name in STATES}
            for name in own if old else ():
                own[name].copy_(old[name])
            states[parameter] = self.state | own
        self._state1 = states[self.parameters[0]]["state1"]

    def count_step(self, states: Mapping[torch.Tensor, State]) -> None:
        """Let each parameter's state know of a step of the whole."""
        for parameter in self.parameters:
            states[parameter]["step"] = self.state["step"]


def _lie_end_to_end(tensors: Sequence[torch.Tensor | None]) -> bool:
    """Whether tensors follow each other in one piece of memory."""
    expected, storages = None, set()
    for values in tensors:
        if values is None or not values.is_contiguous() or expected not in (None, values.data_ptr()):
            return False
        expected = values.data_ptr() + values.nbytes
        storages.add(values.untyped_storage().data_ptr())
    return len(storages) == 1


def _mark_paged(part: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
    """A part of a paged state is one: bitsandbytes knows them by attributes."""
    if getattr(whole, "is_paged", False):
        paged: Any = part
        paged.is_paged, paged.page_deviceid = True, getattr(whole, "page_deviceid", None)
    return part
