"""Rows that arms train on: as many as an arm has steps for, and of several sources."""

from collections.abc import Callable, Sequence

import torch

from further.models import Batch, Model
from further.shards import hash_rank
from further.training.answers import AnswerRows
from further.training.examples import Example, Examples
from further.vision.batches import to_tensors
from further.vision.images import Held
from further.vision.rows import Row


class Interleaved:
    """A number of examples, taken in turn from sources of any length (`further.training.examples.Examples`).

    One epoch of them is all of an arm's training, so that arms on different data have equal steps.
    """

    def __init__(self, sources: Sequence[Examples], number: int) -> None:
        """Keep the sources.

        Args:
            sources: Each gives every n-th example; several have the batches of `AnswerRows`.
        """
        self.sources, self.number = list(sources), number

    @property
    def efficiency(self) -> float:
        """Of the sources, on average."""
        return sum(source.efficiency for source in self.sources) / len(self.sources)

    def __len__(self) -> int:
        """As many as were asked for."""
        return self.number

    def __getitem__(self, number: int) -> Example:
        """An example of the source whose turn it is."""
        # Sources take turns, whatever their lengths: old images come as often as the new modality.
        turn, source = divmod(number, len(self.sources))
        chosen = self.sources[source]
        return chosen[turn % len(chosen)]

    def collate(self, examples: Sequence[Example]) -> dict[str, torch.Tensor]:
        """As the first source does; batches of all sources are alike."""
        return self.sources[0].collate(examples)

    def sum_loss(self, model: Model, batch: Batch) -> torch.Tensor:
        """As the first source does."""
        return self.sources[0].sum_loss(model, batch)

    def name(self, numbers: Sequence[int]) -> list[str]:
        """Cases of some examples."""
        turns = [divmod(number, len(self.sources)) for number in numbers]
        chosen = [(turn, self.sources[source]) for turn, source in turns]
        return [name for turn, source in chosen for name in source.name([turn % len(source)])]

    def digest(self) -> str:
        """Of the sources and their order."""
        return hash_rank(self.number, *(source.digest() for source in self.sources))[:16]


Ask = Callable[[int], Row]


class LazyRows(AnswerRows):
    """Rows that are made when they are needed, each by its number: what a pre-training objective draws."""

    def __init__(self, make: Ask, number: int, images: Held, digest: str) -> None:
        """Remember how a row is made.

        Args:
            make: The row of a number.
            number: Of different rows.
            digest: Of what they are made from.
        """
        super().__init__([make(0)], images)
        self.make, self.number, self._digest = make, number, digest

    def __len__(self) -> int:
        """Number of different rows."""
        return self.number

    def __getitem__(self, number: int) -> Example:
        """One row and its images."""
        return to_tensors(self.make(number), self.images)

    def name(self, numbers: Sequence[int]) -> list[str]:
        """Cases of some rows."""
        return [case for number in numbers for case in self.make(number).cases]

    def digest(self) -> str:
        """Of what rows are made from."""
        return self._digest
