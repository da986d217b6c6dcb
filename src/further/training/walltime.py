"""Stopping in time: at a step's end, having saved, before the queue kills the job or once a signal has asked for it."""

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from further.job import stop_job
from further.training import group

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)  # a queue's, Ctrl-C, and what sbatch --signal sends


@dataclass(frozen=True)
class Walltime:
    """When a job will be killed, and when it stops by itself; Unix times in seconds."""

    end: float
    stop: float


def find_walltime(
    runtime_minutes: float, margin_minutes: float | None, environment: Mapping[str, str]
) -> Walltime | None:
    """The walltime of the job that starts now.

    Args:
        runtime_minutes: What the job asked for.
        margin_minutes: How long before its end it stops; None: it does not stop by itself.
        environment: Where SLURM names the end of the job, that counts: it is what kills.
    """
    if margin_minutes is None:
        return None
    end = float(environment.get("SLURM_JOB_END_TIME") or time.time() + 60 * runtime_minutes)
    return Walltime(end, end - 60 * margin_minutes)


class StopInTime(TrainerCallback):
    """Asks for a checkpoint at the end of the step in which time is up or a signal came; once saved, ends the job."""

    def __init__(self, name: str, walltime: Walltime | None) -> None:
        """Keep the run's name, for the message, and its walltime."""
        self.name, self.walltime = name, walltime
        self.signal: str | None = None
        self.reason: str | None = None
        self.step_started, self.longest_step_s = 0.0, 0.0

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take signals for a wish to stop; a second Ctrl-C is not waited for. Only a main thread can listen."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._take_signal) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _take_signal(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            signal.signal(number, signal.default_int_handler)
        self.signal = signal.Signals(number).name

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Stop at once where a signal came while the model was loaded."""
        self.signal = group.from_first(self.signal)
        if self.signal:
            stop_job(f"{self.name}: stopped by {self.signal} before the first step; run again to continue")

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Time the step."""
        self.step_started = time.monotonic()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> TrainerControl:
        """Ask for a checkpoint if the job has to stop here; the last step of all is followed by the end anyway."""
        self.longest_step_s = max(self.longest_step_s, time.monotonic() - self.step_started)
        if state.global_step < state.max_steps:
            self.reason = group.from_first(self._find_reason())
            control.should_save = control.should_save or self.reason is not None
        return control

    def _find_reason(self) -> str | None:
        if self.signal:
            return f"by {self.signal}"
        if self.walltime and time.time() + self.longest_step_s > self.walltime.stop:
            return f"{(self.walltime.end - time.time()) / 60:.1f} minutes before the walltime"
        return None

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """End the job, now that the checkpoint is whole."""
        if self.reason:
            step = f"step {state.global_step} of {state.max_steps}"
            stop_job(f"{self.name}: stopped {self.reason} at {step}, saved; run again to continue")
