"""GPUs that a study file may be written for, by name: memory, and operations per second in bfloat16 without sparsity.

Source:
    NVIDIA's data sheets of A100 (80 and 40 GB), H100 SXM, H200, A40, L40S and L4, and the Ada whitepaper for the RTX
    4090 (tensor operations with float32 accumulation).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Gpu:
    """A GPU.

    Attributes:
        memory_gb: The number on its box, GiB.
        peak_tflops: 10**12 operations per second.
    """

    memory_gb: int
    peak_tflops: float


GPUS = {
    "a100-80": Gpu(80, 312),
    "a100-40": Gpu(40, 312),
    "h100": Gpu(80, 989),
    "h200": Gpu(141, 989),
    "a40": Gpu(48, 149.7),
    "l40s": Gpu(48, 362),
    "l4": Gpu(24, 121),
    "rtx4090": Gpu(24, 165.2),
}
NO_GPU = "none"


def find_gpu(name: str) -> Gpu | None:
    """The GPU of a name; None for `none`.

    Raises:
        ValueError: If the name is not known, with those that are.
    """
    plain = name.strip().lower().replace(" ", "-")
    if plain == NO_GPU:
        return None
    if plain not in GPUS:
        raise ValueError(
            f"--gpu {name} is not one of {', '.join(GPUS)} or {NO_GPU}. For another GPU, take one and edit hardware"
        )
    return GPUS[plain]
