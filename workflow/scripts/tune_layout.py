"""Try the learning rates of a layout of the small model, each for half the steps, and choose one."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from further.gpus import require_gpus
from further.job import start_log
from further.onemodel.read import read_study
from further.onemodel.tuning import tune_layout
from further.settings.onemodel import ArmSettings
from further.training.checkpoints import forget_checkpoints
from further.training.recipe import Task


def main(
    cases: tuple[Path, Path, Sequence[Path]],
    model: Path,
    rate: Path,
    layout: str,
    settings: ArmSettings,
    task: Task,
) -> None:
    """Read cases (questions, images, pictures) and the base model; write losses and the chosen rate."""
    with TemporaryDirectory() as work:
        study = read_study(*cases, model, settings, {}, task, Path(work))
        tune_layout(study, layout).save(rate)
    forget_checkpoints(task.checkpoints)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    require_gpus(snakemake.resources.planned_gpus)
    main(
        (
            Path(snakemake.input.questions),
            Path(snakemake.input.images),
            [Path(path) for path in snakemake.input.pictures],
        ),
        Path(snakemake.input.model),
        Path(snakemake.output.rate),
        snakemake.wildcards.layout,
        ArmSettings.model_validate({name: snakemake.params.settings[name] for name in ArmSettings.model_fields}),
        Task.of_job(
            snakemake.wildcards.layout,
            Path(snakemake.output.rate).parent,
            Path(snakemake.params.checkpoints),
            snakemake.params.settings | {"code": snakemake.params.code},
            snakemake.threads,
            dict(snakemake.resources.items()),
        ),
    )
