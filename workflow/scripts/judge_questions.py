"""Write the answered questions of a text study as the guard reads them."""

from pathlib import Path

import pyarrow as pa

from further.evaluation.questions.judged import judge_questions
from further.guard.schemas import ANSWERS
from further.io import write_table
from further.job import start_log
from further.records.questions import QuestionsFile


def main(questions: Path, answers: Path) -> None:
    """Read the record of questions, write one row a question."""
    asked = QuestionsFile.load(questions).questions
    assert asked is not None, "the rule runs in studies with questions only"
    rows = judge_questions(asked)
    write_table(answers, pa.Table.from_pandas(rows[ANSWERS.names], ANSWERS, preserve_index=False), ANSWERS)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(Path(snakemake.input.questions), Path(snakemake.output.answers))
