"""The command `further-law`: a table of sizes and losses in, the law and its verdicts out."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from further.scaling.analysis import analyse_curve
from further.scaling.cost import UnitCosts
from further.scaling.describe import describe
from further.scaling.record import LawRecord
from further.scaling.run_table import LOSS_COLUMNS, SIZE_COLUMNS, RunTable, has_repeats
from further.scaling.units import ALIASES, parse_target


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Words of the command line; None: those of the process.

    Returns:
        0 with a law, 1 where the curve has none, 2 where the input cannot be read.
    """
    options = _parser().parse_args(arguments)
    try:
        record = _analyse(options)
        answer = describe(record)
        if options.json:
            answer = json.dumps(record.to_json(), indent=1, sort_keys=True, allow_nan=False) + "\n"
    except (ValueError, OSError) as error:
        sys.stderr.write(f"further-law: {error}\n")
        return 2
    sys.stdout.write(answer)
    return 0 if record.fitted else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="further-law", description="Fit loss = a * t^-b + c to runs of different sizes, and judge target losses."
    )
    add = parser.add_argument
    columns = f"one column of {', '.join(SIZE_COLUMNS)}; one of {', '.join(LOSS_COLUMNS)}"
    columns += "; with units in brackets, as in tokens (M) or loss (ppl)"
    others = "maybe sd, run, seed, steps, fraction (label of the size); any other is a setting that must agree"
    formats = "CSV of any separator and decimal mark, .xlsx, a W&B export, or trainer_state.json of several runs"
    add("table", type=Path, nargs="+", help=f"{formats}: {columns}; {others}")
    add("--size-column", help="name or number of the column of sizes, where several could be")
    add("--loss-column", help="name or number of the column of losses, where several could be")
    add("--target", action="append", default=[], help="loss to reach, with its unit: 2.1nats, 8.2ppl, 0.54bpb")
    add(
        "--unit",
        type=str.lower,
        choices=list(ALIASES),
        help="unit of the table's losses (default: by the column's name, else nats)",
    )
    add("--bytes-per-token", type=float, help="UTF-8 bytes per token of the held-out text, for bits per byte")
    add("--weights", choices=["auto", "sd", "none"], default="auto", help="auto: sd where sizes have repeated runs")
    add("--huber", type=float, help="residual in nats from which Huber's loss is straight; by --weights=sd in sd")
    add("--level", type=float, default=0.95, help="coverage of the intervals")
    add("--json", action="store_true", help="print everything as JSON")
    add("--tokens-per-second", type=float, help="trained tokens per second and GPU; needed for any cost")
    add("--epochs", type=float, help="epochs over the unique tokens (default: the table's column of that name, else 1)")
    add("--tokens-per-paper", type=float, help="unique tokens of one paper of the corpus")
    add("--price-per-gpu-hour", type=float, help="in --currency, on --price-date")
    add("--currency", help="of the price and the budget, such as SEK")
    add("--price-date", help="day of the price, such as 2026-11-01")
    add("--kwh-per-gpu-hour", type=float, help="energy of one GPU-hour")
    add("--yearly-budget", type=float, help="money for one training a year")
    return parser


def _analyse(options: argparse.Namespace) -> LawRecord:
    runs = RunTable(options.table, options.size_column, options.loss_column)
    epochs = runs.epochs(options.epochs)
    if options.epochs is not None:
        runs.table = runs.table.assign(epochs=epochs)
    points = runs.points(options.unit, options.bytes_per_token)
    errors = runs.errors(options.unit, options.bytes_per_token)
    if options.weights == "sd" and errors is None:
        raise ValueError("--weights sd needs a column of standard errors: name it sd, se or standard_error")
    targets = [parse_target(text, options.bytes_per_token) for text in options.target]
    return analyse_curve(
        points,
        targets,
        _cost(options, epochs),
        standard_errors=errors if _weigh(options, has_repeats(points)) else None,
        level=options.level,
        huber_delta=options.huber,
        x_axis=runs.x_axis,
    )


def _weigh(options: argparse.Namespace, repeated: bool) -> bool:
    """Say whether standard errors weigh the points.

    By themselves they weigh repeated runs only: errors of one mean per size leave out how far the form itself is off,
    which on real curves is the greater part. Under Huber's loss, whose threshold they would make a number of standard
    errors, they do so only when asked to.
    """
    by_itself = options.weights == "auto" and options.huber is None
    return options.weights == "sd" or (by_itself and repeated)


def _cost(options: argparse.Namespace, epochs: float) -> UnitCosts | None:
    names = ("price_per_gpu_hour", "currency", "price_date", "kwh_per_gpu_hour", "tokens_per_paper", "yearly_budget")
    given = {name: getattr(options, name) for name in names}
    if options.tokens_per_second is None:
        if any(value is not None for value in given.values()):
            raise ValueError("a cost needs the speed: give --tokens-per-second")
        return None
    return UnitCosts(options.tokens_per_second, epochs, **given, speed_source="given")


if __name__ == "__main__":
    sys.exit(main())
