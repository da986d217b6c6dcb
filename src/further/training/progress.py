"""What a run is doing: a line for people now and then, and `progress.json` for `further status`.

progress.json lies in the run's folder of checkpoints while the run goes on, and stays if it ends without a result:

    state    what it is doing: loading, training, validating, saving; or how it ended: stopped, failed
    step, steps, tokens, loss    after the last optimizer step, null before the first; loss in nats per token
    seconds  of this start
    updated  Unix time of the last sign of life; a living run gives one every few seconds
    message  why it stopped or failed, else null
"""

import math
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from further.io import write_json
from further.job import PROGRESS, say_left

BEAT_S = 5.0  # seconds between two writings of progress.json
LINE_S, SILENCE_S = 10.0, 20.0  # between two lines about steps; after which a line says what takes so long


class Progress:
    """Of one start of a run. A thread writes progress.json and says what takes long, so that the loop need not."""

    def __init__(self, name: str, file: Path | None) -> None:
        """Keep the run's name, and where progress.json goes: nowhere if None."""
        self.name, self.file = name, file
        self.about: dict[str, Any] = {"state": "loading", "message": None} | dict.fromkeys(
            ("step", "steps", "tokens", "loss")
        )
        self._started = self._last_line = self._since = time.monotonic()
        self._first = (self._started, 0, 0)  # when training began, and steps and tokens before that
        self._last_step_line = -math.inf
        self._ended, self._lock = threading.Event(), threading.Lock()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show progress until the run ends, and keep how it ended where that is no success."""
        thread = threading.Thread(target=self._beat, name="progress", daemon=True)
        self._write()
        thread.start()
        try:
            yield
        except BaseException as error:
            self.about |= {"state": "stopped" if isinstance(error, SystemExit) else "failed", "message": str(error)}
            raise
        finally:
            self._ended.set()
            thread.join()
            self._write()

    def enter(self, state: str) -> None:
        """Say what is done from now on."""
        self.about["state"], self._since = state, time.monotonic()

    def start_training(self, step: int, num_tokens: int) -> None:
        """Count tokens per second from now; a resumed run starts in the middle."""
        self.enter("training")
        self._first = (time.monotonic(), step, num_tokens)

    def step(self, step: int, num_steps: int, num_tokens: int, loss_nats: float) -> None:
        """Note an optimizer step; every ten seconds a line says where the run is."""
        self.about |= {"step": step, "steps": num_steps, "tokens": num_tokens, "loss": loss_nats}
        now = time.monotonic()
        if now - self._last_step_line > LINE_S:
            self._last_step_line = now
            started, first, before = self._first
            seconds = now - started
            speed, left = (num_tokens - before) / seconds, (num_steps - step) * seconds / (step - first)
            words = f"{self.name}: step {step}/{num_steps}, loss {loss_nats:.3f}, {speed:,.0f} tokens/s"
            self._say(f"{words}, {say_left(left)}")

    @property
    def doing(self) -> str:
        """What the run is doing, in words."""
        return f"{self.about['state']}, after step {self.about['step'] or 0}"

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_S):
            self._write()
            if time.monotonic() - self._last_line > SILENCE_S:
                self._say(f"{self.name}: {self.about['state']}, for {time.monotonic() - self._since:.0f} s")

    def _say(self, line: str) -> None:
        self._last_line = time.monotonic()
        PROGRESS.info("%s", line)

    def _write(self) -> None:
        """Write progress.json. On a full disk a checkpoint fails, and says so."""
        if self.file is not None:
            now = {"run": self.name, "seconds": round(time.monotonic() - self._started, 1), "updated": time.time()}
            with self._lock, suppress(OSError):
                write_json(self.file, self.about | now | {"pid": os.getpid()})
