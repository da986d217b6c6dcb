"""What can be refused before any job, as far as the base model is on disk already."""

from collections.abc import Mapping
from pathlib import Path

from further.model_folder import check_model
from further.plan.refuse import check_memory, check_positions
from further.plan.shape import read_shape
from further.settings import HardwareSettings, Run
from further.study import Study
from further.targets import check_targets


def check_runs(study: Study) -> None:
    """Hold every run against the base model, as far as that is on disk already.

    Raises:
        ValueError: As `check_model`, `check_targets` and `refuse_early` say.
    """
    settings, model = study.settings, study.model_folder
    if settings.model.source == "folder":
        check_model(model, settings.study.kind)
    check_targets(model, [run.target_modules for run in study.runs.values()])
    window = settings.evaluation.window if settings.study.kind == "text" else None
    refuse_early(model, study.runs, settings.hardware, window)


def refuse_early(model: Path, runs: Mapping[str, Run], hardware: HardwareSettings, window: int | None) -> None:
    """Check every run against a model's config.json, if it is on disk already; memory where its architecture is known.

    Args:
        model: The model's folder; it may not exist yet.
        window: Of the evaluation, in tokens; None: nothing is scored in windows.

    Raises:
        ValueError: If a run needs more memory than the GPU has, names no layer of the model, or has more tokens in a
            row than the model has positions.
    """
    check_positions(model, runs, window)
    try:
        shape = read_shape(model)
    except ValueError:
        return  # there is no model yet, or the plan says so, once
    check_memory(shape, runs, hardware)
