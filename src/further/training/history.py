"""A run's history: loss, learning rate and validation loss by step, and its progress line."""

import time
from typing import Any

import pyarrow as pa
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from further.job import PROGRESS
from further.training.trainer import IGNORED, RowDataset, mean_loss

HISTORY = pa.schema(
    [
        ("step", pa.int64()),
        ("num_tokens", pa.int64()),  # labels seen so far
        ("loss_nats", pa.float64()),  # per token of the training batch
        ("learning_rate", pa.float64()),
        ("validation_loss_nats", pa.float64()),  # per token, at the end of each pass
    ]
)


class History(TrainerCallback):
    """Keeps loss and learning rate of every step, and the validation loss at the end of each pass.

    All of it stands in Trainer's own log, which checkpoints carry: a resumed run has its whole history.
    """

    def __init__(self, name: str, dataset: RowDataset, validation: RowDataset, batch_rows: int) -> None:
        """Keep what is needed to count tokens and to measure the validation loss."""
        self.name, self.dataset, self.validation, self.batch_rows = name, dataset, validation, batch_rows
        self.tokens_per_pass = int((dataset.labels != IGNORED).sum())
        self.started = time.monotonic()
        self.tokens_at_start = 0
        self.shown = 0.0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Start the clock; a resumed run starts in the middle."""
        self.started = time.monotonic()
        self.tokens_at_start = self.num_tokens(state.epoch)

    def on_log(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Show progress every ten seconds."""
        latest = state.log_history[-1]
        if "loss" not in latest:
            return
        if time.monotonic() - self.shown > 10:
            self.shown = time.monotonic()
            PROGRESS.info("%s", self._progress(args, state, latest["loss"]))

    def _progress(self, args: TrainingArguments, state: TrainerState, loss: float) -> str:
        seen = self.num_tokens(state.epoch)
        speed = (seen - self.tokens_at_start) / (time.monotonic() - self.started)
        left = (self.tokens_per_pass * args.num_train_epochs - seen) / speed
        step = f"step {state.global_step}/{state.max_steps}"
        return f"{self.name}: {step}, loss {loss:.3f}, {speed:,.0f} tokens/s, {left:.0f} s left"

    def num_tokens(self, passes: float | None) -> int:
        """Labels seen after so many passes; within a pass, in proportion."""
        return round(self.tokens_per_pass * (passes or 0.0))

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: Any = None, **kwargs: Any
    ) -> None:
        """Measure the validation loss at the end of a pass; before its checkpoint, which a run may go on from."""
        if not float(state.epoch or 0.0).is_integer():
            return
        loss = mean_loss(model, self.validation, self.batch_rows)
        state.log_history.append({"step": state.global_step, "epoch": state.epoch, "validation_loss": loss})

    def table(self, state: TrainerState) -> list[dict[str, Any]]:
        """One row per optimiser step."""
        validation = {
            entry["step"]: entry["validation_loss"] for entry in state.log_history if "validation_loss" in entry
        }
        return [
            {
                "step": entry["step"],
                "num_tokens": self.num_tokens(entry["epoch"]),
                "loss_nats": entry["loss"],
                "learning_rate": entry["learning_rate"],
                "validation_loss_nats": validation.get(entry["step"]),
            }
            for entry in state.log_history
            if "loss" in entry
        ]
