"""One start of a run: its lock, its checkpoints, its progress, and what may end it early."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.optim import Optimizer

from further.job import stop_job
from further.lock import hold_lock
from further.training.checkpoints import DOING, Store, open_store
from further.training.distributed import barrier, broadcast, rank
from further.training.progress import Progress
from further.training.state import State
from further.training.walltime import StopInTime, Walltime


@dataclass
class Session:
    """What stands around the loop of one start.

    Attributes:
        name: The run's.
        store: The run's checkpoints.
        state: What the run has come to.
        progress: What it is doing.
        stop: Why it has to stop.
        checkpoint_s: Seconds between checkpoints; 0: one after every step.
    """

    name: str
    store: Store
    state: State
    progress: Progress
    stop: StopInTime
    checkpoint_s: float
    last_checkpoint: float = 0.0

    def resume(self, trained: Mapping[str, torch.Tensor], optimizer: Optimizer) -> Path | None:
        """Go on from the last whole checkpoint, if there is one, which is returned.

        Raises:
            SystemExit: If a signal asked to stop while the model was loaded.
        """
        checkpoint: Path | None = broadcast(self.store.find_last() if rank() == 0 else None)
        if checkpoint is not None:
            self.state.load(checkpoint, trained, optimizer)
        if reason := broadcast(self.stop.signal):
            stop_job(f"{self.name}: stopped by {reason} before the first step; run again to continue")
        self.last_checkpoint = time.monotonic()
        self.stop.start_steps()
        self.state.start_training()
        self.progress.start_training(self.state.step, self.state.num_tokens)
        return checkpoint

    def decide(self, is_last: bool) -> tuple[bool, str | None]:
        """Whether a checkpoint is due after a step, and why the run has to stop there; rank 0 decides for all.

        Args:
            is_last: Whether it is the run's last step, which the end follows anyway.
        """
        reason = None if is_last else self.stop.find_reason()
        due = time.monotonic() - self.last_checkpoint >= self.checkpoint_s
        decision: tuple[bool, str | None] = broadcast((due or reason is not None, reason))
        return decision

    def save(self, trained: Mapping[str, torch.Tensor], optimizer: Optimizer) -> None:
        """Write a checkpoint of this step.

        Raises:
            OSError: If it could not be written.
            SystemExit: If another job took the run over.
        """
        self.progress.enter("saving")
        if rank() == 0:
            with self.store.writing(self.state.step, self.state.size(trained, optimizer)) as folder:
                self.state.save(folder, trained, optimizer)
        barrier()  # a process that ended meanwhile would take the one that writes with it
        self.last_checkpoint = time.monotonic()


@contextmanager
def open_session(
    name: str, checkpoints: Path, identity: dict[str, Any], checkpoint_minutes: float, walltime: Walltime | None
) -> Iterator[Session]:
    """Take the run's lock, open its checkpoints and listen to signals, until the run has ended.

    Of several processes rank 0 does so for all; the others know where the checkpoints lie.

    Args:
        name: The run's.
        checkpoints: Its folder.
        identity: What a checkpoint depends on.
        checkpoint_minutes: Time between checkpoints; 0: one after every step.
        walltime: When the job will be killed, None where nothing kills it.

    Raises:
        SystemExit: If another job trains this run.
    """
    state, stop = State(), StopInTime(walltime)
    with stop.listening():
        if rank() != 0:
            folder, starts = broadcast(None)
            store = Store(folder, starts, None)
            yield Session(name, store, state, Progress(name, None), stop, checkpoint_minutes * 60)
            return
        progress = Progress(name, checkpoints / DOING)
        with hold_lock(checkpoints) as lock, progress.shown():
            store = open_store(checkpoints, identity, lock)
            broadcast((store.folder, store.starts))
            yield Session(name, store, state, progress, stop, checkpoint_minutes * 60)
