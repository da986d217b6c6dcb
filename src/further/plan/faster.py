"""What would be faster on this GPU, said and not taken: the same settings stay the same run on every card."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from further.batch import micro_batch
from further.plan.devices import memory_of_process
from further.plan.flops import training_flops
from further.plan.shape import Shape
from further.plan.speed import formula_rate
from further.plan.targets import place_adapter
from further.settings import HardwareSettings, Run

WORTH_SAYING = 1.05  # times as fast

Change = dict[str, Any]  # of settings of `training`
Fits = Callable[[Mapping[str, Any]], bool]


def find_faster(runs: Mapping[str, Run], shape: Shape, hardware: HardwareSettings) -> Iterator[str]:
    """A line for each change of the first run that gives the same gradient, pays, and that all runs have room for.

    Args:
        runs: By name; the others share the first one's settings, or are sweeps of them.
        shape: Of a model whose memory is known.
    """
    if hardware.gpu_memory_gb is None:
        return
    limit = hardware.gpu_memory_gb * 2**30 * (1 - hardware.memory_margin)

    def fits(change: Mapping[str, Any]) -> bool:
        return all(memory_of_process(shape, run | change, hardware).peak <= limit for run in runs.values())

    name, run = next(iter(runs.items()))
    for change, said in (_try_larger(run, hardware, fits), _try_without_recomputation(run, fits)):
        faster = _seconds_per_token(shape, run, hardware) / _seconds_per_token(shape, run | change, hardware)
        if faster >= WORTH_SAYING:
            key, value = next(iter(change.items()))
            peak = memory_of_process(shape, run | change, hardware).peak / 2**30
            yield (
                f"{name}: training.{key}: {str(value).lower()} fits, too: {said}{peak:.1f} GiB, about {faster:.2f} "
                "times as fast, the same gradient"
            )


def _seconds_per_token(shape: Shape, run: Run, hardware: HardwareSettings) -> float:
    rows, adapter = micro_batch(run), place_adapter(shape, run)
    flops = training_flops(shape, adapter, rows, run.context, run.gradient_checkpointing)
    return flops / formula_rate(hardware, run, rows * run.context).expected


def _try_without_recomputation(run: Run, fits: Fits) -> tuple[Change, str]:
    change = {"gradient_checkpointing": False}
    return (change, "") if run.gradient_checkpointing and fits(change) else ({}, "")


def _try_larger(run: Run, hardware: HardwareSettings, fits: Fits) -> tuple[Change, str]:
    """The fewest accumulation steps that fit, which are the fastest: more rows at a time."""
    for steps in range(1, run.gradient_accumulation_steps):
        if run.batch_tokens % (run.context * steps) or steps % hardware.gpus_per_run:
            continue  # no whole rows, or no whole turns of the processes
        change = {"gradient_accumulation_steps": steps}
        if fits(change):
            return change, f"{micro_batch(run | change)} rows at a time instead of {micro_batch(run)}, "
    return {}, ""
