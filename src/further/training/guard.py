"""What ends a run with an explanation: a loss that is no number, and memory that does not suffice."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from further.training.trainer import PackedTrainer

SHOWN_PAPERS = 50


class StopAtNoNumber(TrainerCallback):
    """Stops at a loss or a gradient that is NaN or infinite; Trainer logs before it saves, so that step is not kept."""

    def __init__(self, trainer: PackedTrainer, documents_RT: NDArray[np.int64], names: Sequence[str]) -> None:
        """Keep what names a batch.

        Args:
            trainer: Knows the rows of its latest step.
            documents_RT: Number of the document of every input, -1 where a row was filled up.
            names: Of the documents, by number; those it lacks are called by their number.
        """
        self.trainer, self.documents_RT, self.names = trainer, documents_RT, names

    def on_log(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Look at the step just logged.

        Raises:
            FloatingPointError: Names step, learning rate and papers of the batch.
        """
        latest = state.log_history[-1]
        if "loss" not in latest:
            return
        loss, norm = latest["loss"], latest["grad_norm"]
        if math.isfinite(loss) and math.isfinite(norm):
            return
        what = f"loss is {loss}" if not math.isfinite(loss) else f"gradient norm is {norm} (loss {loss:.4g})"
        raise FloatingPointError(
            f"{what} at step {state.global_step}, learning rate {latest['learning_rate']:.2e}, in the batch of "
            f"{', '.join(self._papers())}. Nothing of this step was saved. Lower training.learning_rate, or look at "
            "these papers"
        )

    def _papers(self) -> list[str]:
        numbers = np.unique(self.documents_RT[self.trainer.rows_of_step])
        papers = [self.names[n] if n < len(self.names) else f"document {n}" for n in numbers if n >= 0]
        rest = len(papers) - SHOWN_PAPERS
        return papers[:SHOWN_PAPERS] + ([f"{rest} more"] if rest > 0 else [])


@contextmanager
def explain_memory(trainer: PackedTrainer, run: dict[str, Any], micro_batch: int) -> Iterator[None]:
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
            f"out of memory after step {trainer.state.global_step} with {micro_batch} rows of {run['context']} tokens "
            f"at a time: raise training.accumulation (now {run['accumulation']}; fewer rows at a time, the same "
            f"result), set training.gradient_checkpointing: true (now {str(run['gradient_checkpointing']).lower()}), "
            "lower training.context, or ask for more memory. The last checkpoint is used at the next start"
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory did not suffice; torch's allocator on the CPU says so in words only."""
    in_words = "can't allocate memory" in str(error) or "not enough memory" in str(error)
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or in_words
