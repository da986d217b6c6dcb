"""Stopping in time: at a step's end, having saved, before the queue kills the job or once a signal has asked for it."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

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
        margin_minutes: How long before its end it stops; None: it does not stop by itself.
        environment: Where SLURM names the end of the job, that counts: it is what kills.
    """
    if margin_minutes is None:
        return None
    end = float(environment.get("SLURM_JOB_END_TIME") or time.time() + 60 * runtime_minutes)
    return Walltime(end, end - 60 * margin_minutes)


@contextmanager
def listening(take: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Let a function take the signals that ask a job to stop. Only a main thread can listen."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, take) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class StopInTime:
    """Knows why a run has to stop after the step that it is at."""

    def __init__(self, walltime: Walltime | None) -> None:
        """Keep the walltime, None where nothing kills the job."""
        self.walltime = walltime
        self.signal: str | None = None
        self._step_started, self._longest_step_s = time.time(), 0.0

    def take_signal(self, number: int, frame: FrameType | None) -> None:
        """Take a signal for a wish to stop; a second Ctrl-C is not waited for."""
        if number == signal.SIGINT:
            signal.signal(number, signal.default_int_handler)
        self.signal = signal.Signals(number).name

    def start_steps(self) -> None:
        """Time steps from now."""
        self._step_started = time.time()

    def find_reason(self) -> str | None:
        """Why to stop here, at a step's end: a signal, or no time for a step as long as the longest. None: go on."""
        now = time.time()
        self._longest_step_s, self._step_started = max(self._longest_step_s, now - self._step_started), now
        if self.signal:
            return f"by {self.signal}"
        # A step that would end after the margin has begun is not begun: a step may take longer than the margin.
        if self.walltime and now + self._longest_step_s > self.walltime.stop:
            return f"{(self.walltime.end - now) / 60:.1f} minutes before the time limit"
        return None
