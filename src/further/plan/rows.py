"""The plan itself: one row per run, from shapes, lengths, settings and, where there are any, measured speeds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from further.batch import share_of_process
from further.plan.devices import memory_of_process
from further.plan.scoring import scoring_flops
from further.plan.shape import Shape
from further.plan.speed import Measured, Rate, formula_rate, on_same_hardware, rate_for, read_measured
from further.plan.table import PlannedRun
from further.plan.targets import place_adapter
from further.plan.work import Planned, count_flops
from further.settings import HardwareSettings, PlanSettings, Run
from further.targets import asks_for_vision

MB = 2**20


def measured_speeds(
    plan: Sequence[PlannedRun], runs: Mapping[str, Run], hardware: HardwareSettings, finished: Path
) -> list[Measured]:
    """Speeds of this study's finished runs, if there are any, on the hardware that the settings describe."""
    flops = {row.run: flops_per_token(row) for row in plan if row.training_flops is not None}
    return on_same_hardware(read_measured(finished, flops, runs), hardware)


def count_run(name: str, run: Run, shape: Shape | None, texts: Planned, settings: PlanSettings) -> PlannedRun:
    """What a run has to do, and what each of its processes has to hold, without its speed.

    Args:
        shape: None where the architecture is not known, and then only tokens and steps are.
        texts: What it is trained on and watched with.
    """
    hardware, targets = settings.hardware, run.target_modules
    work = texts.count(run, hardware.sharding == "fsdp")
    row = PlannedRun(
        run=name,
        quantization=run.quantization,
        target_modules=targets if isinstance(targets, str) else ",".join(targets),
        rank=run.rank,
        context=run.context,
        gradient_accumulation_steps=run.gradient_accumulation_steps,
        micro_batch=share_of_process(run, hardware.gpus_per_run)[0],
        num_papers=work.num_papers,
        num_unique_tokens=work.num_unique_tokens,
        num_replay_tokens=work.num_replay_tokens,
        num_trained_tokens=work.num_trained_tokens,
        num_steps=work.num_steps,
        num_looks=work.num_looks,
    )
    if shape is None or asks_for_vision(run.target_modules):
        return row
    adapter = place_adapter(shape, run)
    training, validation = count_flops(shape, adapter, work, run)
    total = shape.total_parameters + adapter.parameters
    return replace(
        row,
        trainable_parameters=adapter.parameters,
        total_parameters=total,
        trainable_share=adapter.parameters / total,
        training_flops=training,
        validation_flops=validation * (work.num_looks + 1),
        scoring_flops=scoring_flops(shape, adapter, texts.scored, settings.window, settings.stride),
        **_memory_columns(shape, run, hardware),
    )


def _memory_columns(shape: Shape, run: Run, hardware: HardwareSettings) -> dict[str, Any]:
    if not shape.memory_known:
        return {}
    memory = memory_of_process(shape, run, hardware)
    return {f"{name}_mb": size / MB for name, size in vars(memory).items()} | {"peak_memory_mb": memory.peak / MB}


def flops_per_token(row: PlannedRun) -> float:
    """Operations per trained token, the looks at the validation papers during training counted, but not the last."""
    assert row.training_flops is not None and row.validation_flops is not None
    between: float = row.validation_flops * row.num_looks / (row.num_looks + 1)
    return (row.training_flops + between) / row.num_trained_tokens


def add_speed(row: PlannedRun, run: Run, measured: list[Measured], settings: PlanSettings) -> PlannedRun:
    """Seconds, hours, energy and money, at the speed of finished runs of this precision or at the formula's."""
    if row.training_flops is None or row.validation_flops is None:
        return row
    formula = formula_rate(settings.hardware, run, row.micro_batch * run.context)
    rate = rate_for(run.quantization, measured, formula)
    flops = row.training_flops + row.validation_flops
    devices = settings.hardware.gpus_per_run  # without a GPU, a job's cores are one
    # Scoring uses one GPU, however many train.
    scoring = _seconds(row.scoring_flops or 0.0, rate, settings.hardware)
    # Several GPUs are taken to be as fast as one each: what passes between them once per step are adapters.
    rate = Rate(rate.expected * devices, rate.low * devices, rate.high * devices, rate.source)
    seconds = _seconds(flops, rate, settings.hardware)
    hours = {end: devices * value / 3600 for end, value in seconds.items()}
    columns: dict[str, Any] = {"speed_source": rate.source, "price_date": settings.cost.price_date}
    columns |= _named("seconds", seconds) | _named("gpu_hours", hours) | _named("scoring_seconds", scoring)
    speeds = {"": rate.expected, "_low": rate.low, "_high": rate.high}
    columns |= _named("tokens_per_second", {end: speed / flops_per_token(row) for end, speed in speeds.items()})
    prices = {"energy_kwh": settings.cost.kwh_per_gpu_hour, "money": settings.cost.price_per_gpu_hour}
    for name, price in prices.items():
        if price:
            columns |= _named(name, {end: value * price for end, value in hours.items()})
    return replace(row, currency=settings.cost.currency, **columns)


def _seconds(flops: float, rate: Rate, hardware: HardwareSettings) -> dict[str, float]:
    # A high rate makes a low time.
    ends = {"": rate.expected, "_low": rate.high, "_high": rate.low}
    return {end: hardware.startup_seconds + flops / speed for end, speed in ends.items()}


def _named(name: str, values: Mapping[str, float]) -> dict[str, float]:
    return {name + end: value for end, value in values.items()}
