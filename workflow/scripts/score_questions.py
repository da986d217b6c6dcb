"""Let the base and the default run's model answer questions and follow instructions."""

from pathlib import Path

from further.evaluation.questions.measure import measure_questions
from further.evaluation.questions.read import find_questions, read_questions
from further.gpus import require_gpus
from further.io import read_table
from further.job import start_log
from further.settings import QuestionSettings


def main(
    model: Path, adapter: Path, questions: Path | None, split: Path, record: Path, settings: QuestionSettings
) -> None:
    """Read questions and the split, write the record."""
    table = read_table(split)
    splits = dict(zip(table["paper"], table["split"], strict=True))
    asked = read_questions(questions) if questions else []
    measure_questions(model, adapter, asked, splits, settings).save(record)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    require_gpus(snakemake.resources.planned_gpus)
    main(
        Path(snakemake.input.model),
        Path(snakemake.input.adapter).parent,
        find_questions(snakemake.params.settings["questions"]),
        Path(snakemake.input.split),
        Path(snakemake.output.questions),
        QuestionSettings.model_validate(snakemake.params.settings),
    )
