"""A study's plan, shown to whoever started it, and refused where a run cannot fit."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from further.job import PROGRESS
from further.plan.faster import find_faster
from further.plan.refuse import check_memory, check_positions, check_walltime
from further.plan.rows import add_speed, count_run, measured_speeds
from further.plan.shape import Shape, read_shape
from further.plan.table import PlannedRun, format_plan
from further.plan.work import Planned
from further.settings import HardwareSettings, PlanSettings, Run
from further.targets import asks_for_vision

log = logging.getLogger(__name__)


def plan_study(
    model: Path, texts_of: Callable[[str, Run], Planned], settings: PlanSettings, finished: Path
) -> list[PlannedRun]:
    """Plan every run of a study and show the table, in the log and on the terminal.

    Args:
        texts_of: What a run of a name and settings is trained on and watched with.

    Raises:
        ValueError: If a run cannot fit the GPU's memory or a job's minutes, or the model's positions do not suffice.
    """
    shape = _read_shape(model, settings.hardware)
    runs = settings.runs

    def count(name: str, run: Run) -> PlannedRun:
        return count_run(name, run, shape, texts_of(name, run), settings)

    counted = [count(name, run) for name, run in runs.items()]
    measured = measured_speeds(counted, runs, settings.hardware, finished)
    plan = [add_speed(row, runs[row.run], measured, settings) for row in counted]
    for line in [*format_plan(plan).splitlines(), *find_alike(plan, runs)]:
        PROGRESS.info("%s", line)

    def plan_again(name: str, run: Run) -> PlannedRun:
        return add_speed(count(name, run), run, measured, settings)

    try:
        check_positions(model, runs, settings.window)
        if shape is not None:
            check_memory(shape, runs, settings.hardware)
            check_walltime(plan, runs, settings.hardware, plan_again)
            _say_faster(runs, shape, settings.hardware)
    except ValueError as error:
        PROGRESS.error("The plan refuses this study. %s", error)
        raise
    return plan


def _say_faster(runs: Mapping[str, Run], shape: Shape, hardware: HardwareSettings) -> None:
    if shape.memory_known and not any(asks_for_vision(run.target_modules) for run in runs.values()):
        for line in find_faster(runs, shape, hardware):
            PROGRESS.info("%s", line)


def find_alike(plan: Sequence[PlannedRun], runs: Mapping[str, Run]) -> Iterator[str]:
    """Runs that train on the same papers though their fractions differ, as papers were rejected; a line each."""
    alike: dict[str, list[PlannedRun]] = {}
    for row in plan:
        # Fractions are nested: of one seed, as many papers are the same papers.
        key = f"{runs[row.run] | {'fraction': 1.0}} {row.num_papers} {row.num_unique_tokens}"
        alike.setdefault(key, []).append(row)
    for rows in alike.values():
        if len(rows) > 1:
            names = ", ".join(row.run for row in rows)
            yield f"{names}: the same {rows[0].num_papers} papers, as some were rejected; leave one fraction out"


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
