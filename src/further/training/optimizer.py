"""The optimizer of a run, its state as plain tensors, and the learning rate by step."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from bitsandbytes import optim
from torch.optim import AdamW, Optimizer

from further.settings import Run

NEARLY_FULL = 2**30  # bytes left


def make_optimizer(network: torch.nn.Module, run: Run) -> Optimizer:
    """AdamW on what is trained; matrices alone are decayed, not biases, norms and magnitudes."""
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    matrices, others = ([p for p in trained if (p.dim() > 1) == is_matrix] for is_matrix in (True, False))
    groups: list[dict[str, Any]] = [{"params": matrices, "weight_decay": run.weight_decay}]
    groups += [{"params": others, "weight_decay": 0.0}] if others else []
    if run.optimizer == "adamw_torch":
        return AdamW(groups, lr=run.learning_rate, fused=all(parameter.is_cuda for parameter in trained))
    return _make_bitsandbytes(network, groups, run)


def _make_bitsandbytes(network: torch.nn.Module, groups: list[dict[str, Any]], run: Run) -> Optimizer:
    """AdamW by bitsandbytes; the state of embeddings has 32 bits, as its authors advise."""
    embeddings = [one for one in network.modules() if isinstance(one, torch.nn.Embedding) and one.weight.requires_grad]
    # One manager for the process: what an earlier run set would hold for this one's parameters, by their numbers.
    manager = optim.GlobalOptimManager.get_instance()
    manager.initialize()
    for module in embeddings:
        manager.register_module_override(module, "weight", {"optim_bits": 32})
    bits, paged = (8 if "8bit" in run.optimizer else 32), run.optimizer.startswith("paged")
    return _AdamW(groups, lr=run.learning_rate, optim_bits=bits, is_paged=paged)


class _AdamW(optim.AdamW):
    """bitsandbytes' own waits for the GPU after each tensor, of which an adapted 8B Llama has 448; this one, once.

    It also asks for each paged state before using it. The driver answers from the processor: on an H100 that was 25 ms
    a step for states that had never left. They are asked for at the first step, and where the GPU is nearly full.
    """

    initialized: bool

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Update every parameter that has a gradient.

        A paged state is moved on the stream that updates it, so that the order is kept.
        """
        fetch = self.is_paged and (not self.initialized or _is_nearly_full())
        if not self.initialized:
            self.check_overrides()
            self.to_gpu()
            self.initialized = True
        for group_number, group in enumerate(self.param_groups):
            for number, parameter in enumerate(group["params"]):
                if parameter.grad is None:
                    continue
                if not self.state[parameter]:
                    self.init_state(group, parameter, group_number, number)
                if fetch:
                    self.prefetch_state(parameter)
                self.update_step(group, parameter, group_number, number)
        if self.is_paged and torch.cuda.is_available():
            torch.cuda.synchronize()  # a checkpoint reads managed memory from the processor


def _is_nearly_full() -> bool:
    """Whether the GPU may have sent pages of managed memory away."""
    return torch.cuda.is_available() and torch.cuda.mem_get_info()[0] < NEARLY_FULL


def take_state(optimizer: Optimizer) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """An optimizer's state: tensors and numbers, by the parameter's place and the state's name, as in `3.exp_avg`."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state = {
        f"{place}.{name}": value
        for place, parameter in enumerate(parameters)
        for name, value in optimizer.state[parameter].items()
    }
    tensors = {name: value.detach().cpu().clone() for name, value in state.items() if isinstance(value, torch.Tensor)}
    return tensors, {name: value for name, value in state.items() if name not in tensors}


def put_state(optimizer: Optimizer, tensors: Mapping[str, torch.Tensor], numbers: Mapping[str, Any]) -> None:
    """Give an optimizer, made as the other was, the state that `take_state` returned."""
    state: dict[int, dict[str, Any]] = {}
    for name, value in {**tensors, **numbers}.items():
        place, _, own_name = name.partition(".")
        state.setdefault(int(place), {})[own_name] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def update(optimizer: Optimizer, rate: float) -> None:
    """An optimizer step at a learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()


def rate_fraction(step: int, num_steps: int, warmup_ratio: float) -> float:
    """Fraction of the peak learning rate that a step has: a linear warmup, then half a cosine; above 0, at most 1.

    transformers' cosine begins at 0: a run of one step would train nothing.

    Args:
        step: From 0.
        warmup_ratio: Steps below the peak, of all steps; if it is 1, the last is at the peak.

    >>> [round(rate_fraction(step, 8, 3 / 8), 2) for step in range(8)]
    [0.25, 0.5, 0.75, 1.0, 0.9, 0.65, 0.35, 0.1]
    """
    num_warmup = min(math.ceil(warmup_ratio * num_steps), num_steps - 1)  # one step at least has the peak
    if step < num_warmup:
        return (step + 1) / (num_warmup + 1)
    return (1 + math.cos(math.pi * (step - num_warmup) / (num_steps - num_warmup))) / 2
