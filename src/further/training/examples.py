"""What a run trains on: examples of one kind, how they become a batch, and what is lost on it.

An example is a dictionary of tensors. Its `labels` stand beside the positions that predict them, already shifted, with
`IGNORED` where there is none: behind a packed row's last document, or on a prompt when only answers are trained on.
Another kind of example (questions about images, say) is one class with these methods.
"""

from collections.abc import Sequence
from typing import Protocol

import torch

from further.models import Batch, Model
from further.tokens.packing import IGNORED
from further.training.distributed import all_reduce, rank, world_size
from further.training.sharding import is_sharded

Example = dict[str, torch.Tensor]


class Examples(Protocol):
    """The examples of a run, or those that it is validated on."""

    @property
    def efficiency(self) -> float:
        """Fraction of the computed positions that have a label, 0 to 1."""

    def __len__(self) -> int:
        """Number of examples."""

    def __getitem__(self, number: int) -> Example:
        """One example, on the processor."""

    def collate(self, examples: Sequence[Example]) -> dict[str, torch.Tensor]:
        """Examples as one batch, on the processor; the first dimension of every tensor is theirs."""

    def sum_loss(self, model: Model, batch: Batch) -> torch.Tensor:
        """Cross-entropy summed over the labels of a batch, in nats, a scalar."""

    def name(self, numbers: Sequence[int]) -> list[str]:
        """Names of the documents or cases that examples were made from, for messages."""

    def digest(self) -> str:
        """16 hexadecimal digits that change with any example."""


def make_batch(examples: Examples, numbers: Sequence[int]) -> dict[str, torch.Tensor]:
    """A batch of some examples; of none, the first one without its labels: a pass that adds nothing."""
    if numbers:
        return examples.collate([examples[number] for number in numbers])
    batch = examples.collate([examples[0]])
    return batch | {"labels": torch.full_like(batch["labels"], IGNORED)}


def count_labels(batch: Batch) -> int:
    """Labels of a batch that count."""
    return int((batch["labels"] != IGNORED).sum())


def move(batch: Batch, device: torch.device) -> dict[str, torch.Tensor]:
    """A batch on a device; a GPU is not waited for."""
    if device.type == "cpu":
        return dict(batch)
    return {key: values.pin_memory().to(device, non_blocking=True) for key, values in batch.items()}


@torch.no_grad()
def mean_loss(model: Model, examples: Examples, batch_size: int) -> float:
    """Cross-entropy in nats per label over all examples: weighted by labels, so independent of `batch_size`."""
    was_training, sharded = model.network.training, is_sharded(model.network)
    model.network.eval()
    total, count = 0.0, 0
    before = torch.zeros(())  # a batch's loss is read after the next was launched, so that the GPU need not wait
    # Several processes take turns with the batches; all get the same number.
    for turn in range(0, len(examples), batch_size * world_size()):
        start = turn + batch_size * rank()
        rows = range(start, min(start + batch_size, len(examples)))
        if rows or sharded:  # sharded processes go through the model equally often
            batch = make_batch(examples, rows)
            loss = examples.sum_loss(model, move(model.prepare(batch), model.device))
            total, before = total + float(before), loss
            count += count_labels(batch)
    model.network.train(was_training)
    total, num_labels = all_reduce([total + float(before), count])
    return total / num_labels
