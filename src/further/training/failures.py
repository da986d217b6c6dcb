"""What ends a run with an explanation: a number that is not finite, and memory that does not suffice."""

import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

import torch

from further import memory
from further.settings import Run

SHOWN_PAPERS = 50  # a batch of packed rows may hold parts of hundreds


def find_fault(loss: float, norm: float, weights: Iterable[torch.Tensor]) -> str | None:
    """What of a step is not finite: its loss, its gradient's norm, or one of these weights; None if all are."""
    if not math.isfinite(loss):
        return f"loss is {loss}"
    if not math.isfinite(norm):
        return f"gradient norm is {norm} (loss {loss:.4g})"
    if not all(bool(values.isfinite().all()) for values in weights):
        return f"a trained weight is not finite (loss {loss:.4g})"
    return None


def not_finite(fault: str, step: int, learning_rate: float, papers: Sequence[str]) -> FloatingPointError:
    """The error that ends a run at a step, naming what was in its batch."""
    rest = len(papers) - SHOWN_PAPERS
    shown = [*papers[:SHOWN_PAPERS], *([f"{rest} more"] if rest > 0 else [])]
    return FloatingPointError(
        f"{fault} at step {step}, learning rate {learning_rate:.2e}, in the batch of {', '.join(shown)}. "
        "Nothing of this step was saved. Lower training.learning_rate, or look at these papers"
    )


def check_validation(loss_nats: float, step: int) -> None:
    """Refuse a validation loss that is not finite.

    Raises:
        FloatingPointError: With the step after which it was measured.
    """
    if not math.isfinite(loss_nats):
        raise FloatingPointError(
            f"validation loss is {loss_nats} after step {step}, which is not saved. Lower training.learning_rate, or "
            "look at the validation papers"
        )


def explain_memory(run: Run, micro_batch: int, doing: str | Callable[[], str]) -> AbstractContextManager[None]:
    """Turn any way of running out of memory into one error that names the settings to change.

    Raises:
        MemoryError: With what it was doing, rows and context; checkpoints are not touched.
    """
    rows = f"with {micro_batch} rows of {run.context} tokens at a time"
    return memory.explain_memory(
        lambda: f"{doing if isinstance(doing, str) else doing()}, {rows}",
        f"raise training.gradient_accumulation_steps (now {run.gradient_accumulation_steps}; fewer rows at a time, the "
        "same result), set training.gradient_checkpointing: true "
        f"(now {str(run.gradient_checkpointing).lower()}), "
        "lower training.context, or ask for more memory. The last checkpoint is used at the next start",
    )
