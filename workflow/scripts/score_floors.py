"""Answer the test's questions without looking closely, and score the answers as a model's are."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from further.cases.kept import load_pictures
from further.evaluation.answers.floors import answer_floors
from further.evaluation.answers.schemas import FLOOR_SCORES
from further.io import read_table, write_table
from further.job import start_log


def main(questions: Path, images: Path, pictures: Sequence[Path], answers: Path) -> None:
    """Write the scored answers of every floor."""
    lines = pq.read_table(images, columns=["image", "key"]).to_pylist()
    names = {line["key"]: line["image"] for line in lines}
    shown = ((names[key], png) for key, png in load_pictures(pictures, names))
    write_table(answers, answer_floors(read_table(questions), shown), FLOOR_SCORES)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.questions),
        Path(snakemake.input.images),
        [Path(path) for path in snakemake.input.pictures],
        Path(snakemake.output.answers),
    )
