"""Write the page that people read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from further.job import start_log
from further.provenance import describe_program
from further.report.page import write_page
from further.report.study import page_settings, read_study


def main(study: Mapping[str, Any], page: Path, settings: dict[str, Any], code: Mapping[str, str]) -> None:
    """Read results and figures, write one self-contained HTML file."""
    config = settings["configuration"]
    provenance = {
        "program": describe_program(),
        "configuration": config,
        "versions": settings["versions"],
        "code": code,
    }
    inputs = read_study(study, config["study"]["title"], provenance, settings["rules"], settings["jobs"])
    write_page(inputs, Path(study["figures"][0]).parent, Path(study["data"][0]).parent, page, page_settings(config))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        snakemake.input,
        Path(snakemake.output.page),
        snakemake.params.settings,
        snakemake.params.study_code,
    )
