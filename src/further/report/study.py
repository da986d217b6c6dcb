"""From a study's named files and its configuration to what the report is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from further.report.inputs import ReportFiles, ReportInputs, read_inputs

SINGLE = ("comparison", "law", "samples", "rejected", "ledger", "split", "rows", "tokens", "memorization", "terms")
CORPUS_VIEW = "../corpus/view/index.html"
"""The papers page by page, from the report's page."""


@dataclass(frozen=True)
class Prices:
    """What an hour of the hardware costs, as set by the user.

    Attributes:
        per_hour: Price of one hour of what a run trains on, in `currency`.
        currency: Its name or sign.
        as_of: The date of the price, as text.
        kilowatts: Power drawn while training, in kW; None if not known.
    """

    per_hour: float
    currency: str
    as_of: str
    kilowatts: float | None = None


@dataclass(frozen=True)
class PageSettings:
    """What the page is told apart from the results.

    Attributes:
        toy_base: Whether the base model is a toy, which the page then says on its face.
        base: The base model's name and, where it is pinned, its commit.
        prices: What an hour of the hardware costs; None counts no money.
        corpus_view: Link to a page-by-page view of the papers; None where there is none.
    """

    toy_base: bool
    base: str = "not named"
    prices: Prices | None = None
    corpus_view: str | None = None


def read_study(
    named: Mapping[str, Any],
    title: str = "",
    provenance: Mapping[str, Any] | None = None,
    rules: Sequence[Sequence[str]] = (),
    jobs: Mapping[str, Sequence[str]] | None = None,
) -> ReportInputs:
    """Read a study's files.

    Args:
        named: Paths as text: one for each name in `SINGLE`, and `plan` where the report shows it; `runs` lists the
            files of every run, one folder each.
        title: The study's name.
        provenance: What the study was made with and from.
        rules: Pairs of a rule and one that needs its files.
        jobs: Snakemake's notes of what jobs took that train or run a model, by what they were for.

    Raises:
        FileNotFoundError: If a file is absent; a note of `jobs` may be.
    """
    plan = Path(named["plan"]) if "plan" in named.keys() else None  # noqa: SIM118 - Snakemake's inputs are a list with names
    single = {name: Path(named[name]) for name in SINGLE}
    files = ReportFiles(**single, runs=_folders(named["runs"]), plan=plan, jobs=jobs)
    return read_inputs(files, title, provenance or {}, [(rule, other) for rule, other in rules])


def _folders(files: Sequence[str]) -> list[Path]:
    return sorted({Path(file).parent for file in files})


def page_settings(config: Mapping[str, Any]) -> PageSettings:
    """What the page is told by the configuration."""
    cost = config["cost"]
    per_hour, kilowatts = (cost[key] or None for key in ("price_per_gpu_hour", "kwh_per_gpu_hour"))  # 0 leaves it out
    return PageSettings(
        toy_base=is_toy(config),
        base=name_base(config["model"]),
        prices=Prices(per_hour, cost["currency"], cost["price_date"], kilowatts) if per_hour else None,
        corpus_view=CORPUS_VIEW,
    )


def is_toy(config: Mapping[str, Any]) -> bool:
    """Whether the base model is the one that the demonstration trains."""
    return bool(config["model"]["source"] == "demo")


def name_base(model: Mapping[str, Any]) -> str:
    """The base model with its commit: `owner/name at 0e9e39f…`; a folder's name; or what the demonstration trained."""
    if model["source"] == "demo":
        return f"{model['name']}, trained from nothing by the demonstration"
    if model["source"] == "folder":
        return f"{model['name']}, a folder called {Path(model['path']).name}"
    return f"{model['path']} at commit {model['revision']}"
