"""The records of a study of one small model: what tuning chose, what each seed took, and the arms compared."""

from further.records.base import Interval, Record


class TunedRecord(Record):
    """The learning rate of a layout.

    Attributes:
        rate: The one with the lowest loss.
        losses: Validation loss by rate that was tried.
    """

    rate: float
    losses: dict[str, float]


class Taken(Record):
    """What an arm takes, whatever its seed.

    Attributes:
        learning_rate: Peak.
        num_cases: Training cases with questions.
        num_parameters, num_trained_parameters: Of the model, and of what its last training changed.
        num_steps, flops: Of all its trainings; floating-point operations.
        stored_bytes: Of the trained tensors of its last training.
    """

    learning_rate: float
    num_cases: int
    num_parameters: int
    num_trained_parameters: int
    num_steps: int
    flops: float
    stored_bytes: int


class SeedRecord(Taken):
    """What one seed of an arm took.

    Attributes:
        seconds: Of all its trainings.
        validation_loss_nats: At the end.
        hardware, devices: The GPU, or the processor where there is none, and how many trained it together.
    """

    seed: int
    seconds: float
    validation_loss_nats: float
    hardware: str
    devices: int


class SeedsRecord(Record):
    """The seeds that one job trained, in order."""

    seeds: tuple[SeedRecord, ...]


class ArmRecord(Taken):
    """One arm, over its seeds.

    Attributes:
        table: layouts, objectives, additions or cases.
        num_seeds: Trained.
        seconds: Of training, mean over seeds.
        accuracy: Answers that are right word for word; about the added modality where it adds one.
        loss_nats: Per token of the reference answers.
        reference: The arm that `difference` is to; None for that arm itself.
        difference: Of accuracy, paired by seed and case.
        old_difference: Of accuracy about images, where a modality was added.
    """

    table: str
    num_seeds: int
    seconds: Interval
    accuracy: Interval
    loss_nats: Interval
    reference: str | None
    difference: Interval | None
    old_difference: Interval | None = None


class OneModelRecord(Record):
    """The whole comparison.

    Attributes:
        arms: By name.
        rates: Validation loss by layout and learning rate that was tried.
        num_test_cases: About images.
        chance: Accuracy of the most frequent answer of each question type, about images and the added modality.
    """

    arms: dict[str, ArmRecord]
    rates: dict[str, dict[str, float]]
    num_test_cases: int
    chance: dict[str, float]
