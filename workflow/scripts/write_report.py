"""Draw every figure, write the table behind each, and write the page that people read."""

from datetime import date
from pathlib import Path

from further.job import start_log
from further.provenance import describe_program
from further.report.results import Provenance
from further.report.write import write_report
from further.settings import Settings

if __name__ == "__main__":
    start_log(snakemake.log[0])
    write_report(
        dict(snakemake.input.items()),  # whose own `in` looks at the files, not at their names
        Path(snakemake.output.page).parent,
        Settings.model_validate(snakemake.params.settings["configuration"]),
        snakemake.params.settings["jobs"],
        Provenance(describe_program(), snakemake.params.settings["versions"], snakemake.params.study_code),
        date.today(),
    )
