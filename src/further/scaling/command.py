"""The command `further-law`: a table of sizes and losses in, the law and its verdicts out."""

import argparse
import json
import sys
from collections.abc import Sequence
from math import log
from pathlib import Path

import pandas as pd

from further.scaling.analysis import Analysis, analyse_curve
from further.scaling.cost import CostSettings
from further.scaling.describe import describe
from further.scaling.records import Point
from further.scaling.units import ALIASES, parse_target, to_nats

SIZE_COLUMNS = ("t", "num_unique_tokens", "num_tokens", "tokens", "size")
LOSS_COLUMNS = ("y", "loss_nats", "loss", "perplexity", "bits_per_byte")
ERROR_COLUMNS = ("sd", "se", "standard_error")
OF_THE_TABLE = {"perplexity": "perplexity", "bits_per_byte": "bits_per_byte", "loss_nats": "nats"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Words of the command line; None: those of the process.

    Returns:
        0 with a law, 1 where the curve has none, 2 where the input cannot be read.
    """
    options = _parser().parse_args(arguments)
    try:
        analysis = _analyse(options)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"further-law: {error}\n")
        return 2
    if options.json:
        sys.stdout.write(json.dumps(analysis.as_dict(), indent=1, sort_keys=True, allow_nan=False) + "\n")
    else:
        sys.stdout.write(describe(analysis))
    return 0 if analysis.answer is not None else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="further-law", description="Fit loss = a * t^-b + c to runs of different sizes, and judge target losses."
    )
    add = parser.add_argument
    add("table", type=Path, help=f"CSV: one of {', '.join(SIZE_COLUMNS)}; one of {', '.join(LOSS_COLUMNS)}; maybe sd")
    add("--target", action="append", default=[], help="loss to reach, with its unit: 2.1nats, 8.2ppl, 0.54bpb")
    add("--unit", choices=list(ALIASES), help="unit of the table's losses (default: by the column's name, else nats)")
    add("--bytes-per-token", type=float, help="UTF-8 bytes per token of the held-out text, for bits per byte")
    add("--weights", choices=["auto", "sd", "none"], default="auto", help="auto: sd where sizes have repeated runs")
    add("--huber", type=float, help="residual in nats from which Huber's loss is straight")
    add("--level", type=float, default=0.95, help="coverage of the intervals")
    add("--json", action="store_true", help="print everything as JSON")
    add("--tokens-per-second", type=float, help="trained tokens per second and GPU; needed for any cost")
    add("--passes", type=float, default=1.0, help="passes over the unique tokens")
    add("--tokens-per-paper", type=float)
    add("--price-per-gpu-hour", type=float)
    add("--currency")
    add("--price-date", help="day of the price, such as 2026-11-01")
    add("--kwh-per-gpu-hour", type=float)
    add("--yearly-budget", type=float)
    return parser


def _analyse(options: argparse.Namespace) -> Analysis:
    table = pd.read_csv(options.table)
    points, errors = _read_points(table, options)
    targets = [parse_target(text, options.bytes_per_token) for text in options.target]
    return analyse_curve(
        points, targets, _cost(options), standard_errors=errors, level=options.level, huber_delta=options.huber
    )


def _read_points(table: pd.DataFrame, options: argparse.Namespace) -> tuple[list[Point], list[float] | None]:
    size_column, loss_column = _column(table, SIZE_COLUMNS, "size"), _column(table, LOSS_COLUMNS, "loss")
    unit = options.unit or OF_THE_TABLE.get(loss_column, "nats")
    sizes, given = _numbers(table, size_column), _numbers(table, loss_column)
    losses = given if ALIASES[unit] == "nats" else [to_nats(one, unit, options.bytes_per_token) for one in given]
    runs = [str(one) for one in table["run"]] if "run" in table else [f"row {row + 1}" for row in range(len(table))]
    points = [Point(run, t, y) for run, t, y in zip(runs, sizes, losses, strict=True)]
    column = next((name for name in ERROR_COLUMNS if name in table), None)
    repeated = len(set(sizes)) < len(sizes)
    if column is None or options.weights == "none" or (options.weights == "auto" and not repeated):
        if column is None and options.weights == "sd":
            raise ValueError(f"no standard errors: name a column one of {', '.join(ERROR_COLUMNS)}")
        return points, None
    return points, [
        _error_in_nats(one, y, unit, options.bytes_per_token)
        for one, y in zip(_numbers(table, column), given, strict=True)
    ]


def _column(table: pd.DataFrame, names: Sequence[str], what: str) -> str:
    found = [name for name in names if name in table]
    if not found:
        raise ValueError(
            f"no column of {what}s among {', '.join(map(str, table.columns))}: name it one of {', '.join(names)}"
        )
    return found[0]


def _numbers(table: pd.DataFrame, column: str) -> list[float]:
    numbers = pd.to_numeric(table[column], errors="coerce")
    return [float(one) for one in numbers]


def _error_in_nats(error: float, value: float, unit: str, bytes_per_token: float | None) -> float:
    """Carry a standard error over to nats by the slope of the conversion."""
    if ALIASES[unit] == "perplexity":
        return error / value
    return error if ALIASES[unit] == "nats" else error * log(2.0) * (bytes_per_token or 0.0)


def _cost(options: argparse.Namespace) -> CostSettings | None:
    names = (
        "passes",
        "price_per_gpu_hour",
        "currency",
        "price_date",
        "kwh_per_gpu_hour",
        "tokens_per_paper",
        "yearly_budget",
    )
    given = {name: getattr(options, name) for name in names}
    if options.tokens_per_second is None:
        if any(value is not None for name, value in given.items() if name != "passes"):
            raise ValueError("a cost needs the speed: give --tokens-per-second")
        return None
    return CostSettings(options.tokens_per_second, **given, speed_source="given")


if __name__ == "__main__":
    sys.exit(main())
