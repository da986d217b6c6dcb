"""Every kind of study: how its results are read, and what its page shows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from further.report.images.kind import IMAGES
from further.report.images.results import read_image_results
from further.report.kind import TEXT
from further.report.onemodel.kind import ONE_MODEL
from further.report.onemodel.results import read_onemodel_results
from further.report.page import Kind, write_page
from further.report.results import Provenance, read_results
from further.settings import Settings

KINDS: dict[str, tuple[Callable[..., Any], Kind[Any]]] = {
    "text": (read_results, TEXT),
    "images": (read_image_results, IMAGES),
    "onemodel": (read_onemodel_results, ONE_MODEL),
}


def write_report(
    named: Mapping[str, Any],
    folder: Path,
    settings: Settings,
    jobs: Mapping[str, Sequence[str]],
    provenance: Provenance,
    written: date,
) -> None:
    """Read a study's results, write one self-contained HTML file and one SVG and one CSV per figure.

    Args:
        named: Paths as text by name, as the kind's reader takes them.
        jobs: Snakemake's notes of what jobs took that train or run a model, by what they were for.
    """
    read, kind = KINDS[settings.study.kind]
    write_page(kind, read(named, settings, jobs, provenance, written), folder)
