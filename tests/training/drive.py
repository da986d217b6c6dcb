"""Tiny runs in processes of their own, which a test may kill; torch is imported once for all of them."""

import multiprocessing
import resource
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from further.io import read_json, write_json
from further.training.checkpoints import step_of
from further.training.rows import TextRows
from training.settings import RUN as SHORT_RUN

RUN = SHORT_RUN | {"dropout": 0.1, "batch_tokens": 64}
SIZES = {"ahmed": 30, "berg": 75, "costa": 11, "diaz": 120, "evans": 60, "frank": 90}  # tokens by paper

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["further.training.launch", "further.tokens.packing"])


@dataclass(frozen=True)
class Case:
    """A run, and what happens to its process.

    Attributes:
        folder: For checkpoints, adapter, log and results.
        model_folder: The base model.
        settings: That differ from `RUN`.
        minutes: Between checkpoints.
        step_s: Least seconds a step takes, so that a test can hit one.
        lease_s: Of the lock.
        walltime_s: Seconds until the walltime, and its margin; none if None.
        memory_ends_at: Step at which more memory is asked for than there is.
        room_ends_at: Step from which no file may have more than 20 kB.
        poisoned: A paper given a token whose embedding is infinite.
        checkpoints: Where they lie; None: in the folder.
        world_size: Processes that train it together; the disturbances above are for one only.
        sharded: Whether each keeps a part of the base.
    """

    folder: Path
    model_folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    minutes: float = 0.0
    step_s: float = 0.0
    lease_s: float = 60.0
    walltime_s: tuple[float, float] | None = None
    memory_ends_at: int | None = None
    room_ends_at: int | None = None
    poisoned: str | None = None
    checkpoints: Path | None = None
    world_size: int = 1
    sharded: bool = False

    @property
    def store(self) -> Path:
        return self.checkpoints or self.folder / "checkpoints"

    def steps_saved(self) -> list[int]:
        """Steps of the checkpoints that lie there."""
        return sorted(step_of(path) for path in self.store.glob("*/checkpoint-*"))

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def results(self) -> tuple[bytes, Any]:
        """The adapter's bytes, and everything that must not depend on interruptions."""
        return (self.folder / "adapter/adapter_model.safetensors").read_bytes(), read_json(self.folder / "results.json")


def start(case):
    """Start a run in a process."""
    case.folder.mkdir(exist_ok=True)
    process = SERVER.Process(target=_train, args=(case,))
    process.start()
    return process


def finish(process, timeout=120):
    """Wait for a process; returns its exit code."""
    process.join(timeout)
    assert process.exitcode is not None, "still running"
    return process.exitcode


@contextmanager
def running(case):
    """A run's process, killed at the end if it still runs."""
    process = start(case)
    try:
        yield process
    finally:
        process.kill()
        process.join()


def wait_for_step(case, process, step, timeout=120):
    """Wait until the run has saved this step."""
    until = time.monotonic() + timeout
    while max(case.steps_saved(), default=0) < step:
        assert process.is_alive() and time.monotonic() < until, case.log()
        time.sleep(0.001)


def pack(case):
    """Rows of six papers; a poisoned one holds token 299 once."""
    from further.tokens.packing import pack_documents
    from further.tokens.tokenizer import special_tokens

    generator = np.random.default_rng(0)
    papers = {name: generator.integers(2, 40, size).tolist() for name, size in SIZES.items()}
    if case.poisoned:
        papers[case.poisoned][3] = 299
    return pack_documents(list(papers.values()), 32, special_tokens(case.model_folder))


def _train(case):
    """Body of the process: one start of the run, its results as JSON."""
    from further import lock
    from further.batch import micro_batch
    from further.job import start_log
    from further.training.launch import start_run
    from further.training.recipe import Recipe, Task
    from further.training.walltime import Walltime

    start_log(str(case.folder / "log"))
    lock.LEASE_S = case.lease_s
    run, rows = RUN.model_copy(update=case.settings), pack(case)
    walltime = None
    if case.walltime_s:
        end, margin = time.time() + case.walltime_s[0], case.walltime_s[1]
        walltime = Walltime(end, end - margin)
    how = {"walltime": walltime, "world_size": case.world_size, "sharded": case.sharded}
    task = Task("run", case.folder / "adapter", case.store, case.minutes, {"run": run.model_dump()}, 1, **how)
    training, validation = DisturbedRows(rows, SIZES, whole=case.sharded), TextRows(rows, whole=case.sharded)
    training.case = case
    outcome = start_run(Recipe(case.model_folder, run, micro_batch(run), training, validation), task)
    kept = ("num_steps", "num_trained_tokens", "final_train_loss_nats", "validation_loss_nats", "history")
    write_json(case.folder / "results.json", {name: getattr(outcome, name) for name in kept})
    outcome.timing.save(case.folder / "timing.json")


class DisturbedRows(TextRows):
    """What happens outside of the run's own code: slow steps, memory and room that end."""

    case, steps = None, 0

    def sum_loss(self, model, batch):
        self.steps += 1
        time.sleep(self.case.step_s)
        if self.steps == self.case.memory_ends_at:
            torch.empty(2**50)
        if self.steps == self.case.room_ends_at:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        return TextRows.sum_loss(model, batch)
