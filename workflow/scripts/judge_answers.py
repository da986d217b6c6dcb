"""Judge the default run's answers by rule, for the guard."""

from pathlib import Path

import pyarrow as pa

from further.evaluation.answers.judge import judge_answers
from further.guard.schemas import ANSWERS
from further.io import read_table, write_table
from further.job import start_log


def main(generated: Path, questions: Path, answers: Path) -> None:
    """Write the answers with whether each was right."""
    judged = judge_answers(read_table(generated), read_table(questions))
    write_table(answers, pa.Table.from_pandas(judged[ANSWERS.names], ANSWERS, preserve_index=False), ANSWERS)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(Path(snakemake.input.answers), Path(snakemake.input.questions), Path(snakemake.output.answers))
