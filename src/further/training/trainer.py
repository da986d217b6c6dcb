"""transformers' Trainer on packed rows: a loss per token, whatever the micro-batch, and attention within documents."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset
from transformers import Trainer

from further.models import decode, head_of
from further.training.checkpoints import Store
from further.training.loss import sum_cross_entropy

IGNORED = -100

Ids = NDArray[np.int64]
Batch = dict[str, torch.Tensor]


class Rows(Protocol):
    """Packed training rows, R rows of T inputs; labels are shifted already, -100 where there is none."""

    @property
    def inputs_RT(self) -> Ids:
        """Token ids."""

    @property
    def labels_RT(self) -> Ids:
        """The id that follows each input."""

    @property
    def positions_RT(self) -> Ids:
        """Positions, which restart with each document."""

    @property
    def documents_RT(self) -> Ids:
        """Number of each input's document, -1 where a row was filled up."""


class RowDataset(Dataset[Batch]):
    """One item per row."""

    def __init__(self, rows: Rows) -> None:
        """Keep the rows as tensors."""
        self.inputs, self.labels, self.positions = (
            torch.from_numpy(values) for values in (rows.inputs_RT, rows.labels_RT, rows.positions_RT)
        )

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.inputs)

    def __getitem__(self, row: int) -> Batch:
        """Inputs, labels and positions of one row, each (T,), and its number."""
        return {
            "input_ids": self.inputs[row],
            "labels": self.labels[row],
            "position_ids": self.positions[row],
            "row": torch.tensor(row),
        }


def stack_rows(rows: Sequence[Batch]) -> Batch:
    """Stack rows into a batch, (B, T); their numbers are (B,)."""
    return {key: torch.stack([row[key] for row in rows]) for key in rows[0]}


class PackedTrainer(Trainer):
    """Trainer whose loss is the sum over a step's tokens over their number, however they are cut in micro-batches."""

    def __init__(self, *arguments: Any, store: Store | None = None, **keywords: Any) -> None:
        """Tell Trainer that the loss is divided here, by the tokens of the whole step (transformers #34191).

        Args:
            arguments: Trainer's.
            store: Where checkpoints go; None: Trainer writes them itself.
            keywords: Trainer's.
        """
        super().__init__(*arguments, **keywords)
        self.model_accepts_loss_kwargs = True
        self.store = store
        self.checkpoint_folder: Path | None = None
        self._batches_of_step: list[Batch] = []

    @property
    def rows_of_step(self) -> list[int]:
        """Numbers of the rows of the latest optimiser step."""
        return [int(row) for batch in self._batches_of_step for row in batch["row"]]

    def get_batch_samples(self, *arguments: Any, **keywords: Any) -> Any:
        """The micro-batches of an optimiser step, which are remembered until the next."""
        batches, num_items = super().get_batch_samples(*arguments, **keywords)
        self._batches_of_step = batches
        return batches, num_items

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Write a checkpoint as Trainer does, but into a temporary folder that is renamed when whole."""
        if self.store is None:
            super()._save_checkpoint(model, trial)
            return
        with self.store.writing(self.state.global_step, self._checkpoint_bytes()) as self.checkpoint_folder:
            super()._save_checkpoint(model, trial)
        self.checkpoint_folder = None

    def _get_output_dir(self, trial: Any) -> str:
        return str(self.checkpoint_folder or super()._get_output_dir(trial))

    def _checkpoint_bytes(self) -> int:
        """What a checkpoint holds: trained weights and the optimiser's state."""
        states = [value for state in self.optimizer.state.values() for value in state.values()]
        weights = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        return sum(value.numel() * value.element_size() for value in weights + states if torch.is_tensor(value))

    def compute_loss(
        self,
        model: Any,
        inputs: Mapping[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """Mean cross-entropy in nats per token of the optimiser step that this micro-batch belongs to."""
        loss = sum_loss(model, inputs)
        count = (inputs["labels"] != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
        return (loss / count, {}) if return_outputs else loss / count


def sum_loss(model: Any, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Summed cross-entropy of a batch, in nats."""
    hidden = decode(model, batch["input_ids"], batch["position_ids"])
    return sum_cross_entropy(hidden, head_of(model), batch["labels"])


@torch.no_grad()
def mean_loss(model: Any, dataset: RowDataset, batch_rows: int) -> float:
    """Cross-entropy in nats per token over all rows: token-weighted, so independent of `batch_rows`."""
    was_training = model.training
    model.eval()
    device = next(model.parameters()).device
    total, count = 0.0, 0
    for start in range(0, len(dataset), batch_rows):
        batch = stack_rows([dataset[row] for row in range(start, min(start + batch_rows, len(dataset)))])
        total += float(sum_loss(model, {key: value.to(device) for key, value in batch.items()}))
        count += int((batch["labels"] != IGNORED).sum())
    model.train(was_training)
    return total / count
