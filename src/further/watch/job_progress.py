"""What a job says of itself while it runs: progress.json of a training, or the last progress line of any job."""

import time
from dataclasses import dataclass
from pathlib import Path

from further.io import read_json
from further.job import progress_file
from further.watch.session import Job

SILENT_S = 60.0  # a living training writes every few seconds


@dataclass(frozen=True)
class Doing:
    """The last word of a job.

    Attributes:
        state: loading, training, validating, saving, stopped, failed; empty of other jobs.
        step: Optimizer steps done; None before the first, and of other jobs.
        loss_nats: Of the last step, nats per token.
        message: In words; empty where there are none.
        updated: Unix time of the last word.
        seconds: Of this start of the job; 0 where unknown.
    """

    state: str = ""
    step: int | None = None
    num_steps: int | None = None
    loss_nats: float | None = None
    message: str = ""
    updated: float = 0.0
    seconds: float = 0.0

    @property
    def is_alive(self) -> bool:
        """Whether it spoke within the last minute, and not of its own end."""
        return self.state not in ("stopped", "failed") and time.time() - self.updated < SILENT_S

    @property
    def done(self) -> float | None:
        """Fraction of the steps that are done; None where unknown."""
        return self.step / self.num_steps if self.step is not None and self.num_steps else None

    def __str__(self) -> str:
        """`step 120 of 400, loss 5.21, validating`, or the job's own words."""
        if self.step is None:
            return self.message or self.state
        loss = "" if self.loss_nats is None else f", loss {self.loss_nats:.2f}"
        beside = "" if self.state == "training" else f", {self.state}"
        return f"step {self.step} of {self.num_steps}{loss}{beside}"


def read_training(folder: Path, run: str) -> Doing | None:
    """The last word of a training; None if it said nothing yet."""
    return _read(folder / "checkpoints" / run / "progress.json")


def read_doing(folder: Path, job: Job) -> Doing | None:
    """The last word of a job; None if it said nothing yet."""
    if job.rule == "train_qlora":
        return read_training(folder, job.run)
    return _read(progress_file(folder / job.log)) if job.log else None


def _read(file: Path) -> Doing | None:
    """What a file says: all of it of a training, words and their time of any other job."""
    # Written by another process at this moment, perhaps, or by an earlier version.
    try:
        said = read_json(file)
        words, when = (said["message"] or "", said["updated"]), said.get("seconds", 0.0)
        return Doing(said.get("state", ""), said.get("step"), said.get("steps"), said.get("loss"), *words, when)
    except (OSError, ValueError, KeyError, TypeError):
        return None
