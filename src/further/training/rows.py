"""Text as training rows, packed or not: each is computed up to its last label, and nothing is ever padded."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import torch

from further.models import Batch, Model
from further.records.training import Metrics
from further.settings import Run
from further.tokens.packing import IGNORED, Packed
from further.training.examples import Example
from further.training.loss import sum_cross_entropy
from further.training.recipe import Outcome


class TextRows:
    """Rows as examples of one length each (`further.training.examples.Examples`)."""

    def __init__(self, packed: Packed, documents: Sequence[str] = (), *, whole: bool = False) -> None:
        """Keep the rows as tensors, which several processes of one run share.

        Args:
            documents: Names of the documents in the order in which they were packed.
            whole: Whether all of each row is computed, for sharded processes: a batch of one length is one pass.
        """
        self.inputs, self.labels, self.positions, self.owners = (
            torch.from_numpy(values).contiguous()
            for values in (packed.inputs_RT, packed.labels_RT, packed.positions_RT, packed.documents_RT)
        )
        self.documents = tuple(documents)
        places = torch.arange(1, self.labels.shape[1] + 1)
        last_labels = torch.where(self.labels != IGNORED, places, 0).amax(dim=1)
        self.lengths = torch.full_like(last_labels, len(places)) if whole else last_labels

    @property
    def efficiency(self) -> float:
        """Fraction of the computed positions that have a label, 0 to 1."""
        return float((self.labels != IGNORED).sum() / self.lengths.sum())

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.inputs)

    def __getitem__(self, row: int) -> Example:
        """Inputs, labels and positions of one row, each (T,), and its length."""
        return {
            "input_ids": self.inputs[row],
            "labels": self.labels[row],
            "position_ids": self.positions[row],
            "length": self.lengths[row],
        }

    @staticmethod
    def collate(examples: Sequence[Example]) -> dict[str, torch.Tensor]:
        """Stack rows into a batch, (B, T), no longer than the longest.

        Their lengths, (B,), are kept where they differ only: on a GPU, reading them waits for all that was asked of it.
        """
        batch = {key: torch.stack([row[key] for row in examples]) for key in examples[0]}
        longest, shortest = int(batch["length"].max()), int(batch["length"].min())
        if longest == shortest:  # nearly always: a CUDA graph is recorded of such batches alone
            del batch["length"]
        return {key: values[:, :longest] if values.dim() == 2 else values for key, values in batch.items()}

    @staticmethod
    def sum_loss(model: Model, batch: Batch) -> torch.Tensor:
        """Cross-entropy summed over a batch; one loss for rows of all lengths, so that its logits stay in chunks."""
        parts = list(_split_by_length(batch))
        hidden_PD = torch.cat([model.encode(rows).flatten(0, 1) for rows in parts])
        labels_P = torch.cat([rows["labels"].flatten() for rows in parts])
        return sum_cross_entropy(hidden_PD, model.head, labels_P, model.loss_in_place)

    def name(self, rows: Sequence[int]) -> list[str]:
        """Documents of some rows; one without a name is called by its number."""
        numbers = [number for number in self.owners[list(rows)].unique().tolist() if number >= 0]
        return [self.documents[n] if n < len(self.documents) else f"document {n}" for n in numbers]

    def digest(self) -> str:
        """Digest of every input, label and position, and their shape."""
        digest = hashlib.sha256()
        for values in (self.inputs.numpy(), self.labels.numpy(), self.positions.numpy()):
            digest.update(f"{values.shape} {values.dtype}".encode())
            digest.update(values.tobytes())
        return digest.hexdigest()[:16]


def _split_by_length(batch: Batch) -> Iterator[Mapping[str, torch.Tensor]]:
    """Cut a batch into batches of rows of one length each."""
    if "length" not in batch:
        yield batch
        return
    lengths = batch["length"]
    for length in lengths.unique().tolist():
        yield {key: values[lengths == length, :length] for key, values in batch.items() if values.dim() == 2}


def describe_papers(
    name: str, run: Run, papers: Sequence[str], packed: Packed, num_replay_tokens: int, outcome: Outcome
) -> Metrics:
    """Metrics of a run on papers; unique tokens are theirs, general text apart."""
    return Metrics(
        run=name,
        settings=run,
        papers=tuple(papers),
        num_papers=len(papers),
        num_unique_tokens=packed.num_tokens - num_replay_tokens,
        num_replay_tokens=num_replay_tokens,
        num_dropped_tokens=packed.num_dropped,
        **outcome.metrics,
    )
