"""Read a table of runs: sizes, losses, standard errors, and every other column as a setting that must agree."""

from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import Any

import pandas as pd

from further.scaling.check import size_index
from further.scaling.curve import Point
from further.scaling.units import to_nats, unit_name

SIZE_COLUMNS = ("t", "num_unique_tokens", "num_tokens", "tokens", "size")
LOSS_COLUMNS = ("y", "loss_nats", "loss", "perplexity", "bits_per_byte")
ERROR_COLUMNS = ("sd", "se", "standard_error")
LABEL_COLUMNS = ("fraction", "group")
OF_A_RUN = ("run", "seed", "step", "steps")  # may differ along a curve
ROLES = {*SIZE_COLUMNS, *LOSS_COLUMNS, *ERROR_COLUMNS, *LABEL_COLUMNS, *OF_A_RUN}
OF_THE_TABLE = {"perplexity": "perplexity", "bits_per_byte": "bits_per_byte"}


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV, with the names of its columns in lower case, without spaces about them; "passes" are epochs.

    Raises:
        ValueError: If it is no table, or two columns have one name.
    """
    table = pd.read_csv(path, skipinitialspace=True)
    table.columns = pd.Index(["epochs" if name == "passes" else name for name in map(_plain_name, table.columns)])
    twice = table.columns[table.columns.duplicated()]
    if len(twice):
        raise ValueError(f"two columns are named {twice[0]}: leave one out")
    return table


def read_points(table: pd.DataFrame, unit: str | None, bytes_per_token: float | None) -> list[Point]:
    """Read one point per row.

    Args:
        table: As from `read_table`.
        unit: Of the losses; None: by the name of their column, else nats.
        bytes_per_token: UTF-8 bytes per token of the held-out text, for bits per byte.

    Raises:
        ValueError: If sizes or losses are missing or there twice, or a loss cannot be one, which is named by its row.
    """
    sizes = _numbers(table, find_column(table, SIZE_COLUMNS, "sizes"))
    label = _label_column(table)
    return [
        Point(
            run=str(row["run"]) if "run" in row else f"row {number}",
            num_unique_tokens=size,
            loss_nats=loss,
            size=None if label is None else _value(row[label]),
            seed=_seed(row.get("seed")),
            settings={name: _value(row[name]) for name in row if name not in ROLES},
        )
        for number, (row, size, loss) in enumerate(
            zip(_rows(table), sizes, _losses(table, unit, bytes_per_token), strict=True), 1
        )
    ]


def read_errors(table: pd.DataFrame, unit: str | None, bytes_per_token: float | None) -> list[float]:
    """Read the standard error of each loss in nats: errors carried over by the slope of the conversion.

    Args and errors as in `read_points`.
    """
    column, losses = find_column(table, ERROR_COLUMNS, "standard errors"), find_column(table, LOSS_COLUMNS, "losses")
    errors, name = _numbers(table, column), _unit_of(losses, unit)
    if name == "perplexity":
        return [error / loss for error, loss in zip(errors, _numbers(table, losses), strict=True)]
    return errors if name == "nats" else [error * log(2.0) * (bytes_per_token or 0.0) for error in errors]


def has_errors(table: pd.DataFrame) -> bool:
    """Say whether a column of standard errors is there."""
    return any(name in table for name in ERROR_COLUMNS)


def has_repeats(points: Sequence[Point]) -> bool:
    """Say whether a size has several runs."""
    labels = [point.size for point in points]
    sizes = pd.Series([point.num_unique_tokens for point in points], dtype=float).to_numpy()
    return len({*size_index(sizes, None if None in labels else labels).tolist()}) < len(points)


def read_epochs(table: pd.DataFrame, given: float | None) -> float:
    """Return the passes over the unique tokens: the table's, or those given, or one.

    Raises:
        ValueError: If the two differ, or one is no number of 1 or more; the table's is named by its row.
    """
    if given is not None and not given >= 1.0:
        raise ValueError(f"--epochs is {given}: give 1 or more")
    if "epochs" not in table:
        return 1.0 if given is None else given
    epochs = _numbers(table, "epochs")
    for row, number in enumerate(epochs, 1):
        if not number >= 1.0:
            raise ValueError(f"row {row} has epochs of {table['epochs'].iloc[row - 1]}: give a number of 1 or more")
        if given is not None and number != given:
            raise ValueError(f"--epochs is {given:g}, but row {row} of the table has {number:g}: leave one out")
    return epochs[0] if epochs else 1.0


def find_column(table: pd.DataFrame, names: Sequence[str], what: str) -> str:
    """Return the one column of these names.

    Raises:
        ValueError: If there is none, or more than one.
    """
    found = [name for name in names if name in table]
    if not found:
        columns = ", ".join(map(str, table.columns))
        raise ValueError(f"no column of {what} among {columns}: name it one of {', '.join(names)}")
    if len(found) > 1:
        raise ValueError(f"{len(found)} columns of {what}, {' and '.join(found)}: leave only one")
    return found[0]


def _plain_name(name: Any) -> str:
    return str(name).strip().lower()


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows without the column of row numbers that pandas writes."""
    named = table[[name for name in table if not str(name).startswith("unnamed:")]]
    return [{str(name): cell for name, cell in row.items()} for row in named.to_dict("records")]


def _label_column(table: pd.DataFrame) -> str | None:
    return find_column(table, LABEL_COLUMNS, "labels") if any(name in table for name in LABEL_COLUMNS) else None


def _value(cell: Any) -> Any:
    """Return the value of a cell, None for an empty one."""
    return None if pd.isna(cell) else cell


def _seed(cell: Any) -> int | None:
    """Return a seed, None for what is no whole number: it names a run and is not computed with."""
    number = pd.to_numeric(cell, errors="coerce") if cell is not None else None
    return int(number) if number is not None and number == number // 1 else None


def _numbers(table: pd.DataFrame, column: str) -> list[float]:
    return [float(one) for one in pd.to_numeric(table[column], errors="coerce")]


def _unit_of(column: str, unit: str | None) -> str:
    return unit_name(unit or OF_THE_TABLE.get(column, "nats"))


def _losses(table: pd.DataFrame, unit: str | None, bytes_per_token: float | None) -> list[float]:
    """Losses in nats; those in nats already are checked with the curve."""
    column = find_column(table, LOSS_COLUMNS, "losses")
    name, values = _unit_of(column, unit), _numbers(table, column)
    if name == "nats":
        return values
    return [_row_to_nats(row, value, name, bytes_per_token) for row, value in enumerate(values, 1)]


def _row_to_nats(row: int, value: float, unit: str, bytes_per_token: float | None) -> float:
    try:
        return to_nats(value, unit, bytes_per_token)
    except ValueError as error:
        raise ValueError(f"row {row}: {error}") from None
