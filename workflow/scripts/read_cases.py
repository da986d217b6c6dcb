"""Read the records of a folder of cases; no image is opened."""

from collections.abc import Sequence
from pathlib import Path

from further.cases.files import Folder
from further.cases.readers import LAYOUTS
from further.cases.schemas import FOUND_CASES, FOUND_IMAGES, FOUND_QUESTIONS
from further.io import write_table
from further.job import start_log


def main(folder: Folder, layout: str, outputs: Sequence[Path]) -> None:
    """Write the cases, images and questions that the records name."""
    found = LAYOUTS[layout].read(folder).lines()
    for path, lines, schema in zip(outputs, found, (FOUND_CASES, FOUND_IMAGES, FOUND_QUESTIONS), strict=True):
        write_table(path, lines, schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Folder(
            Path(snakemake.params.settings["folder"]),
            snakemake.params.settings["only"],
            snakemake.params.settings["columns"],
        ),
        snakemake.params.settings["layout"],
        [Path(snakemake.output[name]) for name in ("cases", "images", "questions")],
    )
