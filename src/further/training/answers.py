"""Questions about images as training rows: answers alone are learned, each up to the token that ends it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from further.models import Batch, Model
from further.ranks import hash_rank
from further.settings import Run
from further.tokens.choice import order_papers, take_fraction
from further.tokens.packing import IGNORED
from further.training.examples import Example
from further.training.loss import sum_cross_entropy
from further.vision.batches import collate, to_tensors
from further.vision.images import Features, Pixels
from further.vision.prompts import Prompter
from further.vision.rows import Asked, Group, Row, ask, drop_twice, lay_out

Line = Mapping[str, Any]


class AnswerRows:
    """Rows of questions as examples (`further.training.examples.Examples`)."""

    def __init__(self, rows: Sequence[Row], images: Features | Pixels) -> None:
        """Keep the rows; images are read when a row is."""
        self.rows, self.images = list(rows), images

    @property
    def efficiency(self) -> float:
        """Fraction of the computed positions that have a label, 0 to 1: images and prompts have none."""
        return sum(int((row.labels != IGNORED).sum()) for row in self.rows) / sum(map(len, self.rows))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def __getitem__(self, number: int) -> Example:
        """One row, (T,), and its images."""
        return to_tensors(self.rows[number], self.images)

    @staticmethod
    def collate(examples: Sequence[Example]) -> dict[str, torch.Tensor]:
        """Rows as a batch, (B, T), filled up to the longest; their images stand one after the other."""
        return collate(examples)

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
            for values in (row.ids, row.labels, row.positions, row.groups, row.branches, row.blocks):
                digest.update(f"{values.shape}".encode() + values.tobytes())
            digest.update("\n".join(row.images).encode())
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Questions:
    """The questions of a run, laid out, with what became of the others.

    Attributes:
        rows: To train on.
        cases: Names of the cases, in the order in which growing fractions take them.
        num_questions: In the rows.
        num_labels: Tokens of their answers, ends counted.
        num_cut: Answers that were longer than their window.
        num_open: Answers without an end.
        num_twice: Dropped: the same was asked and answered about the same images.
        too_long: Dropped: case and reason, where a window holds no answer.
    """

    rows: list[Row]
    cases: list[str]
    num_questions: int
    num_labels: int
    num_cut: int
    num_open: int
    num_twice: int
    too_long: list[tuple[str, str]]


def choose_questions(lines: Sequence[Line], prompter: Prompter, run: Run) -> Questions:
    """Rows of the training questions of a run.

    Args:
        lines: Of QUESTIONS, those of the training split.
        prompter: Of the model.
        run: Run fraction, seed, context, packing, answer_tokens and cut_answers.

    Raises:
        ValueError: If not one question fits.
    """
    cases = take_fraction(order_papers({line["case"] for line in lines}, run.seed), run.fraction)
    chosen = set(cases)
    return lay_out_questions([line for line in lines if line["case"] in chosen], prompter, run, cases)


def lay_out_questions(lines: Sequence[Line], prompter: Prompter, run: Run, cases: Sequence[str]) -> Questions:
    """Rows of some questions, as `choose_questions` describes."""
    asked: list[Asked] = []
    too_long: list[tuple[str, str]] = []
    for line in lines:
        try:
            asked.append(ask(line, prompter, run.context, run.answer_tokens, run.cut_answers))
        except ValueError as error:
            too_long.append((line["case"], str(error)))
    kept = drop_twice(asked)
    if not kept:
        why = f": {too_long[0][1]}" if too_long else ""
        raise ValueError(f"training.context: {run.context} holds none of {len(lines):,} questions{why}")

    def mix(group: Group) -> str:
        return hash_rank(run.seed, "rows", *group[0].images, *group[0].prompt.ids)

    return Questions(
        rows=lay_out(kept, run.context, run.packing, mix),
        cases=list(cases),
        num_questions=len(kept),
        num_labels=sum(len(one.labels) for one in kept),
        num_cut=sum(one.cut for one in kept),
        num_open=sum(one.labels[-1] != prompter.end for one in kept),
        num_twice=len(asked) - len(kept),
        too_long=too_long,
    )
