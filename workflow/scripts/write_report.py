"""Write the page that people read."""

from pathlib import Path
from typing import Any

from further.job import start_log
from further.report.inputs import ReportFiles, read_inputs
from further.report.page import write_page
from further.report.study import page_settings, report_files


def main(
    files: ReportFiles, figures: Path, data: Path, page: Path, config: dict[str, Any], provenance: dict[str, Any]
) -> None:
    """Read results and figures, write one self-contained HTML file."""
    inputs = read_inputs(files, config["study"]["title"], provenance)
    write_page(inputs, figures, data, page, page_settings(config))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        report_files(snakemake.input),
        Path(snakemake.input.figures[0]).parent,
        Path(snakemake.input.data[0]).parent,
        Path(snakemake.output.page),
        config=snakemake.params.settings["configuration"],
        provenance=snakemake.params.settings | {"code": snakemake.params.study_code},
    )
