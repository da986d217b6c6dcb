"""The processes of one run, one per GPU of a node; a run in a single process is alone, and each of these is nothing.

No DistributedDataParallel: every process goes through the same rows in the same order, computes its share of a step and
adds its gradients to those of the others, once per step. So the order of the rows, the tokens of a step, the schedule
and the end of a pass are those of one process, to the row, and the loss needs no wrapper around the model's forward.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import distributed


def num_processes() -> int:
    """Processes that train this run together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def process_number() -> int:
    """This process's, from 0."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def is_first() -> bool:
    """Whether this process is the one that holds the lock, writes and speaks."""
    return process_number() == 0


def from_first(value: Any) -> Any:
    """The first process's value, in all of them: what is decided there by a clock, a signal or a file."""
    if num_processes() == 1:
        return value
    values = [value]
    distributed.broadcast_object_list(values, src=0, device=torch.device("cpu"))
    return values[0]


def wait() -> None:
    """Wait until all processes have come here."""
    if num_processes() > 1:
        distributed.all_reduce(torch.zeros(1))  # on the processor: a barrier of NCCL would need to know the GPU


def add_up(numbers: Iterable[float]) -> list[float]:
    """Each number summed over the processes, in float64."""
    sums = torch.tensor(list(numbers), dtype=torch.float64)
    if num_processes() > 1:
        distributed.all_reduce(sums)
    return [float(number) for number in sums]


def add_up_gradients(model: torch.nn.Module) -> None:
    """Sum the gradients of what is trained over the processes; all have the very same afterwards."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    for parameter in trained:
        if parameter.grad is None:  # no row of this step fell to this process
            parameter.grad = torch.zeros_like(parameter)
    waiting = [distributed.all_reduce(parameter.grad, async_op=True) for parameter in trained]
    for work in waiting:
        work.wait()


def check_alike(model: torch.nn.Module) -> None:
    """Refuse a result on which the processes do not agree to the bit.

    Raises:
        RuntimeError: If what was trained differs between processes: one of them computed something else.
    """
    trained = [parameter.detach() for parameter in model.parameters() if parameter.requires_grad]
    mine = [float(values.double().sum()) for values in trained]
    [differing] = add_up([mine != from_first(mine)])
    if differing:
        raise RuntimeError("the processes of this run ended with different weights")
