"""What a run has come to: its history, its best weights so far and its seconds; into checkpoints and out of them."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import torch
from safetensors.torch import load_file, save_file
from torch.optim import Optimizer

from further.io import read_json, write_json
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

Weights = dict[str, torch.Tensor]


class State:
    """A run's history and its best weights; all of it goes into checkpoints, so that a resumed run has it whole.

    Attributes:
        history: One row (`HISTORY`) per optimizer step.
        best: Trained weights of the lowest validation loss, where early stopping keeps them.
    """

    def __init__(self) -> None:
        """Begin a run, and its clocks."""
        self.history: list[dict[str, Any]] = []
        self.best: Weights = {}
        self._spent = {"seconds_train": 0.0, "seconds_total": 0.0}
        self._started, self._trained = time.monotonic(), 0.0
        self._train_started: float | None = None

    @property
    def step(self) -> int:
        """Optimizer steps done."""
        return len(self.history)

    @property
    def num_tokens(self) -> int:
        """Labels trained on."""
        return int(self.history[-1]["num_tokens"]) if self.history else 0

    def start_training(self) -> None:
        """Count the seconds of training from now."""
        self._train_started = time.monotonic()

    def end_training(self) -> None:
        """Stop counting the seconds of training."""
        self._trained, self._train_started = self._seconds_train(), None

    def spent(self) -> dict[str, float]:
        """Seconds of training and of everything, all starts together.

        What a killed start did after its last checkpoint is done again and counted once: nobody saw it end.
        """
        here = {"seconds_train": self._seconds_train(), "seconds_total": time.monotonic() - self._started}
        return {name: self._spent[name] + seconds for name, seconds in here.items()}

    def _seconds_train(self) -> float:
        return self._trained + (0.0 if self._train_started is None else time.monotonic() - self._train_started)

    def size(self, trained: Mapping[str, torch.Tensor], optimizer: Optimizer) -> int:
        """Bytes of the tensors that `save` would write."""
        states = [value for state in optimizer.state.values() for value in state.values()]
        tensors = [*trained.values(), *self.best.values(), *states]
        return sum(tensor.nbytes for tensor in tensors if isinstance(tensor, torch.Tensor))

    def save(self, folder: Path, trained: Mapping[str, torch.Tensor], optimizer: Optimizer) -> None:
        """Write weights, optimizer and history into a checkpoint's folder."""
        tensors, numbers = take_state(optimizer)
        save_file(copy_weights(trained), folder / "trained.safetensors")
        save_file(tensors, folder / "optimizer.safetensors")
        if self.best:
            save_file(self.best, folder / "best.safetensors")
        write_json(folder / "state.json", {"history": self.history, "optimizer": numbers, "spent": self.spent()})

    def load(self, folder: Path, trained: Mapping[str, torch.Tensor], optimizer: Optimizer) -> None:
        """Put back what `save` wrote."""
        stored, best = read_json(folder / "state.json"), folder / "best.safetensors"
        self.history, self._spent = stored["history"], stored["spent"]
        self.best = load_file(best) if best.exists() else {}
        put_weights(trained, load_file(folder / "trained.safetensors"))
        put_state(optimizer, load_file(folder / "optimizer.safetensors"), stored["optimizer"])


def find_trained(network: torch.nn.Module) -> dict[str, torch.nn.Parameter]:
    """What is trained, by name."""
    return {name: values for name, values in network.named_parameters() if values.requires_grad}


def copy_weights(weights: Mapping[str, torch.Tensor]) -> Weights:
    """Copies on the processor."""
    return {
        name: values.detach().cpu().clone(memory_format=torch.contiguous_format) for name, values in weights.items()
    }


@torch.no_grad()
def put_weights(trained: Mapping[str, torch.Tensor], values: Mapping[str, torch.Tensor]) -> None:
    """Give what is trained these values."""
    for name, weight in trained.items():
        weight.copy_(values[name])
