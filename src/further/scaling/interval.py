"""An interval with open ends, and a target loss: what several modules of the stage hand to each other."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A number with its interval; an end that the data leave open is None and said to be open.

    Attributes:
        estimate: The best value, or None where a single number would mislead.
        low: Lower end, or None where it is open.
        high: Upper end, or None where it is open.
        low_open: The data set no lower limit (for `c`: 0, the smallest value allowed, fits as well).
    """

    estimate: float | None
    low: float | None
    high: float | None
    low_open: bool = False
    high_open: bool = False
    level: float = 0.95

    def scaled(self, factor: float) -> "Interval":
        """Return the interval times a positive factor."""
        estimate, low, high = (None if end is None else end * factor for end in (self.estimate, self.low, self.high))
        return Interval(estimate, low, high, self.low_open, self.high_open, self.level)


@dataclass(frozen=True)
class Target:
    """A loss someone wants to reach.

    Attributes:
        unit: "nats" (per token), "perplexity" (per token), "bits_per_byte" or "bits_per_token".
        loss_nats: The same in nats per token.
    """

    value: float
    unit: str
    loss_nats: float
