"""`further check`: what the Snakefile would refuse, said before anything is planned."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

import further
from further.config import Config, check_config, expand_runs, model_folder, name_folds
from further.corpus.shards import list_papers, mark_passwords
from further.plan.refuse import refuse_early
from further.targets import check_targets

ROOT = Path(further.__file__).resolve().parents[2]
"""The project's folder: its own configuration is what a study's is laid over."""


def read_config(configfile: Path | None) -> dict[str, Any]:
    """The project's configuration with a study's laid over it as Snakemake does: mappings merge, all else replaces.

    Raises:
        ValueError: If a file is not a mapping in YAML, or the project's own cannot be found.
    """
    own = ROOT / "config" / "config.yaml"
    if not own.is_file():
        raise ValueError(f"{own} is not there: install Further from its folder, with pip install --editable .")
    return _read(own) if configfile is None else _lay_over(_read(own), _read(configfile))


def _read(file: Path) -> dict[str, Any]:
    try:
        config = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"{file} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(config, dict):
        raise ValueError(f"{file} holds {config!r}; a mapping of settings is expected")
    return config


def _lay_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
        merged[key] = _lay_over(below[key], value) if both else value
    return merged


def check_settings(config: Mapping[str, Any]) -> Config:
    """A configuration checked against the project's schema.

    Raises:
        ValueError: One line a fault, as the Snakefile gives them.
    """
    return check_config(config, ROOT / "workflow" / "schemas" / "config.schema.yaml")


def check_study(config: Mapping[str, Any]) -> tuple[Config, int]:
    """A configuration and the papers that it names.

    Returns:
        The checked configuration and the number of papers.

    Raises:
        ValueError: One line a fault, as the Snakefile gives them.
    """
    checked = check_settings(config)
    folder = checked["corpus"]["papers"]
    bundled = sorted((ROOT / "resources" / "demo" / "articles").glob("*.md"))
    papers = [Path(f"{article.stem}.pdf") for article in bundled]
    if folder is not None:
        papers = list_papers(Path(folder), subfolders=checked["corpus"]["subfolders"])
    mark_passwords(checked["corpus"]["passwords"], papers)
    name_folds(checked, len(papers))
    runs, model = expand_runs(checked), Path(model_folder(checked))
    check_targets(model, [run["target_modules"] for run in runs.values()])
    refuse_early(model, runs, checked["hardware"], checked["evaluation"]["window"])
    return checked, len(papers)


def describe_study(study: tuple[Config, int]) -> list[str]:
    """What a right configuration asks for, in two lines."""
    config, papers = study
    runs = expand_runs(config)
    source = config["corpus"]["papers"] or "the bundled articles"
    return [
        "Nothing is wrong with this configuration.",
        f"{config['study']['title']}: {papers} papers ({source}), {len(runs)} training runs, "
        f"base model {config['model']['name']}.",
    ]
