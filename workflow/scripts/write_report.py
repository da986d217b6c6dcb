"""Draw every figure, write the table behind each, and write the page that people read."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from further.job import start_log
from further.provenance import describe_program
from further.report.kind import TEXT
from further.report.page import write_page
from further.report.results import Provenance, read_results
from further.settings import Settings


def main(
    study: Mapping[str, str | list[str]],
    folder: Path,
    settings: Settings,
    jobs: Mapping[str, Sequence[str]],
    provenance: Provenance,
) -> None:
    """Read the study's results, write one self-contained HTML file and one SVG and one CSV per figure."""
    write_page(TEXT, read_results(study, settings, jobs, provenance, date.today()), folder)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        dict(snakemake.input.items()),  # whose own `in` looks at the files, not at their names
        Path(snakemake.output.page).parent,
        Settings.model_validate(snakemake.params.settings["configuration"]),
        snakemake.params.settings["jobs"],
        Provenance(describe_program(), snakemake.params.settings["versions"], snakemake.params.study_code),
    )
