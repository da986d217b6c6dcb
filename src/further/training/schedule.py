"""Learning rate by optimizer step: a linear warm-up, then half a cosine; no step's rate is 0."""

import math

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR


def rate_share(step: int, num_steps: int, num_warmup: int) -> float:
    """Share of the peak learning rate that an optimizer step has, above 0 and at most 1.

    transformers' cosine begins at 0: a run of one step would train nothing.

    Args:
        step: From 0.
        num_steps: Of the whole run.
        num_warmup: Steps below the peak, which is reached with the next; less than `num_steps`.

    >>> [round(rate_share(step, 8, 3), 2) for step in range(8)]
    [0.25, 0.5, 0.75, 1.0, 0.9, 0.65, 0.35, 0.1]
    """
    if step < num_warmup:
        return (step + 1) / (num_warmup + 1)
    return (1 + math.cos(math.pi * (step - num_warmup) / (num_steps - num_warmup))) / 2


def make_schedule(optimizer: Optimizer, num_steps: int, num_warmup: int) -> LambdaLR:
    """Scheduler that gives each step its rate.

    Args:
        optimizer: Its learning rate is the peak.
        num_steps: Of the whole run.
        num_warmup: Steps below the peak; of `num_steps` or more, the last is at the peak.
    """
    num_warmup = min(num_warmup, num_steps - 1)
    return LambdaLR(optimizer, lambda step: rate_share(step, num_steps, num_warmup))
