"""`make status`: how the runs of a study stand."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from further.cluster.status import draw_status, read_queue_of, read_status
from further.study import read_files, read_study

ROOT = Path(__file__).parents[3]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line per run; returns 0, or 2 with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="python -m further.cluster.command", description=__doc__)
    parser.add_argument("--configfile", type=Path, action="append", default=[], help="as given to snakemake")
    parser.add_argument("--directory", type=Path, default=Path(), help="where the study's results lie")
    options = parser.parse_args(arguments)
    try:
        study = read_study(read_files(options.configfile or [ROOT / "config" / "config.yaml"]))
        runs = [*study.runs, *study.name_folds(sys.maxsize)]  # papers are not counted here
        queue, silence = read_queue_of(options.directory)
        statuses = read_status(options.directory, runs, queue, time.time())
        sys.stdout.write("\n".join(filter(None, [draw_status(statuses), silence])) + "\n")
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
