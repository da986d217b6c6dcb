"""What stands around a run's training: its lock, its checkpoints, its clock, and what may end it early."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from further.lock import Lock, hold_lock
from further.training import group
from further.training.checkpoints import Store, TimedCheckpoints, open_store
from further.training.clock import Clock
from further.training.walltime import StopInTime, Walltime


@dataclass(frozen=True)
class Session:
    """One start of a run.

    Attributes:
        store: The run's checkpoints.
        clock: Seconds, with those of earlier starts.
        callbacks: For the trainer: they ask for checkpoints and end the job in time.
    """

    store: Store
    clock: Clock
    callbacks: list[TrainerCallback]


@contextmanager
def open_session(
    name: str, checkpoints: Path, identity: dict[str, Any], checkpoint_minutes: float, walltime: Walltime | None
) -> Iterator[Session]:
    """Take the run's lock, open its checkpoints and listen to signals, until the run has ended.

    Of several processes the first does so for all; the others know where the checkpoints lie.

    Args:
        name: The run's.
        checkpoints: Its folder.
        identity: What a checkpoint depends on.
        checkpoint_minutes: Time between checkpoints; 0: one after every step.
        walltime: When the job will be killed, None where nothing kills it.

    Raises:
        SystemExit: If another job trains this run.
    """
    clock, in_time = Clock(), StopInTime(name, walltime)
    callbacks = [TimedCheckpoints(checkpoint_minutes), in_time]
    with in_time.listening():
        if not group.is_first():
            folder, starts = group.from_first(None)
            yield Session(Store(folder, starts, clock, None), clock, callbacks)
            return
        with hold_lock(checkpoints) as lock:
            store = open_store(checkpoints, identity, clock, lock)
            group.from_first((store.folder, store.starts))
            yield Session(store, clock, [StopWhenSuperseded(lock), *callbacks])


class StopWhenSuperseded(TrainerCallback):
    """Ends a job that lost its lock, before it writes anything more: it was suspended, and another took over."""

    def __init__(self, lock: Lock) -> None:
        """Keep the lock."""
        self.lock = lock

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Look at the lock."""
        self.lock.check()
