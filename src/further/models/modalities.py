"""What a small model reads beside words: each modality is one embedding, registered in one place.

An embedding turns values into vectors that stand in the places of the modality's own token. It says under which name a
batch holds the values, and what of them each vector stands for, which masked pre-training predicts.

To add a modality: a class as below with its name in `MODALITIES`, and a reader of cases (`further.onemodel.signals`).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import torch
from torch import nn


class Embedding(nn.Module, ABC):
    """Values of one modality as vectors.

    Attributes:
        key: What a batch calls the values, (items, ...).
        num_tokens: Vectors of one item.
        num_values: Numbers that one vector stands for.
    """

    key: str
    num_tokens: int
    num_values: int

    def __init__(self, width: int, num_tokens: int, num_values: int) -> None:
        """Make a projection of the pieces and a vector for each place."""
        super().__init__()
        self.num_tokens, self.num_values = num_tokens, num_values
        self.project = nn.Linear(num_values, width)
        self.places = nn.Parameter(torch.zeros(num_tokens, width))
        self.hidden = nn.Parameter(torch.zeros(width))  # stands for a piece that masked pre-training hides

    @abstractmethod
    def cut(self, values: torch.Tensor) -> torch.Tensor:
        """Values as pieces, (items, tokens, numbers)."""

    def forward(self, values: torch.Tensor, is_hidden: torch.Tensor | None = None) -> torch.Tensor:
        """Vectors, (items, tokens, width), of values, (items, ...); hidden pieces, (items, tokens), are not seen."""
        vectors: torch.Tensor = self.project(self.cut(values))
        if is_hidden is not None:
            vectors = torch.where(is_hidden[..., None], self.hidden, vectors)
        return vectors + self.places


class Patches(Embedding):
    """Images as square patches, (items, channels, side, side)."""

    key = "pixel_values"

    def __init__(self, width: int, side: int, patch: int, channels: int = 3) -> None:
        """Sizes in pixels; a patch divides the side."""
        super().__init__(width, (side // patch) ** 2, channels * patch**2)
        self.patch = patch

    def cut(self, values: torch.Tensor) -> torch.Tensor:
        """Patches from left to right and from top to bottom."""
        return torch.nn.functional.unfold(values, self.patch, stride=self.patch).transpose(1, 2)


class Signal(Embedding):
    """Curves over time as pieces of equal length, (items, samples)."""

    key = "signal_values"

    def __init__(self, width: int, samples: int, piece: int) -> None:
        """Samples of a curve and of a piece, which divides them."""
        super().__init__(width, samples // piece, piece)

    def cut(self, values: torch.Tensor) -> torch.Tensor:
        """Pieces in the order of time."""
        return values.reshape(len(values), self.num_tokens, self.num_values)


MODALITIES: dict[str, type[Embedding]] = {"image": Patches, "signal": Signal}


def make_embedding(name: str, width: int, sizes: Mapping[str, int]) -> Embedding:
    """The embedding of a registered modality."""
    return MODALITIES[name](width, **sizes)
