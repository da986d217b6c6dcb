"""Runs that cannot fit, refused with both numbers and with what would make them fit; each remedy has been tried."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from further.batch import micro_batch
from further.listing import name_some
from further.plan.devices import memory_of_process
from further.plan.shape import Shape
from further.plan.table import PlannedRun
from further.plan.targets import place_adapter
from further.positions import check_length
from further.settings import HardwareSettings, Run
from further.targets import asks_for_vision

GIB = 2**30
SAID = 5  # runs named one by one
BESIDE_MEMORY = {"fraction", "seed", "replay_fraction", "epochs", "learning_rate"}  # settings that take none


def check_positions(model: Path, runs: Mapping[str, Run], window: int | None) -> None:
    """Refuse a context or a window that is longer than the model's positions.

    Args:
        model: The model's folder; where it has no config.json, nothing is checked.
        window: Of the evaluation, in tokens; None: nothing is scored in windows.

    Raises:
        ValueError: With setting, value and limit.
    """
    file = model / "config.json"
    # Not by further.io, which loads pandas: every start asks this before its first line.
    config = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    check_length(config, "training.context", max(run.context for run in runs.values()))
    if window is not None:
        check_length(config, "evaluation.window", window)


def check_memory(shape: Shape, runs: Mapping[str, Run], hardware: HardwareSettings) -> None:
    """Refuse runs whose peak memory is more than the GPU has, less the margin.

    Raises:
        ValueError: With what is needed, what there is, and which change of a setting would make it fit.
    """
    # A sweep over data has the same needs many times; each is planned, and its remedies tried, once.
    refused: dict[str, list[str]] = {}
    known: dict[str, str | None] = {}
    for name, run in runs.items():
        key = run.model_dump_json(exclude=BESIDE_MEMORY)
        if key not in known:
            known[key] = _memory_fault(shape, run, hardware)
        fault = known[key]
        if fault is not None:
            refused.setdefault(fault, []).append(name)
    if refused:
        raise ValueError("\n".join(f"{_names(names)}: {fault}" for fault, names in refused.items()))


def _memory_fault(shape: Shape, run: Run, hardware: HardwareSettings) -> str | None:
    if asks_for_vision(run.target_modules):
        return None  # of a vision tower the plan knows the size alone
    place_adapter(shape, run)  # finds targets that name no layer
    if hardware.gpu_memory_gb is None or not shape.memory_known:
        return None
    needed = memory_of_process(shape, run, hardware)
    limit = hardware.gpu_memory_gb * GIB * (1 - hardware.memory_margin)
    if needed.peak <= limit:
        return None
    smallest = math.ceil(needed.peak / GIB / (1 - hardware.memory_margin))
    parts = sorted(((size, name) for name, size in vars(needed).items()), reverse=True)[:3]
    largest = ", ".join(f"{name} {size / GIB:.1f}" for size, name in parts)
    return (
        f"needs {needed.peak / GIB:.1f} GiB of GPU memory ({largest}); hardware.gpu_memory_gb is "
        f"{hardware.gpu_memory_gb:g}, of which the plan may use {limit / GIB:.1f} (memory_margin "
        f"{hardware.memory_margin:g}). {_advice(_memory_remedies(shape, run, limit, hardware), smallest)}"
    )


def _memory_remedies(shape: Shape, run: Run, limit: float, hardware: HardwareSettings) -> list[str]:
    """Changes that bring a run under a limit in bytes: each that does so alone, or else all of them together."""

    def peak(change: Mapping[str, Any]) -> int:
        return memory_of_process(shape, run | change, hardware).peak

    smaller = [{"gradient_accumulation_steps": value} for value in _accumulations(run, hardware.gpus_per_run)]
    fitting = next((change for change in smaller if peak(change) <= limit), None)
    tried: list[dict[str, Any]] = [{"quantization": "nf4"}, {"gradient_checkpointing": True}]
    tried += [fitting] if fitting else smaller[-1:]
    tried += [{"optimizer": "paged_adamw_8bit"}]
    changes = [change for change in tried if run | change != run]
    every = {key: value for change in changes for key, value in change.items()}
    chosen = [change for change in changes if peak(change) <= limit] or [every]
    return [_describe_change(one, f"{peak(one) / GIB:.1f} GiB") for one in chosen if peak(one) <= limit]


def _accumulations(run: Run, processes: int) -> list[int]:
    """Accumulations that cut the same batch into smaller micro-batches, down to one row, and divide among processes."""
    rows = micro_batch(run)
    cuts = [(run.gradient_accumulation_steps * cut, rows // cut) for cut in range(2, rows + 1) if rows % cut == 0]
    return [passes for passes, left in cuts if passes % processes == 0 or left % processes == 0]


def check_walltime(
    plan: Sequence[PlannedRun],
    runs: Mapping[str, Run],
    hardware: HardwareSettings,
    plan_again: Callable[[str, Run], PlannedRun],
) -> None:
    """Refuse runs whose expected time, at its upper end, is more than their jobs, one after the other, may take.

    Args:
        plan_again: Plans a run with other settings, to try what would fit.

    Raises:
        ValueError: With the minutes expected, the minutes there are, and what would make it fit.
    """
    faults = []
    for row in plan:
        if row.scoring_seconds_high is not None and row.scoring_seconds_high > 60 * hardware.scoring_minutes:
            faults.append(_scoring_fault(row, hardware))
        if row.seconds_high is None or _in_time(row, hardware):
            continue
        # A remedy is told only if it was planned and fits.
        tried = [(change, plan_again(row.run, runs[row.run] | change)) for change in _faster(runs[row.run])]
        remedies = _longer(row, hardware)
        remedies += [_describe_change(change, _minutes(new)) for change, new in tried if _fits(new, hardware)]
        faults.append(
            f"{_names([row.run])}: expected to take {_minutes(row)}; {_say_minutes(hardware)}. "
            f"It would fit with {'; or '.join(remedies)}."
        )
    if faults:
        more = [f"and {len(faults) - SAID} more runs"] if len(faults) > SAID else []
        raise ValueError("\n".join([*faults[:SAID], *more]))


def _scoring_fault(row: PlannedRun, hardware: HardwareSettings) -> str:
    assert row.scoring_seconds_high is not None
    minutes = math.ceil(row.scoring_seconds_high / 60)
    return (
        f"{_names([row.run])}: scoring is expected to take up to {minutes} minutes; hardware.scoring_minutes is "
        f"{hardware.scoring_minutes}. It would fit with hardware.scoring_minutes: {minutes}, or a larger "
        "evaluation.stride."
    )


def _in_time(row: PlannedRun, hardware: HardwareSettings) -> bool:
    """Whether a run's jobs, one after the other, have time for all of its work at its slowest."""
    return bool(_work_minutes(row, hardware) <= hardware.walltimes * _minutes_of_job(hardware))


def _work_minutes(row: PlannedRun, hardware: HardwareSettings) -> float:
    """At its slowest, without the start, which every job has anew."""
    assert row.seconds_high is not None
    return (row.seconds_high - float(hardware.startup_seconds)) / 60


def _minutes_of_job(hardware: HardwareSettings) -> float:
    """For work, until the job stops by itself."""
    margin = hardware.walltime_margin_minutes or 0
    return float(hardware.runtime_minutes - margin - hardware.startup_seconds / 60)


def _say_minutes(hardware: HardwareSettings) -> str:
    walltimes, margin = hardware.walltimes, hardware.walltime_margin_minutes
    parts = [f"hardware.runtime_minutes is {hardware.runtime_minutes}"]
    parts += [f"walltime_margin_minutes {margin}"] if margin else []
    parts += [f"walltimes {walltimes}"] if walltimes > 1 else []
    return ", ".join(parts)


def _longer(row: PlannedRun, hardware: HardwareSettings) -> list[str]:
    """Longer jobs, or more of them, which is what is left where a cluster has no longer ones."""
    work, of_job = _work_minutes(row, hardware), _minutes_of_job(hardware)
    rest = hardware.runtime_minutes - of_job
    remedies = [f"hardware.runtime_minutes: {math.ceil(work / hardware.walltimes + rest)}"]
    if of_job > 0:
        walltimes = math.ceil(work / of_job)
        remedies.append(f"hardware.walltimes: {walltimes} (and retries: {walltimes - 1} in profiles/slurm/config.yaml)")
    return remedies


def _faster(run: Run) -> Iterator[dict[str, Any]]:
    if run.gradient_checkpointing:
        yield {"gradient_checkpointing": False}
    if run.epochs > 1:
        yield {"epochs": 1}


def _fits(row: PlannedRun, hardware: HardwareSettings) -> bool:
    """In minutes and, where that is known, in memory."""
    gigabytes, peak = hardware.gpu_memory_gb, row.peak_memory_mb
    room = gigabytes is None or peak is None or peak <= gigabytes * 1024 * (1 - hardware.memory_margin)
    return bool(room and _in_time(row, hardware))


def _minutes(row: PlannedRun) -> str:
    assert row.seconds_low is not None and row.seconds_high is not None
    return f"{row.seconds_low / 60:.0f} to {row.seconds_high / 60:.0f} minutes"


def _describe_change(change: Mapping[str, Any], result: str) -> str:
    words = [f"training.{key}: {str(value).lower()}" for key, value in change.items()]
    return f"{' with '.join(words)} ({result})"


def _advice(remedies: Sequence[str], smallest: int) -> str:
    if not remedies:
        levers = "quantization, checkpointing, gradient accumulation or optimizer"
        return f"No change of {levers} makes it fit. GPU memory that would fit it: {smallest} GB."
    return f"It would fit with {'; or '.join(remedies)}; or with {smallest} GB of GPU memory."


def _names(names: Sequence[str]) -> str:
    return f"run{'s' if len(names) > 1 else ''} {name_some(names, SAID)}"
