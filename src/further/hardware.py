"""The hardware that a job ran on, as results state it."""

import platform
import sys
from pathlib import Path


def describe_hardware(threads: int) -> dict[str, str | int | None]:
    """Processor, GPU (None without CUDA) and the number of threads used; torch must have been imported to see a GPU."""
    torch = sys.modules.get("torch")
    gpu = torch.cuda.get_device_name(0) if torch is not None and torch.cuda.is_available() else None
    return {"cpu": _cpu_name(), "gpu": gpu, "threads": threads}


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
