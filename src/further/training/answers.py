"""Questions about images as training rows: answers alone are learned, each up to the token that ends it."""

import hashlib
from collections.abc import Sequence
from typing import Protocol

import torch

from further.models import Batch, Model
from further.records.training import CaseMetrics
from further.settings import Run
from further.tokens.packing import IGNORED
from further.training.examples import Example
from further.training.loss import sum_cross_entropy
from further.training.recipe import Outcome
from further.vision.batches import Images, collate, to_tensors
from further.vision.choice import Questions
from further.vision.rows import Row


class Shown(Images, Protocol):
    """Images that a checkpoint can tell from others."""

    def digest(self) -> str:
        """16 hexadecimal digits that change with any image."""


class AnswerRows:
    """Rows of questions as examples (`further.training.examples.Examples`)."""

    def __init__(self, rows: Sequence[Row], images: Shown) -> None:
        """Keep the rows; images are read when a row is."""
        self.rows, self.images = list(rows), images

    @property
    def efficiency(self) -> float:
        """Fraction of the computed positions that have a label, 0 to 1: images and prompts have none."""
        return sum(row.num_labels for row in self.rows) / sum(map(len, self.rows))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def __getitem__(self, number: int) -> Example:
        """One row, (T,), and its images."""
        return to_tensors(self.rows[number], self.images)

    collate = staticmethod(collate)

    @staticmethod
    def sum_loss(model: Model, batch: Batch) -> torch.Tensor:
        """Cross-entropy summed over the answers' tokens; no logits are computed of images and prompts."""
        learned = batch["labels"] != IGNORED
        return sum_cross_entropy(model.encode(batch)[learned], model.head, batch["labels"][learned])

    def name(self, numbers: Sequence[int]) -> list[str]:
        """Cases of some rows."""
        return list(dict.fromkeys(case for number in numbers for case in self.rows[number].cases))

    def digest(self) -> str:
        """Digest of every row and image."""
        digest = hashlib.sha256(self.images.digest().encode())
        for row in self.rows:
            for values in row.columns.values():
                digest.update(f"{values.shape}".encode() + values.tobytes())
            digest.update("\n".join(row.images).encode())
        return digest.hexdigest()[:16]


def describe_questions(name: str, run: Run, chosen: Questions, outcome: Outcome) -> CaseMetrics:
    """Metrics of a run on questions; unique tokens are those of the answers, each with its end."""
    return CaseMetrics(
        run=name,
        settings=run,
        cases=tuple(chosen.cases),
        num_cases=len(chosen.cases),
        num_questions=chosen.num_questions,
        num_unique_tokens=chosen.num_labels,
        num_cut=chosen.num_cut,
        num_without_end=chosen.num_open,
        num_asked_twice=chosen.num_twice,
        num_too_long=len(chosen.too_long),
        **outcome.metrics,
    )
