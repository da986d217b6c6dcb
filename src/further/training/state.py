"""What a run has come to: its history, its best weights so far and its seconds; into checkpoints and out of them."""

import time
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import torch
from torch.optim import Optimizer

from further.training.optimizer import put_state, take_state

HISTORY = pa.schema(
    [
        ("step", pa.int64()),
        ("num_tokens", pa.int64()),  # labels trained on so far
        ("loss_nats", pa.float64()),  # per token of the training batch
        ("learning_rate", pa.float64()),
        ("validation_loss_nats", pa.float64()),  # per token, where it was measured
    ]
)

Weights = Mapping[str, torch.Tensor]


class State:
    """What a resumed run needs, beside weights and optimizer.

    Attributes:
        history: One row (`HISTORY`) per optimizer step.
        best: Trained weights of the lowest validation loss, where early stopping keeps them.
        seconds: Of training and of everything, all starts together. What a killed start did after its last checkpoint
            is done again and counted once.
    """

    def __init__(self) -> None:
        """Begin a run, and its clock."""
        self.history: list[dict[str, Any]] = []
        self.best: Weights = {}
        self.seconds = {"seconds_train": 0.0, "seconds_total": 0.0}
        self._counted = time.monotonic()

    @property
    def step(self) -> int:
        """Optimizer steps done."""
        return len(self.history)

    @property
    def num_tokens(self) -> int:
        """Labels trained on."""
        return int(self.history[-1]["num_tokens"]) if self.history else 0

    def add_step(self, num_labels: int, loss_nats: float, learning_rate: float) -> int:
        """Note an optimizer step; returns its number."""
        row = {"step": self.step + 1, "num_tokens": self.num_tokens + num_labels, "loss_nats": loss_nats}
        self.history.append(row | {"learning_rate": learning_rate, "validation_loss_nats": None})
        return self.step

    def count_seconds(self, *, training: bool) -> None:
        """Count the seconds since they were last counted."""
        now = time.monotonic()
        self.seconds["seconds_total"] += now - self._counted
        self.seconds["seconds_train"] += now - self._counted if training else 0
        self._counted = now

    def pack(self, trained: Weights, optimizer: Optimizer) -> tuple[Weights, dict[str, Any]]:
        """Tensors and everything else, for a checkpoint."""
        states, numbers = take_state(optimizer)
        parts = {"trained": copy_weights(trained), "best": self.best, "optimizer": states}
        tensors = {f"{part}.{name}": values for part, named in parts.items() for name, values in named.items()}
        return tensors, {"history": self.history, "seconds": self.seconds, "optimizer": numbers}

    def unpack(self, tensors: Weights, about: dict[str, Any], trained: Weights, optimizer: Optimizer) -> None:
        """Go on from what `pack` gave."""
        parts: dict[str, dict[str, torch.Tensor]] = {"trained": {}, "best": {}, "optimizer": {}}
        for name, values in tensors.items():
            part, _, own_name = name.partition(".")
            parts[part][own_name] = values
        self.history, self.best = about["history"], parts["best"]
        # This start's own seconds, of loading, come on top of those of the starts before it.
        self.seconds = {name: seconds + about["seconds"][name] for name, seconds in self.seconds.items()}
        put_weights(trained, parts["trained"])
        put_state(optimizer, parts["optimizer"], about["optimizer"])


def find_trained(network: torch.nn.Module) -> dict[str, torch.nn.Parameter]:
    """What is trained, by name."""
    return {name: values for name, values in network.named_parameters() if values.requires_grad}


def copy_weights(weights: Weights) -> Weights:
    """Copies on the processor."""
    return {
        name: values.detach().cpu().clone(memory_format=torch.contiguous_format) for name, values in weights.items()
    }


@torch.no_grad()
def put_weights(trained: Weights, values: Weights) -> None:
    """Give what is trained these values."""
    for name, weight in trained.items():
        weight.copy_(values[name])
