"""A study's plan, shown to whoever started it, and refused where a run cannot fit."""

import logging
from collections.abc import Callable
from pathlib import Path

from further.job import PROGRESS
from further.plan.devices import read_devices
from further.plan.make import add_speed, count_run, count_runs, measured_speeds
from further.plan.refuse import check_memory, check_positions, check_walltime
from further.plan.shape import Shape, read_shape
from further.plan.table import PlannedRun, format_plan
from further.plan.work import Texts
from further.settings import HardwareSettings, PlanSettings, Run

log = logging.getLogger(__name__)


def plan_study(
    model: Path, texts_of: Callable[[str, Run], Texts], settings: PlanSettings, finished: Path
) -> list[PlannedRun]:
    """Plan every run of a study and show the table, in the log and on the terminal.

    Args:
        model: The base model's folder.
        texts_of: What a run of a name and settings is trained on and watched with.
        settings: Sections runs, hardware and cost, and the evaluation's window.
        finished: Folder of finished runs.

    Raises:
        ValueError: If a run cannot fit the GPU's memory or a job's minutes, or the model's positions do not suffice.
    """
    shape = _read_shape(model, settings.hardware)
    runs, gpu = settings.runs, settings.hardware.gpu_memory_gb is not None
    devices = read_devices(settings.hardware)
    counted = count_runs(runs, shape, texts_of, gpu, devices)
    measured = measured_speeds(counted, runs, settings.hardware, finished)
    plan = [add_speed(row, runs[row.run], measured, settings) for row in counted]
    for line in format_plan(plan).splitlines():
        PROGRESS.info("%s", line)

    def plan_again(name: str, run: Run) -> PlannedRun:
        return add_speed(count_run(name, run, shape, texts_of(name, run), gpu, devices), run, measured, settings)

    try:
        check_positions(model, runs, settings.window)
        if shape is not None:
            check_memory(shape, runs, settings.hardware)
            check_walltime(plan, runs, settings.hardware, plan_again)
    except ValueError as error:
        PROGRESS.error("The plan refuses this study. %s", error)
        raise
    return plan


def _read_shape(model: Path, hardware: HardwareSettings) -> Shape | None:
    """The model's shape; what is not known is said, and the study goes on."""
    unchecked = "; whether it fits hardware.gpu_memory_gb is not checked" if hardware.gpu_memory_gb else ""
    try:
        shape = read_shape(model)
    except ValueError as error:
        PROGRESS.warning("%s%s", error, unchecked)
        return None
    if not shape.memory_known:
        PROGRESS.warning("the memory of the architecture %r is not planned%s", shape.model_type, unchecked)
    return shape
