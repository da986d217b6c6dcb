"""The hardware that a job ran on, and the memory in use: of the GPU where there is one, of the process otherwise."""

import platform
import resource
from pathlib import Path

import psutil
import torch

from further.records.training import Hardware


def describe_hardware(threads: int) -> Hardware:
    """Processor, GPU (None without CUDA) and the number of threads used."""
    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
    return Hardware(cpu=_cpu_name(), gpu=gpu, threads=threads)


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


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
