"""Draw the figure of a study of one small model, and write the page that people read."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from further.job import start_log
from further.provenance import describe_program
from further.report.onemodel.kind import ONE_MODEL
from further.report.onemodel.results import read_onemodel_results
from further.report.page import write_page
from further.report.results import Provenance
from further.settings import Settings


def main(
    study: Mapping[str, str],
    folder: Path,
    settings: Settings,
    jobs: Mapping[str, Sequence[str]],
    provenance: Provenance,
) -> None:
    """Read the study's results, write one self-contained HTML file and one SVG and one CSV per figure."""
    write_page(ONE_MODEL, read_onemodel_results(study, settings, jobs, provenance, date.today()), folder)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        dict(snakemake.input.items()),  # whose own `in` looks at the files, not at their names
        Path(snakemake.output.page).parent,
        Settings.model_validate(snakemake.params.settings["configuration"]),
        snakemake.params.settings["jobs"],
        Provenance(describe_program(), snakemake.params.settings["versions"], snakemake.params.study_code),
    )
