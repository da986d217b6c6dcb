"""From a study's named files and its configuration to what the report is made from."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from further.report.inputs import ReportFiles
from further.report.page import PageSettings
from further.report.sections import Prices

SINGLE = ("comparison", "law", "samples", "rejected", "ledger", "split", "rows", "tokens")
CORPUS_VIEW = "../corpus/view/index.html"
"""The papers page by page, from the report's page."""


def report_files(named: Mapping[str, Any]) -> ReportFiles:
    """Files of a study by name; `runs` lists the files of every run, one folder each.

    Args:
        named: Paths as text: one for each name in `SINGLE`, several for `runs`.
    """
    return ReportFiles(**{name: Path(named[name]) for name in SINGLE}, runs=_folders(named["runs"]))


def _folders(files: Sequence[str]) -> list[Path]:
    return sorted({Path(file).parent for file in files})


def page_settings(config: Mapping[str, Any]) -> PageSettings:
    """What the page is told by the configuration."""
    cost = config["cost"]
    prices = Prices(cost["price_per_gpu_hour"], cost["currency"], cost["price_date"], cost["kwh_per_gpu_hour"])
    toy_base = config["model"]["source"] == "demo"
    return PageSettings(config["report"]["titles"], toy_base=toy_base, prices=prices, corpus_view=CORPUS_VIEW)
