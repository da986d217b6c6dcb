"""Train some seeds of an arm of the study of one small model, and let each answer the test's questions."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from further.gpus import require_gpus
from further.job import start_log
from further.onemodel.job import train_seeds
from further.onemodel.read import read_study
from further.records.onemodel import TunedRecord
from further.settings.onemodel import ArmSettings
from further.training.checkpoints import forget_checkpoints
from further.training.recipe import Task


def main(
    cases: tuple[Path, Path, Sequence[Path]],
    model: Path,
    rates: Sequence[Path],
    models: Path | None,
    arm: str,
    settings: ArmSettings,
    seeds: Sequence[int],
    task: Task,
) -> None:
    """Read cases (questions, images, pictures), base model and learning rates; write the folder of the task."""
    chosen = {path.stem: TunedRecord.load(path).rate for path in rates}
    with TemporaryDirectory() as work:
        study = read_study(*cases, model, settings, chosen, task, Path(work))
        train_seeds(study, arm, seeds, task.adapter, models)
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
        [Path(path) for path in snakemake.input.rates],
        Path(snakemake.input.start) / "models" if "start" in snakemake.input.keys() else None,  # noqa: SIM118
        snakemake.wildcards.arm,
        ArmSettings.model_validate({name: snakemake.params.settings[name] for name in ArmSettings.model_fields}),
        snakemake.params.settings["seeds"],
        Task.of_job(
            snakemake.wildcards.arm,
            Path(snakemake.output.folder),
            Path(snakemake.params.checkpoints),
            snakemake.params.settings | {"code": snakemake.params.code},
            snakemake.threads,
            dict(snakemake.resources.items()),
        ),
    )
