"""Early stopping: a run ends when its validation loss has not fallen for a while, and its best adapter is kept."""

import logging
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from further.training import group

log = logging.getLogger(__name__)


class EarlyStopping(TrainerCallback):
    """Stops after so many validations in a row without a new lowest loss; keeps the trained weights of the lowest.

    The losses stand in Trainer's own log, which checkpoints carry, and the weights beside the checkpoints: a resumed
    run counts on from where it was. Must come after `further.training.history.History`, which measures.
    """

    def __init__(self, patience: int | None, folder: Path) -> None:
        """Keep the patience, None for off, and the folder for the best weights."""
        self.patience, self.folder = patience, folder

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Forget what an earlier start found after the checkpoint that this one goes on from: its log lacks that."""
        if group.is_first():
            for step in self._steps_kept():
                if step > state.global_step:
                    self._file(step).unlink()
        group.wait()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: Any = None, **kwargs: Any
    ) -> TrainerControl:
        """Look at a loss that was measured at this step."""
        steps, losses = _validations(state)
        if self.patience is None or not steps or steps[-1] != state.global_step:
            return control
        best = losses.index(min(losses))
        if best == len(losses) - 1:
            if group.is_first():
                self._keep(model, steps[best])
            group.wait()
        elif len(losses) - 1 - best >= self.patience:
            log.info("stopping at step %d: no lower validation loss since step %d", state.global_step, steps[best])
            control.should_training_stop = True
        return control

    def _keep(self, model: Any, step: int) -> None:
        """Write the trained weights; older ones stay as long as they are the best of a checkpoint that lies there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / "part.safetensors"
        save_file({name: values.detach().cpu().contiguous() for name, values in _trained(model).items()}, part)
        part.replace(self._file(step))
        kept = self._steps_kept()
        starts = [_step_of(path) for path in self.folder.parent.glob("checkpoint-*")]
        needed = {max((best for best in kept if best <= start), default=step) for start in [*starts, step]}
        for other in set(kept) - needed:
            self._file(other).unlink()

    def _steps_kept(self) -> list[int]:
        """Steps whose weights lie in the folder: each was the best when it was reached."""
        return [_step_of(file) for file in self.folder.glob("best-*.safetensors")]

    def _file(self, step: int) -> Path:
        return self.folder / f"best-{step:09d}.safetensors"

    @torch.no_grad()
    def restore(self, model: Any, state: TrainerState) -> None:
        """Put the weights of the lowest validation loss back into the model, where early stopping is on."""
        steps, losses = _validations(state)
        if self.patience is None or not losses:
            return
        step = steps[losses.index(min(losses))]
        log.info("keeping the adapter of step %d, validation loss %.4f", step, min(losses))
        weights = load_file(self._file(step))
        for name, values in _trained(model).items():
            values.copy_(weights[name])


def _step_of(path: Path) -> int:
    """The number that a file's or a folder's name ends with."""
    return int(path.stem.rsplit("-", 1)[1])


def _validations(state: TrainerState) -> tuple[list[int], list[float]]:
    """Steps and losses of the validations so far."""
    entries = [entry for entry in state.log_history if "validation_loss" in entry]
    return [entry["step"] for entry in entries], [entry["validation_loss"] for entry in entries]


def _trained(model: Any) -> dict[str, torch.Tensor]:
    return {name: values for name, values in model.named_parameters() if values.requires_grad}
