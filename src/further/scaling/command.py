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
SETTING_COLUMNS = (
    "base", "model", "schedule", "passes", "quantisation", "target_modules", "rank", "alpha", "context",
    "accumulation", "learning_rate",
)  # fmt: skip
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
    columns = f"one column of {', '.join(SIZE_COLUMNS)}; one of {', '.join(LOSS_COLUMNS)}"
    add("table", type=Path, help=f"CSV with {columns}; maybe sd, run, and settings that must agree, such as rank")
    add("--target", action="append", default=[], help="loss to reach, with its unit: 2.1nats, 8.2ppl, 0.54bpb")
    add("--unit", choices=list(ALIASES), help="unit of the table's losses (default: by the column's name, else nats)")
    add("--bytes-per-token", type=float, help="UTF-8 bytes per token of the held-out text, for bits per byte")
    add("--weights", choices=["auto", "sd", "none"], default="auto", help="auto: sd where sizes have repeated runs")
    add("--huber", type=float, help="residual in nats from which Huber's loss is straight")
    add("--level", type=float, default=0.95, help="coverage of the intervals")
    add("--json", action="store_true", help="print everything as JSON")
    add("--tokens-per-second", type=float, help="trained tokens per second and GPU; needed for any cost")
    add("--passes", type=float, default=1.0, help="passes over the unique tokens")
    add("--tokens-per-paper", type=float, help="unique tokens of one paper of the corpus")
    add("--price-per-gpu-hour", type=float, help="in --currency, on --price-date")
    add("--currency", help="of the price and the budget, such as SEK")
    add("--price-date", help="day of the price, such as 2026-11-01")
    add("--kwh-per-gpu-hour", type=float, help="energy of one GPU-hour")
    add("--yearly-budget", type=float, help="money for one training a year")
    return parser


def _analyse(options: argparse.Namespace) -> Analysis:
    table = pd.read_csv(options.table)
    points, errors = _read_points(table, options)
    targets = [parse_target(text, options.bytes_per_token) for text in options.target]
    return analyse_curve(
        points, targets, _cost(options), standard_errors=errors, level=options.level, huber_delta=options.huber
    )


def _read_points(table: pd.DataFrame, options: argparse.Namespace) -> tuple[list[Point], list[float] | None]:
    size_column, loss_column = _column(table, SIZE_COLUMNS, "sizes"), _column(table, LOSS_COLUMNS, "losses")
    unit = options.unit or OF_THE_TABLE.get(loss_column, "nats")
    sizes, given = _numbers(table, size_column), _numbers(table, loss_column)
    losses = given if ALIASES[unit] == "nats" else [to_nats(one, unit, options.bytes_per_token) for one in given]
    runs = [str(one) for one in table["run"]] if "run" in table else [f"row {row + 1}" for row in range(len(table))]
    columns = zip(runs, sizes, losses, _settings(table), strict=True)
    points = [Point(run, t, y, settings=settings) for run, t, y, settings in columns]
    column = _error_column(table, options.weights, repeated=len(set(sizes)) < len(sizes))
    if column is None:
        return points, None
    pairs = zip(_numbers(table, column), given, strict=True)
    return points, [_error_in_nats(error, loss, unit, options.bytes_per_token) for error, loss in pairs]


def _error_column(table: pd.DataFrame, weights: str, *, repeated: bool) -> str | None:
    """Name the column of standard errors to use, if any.

    By itself it weighs repeated runs only: errors of one mean per size leave out how far the form itself is off, which
    on real curves is the greater part.
    """
    column = next((name for name in ERROR_COLUMNS if name in table), None)
    if column is None and weights == "sd":
        raise ValueError(f"no standard errors: name a column one of {', '.join(ERROR_COLUMNS)}")
    return column if weights == "sd" or (weights == "auto" and repeated) else None


def _settings(table: pd.DataFrame) -> list[dict[str, object]]:
    """Columns that name a setting; rows that differ in one are refused by `analyse_curve`."""
    names = [name for name in SETTING_COLUMNS if name in table]
    return [dict(zip(names, row, strict=True)) for row in table[names].itertuples(index=False)]


def _column(table: pd.DataFrame, names: Sequence[str], what: str) -> str:
    found = [name for name in names if name in table]
    if not found:
        raise ValueError(
            f"no column of {what} among {', '.join(map(str, table.columns))}: name it one of {', '.join(names)}"
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
