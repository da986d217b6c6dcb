"""Plan every job that trains a small model or chooses its learning rate: what it will take, and whether it fits."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from further.io import write_text
from further.job import start_log
from further.onemodel.plan import plan_arms
from further.onemodel.read import read_study
from further.plan.table import plan_text
from further.settings import PlanSettings
from further.settings.onemodel import ArmSettings
from further.training.recipe import Task


def main(
    cases: tuple[Path, Path, Sequence[Path]],
    model: Path,
    plan: Path,
    arms: Sequence[str],
    seeds: Mapping[str, Sequence[int]],
    arm_settings: ArmSettings,
    settings: PlanSettings,
) -> None:
    """Read cases (questions, images, pictures) and the base model; show the plan, refuse what cannot fit, write it."""
    with TemporaryDirectory() as work:
        task = Task("plan", Path(work), Path(work), 0, {}, 1)  # nothing is trained
        study = read_study(*cases, model, arm_settings, {}, task, Path(work))
        write_text(plan, plan_text(plan_arms(study, arms, seeds, settings)))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        (
            Path(snakemake.input.questions),
            Path(snakemake.input.images),
            [Path(path) for path in snakemake.input.pictures],
        ),
        Path(snakemake.input.model),
        Path(snakemake.output.plan),
        snakemake.params.settings["arms"],
        snakemake.params.settings["seeds"],
        ArmSettings.model_validate({name: snakemake.params.settings[name] for name in ArmSettings.model_fields}),
        PlanSettings.model_validate(snakemake.params.settings["plan"]),
    )
