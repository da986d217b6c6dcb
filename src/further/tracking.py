"""Metrics of each step for the tools that teams look at runs with: TensorBoard, Trackio, Weights & Biases.

All of them write files in the study's own folder and nothing else, under `logs/tracking`, unless the user's environment
says otherwise (`WANDB_MODE=online`, `TRACKIO_SPACE_ID`). A run is one run there, however often it was started.
None of them is needed: `training.report_to` is empty by default, and what goes wrong in one never ends a training.
"""

import hashlib
import importlib.util
import logging
import os
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path("logs") / "tracking"
NAMES = {  # of the history's columns, as they are shown
    "loss_nats": "train/loss",
    "learning_rate": "train/learning_rate",
    "num_tokens": "train/tokens",
    "validation_loss_nats": "validation/loss",
}
Report = Callable[[Mapping[str, Any]], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tracked:
    """What is tracked.

    Attributes:
        folder: Where results land.
        first_step: Steps that were done before this start; 0: the run begins, and what an earlier one left goes.
    """

    study: str
    run: str
    settings: Mapping[str, object] = field(default_factory=dict)
    folder: Path = Path()
    first_step: int = 0

    @property
    def key(self) -> str:
        """The same for all starts of a run in a folder."""
        return hashlib.sha256(f"{self.folder.resolve()} {self.run}".encode()).hexdigest()[:16]


class Tracker(ABC):
    """One tool, for one run."""

    @abstractmethod
    def write(self, step: int, metrics: Mapping[str, float]) -> None:
        """Keep the metrics of a step, counted from 1."""

    @abstractmethod
    def close(self) -> None:
        """End the run."""


class TensorBoard(Tracker):
    """Event files that `tensorboard --logdir logs/tracking/tensorboard` reads."""

    def __init__(self, tracked: Tracked) -> None:
        """Go on behind the steps that are there; steps that a resumed run repeats are taken back."""
        from torch.utils.tensorboard import SummaryWriter

        place = tracked.folder / FOLDER / "tensorboard" / tracked.run
        if not tracked.first_step:
            shutil.rmtree(place, ignore_errors=True)
        # A run that was killed may have written steps after the checkpoint that it goes on from.
        purge = tracked.first_step + 1 if tracked.first_step else None
        self._writer: Any = SummaryWriter(str(place), purge_step=purge)

    def write(self, step: int, metrics: Mapping[str, float]) -> None:
        """Keep the metrics of a step."""
        for name, value in metrics.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()


class _Run(Tracker):
    """A tool that gives an object for the run."""

    _run: Any

    def write(self, step: int, metrics: Mapping[str, float]) -> None:
        """Keep the metrics of a step."""
        self._run.log(dict(metrics), step=step)

    def close(self) -> None:
        """Write what is left."""
        self._run.finish()


class Trackio(_Run):
    """A local database that `TRACKIO_DIR=logs/tracking/trackio trackio show` shows."""

    def __init__(self, tracked: Tracked) -> None:
        """Go on with the run of that name; one that begins anew takes its place."""
        os.environ.setdefault("TRACKIO_DIR", str((tracked.folder / FOLDER / "trackio").resolve()))
        import trackio

        if not tracked.first_step:
            with suppress(ValueError):  # the first run of a study has no project yet
                for run in [run for run in trackio.Api().runs(tracked.study) if run.name == tracked.run]:
                    run.delete()
        settings = dict(tracked.settings)
        self._run = trackio.init(tracked.study, name=tracked.run, config=settings, resume="allow", embed=False)


class Wandb(_Run):
    """Files that `wandb sync logs/tracking/wandb/*` sends, if and when the user types it."""

    def __init__(self, tracked: Tracked) -> None:
        """Go on with the run of that key."""
        os.environ.setdefault("WANDB_MODE", "offline")
        os.environ.setdefault("WANDB_SILENT", "true")
        import wandb

        place = tracked.folder / FOLDER
        place.mkdir(parents=True, exist_ok=True)
        project = re.sub(r"[/\\#?%:]", "-", tracked.study)  # which it takes no name with
        config = dict(tracked.settings)
        self._run = wandb.init(
            project=project, name=tracked.run, config=config, dir=str(place), id=tracked.key, resume="allow"
        )


TRACKERS: dict[str, Callable[[Tracked], Tracker]] = {"tensorboard": TensorBoard, "trackio": Trackio, "wandb": Wandb}


def check_trackers(names: Sequence[str]) -> None:
    """Refuse tools that are not installed.

    Raises:
        ValueError: With the command that installs them.
    """
    absent = [name for name in names if importlib.util.find_spec(name) is None]
    if absent:
        raise ValueError(f"training.report_to: {', '.join(absent)} is not installed: pip install {' '.join(absent)}")


@contextmanager
def track(names: Sequence[str], tracked: Tracked) -> Iterator[Report]:
    """Track a run with some tools, none if there are no names.

    Args:
        names: Keys of TRACKERS.

    Yields:
        What takes the row of a step: `step` and columns of `NAMES`; None is no value. A tool that fails is left out
        from then on, with a line in the log.
    """
    open_ones: dict[str, Tracker] = {}
    for name in names:
        _try(name, lambda name=name: open_ones.setdefault(name, TRACKERS[name](tracked)))  # type: ignore[misc]

    def report(row: Mapping[str, Any]) -> None:
        metrics = {shown: float(row[key]) for key, shown in NAMES.items() if row.get(key) is not None}
        for name, tracker in list(open_ones.items()):
            if not _try(name, lambda tracker=tracker: tracker.write(int(row["step"]), metrics)):  # type: ignore[misc]
                del open_ones[name]

    try:
        yield report
    finally:
        for name, tracker in open_ones.items():
            _try(name, tracker.close)


def _try(name: str, act: Callable[[], object]) -> bool:
    """Whether it went well."""
    try:
        act()
    except Exception as error:  # whatever a tool raises, a training goes on
        log.warning("%s tracks this run no longer: %s: %s", name, type(error).__name__, error)
        return False
    return True
