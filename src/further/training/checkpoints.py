"""Checkpoints: when they are made, which are whole, and whether they belong to the run that finds them."""

import json
import logging
import shutil
import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from further.io import read_json, write_json

log = logging.getLogger(__name__)


def claim_folder(folder: Path, identity: dict[str, Any]) -> None:
    """Make a checkpoint folder this run's own: what another run left there is said and removed.

    Args:
        folder: Where the run's checkpoints are kept.
        identity: What a checkpoint depends on: settings, data and code.
    """
    file = folder / "identity.json"
    wanted = json.loads(json.dumps(identity))
    found = read_json(file) if file.is_file() else None
    if found == wanted:
        return
    if found is not None:
        changed = sorted(key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key))
        log.warning("checkpoints in %s were made with other %s: starting anew", folder, ", ".join(changed))
    shutil.rmtree(folder, ignore_errors=True)
    write_json(file, identity)


def last_whole(folder: Path) -> Path | None:
    """The newest checkpoint that was written to its end, None if there is none.

    Trainer writes `trainer_state.json` last; one that cannot be read marks a checkpoint cut short.
    """
    checkpoints = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rsplit("-", 1)[1]), reverse=True)
    return next((path for path in checkpoints if _is_whole(path)), None)


def _is_whole(checkpoint: Path) -> bool:
    try:
        return bool(read_json(checkpoint / "trainer_state.json")["global_step"])
    except (OSError, ValueError, KeyError):
        log.warning("%s was cut short: not used", checkpoint)
        return False


class TimedCheckpoints(TrainerCallback):
    """Asks for a checkpoint every so many minutes, whatever a step takes."""

    def __init__(self, minutes: float) -> None:
        """Start the clock."""
        self.seconds = minutes * 60
        self.last = time.monotonic()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> TrainerControl:
        """Ask for a checkpoint once the time is up."""
        if time.monotonic() - self.last >= self.seconds:
            control.should_save = True
            self.last = time.monotonic()
        return control
