"""From a table of runs to points: sizes, losses, standard errors; any other column is a setting that must agree."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from further.scaling.curve import Point, size_index
from further.scaling.number_cells import SUFFIXES, is_blank, parse_number
from further.scaling.run_logs import check_no_log, melt_wide, read_trainer_states, say_one_run, take_ends
from further.scaling.table_file import Cells, read_cells
from further.scaling.units import ALIASES, to_nats, unit_name

SIZE_COLUMNS = (
    "t", "num_unique_tokens", "unique_tokens", "num_tokens", "train_tokens", "num_input_tokens_seen", "tokens", "size",
    "train_size", "cases", "examples", "samples", "images", "papers", "documents",
)  # fmt: skip
LOSS_COLUMNS = (
    "y", "loss_nats", "loss", "eval_loss", "val_loss", "validation_loss", "test_loss", "held_out_loss", "log_loss",
    "perplexity", "ppl", "eval_perplexity", "bits_per_byte", "bpb", "bits_per_token",
)  # fmt: skip
ERROR_COLUMNS = ("sd", "se", "standard_error")
LABEL_COLUMNS = ("fraction", "group")
STEP_COLUMNS = ("steps", "num_steps", "max_steps", "total_steps", "global_step")
RENAMED = {"passes": "epochs", "name": "run", "run_name": "run", "_step": "step", "trainer_global_step": "step"}
TOKENS = ("t", "tokens", "unique tokens", "train tokens", "input tokens seen", "size", "train size")
NO_SETTING = re.compile(  # may differ along a curve: what a run is called, when it ran, what else it measured
    r"(train|training)_loss|.*accuracy|.*_acc|run|seed|step|id|state|user|notes|tags|created|updated|.*runtime|.*time"
    r"|duration|host(name)?|sweep|end_fall_percent|_.*|.*_per_second"
)
UNIT_OF = {"perplexity": "perplexity", "ppl": "perplexity", "eval_perplexity": "perplexity"}
UNIT_OF |= {"bits_per_byte": "bits_per_byte", "bpb": "bits_per_byte", "bits_per_token": "bits_per_token"}
THOUSANDS = {"thousand": "k", "million": "m", "billion": "b", "trillion": "t"}
UNFINISHED = {"crashed", "failed", "killed", "preempted", "preempting", "running"}  # states of W&B's runs
BRACKETS = re.compile(r"\s*[(\[](.*)[)\]]\s*$")  # a column's unit
RUN_KINDS = ("point", "held_out")  # in the page's own scaling_law.csv


class RunTable:
    """A table with one row per run, its columns by plain names.

    Attributes:
        table: Sizes, losses, errors, steps and epochs are numbers.
        size, loss: Names of their columns.
    """

    def __init__(self, paths: Sequence[Path], size: str | None = None, loss: str | None = None) -> None:
        """Read a table, or several `trainer_state.json`.

        Args:
            paths: One file, or several trainer states.
            size, loss: Name or number (from 1) of the column of sizes and of losses; None: by its name.

        Raises:
            ValueError: If it is no table of runs, which says what stands there and what is needed.
        """
        cells = _read(paths)
        self._cells, self._names = cells, [_plain_name(name) for name in cells.names]
        # The page's own scaling_law.csv: its size is the fraction of the papers, and its curve stands below its points.
        if "kind" in self._names and "size" in self._names:
            self._names[self._names.index("size")] = "fraction"
        self.size = self._column(size, SIZE_COLUMNS, "sizes", "--size-column")
        self.loss = self._column(loss, LOSS_COLUMNS, "losses", "--loss-column")
        self._refuse_twins()
        named = {name: place for place, name in enumerate(self._names) if name}
        table = pd.DataFrame({name: [row[place] for row in cells.rows] for name, place in named.items()})
        if "kind" in table and set(table["kind"]) & set(RUN_KINDS):
            table = table.loc[table["kind"].isin(RUN_KINDS), ["run", "seed", "fraction", self.size, self.loss]]
            table = table.reset_index(drop=True)
        _refuse_unfinished(table)
        # Settings stay as they are written: they are compared, not computed with.
        for name in (self.size, self.loss, "step", "epochs", "end_fall_percent", *ERROR_COLUMNS, *STEP_COLUMNS):
            if name in table:
                table[name] = self._numbers(table, name, name in (self.size, self.loss))
        table[self.size] *= self._size_unit()
        self.table = take_ends(table, self.size, self.loss)
        check_no_log(self.table, self.size)

    @property
    def x_axis(self) -> str:
        """What the sizes count, in words."""
        counted = self.size.removeprefix("num_").replace("_", " ")
        return "unique training tokens" if counted in TOKENS else f"training {counted.removeprefix('train ')}"

    def points(self, unit: str | None, bytes_per_token: float | None) -> list[Point]:
        """Return one point per row.

        Args:
            unit: Of the losses; None: by the name of their column, else nats.
            bytes_per_token: UTF-8 bytes per token of the held-out text, for bits per byte.

        Raises:
            ValueError: If a loss cannot be one, which is named by its row.
        """
        roles = {self.size, self.loss, *ERROR_COLUMNS, *LABEL_COLUMNS, *STEP_COLUMNS, *SIZE_COLUMNS, *LOSS_COLUMNS}
        settings = [name for name in self.table if name not in roles and not NO_SETTING.fullmatch(name)]
        label = next((name for name in LABEL_COLUMNS if name in self.table), None)
        steps = next((name for name in (*STEP_COLUMNS, "step") if name in self.table), None)
        return [
            Point(
                run=f"row {number}" if is_blank(row.get("run")) else str(row["run"]),
                num_unique_tokens=row[self.size],
                loss_nats=loss,
                size=None if label is None else self._value(row[label]),
                seed=_seed(self._value(row.get("seed"))),
                settings={name: self._value(row[name]) for name in settings},
                num_steps=None if steps is None else _known(row[steps]),
                end_fall_percent=_known(row.get("end_fall_percent")),
            )
            for number, (row, loss) in enumerate(
                zip(self.table.to_dict("records"), self._losses(unit, bytes_per_token), strict=True), 1
            )
        ]

    def errors(self, unit: str | None, bytes_per_token: float | None) -> list[float] | None:
        """Return the standard error of each loss in nats, carried over by the slope of the conversion; None without."""
        column = next((name for name in ERROR_COLUMNS if name in self.table), None)
        if column is None:
            return None
        errors, name = [float(one) for one in self.table[column]], self._unit(unit)
        if name == "perplexity":
            return [error / loss for error, loss in zip(errors, self.table[self.loss], strict=True)]
        return errors if name == "nats" else [error * to_nats(1.0, name, bytes_per_token) for error in errors]

    def epochs(self, given: float | None) -> float:
        """Return the epochs over the unique tokens: the table's, or those given, or one.

        Raises:
            ValueError: If the two differ, or one is not 1 or more; the table's is named by its row.
        """
        if given is not None and not 1.0 <= given < float("inf"):
            raise ValueError(f"--epochs is {given}: give a finite number of 1 or more")
        if "epochs" not in self.table:
            return 1.0 if given is None else given
        for row, number in enumerate(self.table["epochs"], 1):
            if not number >= 1.0:
                raise ValueError(f"row {row} has epochs of {number:g}: give a number of 1 or more")
            if given is not None and number != given:
                raise ValueError(f"--epochs is {given:g}, but row {row} of the table has {number:g}: leave one out")
        return float(self.table["epochs"].iloc[0])

    def _column(self, chosen: str | None, known: Sequence[str], what: str, option: str) -> str:
        """Return the column that was chosen, or the only one of the known names."""
        shown = ", ".join(name for name in self._cells.names if name)
        if chosen is not None:
            place = int(chosen) - 1 if chosen.isdecimal() else next(iter(self._places(_plain_name(chosen))), -1)
            if not 0 <= place < len(self._names):
                raise ValueError(f"{option} is {chosen!r}, but the columns are {shown}")
            if not self._names[place]:
                raise ValueError(f"{option} is {chosen}, a column without a name: write one above it")
            # Others of the same name are blanked, as they were not chosen.
            self._names = [
                name if here == place or name != self._names[place] else "" for here, name in enumerate(self._names)
            ]
            return self._names[place]
        places = [place for name in known for place in self._places(name)]
        if not places and "step" in self._names and what == "sizes":
            raise ValueError(say_one_run("its horizontal axis is the step, and no column gives the data of a run"))
        if not places:
            raise ValueError(f"no column of {what} among {shown}: name it one of {', '.join(known)}, or give {option}")
        if len(places) > 1:
            found = " and ".join(f"{self._cells.names[place]} (column {place + 1})" for place in places)
            raise ValueError(f"{len(places)} columns of {what}, {found}: say which by {option} NAME or NUMBER")
        return self._names[places[0]]

    def _places(self, name: str) -> list[int]:
        return [place for place, one in enumerate(self._names) if one == name]

    def _refuse_twins(self) -> None:
        for name in self._names:
            if name and len(self._places(name)) > 1:
                raise ValueError(f"two columns are named {name}: leave one out")

    def _numbers(self, table: pd.DataFrame, name: str, needed: bool) -> list[float]:
        numbers = []
        for row, cell in enumerate(table[name], 1):
            number = None if is_blank(cell) else parse_number(cell, self._cells.decimal_mark)
            if number is None and is_blank(cell) and needed and "step" not in table:
                raise ValueError(f"row {row} has no {name}: give it, or leave the row out")
            if number is None and not is_blank(cell):
                raise ValueError(f"row {row} has {str(cell).strip()!r} for {name}: give a number")
            numbers.append(float("nan") if number is None else number)
        return numbers

    def _value(self, cell: Any) -> Any:
        """Return the value of a cell: a number where it is one, None for an empty one."""
        if is_blank(cell):
            return None
        number = parse_number(cell, self._cells.decimal_mark)
        if number is None:
            return cell.strip() if isinstance(cell, str) else cell
        return int(number) if number.is_integer() and not isinstance(cell, float) else number

    def _bracketed(self, column: str) -> str:
        """Return what stands in brackets at the end of a column's name, in lower case."""
        found = BRACKETS.search(self._cells.names[self._names.index(column)])
        return found[1].strip().lower() if found else ""

    def _size_unit(self) -> float:
        """Return what the sizes are multiplied by: a million where their column is tokens (M)."""
        unit = self._bracketed(self.size).removesuffix("s")
        return SUFFIXES.get(THOUSANDS.get(unit, unit), 1.0)

    def _unit(self, unit: str | None) -> str:
        """Return the unit of the losses: the one given, or the one in brackets, or that of their column's name."""
        bracketed = re.sub(r"[\W_]+", "_", self._bracketed(self.loss).replace("/", " per "))
        if bracketed.startswith("bit") or bracketed in ALIASES:
            unit = unit or bracketed
        return unit_name(unit or UNIT_OF.get(self.loss, "nats"))

    def _losses(self, unit: str | None, bytes_per_token: float | None) -> list[float]:
        """Losses in nats; those in nats already are checked with the curve."""
        name, values = self._unit(unit), [float(one) for one in self.table[self.loss]]
        if name == "nats":
            return values
        return [_row_to_nats(row, value, name, bytes_per_token) for row, value in enumerate(values, 1)]


def has_repeats(points: Sequence[Point]) -> bool:
    """Say whether a size has several runs."""
    labels = [point.size for point in points]
    sizes = pd.Series([point.num_unique_tokens for point in points], dtype=float).to_numpy()
    return len({*size_index(sizes, None if None in labels else labels).tolist()}) < len(points)


def _read(paths: Sequence[Path]) -> Cells:
    files = [
        found for path in paths for found in (sorted(path.rglob("trainer_state.json")) if path.is_dir() else [path])
    ]
    if files and all(path.suffix == ".json" for path in files):
        return read_trainer_states(files)
    if len(files) != 1:
        raise ValueError(f"{len(files)} files: give one table, or trainer_state.json of several runs")
    return melt_wide(read_cells(files[0]))


def _plain_name(name: str) -> str:
    """Return a column's name in lower case, without its unit in brackets, with _ for what is no letter or digit."""
    plain = re.sub(r"[^\w]+", "_", BRACKETS.sub("", name.strip().lower())).rstrip("_")
    plain = RENAMED.get(plain, plain)
    return "" if plain.startswith("unnamed") else plain


def _refuse_unfinished(table: pd.DataFrame) -> None:
    """A run that has not ended stands higher than one of its length."""
    for row, state in enumerate(table.get("state", ()), 1):
        if str(state).strip().lower() in UNFINISHED:
            raise ValueError(f"row {row} is of a run that is {state}: leave it out, or give a run that has finished")


def _known(cell: Any) -> float | None:
    return None if is_blank(cell) else float(cell)


def _seed(value: Any) -> int | None:
    """Return a seed, None for what is no whole number: it names a run and is not computed with."""
    return int(value) if isinstance(value, int | float) and value == value // 1 else None


def _row_to_nats(row: int, value: float, unit: str, bytes_per_token: float | None) -> float:
    try:
        return to_nats(value, unit, bytes_per_token)
    except ValueError as error:
        raise ValueError(f"row {row}: {error}") from None
