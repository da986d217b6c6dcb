"""One of several processes that train a run together: `python -m further.training.worker FOLDER`, by torch's launcher.

The folder has the job: job.json, the packed rows as .npy, a pipe for progress lines; a file `stop` asks to end in time.
"""

import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import torch
from torch import distributed

from further.io import read_json, write_json
from further.job import join_log
from further.settings import Run
from further.training import group
from further.training.adapters import ParameterCount
from further.training.run import Outcome, Recipe, Task, train_run
from further.training.trainer import Ids
from further.training.walltime import Walltime

WATCH_S = 0.2  # seconds between two looks at the launching process and at its wish to stop
PATIENCE = timedelta(hours=1)  # of a process that waits for another, which may write to a slow disk
ARRAYS = ("inputs_RT", "labels_RT", "positions_RT", "documents_RT")


@dataclass(frozen=True)
class StoredRows:
    """Packed rows as they lie in a job's folder: read when touched, and in memory once for all processes."""

    inputs_RT: Ids
    labels_RT: Ids
    positions_RT: Ids
    documents_RT: Ids


def write_job(folder: Path, recipe: Recipe, task: Task) -> None:
    """Write what `further.training.run.train_run` is given into a folder."""
    for name, rows in (("training", recipe.training), ("validation", recipe.validation)):
        for array in ARRAYS:
            np.save(folder / f"{name}-{array}.npy", getattr(rows, array))
    run = recipe.run.model_dump()
    plain = {"model_folder": str(recipe.model_folder), "run": run, "micro_batch": recipe.micro_batch}
    paths = {"adapter": str(task.adapter), "checkpoints": str(task.checkpoints)}
    write_json(folder / "job.json", {"recipe": plain, "task": asdict(task) | paths, "launcher": os.getpid()})


def read_rows(folder: Path, name: str) -> StoredRows:
    """Rows written by `write_job`, training or validation."""
    return StoredRows(*(np.load(folder / f"{name}-{array}.npy", mmap_mode="c") for array in ARRAYS))


def read_recipe(folder: Path, stored: dict[str, Any]) -> Recipe:
    """A recipe written by `write_job`."""
    rows = {name: read_rows(folder, name) for name in ("training", "validation")}
    return Recipe(Path(stored["model_folder"]), Run.model_validate(stored["run"]), stored["micro_batch"], **rows)


def read_task(stored: dict[str, Any]) -> Task:
    """A task written by `write_job`."""
    walltime = Walltime(**stored["walltime"]) if stored["walltime"] else None
    paths = {name: Path(stored[name]) for name in ("adapter", "checkpoints")}
    return Task(**stored | paths | {"documents": tuple(stored["documents"]), "walltime": walltime})


def read_outcome(folder: Path) -> Outcome:
    """What the first process wrote at the end."""
    stored = read_json(folder / "outcome.json")
    return Outcome(**stored | {"parameters": ParameterCount(**stored["parameters"])})


def main(folder: Path) -> None:
    """Train as one of the processes; the first writes the outcome, and each why it failed."""
    number, job = int(os.environ["RANK"]), read_json(folder / "job.json")
    join_log(_open_progress(folder) if number == 0 else None)
    threading.Thread(target=_watch, args=(folder, job["launcher"], number == 0), daemon=True).start()
    try:
        _join()
        outcome = train_run(read_recipe(folder, job["recipe"]), read_task(job["task"]))
        if group.is_first():
            write_json(folder / "outcome.json", asdict(outcome))
        group.wait()
    except Exception as error:
        (folder / f"error-{number}").write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
        raise
    distributed.destroy_process_group()


def _open_progress(folder: Path) -> TextIO:
    return (folder / "progress").open("w", buffering=1, encoding="utf-8")


def _join() -> None:
    """Join the group, and hide it from accelerate, which would cut the rows in its own way and repeat some."""
    if any(name == "lo" for _, name in socket.if_nameindex()):
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # one node; a host's name need not lead to itself
    distributed.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo", timeout=PATIENCE)
    for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE"):
        os.environ.pop(name, None)


def _watch(folder: Path, launcher: int, listens: bool) -> None:
    """End with the process that launched this one, which may be killed; pass on its wish to stop, once."""
    while os.getppid() == launcher:
        if listens and (folder / "stop").exists():
            os.kill(os.getpid(), int(json.loads((folder / "stop").read_text())))
            listens = False
        time.sleep(WATCH_S)
    logging.getLogger(__name__).error("the process that launched this one is gone")
    os.kill(os.getpid(), signal.SIGKILL)  # it may wait for another process, where nothing else ends it


if __name__ == "__main__":
    main(Path(sys.argv[1]))
