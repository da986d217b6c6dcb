"""Read the records of another clinic, join them with its pictures, and make its questions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from further.cases.plan import CasePlan
from further.cases.schemas import IMAGES, QUESTIONS
from further.cases.shifted import read_shifted
from further.io import write_table
from further.job import start_log


def main(plan: CasePlan, pictures: Path, outputs: Mapping[str, Path], settings: Mapping[str, Any]) -> None:
    """Write questions and images."""
    questions, images = read_shifted(plan, pictures, settings)
    write_table(outputs["questions"], questions, QUESTIONS)
    write_table(outputs["images"], images, IMAGES)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    settings = snakemake.params.settings
    main(
        CasePlan(Path(settings["folder"]), settings["layout"], settings["only"], (), {}, settings["digest"]),
        Path(snakemake.input.pictures),
        {name: Path(path) for name, path in snakemake.output.items()},
        settings,
    )
