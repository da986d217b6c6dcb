"""`make status`: how the runs of a study stand."""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from further.cluster.status import draw_status, read_queue_of, read_status
from further.config import check_config, expand_runs, name_folds

ROOT = Path(__file__).parents[3]


def read_study(files: Sequence[Path]) -> dict[str, Any]:
    """Read configurations, each laid over the one before as Snakemake does: mappings merge, the rest replaces.

    Raises:
        ValueError: If a file is missing or is no YAML mapping.
    """
    config: dict[str, Any] = {}
    for file in files:
        try:
            loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise ValueError(f"{file}: {error}") from error
        if not isinstance(loaded, dict):
            raise ValueError(f"{file}: no mapping of keys to values")
        config = _lay_over(config, loaded)
    return config


def _lay_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _lay_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line per run; returns 0, or 2 with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="python -m further.cluster.command", description=__doc__)
    parser.add_argument("--configfile", type=Path, action="append", default=[], help="as given to snakemake")
    parser.add_argument("--directory", type=Path, default=Path(), help="where the study's results lie")
    options = parser.parse_args(arguments)
    try:
        study = read_study([ROOT / "config" / "config.yaml", *options.configfile])
        config = check_config(study, ROOT / "workflow" / "schemas" / "config.schema.yaml")
        runs = [*expand_runs(config), *name_folds(config, sys.maxsize)]  # papers are not counted here
        queue, silence = read_queue_of(options.directory)
        statuses = read_status(options.directory, runs, queue, time.time())
        sys.stdout.write("\n".join(filter(None, [draw_status(statuses), silence])) + "\n")
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
