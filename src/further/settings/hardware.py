"""Settings of the hardware: what a job asks for, and what the plan reckons with."""

from typing import Annotated, Literal

from pydantic import Field

from further.settings.key import Count, Section, key


class HardwareSettings(Section):
    """What one training or scoring job asks for."""

    threads: int = key("CPU threads of a job.", 1, unit="cores", reruns="plan", ge=1, le=1024)
    memory_mb: int = key("Main memory of a job.", 8000, unit="MB", reruns="plan", ge=500)
    runtime_minutes: int = key("Time limit of a training job.", 720, unit="minutes", reruns="plan", ge=1)
    scoring_minutes: int = key(
        "Time limit of a job that scores a model or writes samples. It is one job: the plan refuses a study that needs "
        "longer ones.",
        60,
        unit="minutes",
        reruns="plan",
        ge=1,
    )
    walltime_margin_minutes: Annotated[int, Field(ge=0)] | None = key(
        "A training job writes a checkpoint and exits this long before its time limit. The profile's retry, or running "
        "again, continues it. Allow for a step, a validation and a checkpoint. null: it runs until it is killed, and "
        "loses what came after its last checkpoint.",
        None,
        unit="minutes",
        reruns="plan",
    )
    walltimes: Count = key(
        "Maximum consecutive jobs of one training. The plan refuses a run that needs more. In SLURM the profile's "
        "`retries` must be at least one less.",
        1,
        unit="jobs",
        reruns="plan",
    )
    gpus_per_run: int = key(
        "GPUs of one node that train a run together: same batch, same rows, same losses up to rounding. Must divide "
        "`training.gradient_accumulation_steps` or the rows of a micro-batch. In SLURM, `gres` of `train_qlora` in the "
        "profile must ask for as many.",
        1,
        unit="GPUs",
        reruns="plan",
        ge=1,
        le=64,
    )
    sharding: Literal["none", "fsdp"] = key(
        "fsdp: each GPU keeps a part of the base model's frozen weights. For models that do not fit otherwise. With "
        "quantization none or nf4, with packing, without compile.",
        "none",
        reruns="plan",
    )
    gpu_memory_gb: Annotated[float, Field(gt=0)] | None = key(
        "Of the GPU, the number on its box. A run that needs more is refused before any job. null: no GPU.",
        None,
        unit="GiB",
        reruns="plan",
    )
    memory_margin: float = key(
        "That the plan leaves free for fragments and the driver.",
        0.1,
        unit="of the GPU's memory",
        reruns="plan",
        ge=0,
        lt=1,
    )
    peak_tflops: float = key(
        "Of the GPU at the compute type without sparsity, from its data sheet; or of a job's cores.",
        0.1,
        unit="10¹² operations per second",
        reruns="plan",
        gt=0,
    )
    utilization: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Field(min_length=2, max_length=2)] | None = key(
        "Fraction of the peak that training reaches, from and to. null: on a GPU as measured on an H100, by tokens per "
        "forward pass; on a CPU 0.25 to 0.65. Runs of this study that have been measured replace it.",
        None,
        unit="two fractions",
        reruns="plan",
    )
    startup_seconds: float = key(
        "Of a training job besides training: imports, loading the weights.", 10.0, unit="seconds", reruns="plan", ge=0
    )
