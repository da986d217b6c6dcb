"""Adapt an image–text model to questions about images: one run, one adapter."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from further.batch import micro_batch
from further.gpus import require_gpus
from further.job import start_log
from further.settings import Run
from further.training.answers import AnswerRows, describe_questions
from further.training.launch import start_run
from further.training.recipe import Recipe, Task
from further.training.run import end_run
from further.vision.choice import choose_questions, lay_out_questions
from further.vision.images import open_images
from further.vision.prompts import make_prompter


def main(
    questions: Path,
    images: Path,
    shown: Sequence[Path],
    model: Path,
    outputs: dict[str, Path],
    run: Run,
    task: Task,
) -> None:
    """Read questions, images and base model; write adapter, metrics, history and timing."""
    lines, prompter = pq.read_table(questions).to_pylist(), make_prompter(model)
    chosen = choose_questions([line for line in lines if line["split"] == "train"], prompter, run)
    watched = lay_out_questions([line for line in lines if line["split"] == "validation"], prompter, run, [])
    pictures = open_images(images, shown, model)
    training, validation = AnswerRows(chosen.rows, pictures), AnswerRows(watched.rows, pictures)
    outcome = start_run(Recipe(model, run, micro_batch(run), training, validation), task)
    end_run(task, outcome, describe_questions(task.name, run, chosen, outcome), outputs)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    require_gpus(snakemake.resources.planned_gpus)
    main(
        Path(snakemake.input.questions),
        Path(snakemake.input.images),
        [Path(path) for path in snakemake.input.shown],
        Path(snakemake.input.model),
        {name: Path(path) for name, path in snakemake.output.items()},
        Run.model_validate(snakemake.params.settings["run"]),
        Task.of_job(
            snakemake.wildcards.run,
            Path(snakemake.output.adapter).parent,
            Path(snakemake.params.checkpoints),
            snakemake.params.settings | {"code": snakemake.params.code},
            snakemake.threads,
            dict(snakemake.resources.items()),
        ),
    )
