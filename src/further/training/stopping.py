"""When a run is validated, and when it ends early: its validation loss has not fallen for a while."""

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]  # of a history


def is_due(step: int, steps_per_epoch: int, per_epoch: int) -> bool:
    """Whether a validation falls on a step: `per_epoch` of them an epoch, evenly, the last at its end.

    >>> [step for step in range(1, 11) if is_due(step, 5, 2)]
    [3, 5, 8, 10]
    """
    place = (step - 1) % steps_per_epoch + 1
    # Rounded up: the last of them is the epoch's last step.
    return place in {-(-steps_per_epoch * number // per_epoch) for number in range(1, per_epoch + 1)}


def find_best(history: Sequence[Row]) -> int | None:
    """The step of the lowest validation loss, the first of equal ones; None before the first validation."""
    measured = _validations(history)
    best = min(measured, key=lambda row: float(row["validation_loss_nats"]), default=None)
    return None if best is None else int(best["step"])


def is_over(history: Sequence[Row], patience: int | None) -> bool:
    """Whether `patience` validations in a row, the last at this step, found no new lowest loss; never without it."""
    # At a validation alone: elsewhere nothing can have changed, and reading all of a long history costs time.
    if patience is None or not history or history[-1]["validation_loss_nats"] is None:
        return False
    best = find_best(history) or 0
    return len([row for row in _validations(history) if row["step"] > best]) >= patience


def _validations(history: Sequence[Row]) -> list[Row]:
    return [row for row in history if row["validation_loss_nats"] is not None]
