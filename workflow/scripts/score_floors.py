"""Answer the test's questions without looking closely, and score the answers as a model's are."""

from collections.abc import Sequence
from pathlib import Path

from further.cases.kept_pictures import load_images
from further.evaluation.answers.floors import answer_floors
from further.evaluation.answers.schemas import FLOOR_SCORES
from further.io import read_table, write_table
from further.job import start_log


def main(questions: Path, images: Path, pictures: Sequence[Path], answers: Path) -> None:
    """Write the scored answers of every floor."""
    write_table(answers, answer_floors(read_table(questions), load_images(images, pictures)), FLOOR_SCORES)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.questions),
        Path(snakemake.input.images),
        [Path(path) for path in snakemake.input.pictures],
        Path(snakemake.output.answers),
    )
