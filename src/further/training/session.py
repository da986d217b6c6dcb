"""One start of a run: its lock, its checkpoints, its progress, and what may end it early."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from torch.optim import Optimizer

from further.job import stop_job
from further.lock import hold_lock
from further.tracking import Report, Tracked, track
from further.training.checkpoints import DOING, Store, open_store, read_checkpoint
from further.training.distributed import barrier, broadcast, rank
from further.training.progress import Progress
from further.training.recipe import Task
from further.training.state import State, Weights
from further.training.walltime import StopInTime, listening

log = logging.getLogger(__name__)


@dataclass
class Session:
    """What stands around the loop.

    Attributes:
        kernels: Faster paths in use (`further.training.kernels`).
        report: Takes a row of the history, for the tools that `training.report_to` names.
        ends: What is closed when the run has ended.
    """

    task: Task
    store: Store
    progress: Progress
    stop: StopInTime
    state: State = field(default_factory=State)
    last_checkpoint: float = 0.0
    kernels: Sequence[str] = ()
    report: Report = lambda row: None
    ends: ExitStack = field(default_factory=ExitStack)

    def resume(self, trained: Weights, optimizer: Optimizer) -> None:
        """Go on from the last whole checkpoint, if there is one; stop if a signal came while the model was loaded."""
        checkpoint = broadcast(self.store.find_last() if rank() == 0 else None)
        if checkpoint is not None:
            self.state.unpack(*read_checkpoint(checkpoint), trained, optimizer)
        log.info("%s", f"resuming from {checkpoint}" if checkpoint else "starting from the base model")
        if reason := broadcast(self.stop.signal):
            stop_job(f"{self.task.name}: stopped by {reason} before the first step; run again to continue")
        self.state.count_seconds(training=False)
        self.last_checkpoint = time.monotonic()
        self.stop.start_steps()  # loading is no step: the longest decides when to stop
        self.progress.start_training(self.state.step, self.state.num_tokens)
        if rank() == 0:
            settings = self.task.identity.get("run", {})
            about = Tracked(Path.cwd().resolve().name, self.task.name, settings, first_step=self.state.step)
            self.report = self.ends.enter_context(track(self.task.report_to, about))

    def decide(self, is_last: bool) -> tuple[bool, str | None]:
        """Whether a checkpoint is due after a step, and why the run has to stop there; rank 0 decides for all.

        A job that another has superseded ends here. The last step needs no reason, as the end follows anyway.
        """
        self.store.check_lock()
        reason = None if is_last else self.stop.find_reason()
        due = time.monotonic() - self.last_checkpoint >= 60 * self.task.checkpoint_minutes
        decision: tuple[bool, str | None] = broadcast((due or reason is not None, reason))
        return decision

    def stop_at(self, place: str, reason: str) -> NoReturn:
        """End the job, whose checkpoint was just written."""
        stop_job(f"{self.task.name}: stopped {reason} at {place}, saved; run again to continue")

    def save(self, trained: Weights, optimizer: Optimizer) -> None:
        """Write a checkpoint of this step.

        Raises:
            OSError: If it could not be written.
            SystemExit: If another job took the run over.
        """
        self.progress.enter("saving")
        if rank() == 0:
            self.store.write(self.state.step, *self.state.pack(trained, optimizer))
        barrier()  # a process that ended meanwhile would take the one that writes with it
        self.last_checkpoint = time.monotonic()


@contextmanager
def open_session(task: Task, identity: Mapping[str, Any]) -> Iterator[Session]:
    """Take the run's lock, open its checkpoints and listen to signals, until the run has ended.

    Of several processes rank 0 does so for all; the others know where the checkpoints lie.

    Raises:
        SystemExit: If another job trains this run.
    """
    stop = StopInTime(task.walltime)
    # Signals are taken from here on: one that comes while the model is loaded stops the run before its first step.
    with listening(stop.take_signal):
        if rank() != 0:
            folder, starts = broadcast(None)  # once rank 0 has the lock
            yield Session(task, Store(folder, starts, None), Progress(task.name, None), stop)
            return
        progress = Progress(task.name, task.checkpoints / DOING)
        with hold_lock(task.checkpoints) as lock, progress.shown():
            store = open_store(task.checkpoints, identity, lock)
            broadcast((store.folder, store.starts))
            with ExitStack() as ends:
                yield Session(task, store, progress, stop, ends=ends)
