"""Seconds of a run over all of its starts: a checkpoint carries those that led to it."""

import time


class Clock:
    """Counts from its making; training is counted apart.

    What a killed start did after its last checkpoint is done again and counted once: nobody saw it end.
    """

    def __init__(self) -> None:
        """Start counting."""
        self._started = time.monotonic()
        self._train_started: float | None = None
        self._trained = 0.0
        self._before = {"seconds_train": 0.0, "seconds_total": 0.0}

    def carry_on(self, spent: dict[str, float]) -> None:
        """Add what earlier starts spent, as their checkpoint has it."""
        self._before = spent

    def start_training(self) -> None:
        """Count training from now."""
        self._train_started = time.monotonic()

    def end_training(self) -> None:
        """Stop counting training."""
        self._trained, self._train_started = self._train_seconds(), None

    def spent(self) -> dict[str, float]:
        """Seconds of training and of everything, all starts together."""
        here = {"seconds_train": self._train_seconds(), "seconds_total": time.monotonic() - self._started}
        return {name: self._before[name] + seconds for name, seconds in here.items()}

    def _train_seconds(self) -> float:
        return self._trained + (0.0 if self._train_started is None else time.monotonic() - self._train_started)
