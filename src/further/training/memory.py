"""Memory in use: of the GPU where there is one, of the process otherwise."""

import resource

import psutil
import torch


def used_memory_mb() -> float:
    """Memory in use now, in MB of 2**20 bytes."""
    if torch.cuda.is_available():
        return float(torch.cuda.memory_allocated() / 2**20)
    return float(psutil.Process().memory_info().rss / 2**20)


def peak_memory_mb() -> float:
    """The most that was in use so far, in MB of 2**20 bytes."""
    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated() / 2**20)
    # The kernel's own peak may lag behind by what a thread has not reported yet.
    return max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10, used_memory_mb())
