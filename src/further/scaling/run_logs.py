"""Logs of several runs as a logger exports them, brought to one row per run: its end."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from further.scaling.number_cells import is_blank
from further.scaling.run_lengths import end_fall_percent
from further.scaling.table_file import Cells

WIDE = re.compile(r"(?P<run>.+) - (?P<metric>[^-]+)")  # Weights & Biases: "run - metric", and its "__MIN", "__MAX"
CHECKPOINT = re.compile(r"checkpoint-\d+")
FEWEST_EVEN = 20  # rows at equal distances that are the log of one run, unless they name their runs
EVEN = 0.02  # relative


def melt_wide(cells: Cells) -> Cells:
    """Bring a chart of several runs, one column per run, to one row per run with its end; other tables stay."""
    found = {place: match for place, name in enumerate(cells.names) if (match := WIDE.fullmatch(name))}
    found = {place: one for place, one in found.items() if not one["metric"].endswith(("__MIN", "__MAX"))}
    if not found:
        return cells
    metrics = sorted({match["metric"].strip() for match in found.values()})
    losses = [metric for metric in metrics if "loss" in metric.lower() or "perplexity" in metric.lower()]
    if len(losses) != 1:
        raise ValueError(f"the chart shows {', '.join(metrics)}: export one that shows the held-out loss alone")
    axis = next((place for place, name in enumerate(cells.names) if not WIDE.fullmatch(name)), None)
    if axis is None:
        raise ValueError(f"every column is a run's {losses[0]}: add one with the data of each row, such as tokens")
    rows = []
    for place, match in found.items():
        measured = [row for row in cells.rows if not is_blank(row[place])]
        if match["metric"].strip() == losses[0] and measured:
            rows.append([match["run"].strip(), measured[-1][axis], measured[-1][place]])
    return Cells(["run", cells.names[axis], losses[0]], rows, cells.decimal_mark)


def read_trainer_states(paths: Sequence[Path]) -> Cells:
    """Read `trainer_state.json` of several runs of Hugging Face's Trainer: one row each, its last checkpoint.

    The size is the tokens seen over the epochs; where the Trainer did not count tokens, the steps times the batch over
    the epochs, which is the number of training examples up to a factor that the runs have in common.

    Raises:
        ValueError: If one is no trainer state, or has no evaluation, or does not tell its size.
    """
    ends: dict[Path, tuple[Path, dict[str, Any]]] = {}
    for path in paths:
        run, state = _run_of(path), _read_state(path)
        if run not in ends or (state.get("global_step") or 0) > (ends[run][1].get("global_step") or 0):
            ends[run] = path, state
    counted = all(state.get("num_input_tokens_seen") for _, state in ends.values())
    unique = len({run.name for run in ends}) == len(ends)
    rows = [
        _state_row(run.name if unique else str(run), state, counted=counted, where=str(path))
        for run, (path, state) in ends.items()
    ]
    size = "tokens" if counted else "examples"
    return Cells(["run", size, "loss", "steps", "end_fall_percent", "epochs"], rows, ".")


def _run_of(path: Path) -> Path:
    """The folder of a state's run, outside of its checkpoints; of a renamed state its own path."""
    place = path.resolve()
    if place.stem != "trainer_state":
        return place.with_suffix("")
    return place.parent.parent if CHECKPOINT.fullmatch(place.parent.name) else place.parent


def _read_state(path: Path) -> dict[str, Any]:
    try:
        state = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise ValueError(f"{path.name} is no JSON that can be read: give trainer_state.json of each run") from error
    if not isinstance(state, dict) or not isinstance(state.get("log_history"), list):
        raise ValueError(f"{path.name} has no log_history: give trainer_state.json of each run, or a table")
    return state


def _state_row(name: str, state: dict[str, Any], *, counted: bool, where: str) -> list[Any]:
    evaluations = [entry for entry in state["log_history"] if isinstance(entry, dict) and "eval_loss" in entry]
    if not evaluations:
        raise ValueError(f"{where} has no eval_loss: evaluate each run at its end")
    names = ("global_step", "epoch", "num_input_tokens_seen" if counted else "train_batch_size")
    told: list[Any] = [state.get(name) for name in names]
    if not all(isinstance(one, int | float) and one > 0 for one in told):
        raise ValueError(
            f"{where} does not tell how much data the run had: train with include_num_input_tokens_seen=True, or give "
            "a table with the tokens of each run"
        )
    steps, epochs, seen = told
    size = seen / epochs if counted else steps * seen / epochs
    looks: list[Any] = [[one.get(name) for one in evaluations] for name in ("step", "eval_loss")]
    fall = end_fall_percent(*looks)
    return [name, size, evaluations[-1]["eval_loss"], steps, fall, round(float(epochs), 2)]


def take_ends(table: pd.DataFrame, size: str, loss: str) -> pd.DataFrame:
    """Keep the last row of each run of a log with the columns `run` and `step`, with its steps and end fall.

    Args:
        table: Columns by plain names; `step`, `size` and `loss` are numbers.
        size, loss: Names of their columns.
    """
    if "run" not in table or "step" not in table or not table["run"].duplicated().any():
        return table
    ends = []
    for _, log in table.dropna(subset=[loss]).sort_values("step", kind="stable").groupby("run", sort=False):
        last = log.iloc[-1].copy()
        last["steps"], last["end_fall_percent"] = last["step"], end_fall_percent(log["step"], log[loss])
        last[size] = log[size].max()  # the last row may be of an evaluation, which logs no tokens
        ends.append(last)
    return pd.DataFrame(ends).drop(columns="step").reset_index(drop=True)


def check_no_log(table: pd.DataFrame, size: str) -> None:
    """Refuse the log of one run's steps, also where its column is called tokens.

    Args:
        table: Columns by plain names, one row per run.

    Raises:
        ValueError: If the rows are steps of one run: their step grows with the size, or there are many at equal
            distances, and nothing names several runs.
    """
    if "run" in table and table["run"].nunique() > 1:
        return
    if "step" in table and table["step"].is_monotonic_increasing and table["step"].is_unique and len(table) > 1:
        raise ValueError(say_one_run("a step that grows from row to row"))
    sizes = table[size].drop_duplicates().sort_values()
    distances = sizes.diff().dropna()
    if len(sizes) >= FEWEST_EVEN and distances.max() - distances.min() <= EVEN * distances.mean():
        raise ValueError(say_one_run(f"{len(sizes)} sizes at equal distances"))


def say_one_run(found: str) -> str:
    """Return the message that refuses a log of steps."""
    return (
        f"the table looks like the log of one run's steps ({found}): a law needs separate runs, each with its own "
        "schedule, so give the end of each run, with a column run that names them"
    )
