"""transformers' Trainer on packed rows: a loss per token, whatever the micro-batch, and attention within documents."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset
from transformers import Trainer

from further.models import decode, head_of
from further.training import group
from further.training.checkpoints import Store
from further.training.loss import sum_cross_entropy
from further.training.schedule import make_schedule
from further.training.sharding import is_sharded

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
    """One item per row, with its length: what is computed of it, up to its last label."""

    def __init__(self, rows: Rows, *, whole: bool = False) -> None:
        """Keep the rows as tensors.

        Args:
            rows: Packed or not.
            whole: Whether all of each row is computed, for sharded processes: a batch of one length is one pass.
        """
        self.inputs, self.labels, self.positions = (
            torch.from_numpy(values) for values in (rows.inputs_RT, rows.labels_RT, rows.positions_RT)
        )
        self.lengths = torch.full((len(self.labels),), self.labels.shape[1]) if whole else _lengths(self.labels)

    @property
    def efficiency(self) -> float:
        """Share of the computed positions that have a label, 0 to 1."""
        return float((self.labels != IGNORED).sum() / self.lengths.sum())

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.inputs)

    def __getitem__(self, row: int) -> Batch:
        """Inputs, labels and positions of one row, each (T,), its number and its length."""
        return {
            "input_ids": self.inputs[row],
            "labels": self.labels[row],
            "position_ids": self.positions[row],
            "row": torch.tensor(row),
            "length": self.lengths[row],
        }


def _lengths(labels_RT: torch.Tensor) -> torch.Tensor:
    """Inputs of each row up to its last label, (R,); what follows would be computed for nothing."""
    places = torch.arange(1, labels_RT.shape[1] + 1)
    return torch.where(labels_RT != IGNORED, places, 0).amax(dim=1)


def stack_rows(rows: Sequence[Batch]) -> Batch:
    """Stack rows into a batch, (B, T), no longer than they are; their numbers are (B,).

    Their lengths, (B,), are kept where they differ only: on a GPU, reading them waits for all that was asked of it.
    """
    batch = {key: torch.stack([row[key] for row in rows]) for key in rows[0]}
    longest, shortest = int(batch["length"].max()), int(batch["length"].min())
    if longest == shortest:
        del batch["length"]
    return {key: values[:, :longest] if values.dim() == 2 else values for key, values in batch.items()}


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
        self._sharded = is_sharded(self.model)
        self._num_taken = 0  # micro-batches of this step
        self._summed_loss = torch.tensor(0.0)
        self._num_labels: torch.Tensor | float = 0  # of this step that were trained on

    @property
    def rows_of_step(self) -> list[int]:
        """Numbers of the rows of the latest optimizer step."""
        return [int(row) for batch in self._batches_of_step for row in batch["row"]]

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """Scheduler whose every step trains (`further.training.schedule`)."""
        warmup = self.args.get_warmup_steps(num_training_steps)
        self.lr_scheduler: Any = make_schedule(optimizer or self.optimizer, num_training_steps, warmup)
        self._created_lr_scheduler = True
        return self.lr_scheduler

    def get_batch_samples(self, *arguments: Any, **keywords: Any) -> Any:
        """The micro-batches of an optimizer step, which are remembered until the next, and the number of their labels.

        Trainer (5.23) leaves each row's first label out of that number: it takes labels for not yet shifted.
        """
        batches, num_items = super().get_batch_samples(*arguments, **keywords)
        self._batches_of_step, self._num_taken, self._num_labels = batches, 0, 0
        if batches:
            num_items = (
                torch.stack([(batch["labels"] != IGNORED).sum() for batch in batches]).sum().to(num_items.device)
            )
        return batches, num_items

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log; a step's entry, which checkpoints carry, has the number of labels that were trained on."""
        if "loss" in logs:
            logs["num_tokens"] = int(self._num_labels)
        super().log(logs, start_time)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Write a checkpoint as Trainer does, but into a temporary folder that is renamed when whole."""
        if self.store is None:
            super()._save_checkpoint(model, trial)
            return
        if group.is_first():
            with self.store.writing(self.state.global_step, self._checkpoint_bytes()) as self.checkpoint_folder:
                super()._save_checkpoint(model, trial)
            self.checkpoint_folder = None
        group.wait()  # a process that ended meanwhile would take the one that writes with it

    def _get_output_dir(self, trial: Any) -> str:
        return str(self.checkpoint_folder or super()._get_output_dir(trial))

    def _checkpoint_bytes(self) -> int:
        """What a checkpoint holds: trained weights and the optimizer's state."""
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
        """Mean cross-entropy in nats per token of the optimizer step that this micro-batch belongs to."""
        # Without a row nothing is computed, and there is nothing to go back through.
        labels = inputs["labels"]
        loss = sum_loss(model, inputs) if len(labels) else torch.zeros((), device=labels.device).requires_grad_()
        count = (labels != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
        return (loss / count, {}) if return_outputs else loss / count

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> torch.Tensor:
        """Loss and gradient of a micro-batch; with the step's last, those of all processes together.

        The loss is divided by the tokens of the whole step, all processes' rows counted: sums are what one process has.
        """
        if group.num_processes() == 1:
            return self._train_on(model, inputs, num_items_in_batch)
        is_last = self._num_taken + 1 == len(self._batches_of_step)
        mine = own_share(inputs, self._num_taken, is_last, self.args.gradient_accumulation_steps, self._sharded)
        self._num_taken += 1
        loss = self._train_on(model, mine, num_items_in_batch)
        self._summed_loss = self._summed_loss.to(loss.device) + loss
        if not is_last:
            return torch.zeros_like(loss)
        group.add_up_gradients(model)
        total, self._num_labels = group.add_up([float(self._summed_loss), float(self._num_labels)])
        self._summed_loss = torch.zeros_like(loss)
        return torch.full_like(loss, total)

    def _train_on(self, model: Any, batch: Any, num_items_in_batch: Any) -> torch.Tensor:
        """Loss and gradient of what this process has of a micro-batch, and the count of its labels."""
        self._num_labels = self._num_labels + (batch["labels"] != IGNORED).sum()
        loss: torch.Tensor = super().training_step(model, batch, num_items_in_batch)
        return loss


def own_share(
    batch: Mapping[str, torch.Tensor], number: int, is_last: bool, gradient_accumulation_steps: int, sharded: bool
) -> Mapping[str, torch.Tensor]:
    """This process's share of a micro-batch: all or nothing where they are dealt out whole, else every n-th row.

    Args:
        batch: All processes have the same.
        number: Of the micro-batch in its step, from 0.
        is_last: Whether it is the step's last.
        gradient_accumulation_steps: Micro-batches of a whole step.
        sharded: Whether all processes must go through the model equally often: a row without labels makes up for it.
    """
    processes, own = group.num_processes(), group.process_number()
    if gradient_accumulation_steps % processes == 0:
        share = batch if number % processes == own else {key: values[:0] for key, values in batch.items()}
        idle = is_last and number % processes < own
    else:
        share = {key: values[own::processes] for key, values in batch.items()}
        idle = not len(share["labels"])
    return _without_labels(batch) if sharded and idle else share


def _without_labels(batch: Mapping[str, torch.Tensor]) -> Batch:
    """The first row, of which nothing counts."""
    first = {key: values[:1] for key, values in batch.items()}
    return first | {"labels": torch.full_like(first["labels"], IGNORED)}


def sum_loss(model: Any, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Summed cross-entropy of a batch, in nats; one loss for rows of all lengths, so that its logits stay in chunks."""
    parts = list(_same_length(batch))
    hidden_PD = torch.cat([decode(model, rows["input_ids"], rows["position_ids"]).flatten(0, 1) for rows in parts])
    return sum_cross_entropy(hidden_PD, head_of(model), torch.cat([rows["labels"].flatten() for rows in parts]))


def _same_length(batch: Mapping[str, torch.Tensor]) -> Iterator[Mapping[str, torch.Tensor]]:
    """Cut a batch into batches of rows of one length each: nothing is padded."""
    if "length" not in batch:
        yield batch
        return
    lengths = batch["length"]
    for length in lengths.unique().tolist():
        yield {key: values[lengths == length, :length] for key, values in batch.items() if values.dim() == 2}


@torch.no_grad()
def mean_loss(model: Any, dataset: RowDataset, batch_rows: int) -> float:
    """Cross-entropy in nats per token over all rows: token-weighted, so independent of `batch_rows`.

    Several processes take turns with the batches; all get the same number.
    """
    was_training = model.training
    model.eval()
    device = next(model.parameters()).device
    total, count = 0.0, 0
    own, sharded = batch_rows * group.process_number(), is_sharded(model)
    for turn in range(0, len(dataset), batch_rows * group.num_processes()):
        rows = range(turn + own, min(turn + own + batch_rows, len(dataset)))
        if not rows and not sharded:
            break
        batch = stack_rows([dataset[row] for row in rows]) if rows else _without_labels(stack_rows([dataset[0]]))
        total += float(sum_loss(model, {key: value.to(device) for key, value in batch.items()}))
        count += int((batch["labels"] != IGNORED).sum())
    model.train(was_training)
    total, tokens = group.add_up([total, count])
    return total / tokens
