"""A run's history: loss, learning rate and validation loss by step, and its progress line."""

import time
from itertools import accumulate
from typing import Any

import pyarrow as pa
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from further.job import PROGRESS, say_left
from further.training.trainer import IGNORED, RowDataset, mean_loss

HISTORY = pa.schema(
    [
        ("step", pa.int64()),
        ("num_tokens", pa.int64()),  # labels trained on so far
        ("loss_nats", pa.float64()),  # per token of the training batch
        ("learning_rate", pa.float64()),
        ("validation_loss_nats", pa.float64()),  # per token, where it was measured
    ]
)


class History(TrainerCallback):
    """Keeps loss and learning rate of every step, and the validation loss so many times a pass, at its end the last.

    All of it stands in Trainer's own log, which checkpoints carry: a resumed run has its whole history.
    """

    def __init__(self, name: str, dataset: RowDataset, validation: RowDataset, batch_rows: int, per_pass: int) -> None:
        """Keep what is needed to count tokens and to measure the validation loss."""
        self.name, self.dataset, self.validation, self.batch_rows = name, dataset, validation, batch_rows
        self.per_pass = per_pass
        self.tokens_per_pass = int((dataset.labels != IGNORED).sum())
        self.started = time.monotonic()
        self.tokens_at_start = 0
        self.shown = 0.0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Start the clock; a resumed run starts in the middle."""
        self.started = time.monotonic()
        self.tokens_at_start = self.num_tokens(state)

    def on_log(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Show progress every ten seconds."""
        latest = state.log_history[-1]
        if "loss" not in latest:
            return
        if time.monotonic() - self.shown > 10:
            self.shown = time.monotonic()
            PROGRESS.info("%s", self._progress(args, state, latest["loss"]))

    def _progress(self, args: TrainingArguments, state: TrainerState, loss: float) -> str:
        seen = self.num_tokens(state)
        speed = (seen - self.tokens_at_start) / (time.monotonic() - self.started)
        left = (self.tokens_per_pass * args.num_train_epochs - seen) / speed
        step = f"step {state.global_step}/{state.max_steps}"
        return f"{self.name}: {step}, loss {loss:.3f}, {speed:,.0f} tokens/s, {say_left(left)}"

    def num_tokens(self, state: TrainerState) -> int:
        """Labels trained on so far, as counted micro-batch by micro-batch where they are."""
        return sum(entry["num_tokens"] for entry in _steps(state))

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: Any = None, **kwargs: Any
    ) -> None:
        """Measure the validation loss; before a checkpoint of this step is written, which a run may go on from."""
        if not is_due(state.global_step, state.max_steps // int(args.num_train_epochs), self.per_pass):
            return
        loss = mean_loss(model, self.validation, self.batch_rows)
        state.log_history.append({"step": state.global_step, "epoch": state.epoch, "validation_loss": loss})

    def table(self, state: TrainerState) -> list[dict[str, Any]]:
        """One row per optimizer step."""
        validation = {
            entry["step"]: entry["validation_loss"] for entry in state.log_history if "validation_loss" in entry
        }
        num_tokens = accumulate(entry["num_tokens"] for entry in _steps(state))
        return [
            {
                "step": entry["step"],
                "num_tokens": seen,
                "loss_nats": entry["loss"],
                "learning_rate": entry["learning_rate"],
                "validation_loss_nats": validation.get(entry["step"]),
            }
            for entry, seen in zip(_steps(state), num_tokens, strict=True)
        ]


def _steps(state: TrainerState) -> list[dict[str, Any]]:
    """Entries of the optimizer steps in Trainer's log."""
    return [entry for entry in state.log_history if "loss" in entry]


def is_due(step: int, steps_per_epoch: int, per_pass: int) -> bool:
    """Whether a validation falls on a step: `per_pass` of them a pass, evenly, the last at its end.

    >>> [step for step in range(1, 11) if is_due(step, 5, 2)]
    [3, 5, 8, 10]
    """
    place = (step - 1) % steps_per_epoch + 1
    return place in {-(-steps_per_epoch * number // per_pass) for number in range(1, per_pass + 1)}
