"""Draw every figure of the report, and write the table behind each."""

from pathlib import Path

from further.job import start_log
from further.report.figures import draw_figures
from further.report.inputs import ReportFiles, read_inputs
from further.report.study import report_files


def main(files: ReportFiles, figures: Path, data: Path, titles: dict[str, str]) -> None:
    """Read the study's results, write one SVG and one CSV per figure."""
    draw_figures(read_inputs(files, title="", provenance={}), figures, data, titles)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        report_files(snakemake.input),
        Path(snakemake.output.figures[0]).parent,
        Path(snakemake.output.data[0]).parent,
        snakemake.params.settings["titles"],
    )
