"""Whether a job that was planned for GPUs has them: a training on the processor would take a hundred times as long."""

import ctypes
import os

import torch


def require_gpus(planned: int) -> None:
    """Refuse a job that cannot use as many GPUs as it was planned for.

    Args:
        planned: `hardware.gpus_per_run` where `hardware.gpu_memory_gb` is set, else 0.

    Raises:
        RuntimeError: With what torch was built for, what the driver offers, and what to do.
    """
    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if found < planned:
        raise RuntimeError(explain_missing(planned, found, torch.version.cuda, read_driver_version()))


def explain_missing(planned: int, found: int, built_for: str | None, driver: str | None) -> str:
    """Why a job has fewer GPUs than planned.

    Args:
        found: GPUs that torch can use.
        built_for: CUDA version of this torch, as in "13.0"; None: built without.
        driver: The newest CUDA version that the driver runs; None: there is no driver.
    """
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "not set")
    if built_for is None:
        cure = "install a build of torch for CUDA"
    elif driver is None:
        cure = "there is no NVIDIA driver here; let the job ask for a GPU (in SLURM: gres in the profile)"
    elif _number(built_for)[0] > _number(driver)[0]:
        cure = f"install a build of torch for CUDA {driver} or older"
    else:
        cure = "let the job ask for as many (in SLURM: gres in the profile)"
    return (
        f"hardware.gpu_memory_gb plans this job for {planned} GPU(s), torch can use {found}. torch {torch.__version__} "
        f"is built for CUDA {built_for or 'none'}, the driver runs CUDA {driver or 'none'}, CUDA_VISIBLE_DEVICES is "
        f"{visible}: {cure}. To compute on the processor, set hardware.gpu_memory_gb: null"
    )


def read_driver_version() -> str | None:
    """The newest CUDA version that this machine's driver runs, as in "12.8"; None without a driver."""
    try:
        # The driver itself is asked: torch built for another CUDA does not say what it found.
        library, version = ctypes.CDLL("libcuda.so.1"), ctypes.c_int(0)
    except OSError:
        return None
    if library.cuDriverGetVersion(ctypes.byref(version)) != 0:
        return None
    return f"{version.value // 1000}.{version.value % 1000 // 10}"


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
