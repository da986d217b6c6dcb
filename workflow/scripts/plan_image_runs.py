"""Plan every run of a study of images: what it will take, and whether it fits; and measure answers in tokens."""

from pathlib import Path

import pyarrow.parquet as pq

from further.cases.lengths import measure_lengths
from further.cases.schemas import LENGTHS
from further.io import write_table, write_text
from further.job import PROGRESS, start_log
from further.plan.show import plan_study
from further.plan.table import plan_text
from further.settings import PlanSettings, Run
from further.vision.choice import choose_questions, lay_out_questions
from further.vision.prompts import make_prompter
from further.vision.rows import ask
from further.vision.work import PASSES, PlannedQuestions, describe_features


def main(
    questions: Path, images: Path, model: Path, plan: Path, lengths: Path, finished: Path, settings: PlanSettings
) -> None:
    """Lay out the questions of every run; show the plan, refuse what cannot fit, write it, and answers in tokens.

    The runs that are finished, by whose speed the others are planned, lie in the folder `finished`.
    """
    table, prompter = pq.read_table(questions), make_prompter(model)
    lines = table.to_pylist()
    sides = {side: [line for line in lines if line["split"] == side] for side in ("train", "validation", "test")}

    def questions_of(name: str, run: Run) -> PlannedQuestions:
        validation = lay_out_questions(sides["validation"], prompter, run, [])
        answered = [ask(line, prompter, run.context).length for line in sides["test"]]
        return PlannedQuestions(choose_questions(sides["train"], prompter, run), validation, tuple(answered * PASSES))

    write_table(lengths, measure_lengths(table, count=prompter.count, unit="tokens"), LENGTHS)
    PROGRESS.info("%s", describe_features(model, pq.read_metadata(images).num_rows, settings.runs["default"]))
    write_text(plan, plan_text(plan_study(model, questions_of, settings, finished)))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.questions),
        Path(snakemake.input.images),
        Path(snakemake.input.model),
        Path(snakemake.output.plan),
        Path(snakemake.output.lengths),
        Path(snakemake.params.finished),
        PlanSettings.model_validate(snakemake.params.settings),
    )
