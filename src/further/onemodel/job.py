"""What the jobs of the study do: choose a layout's learning rate, and train the seeds of an arm."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from further.cases.pictures import load_pictures
from further.evaluation.answers.schemas import GENERATED
from further.io import write_json, write_table
from further.models.one import ENCODER_DECODER
from further.onemodel.runs import Trained, keep_model, train_part
from further.onemodel.study import Study
from further.onemodel.train import train_seed
from further.settings import Run
from further.settings.onemodel import OneModelSettings
from further.training.recipe import Task
from further.training.state import HISTORY

ASKED = pa.schema([("seed", pa.int64()), ("asked", pa.string()), *GENERATED])  # asked: old (images) or new
HISTORIES = pa.schema([("seed", pa.int64()), ("part", pa.int64()), *HISTORY])
TUNING_SEED = 10_000  # no arm has it


def read_study(
    questions: Path, images: Path, pictures: Sequence[Path], base: Path, settings: Mapping[str, Any], task: Task,
    work: Path,
) -> Study:  # fmt: skip
    """The study of a job.

    Args:
        questions, images, pictures: Of the cases stage.
        base: Folder of the base model.
        settings: onemodel, run, limits and rates.
        task: Of the job.
        work: Folder for models.
    """
    lines = [line for line in pq.read_table(questions).to_pylist() if len(line["images"]) == 1]
    names: dict[str, list[str]] = {}
    for line in pq.read_table(images, columns=["image", "key"]).to_pylist():
        names.setdefault(line["key"], []).append(line["image"])
    return Study(
        settings=OneModelSettings.model_validate(settings["onemodel"]),
        run=Run.model_validate(settings["run"]),
        rates=settings["rates"],
        base=base,
        lines=lines,
        pictures={name: png for key, png in load_pictures(pictures, names) for name in names[key]},
        limits=settings["limits"],
        task=task,
        work=work,
    )


def tune_layout(study: Study, layout: str) -> dict[str, Any]:
    """Validation loss of each learning rate after half the steps, and the rate with the lowest."""
    steps, model = max(1, study.settings.steps // 2), study.untrained(layout, TUNING_SEED)
    losses: dict[float, float] = {}
    for rate in study.settings.learning_rates:
        checkpoints = study.task.checkpoints / f"{rate:g}"
        own = replace(study, rates={layout: rate}, task=replace(study.task, checkpoints=checkpoints))
        part = own.questions(model, own.asked("train"), steps, TUNING_SEED, layout)
        trained = train_part(part, study.work / f"{rate:g}", own.task, own.batch)
        losses[rate] = trained.outcome.validation_loss_nats
    return {"rate": min(losses, key=losses.__getitem__), "losses": {f"{rate:g}": loss for rate, loss in losses.items()}}


def train_seeds(study: Study, arm: str, seeds: Sequence[int], folder: Path, models: Path | None) -> None:
    """Train the seeds of an arm, and write numbers, answers and histories, and the encoder–decoder's models.

    Args:
        study: Whose `work` is a folder that is gone afterwards.
        arm: Its name.
        seeds: In order.
        folder: To write in.
        models: Trained encoder–decoders, for an arm that starts from them.
    """
    numbers: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    histories: list[dict[str, Any]] = []
    for seed in seeds:
        start = models / f"seed-{seed}" if models is not None else None
        done = train_seed(study, arm, seed, start)
        numbers.append({"seed": seed} | done.numbers)
        answers += [{"seed": seed, "asked": asked} | row for asked, rows in done.answers.items() for row in rows]
        histories += list(_number(seed, done.trained))
        if arm == ENCODER_DECODER:
            keep_model(done.trained[-1], study.untrained(arm, seed), folder / "models" / f"seed-{seed}")
    write_json(folder / "numbers.json", numbers)
    write_table(folder / "answers.parquet", answers, ASKED)
    write_table(folder / "history.parquet", histories, HISTORIES)


def _number(seed: int, trained: Sequence[Trained]) -> list[dict[str, Any]]:
    return [{"seed": seed, "part": part} | row for part, one in enumerate(trained) for row in one.outcome.history]
