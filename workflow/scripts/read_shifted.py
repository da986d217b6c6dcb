"""Read the records of another clinic, join them with its pictures, and make its questions."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from further.cases.plan import CasePlan
from further.cases.schemas import IMAGES, QUESTIONS
from further.cases.shifted import read_shifted
from further.io import write_table
from further.job import start_log


def main(
    plan: CasePlan,
    pictures: Path,
    outputs: Mapping[str, Path],
    near_equal_bits: int,
    questions: Sequence[str] | None,
    max_images: int,
    language: str,
) -> None:
    """Write questions and images."""
    asked, images = read_shifted(
        plan, pictures, near_equal_bits=near_equal_bits, types=questions, max_images=max_images, language=language
    )
    write_table(outputs["questions"], asked, QUESTIONS)
    write_table(outputs["images"], images, IMAGES)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    settings = dict(snakemake.params.settings)
    folder, layout, only, digest = (settings.pop(name) for name in ("folder", "layout", "only", "digest"))
    columns, *_ = (settings.pop(name) for name in ("columns", "stamps", "sizes"))
    main(
        CasePlan(Path(folder), layout, only, (), {}, digest, columns),
        Path(snakemake.input.pictures),
        {name: Path(path) for name, path in snakemake.output.items()},
        **settings,
    )
