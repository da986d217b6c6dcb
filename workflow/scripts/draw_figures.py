"""Draw every figure of the report, and write the table behind each."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from further.job import start_log
from further.report.figures import draw_figures
from further.report.study import read_study


def main(study: Mapping[str, Any], figures: Path, data: Path, settings: dict[str, Any]) -> None:
    """Read the study's results, write one SVG and one CSV per figure."""
    draw_figures(read_study(study, rules=settings["rules"]), figures, data)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        snakemake.input,
        Path(snakemake.output.figures[0]).parent,
        Path(snakemake.output.data[0]).parent,
        snakemake.params.settings,
    )
