"""What ends a run with an explanation: a number that is none, and memory that does not suffice."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from further.settings import Run
from further.training.trainer import PackedTrainer

SHOWN_PAPERS = 50


class StopAtNoNumber(TrainerCallback):
    """Stops at a NaN or an infinity in loss, gradient, validation loss, or in a weight that a checkpoint would hold.

    Trainer logs after the callbacks of a step's end and before it saves: that step is not kept, the one before is.
    """

    def __init__(self, trainer: PackedTrainer, documents_RT: NDArray[np.int64], names: Sequence[str]) -> None:
        """Keep what names a batch.

        Args:
            trainer: Knows the rows of its latest step.
            documents_RT: Number of the document of every input, -1 where a row was filled up.
            names: Of the documents, by number; those it lacks are called by their number.
        """
        self.trainer, self.documents_RT, self.names = trainer, documents_RT, names

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: Any = None, **kwargs: Any
    ) -> None:
        """Look at the step just logged.

        Raises:
            FloatingPointError: Names step, learning rate and papers of the batch.
        """
        latest = state.log_history[-1]
        if "loss" not in latest:
            return
        fault = _find_fault(latest, model if control.should_save else None)
        if fault is not None:
            raise FloatingPointError(
                f"{fault} at step {state.global_step}, learning rate {latest['learning_rate']:.2e}, in the batch of "
                f"{', '.join(self._papers())}. Nothing of this step was saved. Lower training.learning_rate, or look "
                "at these papers"
            )
        for entry in state.log_history[-2:]:  # a validation of this step was logged before it
            if "validation_loss" in entry:
                check_validation(entry["validation_loss"], state.global_step)

    def _papers(self) -> list[str]:
        numbers = np.unique(self.documents_RT[self.trainer.rows_of_step])
        papers = [self.names[n] if n < len(self.names) else f"document {n}" for n in numbers if n >= 0]
        rest = len(papers) - SHOWN_PAPERS
        return papers[:SHOWN_PAPERS] + ([f"{rest} more"] if rest > 0 else [])


def _find_fault(step: dict[str, Any], model: Any) -> str | None:
    """What of a step's log entry is no number, or of the model's trained weights, where one is given."""
    loss, norm = step["loss"], step["grad_norm"]
    if not math.isfinite(loss):
        return f"loss is {loss}"
    if not math.isfinite(norm):
        return f"gradient norm is {norm} (loss {loss:.4g})"
    trained = [] if model is None else [weight for weight in model.parameters() if weight.requires_grad]
    if not all(bool(weight.isfinite().all()) for weight in trained):
        return f"a trained weight is no finite number (loss {loss:.4g})"
    return None


def check_validation(loss_nats: float, step: int) -> None:
    """Refuse a validation loss that is no number.

    Raises:
        FloatingPointError: With the step after which it was measured.
    """
    if not math.isfinite(loss_nats):
        raise FloatingPointError(
            f"validation loss is {loss_nats} after step {step}, which is not saved. Lower training.learning_rate, or "
            "look at the validation papers"
        )


@contextmanager
def explain_memory(trainer: PackedTrainer, run: Run, micro_batch: int) -> Iterator[None]:
    """Turn any way of running out of memory into one error that names the settings to change.

    Raises:
        MemoryError: With step, rows and context; checkpoints are not touched.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise MemoryError(
            f"out of memory after step {trainer.state.global_step} with {micro_batch} rows of {run.context} tokens "
            f"at a time: raise training.gradient_accumulation_steps (now {run.gradient_accumulation_steps}; fewer "
            "rows at a time, the same result), set training.gradient_checkpointing: true "
            f"(now {str(run.gradient_checkpointing).lower()}), "
            "lower training.context, or ask for more memory. The last checkpoint is used at the next start"
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory did not suffice; torch's allocator on the CPU says so in words only."""
    in_words = "can't allocate memory" in str(error) or "not enough memory" in str(error)
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or in_words
