"""A child process that does one task after another and may crash, hang or grow without harm to its parent.

Parent and child talk in JSON, one line a task and one line an answer. What is opened in a child is what others wrote:
pictures, scans, documents.
"""

import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

GRACE_S = 5
"""Seconds after the time limit at which the child ends itself, should its parent be gone."""
OWN_CRASHES = (signal.SIGABRT, signal.SIGSEGV)
NO_MEMORY = 127
"""Exit code of a process whose C library gets no memory for itself."""


class ChildError(Exception):
    """The child gave no answer; `reason` is "timed out", "too large" (ended from outside) or "crashed"."""

    def __init__(self, reason: str, detail: str) -> None:
        """Remember what happened, in one of three words, and the words for people."""
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class Child:
    """A module run as `python -m module timeout_s memory_mb`, kept between tasks and replaced when one kills it."""

    def __init__(self, module: str, timeout_s: float, memory_mb: int) -> None:
        """Remember module and limits; the process starts with the first task.

        Args:
            module: Dotted name of a module that calls `serve`.
            timeout_s: Seconds one task may take, > 0.
            memory_mb: MB of memory one task may take, > 0.

        Raises:
            ValueError: If a limit is not positive.
        """
        if timeout_s <= 0 or memory_mb <= 0:
            raise ValueError(f"limits of {timeout_s} s and {memory_mb} MB for one file: both must be above 0")
        self.module, self.timeout_s, self.memory_mb = module, timeout_s, memory_mb
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Child":
        """The child itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.stop()

    def ask(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """The child's answer to a task.

        Args:
            task: What JSON can say.

        Raises:
            ChildError: If the child timed out, ran out of memory, was ended or crashed; the next task gets a new one.
        """
        process = self.process or self._start()
        assert process.stdin is not None
        try:
            process.stdin.write((json.dumps(task) + "\n").encode())
            process.stdin.flush()
            answer = self._read_line(process)
        except BrokenPipeError:
            answer = b""
        except TimeoutError:
            self.stop()
            raise ChildError("timed out", f"more than {self.timeout_s:g} s") from None
        # null is a task that ran out of memory, after which the child lives on; half a line is a child that died.
        found = json.loads(answer) if answer.endswith(b"\n") else {}
        if found:
            return dict(found)
        code = 0 if found is None else self.stop()
        if found is None or code == NO_MEMORY:
            raise ChildError("too large", f"out of memory: it needs more than {self.memory_mb} MB")
        # A signal that no code raises by itself came from outside: the system's memory killer sends 9.
        if code < 0 and -code not in OWN_CRASHES:
            raise ChildError("too large", f"out of memory, or stopped: the reader was ended by signal {-code}")
        raise ChildError("crashed", f"signal {-code}" if code < 0 else f"exit code {code}")

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", self.module, str(self.timeout_s), str(self.memory_mb)]
        # The child finds the package where this process found it; one thread, as the job's rule says.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None, env=environment
        )
        return self.process

    def _read_line(self, process: subprocess.Popen[bytes]) -> bytes:
        """The child's answer; shorter than a line if it died.

        Raises:
            TimeoutError: If none comes in time.
        """
        assert process.stdout is not None
        deadline = time.monotonic() + self.timeout_s
        parts: list[bytes] = []
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not (parts and parts[-1].endswith(b"\n")):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError
                part = os.read(process.stdout.fileno(), 1 << 20)
                if not part:
                    break
                parts.append(part)
        return b"".join(parts)

    def stop(self) -> int:
        """End the process, if there is one, and wait for it; its exit code."""
        if self.process is None:
            return 0
        process, self.process = self.process, None
        assert process.stdin is not None and process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.close()  # a living child ends with its input
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        return process.wait()


def serve(
    answer: Callable[[dict[str, Any]], dict[str, Any]], answers: TextIO, timeout_s: float, memory_mb: int
) -> None:
    """The child's side: answer tasks until stdin ends.

    Args:
        answer: Does one task; a MemoryError becomes the answer null. Its imports are made: they are not counted
            against the memory.
        answers: Where answers go, as `claim_stdout` gives it.
        timeout_s: Seconds one task may take; the parent kills this process then, and if it cannot, an alarm does.
        memory_mb: MB one task may take.
    """
    limit_memory(memory_mb)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        # SIGALRM has no handler here and ends the process, even within a C library that never returns to Python.
        signal.setitimer(signal.ITIMER_REAL, timeout_s + GRACE_S)
        try:
            text = json.dumps(answer(json.loads(line)))
        except MemoryError:
            text = "null"
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(text + "\n")
        answers.flush()


def claim_stdout() -> TextIO:
    """The pipe to the parent; what libraries print goes nowhere instead of into it."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with open(os.devnull, "w") as null:
        os.dup2(null.fileno(), 1)
    return answers


def limit_memory(memory_mb: int) -> None:
    """Let no more memory be taken than `memory_mb` on top of what is in use, by this process."""
    used = _address_space_bytes()
    with suppress(ValueError, OSError):  # a lower limit is set already, or the system has none
        resource.setrlimit(resource.RLIMIT_AS, (used + memory_mb * 2**20,) * 2)


def _address_space_bytes() -> int:
    """Memory mapped by this process; 0 where the system does not say (only Linux does)."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[0]) * resource.getpagesize() if status.exists() else 0
