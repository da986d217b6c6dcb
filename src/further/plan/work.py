"""Tokens, rows and steps that a run will have, from the lengths of its documents alone.

A run with `training.patience` may stop early: what is planned is its whole length, the most that it can take.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from further.batch import micro_batch
from further.plan.flops import forward_flops, training_flops
from further.plan.shape import Shape
from further.plan.targets import Adapter
from further.settings import Run


class Planned(Protocol):
    """What a run is trained on, watched with and scored on: texts here, questions about images elsewhere."""

    @property
    def scored(self) -> tuple[int, ...]:
        """Positions of each document or question that the run is scored on."""

    def count(self, run: Run, sharded: bool) -> "Work":
        """What a run has to do."""


@dataclass(frozen=True)
class Texts:
    """Tokens of each document, without special tokens.

    Attributes:
        has_begin: Whether the tokenizer puts BOS before each document.
        replay: General documents that are trained on beside the papers.
        scored: All documents that the run is scored on.
    """

    training: tuple[int, ...]
    validation: tuple[int, ...]
    has_begin: bool
    replay: tuple[int, ...] = ()
    scored: tuple[int, ...] = ()

    def count(self, run: Run, sharded: bool = False) -> "Work":
        """Count as laying out rows and training do; with `sharded` processes rows are computed whole.

        Raises:
            ValueError: If there is nothing to train on, or the batch does not divide.
        """
        if not self.training:
            raise ValueError("nothing to plan: no training documents")
        rows = count_rows((*self.training, *self.replay), self.has_begin, run, sharded)
        steps_per_epoch = math.ceil(rows.number / (micro_batch(run) * run.gradient_accumulation_steps))
        return Work(
            num_papers=len(self.training),
            num_unique_tokens=sum(self.training) + len(self.training),
            num_replay_tokens=sum(self.replay) + len(self.replay),
            num_trained_tokens=run.epochs * rows.num_labels,
            num_steps=run.epochs * steps_per_epoch,
            num_looks=run.epochs * min(run.validations_per_epoch, steps_per_epoch),  # one a step at most
            training=rows,
            validation=count_rows(self.validation, self.has_begin, run, sharded),
        )


@dataclass(frozen=True)
class Rows:
    """Rows of one pass over some documents.

    Attributes:
        num_labels: Predictions.
        num_inputs: Positions computed: each row's up to its last label; by sharded processes all of it.
        num_pairs: Sum of the squares of the rows' computed lengths, which attention goes with.
    """

    number: int
    num_labels: int
    num_inputs: int
    num_pairs: int

    @property
    def mean_context(self) -> float:
        """Positions that one attends to, whole rows counted, on average."""
        return self.num_pairs / self.num_inputs if self.num_inputs else 0.0


@dataclass(frozen=True)
class Work:
    """How much a run has to do.

    Attributes:
        num_unique_tokens to num_looks: As in `further.plan.table.PlannedRun`.
        training: Rows of one epoch.
        answers_only: Whether logits are computed of positions with labels alone, as of answers to questions.
    """

    num_papers: int
    num_unique_tokens: int
    num_replay_tokens: int
    num_trained_tokens: int
    num_steps: int
    num_looks: int
    training: Rows
    validation: Rows
    answers_only: bool = False

    def head_fraction(self, rows: Rows) -> float:
        """Fraction of the computed positions that logits are computed of."""
        return rows.num_labels / rows.num_inputs if self.answers_only and rows.num_inputs else 1.0


def count_rows(lengths: Sequence[int], has_begin: bool, run: Run, sharded: bool = False) -> Rows:
    """Rows of documents of these lengths: all of them end to end, or each on rows of its own.

    Args:
        lengths: Tokens without special tokens.
        sharded: Whether all of a row is computed, not only what has labels.
    """
    # With BOS before it and EOS behind it, a document of n tokens has n + 1 predictions, without BOS n.
    context, labels = run.context, [length + has_begin for length in lengths]
    stretches = [sum(labels)] if run.packing else labels
    whole, rests = sum(size // context for size in stretches), [size % context for size in stretches if size % context]
    number = whole + len(rests)
    if sharded:
        return Rows(number, sum(labels), number * context, number * context**2)
    return Rows(number, sum(labels), sum(labels), whole * context**2 + sum(rest**2 for rest in rests))


def count_flops(shape: Shape, adapter: Adapter, work: Work, run: Run) -> tuple[float, float]:
    """Floating-point operations of training over all epochs, and of one look at the validation documents."""
    rows, checkpointing = micro_batch(run), run.gradient_checkpointing
    head, looked = work.head_fraction(work.training), work.head_fraction(work.validation)
    per_token = training_flops(shape, adapter, rows, work.training.mean_context, checkpointing, head)
    training = per_token * run.epochs * work.training.num_inputs
    looking = forward_flops(shape, adapter, rows, work.validation.mean_context, looked) * work.validation.num_inputs
    return float(training), float(looking)
