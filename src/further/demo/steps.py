"""What the training of both small models shares: how the learning rate rises and falls, and where the training is."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean

from further.job import PROGRESS, say_left

LINE_S = 10.0  # between two lines about steps


def rise_and_fall(step: int, warmup_steps: int, num_steps: int) -> float:
    """Fraction of the peak learning rate at a step counted from 0: a line up, then a cosine to 0."""
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return (1 + math.cos(math.pi * (step - warmup_steps) / max(1, num_steps - warmup_steps))) / 2


def final_loss(losses: Sequence[float]) -> float:
    """Mean of the last twentieth of the steps' losses: a single step's is that of one batch."""
    return mean(losses[-max(1, len(losses) // 20) :])


@dataclass
class StepLines:
    """A line every ten seconds of a training, and one at its end.

    Attributes:
        unit: Of what the loss is a mean: `token`, `answer token`.
        tokens_per_step: Where given, the speed is told.
    """

    name: str
    unit: str
    num_steps: int
    tokens_per_step: int | None = None
    _began: float = field(default_factory=time.monotonic)
    _said: float = field(default_factory=time.monotonic)

    def note(self, step: int, loss_nats: float) -> None:
        """An optimizer step, counted from 1."""
        now = time.monotonic()
        if now - self._said < LINE_S and step != self.num_steps:
            return
        self._said, seconds = now, now - self._began
        speed = f"{step * self.tokens_per_step / seconds:.0f} tokens/s, " if self.tokens_per_step else ""
        left = say_left(seconds / step * (self.num_steps - step))
        words = f"{self.name}: step {step} of {self.num_steps}, loss {loss_nats:.3f} nats per {self.unit}"
        PROGRESS.info("%s, %s%s", words, speed, left)
