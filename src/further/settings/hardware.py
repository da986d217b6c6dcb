"""Settings of the hardware: what a job requests, and what the plan is based on."""

from typing import Annotated, Literal

from pydantic import Field

from further.settings.key import Count, Section, key


class HardwareSettings(Section):
    """What one training or scoring job requests."""

    reruns = "plan"

    threads: int = key("CPU threads per job.", 1, unit="cores", ge=1, le=1024)
    memory_mb: int = key("Main memory per job.", 8000, unit="MB", ge=500)
    runtime_minutes: int = key("Time limit of a training job.", 720, unit="minutes", ge=1)
    scoring_minutes: int = key(
        "Time limit of a job that scores a model or writes samples. This work is never split over several jobs: the "
        "plan refuses a study that needs a longer one.",
        60,
        unit="minutes",
        ge=1,
    )
    walltime_margin_minutes: Annotated[int, Field(ge=0)] | None = key(
        "A training job writes a checkpoint and exits this long before its time limit. The profile's retry, or "
        "starting the study again, resumes it. Allow for a step, a validation and a checkpoint. null: it runs until "
        "it is killed, and loses what came after its last checkpoint.",
        None,
        unit="minutes",
    )
    walltimes: Count = key(
        "Maximum consecutive jobs of one training. The plan refuses a run that needs more. On SLURM the profile's "
        "`retries` must be at least one less.",
        1,
        unit="jobs",
    )
    gpus_per_run: int = key(
        "GPUs of one node that train a run together: same batch, same rows, same losses up to rounding. Must divide "
        "`training.gradient_accumulation_steps` or the rows of a micro-batch. On SLURM, `gres` of `train_qlora` in "
        "the profile must request as many.",
        1,
        unit="GPUs",
        ge=1,
        le=64,
    )
    sharding: Literal["none", "fsdp"] = key(
        "fsdp: each GPU holds a shard of the base model's frozen weights, for models that do not fit otherwise. "
        "Requires quantization none or nf4, and packing. Not with compile.",
        "none",
    )
    gpu_memory_gb: Annotated[float, Field(gt=0)] | None = key(
        "Nominal memory of the GPU, as advertised. A run that needs more is refused before any job. null: no GPU.",
        None,
        unit="GiB",
    )
    memory_margin: float = key(
        "Memory that the plan leaves free for fragmentation and the driver.",
        0.1,
        unit="of the GPU's memory",
        ge=0,
        lt=1,
    )
    peak_tflops: float = key(
        "Peak speed of the GPU, or of a job's CPU cores. For a GPU: at the compute dtype without sparsity, from its "
        "data sheet.",
        0.1,
        unit="10¹² operations per second",
        gt=0,
    )
    utilization: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Field(min_length=2, max_length=2)] | None = key(
        "Fraction of the peak that training reaches, lowest and highest. null: on a GPU, as measured on an H100 by "
        "tokens per forward pass; on a CPU, 0.25 to 0.65. Measured runs of this study replace it.",
        None,
        unit="two fractions",
    )
    startup_seconds: float = key(
        "Time that a training job spends outside training: imports, loading the weights.", 10.0, unit="seconds", ge=0
    )
