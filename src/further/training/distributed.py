"""The processes of one run, one per GPU of a node; a run in a single process is alone, and each of these is nothing.

No DistributedDataParallel: every process goes through the same rows in the same order, computes its part of a step and
adds its gradients to those of the others, once per step. So the order of the rows, the tokens of a step, the schedule
and the end of an epoch are those of one process, to the row, and the loss needs no wrapper around the model's forward.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import distributed


def world_size() -> int:
    """Processes that train this run together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def rank() -> int:
    """This process's number; 0 holds the lock, writes and speaks."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def broadcast(value: Any) -> Any:
    """Rank 0's value, in all processes: what is decided there by a clock, a signal or a file."""
    if world_size() == 1:
        return value
    values = [value]
    distributed.broadcast_object_list(values, src=0, device=torch.device("cpu"))
    return values[0]


def barrier() -> None:
    """Wait until all processes have come here."""
    if world_size() > 1:
        distributed.all_reduce(torch.zeros(1))  # on the processor: a barrier of NCCL would need to know the GPU


def all_reduce(numbers: Iterable[float]) -> list[float]:
    """Each number summed over the processes, in float64."""
    sums = torch.tensor(list(numbers), dtype=torch.float64)
    if world_size() > 1:
        distributed.all_reduce(sums)
    return [float(number) for number in sums]


def all_reduce_gradients(parameters: Iterable[torch.nn.Parameter]) -> None:
    """Sum gradients over the processes; all have the very same afterwards."""
    if world_size() == 1:
        return
    waiting = []  # all are under way at once; waiting for each in turn would cost a latency per adapter
    for parameter in parameters:
        if parameter.grad is None:  # no row of this step fell to this process
            parameter.grad = torch.zeros_like(parameter)
        waiting.append(distributed.all_reduce(parameter.grad, async_op=True))
    for work in waiting:
        work.wait()


def check_equal(parameters: Iterable[torch.Tensor]) -> None:
    """Refuse a result on which the processes do not agree to the bit.

    Raises:
        RuntimeError: If what was trained differs between processes.
    """
    # A sum in float64 for each parameter: enough to show a difference, and little to send.
    mine = [float(values.detach().double().sum()) for values in parameters] if world_size() > 1 else []
    [differing] = all_reduce([mine != broadcast(mine)])
    if differing:
        raise RuntimeError("the processes of this run ended with different weights")
