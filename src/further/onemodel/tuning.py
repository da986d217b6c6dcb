"""The learning rate of a layout, chosen by its validation loss."""

from dataclasses import replace

from further.onemodel.shared import Shared
from further.records.onemodel import TunedRecord

TUNING_SEED = 10_000  # no arm has it


def tune_layout(study: Shared, layout: str) -> TunedRecord:
    """Validation loss of each learning rate after half the steps, and the rate with the lowest."""
    steps, model = max(1, study.settings.steps // 2), study.untrained(layout, TUNING_SEED)
    losses: dict[float, float] = {}
    for rate in study.settings.learning_rates:
        checkpoints = study.task.checkpoints / f"{rate:g}"
        # A checkpoint folder for each rate: a job that goes on must not take another rate's.
        own = replace(study, rates={layout: rate}, task=replace(study.task, checkpoints=checkpoints))
        part = own.questions(model, own.asked("train"), steps, TUNING_SEED, layout)
        losses[rate] = own.train(part).outcome.validation_loss_nats
    shown = {f"{rate:g}": loss for rate, loss in losses.items()}
    return TunedRecord(rate=min(losses, key=losses.__getitem__), losses=shown)
